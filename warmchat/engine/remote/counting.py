"""Tokens of a prompt: as the server counts them where it does, else an estimate that is rather too high."""

from __future__ import annotations

from collections.abc import Sequence

from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError
from warmchat.engine.remote.client import Client
from warmchat.engine.remote.config import Address
from warmchat.engine.remote.kinds import Kind
from warmchat.engine.remote.values import object_of, whole

BYTES_A_TOKEN = 3.5  # of UTF-8, so that scripts with a token or two a character come out right, too
TOKENS_A_MESSAGE = 8  # the template's marks around each


def estimate(messages: Sequence[Message]) -> int:
    """About how many tokens these messages are as a prompt."""
    size = sum(len(m.content.encode("utf-8", "replace")) for m in messages)
    return round(size / BYTES_A_TOKEN) + TOKENS_A_MESSAGE * len(messages)


async def counts(kind: Kind, model: str, client: Client, address: Address) -> bool:
    """Whether the server counts, found out by asking it."""
    if not kind.counts:
        return False
    try:
        await counted(kind, model, client, address, [Message("user", "x")])
    except EngineError:
        return False
    return True


async def counted(kind: Kind, model: str, client: Client, address: Address, messages: Sequence[Message]) -> int:
    """Tokens of these messages, template included. Raises `EngineError` where the server does not say."""
    told = [{"role": m.role, "content": m.content.encode("utf-8", "replace").decode()} for m in messages]
    counter = f"{address.root}/tokenize"
    count: object = None
    if kind.counts == "messages":
        answer = await client.ask(counter, {"model": model, "messages": told})
        count = object_of(answer).get("count")
    else:
        prompt = await client.ask(f"{address.root}/apply-template", {"messages": told})
        text = object_of(prompt).get("prompt")
        answer = await client.ask(counter, {"content": text, "add_special": True, "parse_special": True})
        tokens = object_of(answer).get("tokens")
        count = len(tokens) if isinstance(tokens, list) and isinstance(text, str) else None
    if not whole(count):
        raise client.blame.nonsense("something that is no count of tokens")
    return whole(count)
