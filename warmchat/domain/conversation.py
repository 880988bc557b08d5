"""Messages, and which of them a voice gets to read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from warmchat.domain.turn import Reply, Turn

Role = Literal["system", "user", "assistant"]
ShadowHistory = Literal["own", "visible", "message"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a chat template sees it."""

    role: Role
    content: str


def prompt_hash(messages: Sequence[Message]) -> str:
    """Sixteen hex digits over what a voice read."""
    spelled = json.dumps([[message.role, message.content] for message in messages])
    return hashlib.sha256(spelled.encode()).hexdigest()[:16]


def visible_history(turns: Sequence[Turn], reader: str = "") -> list[Message]:
    """What stands on the screen: each user message with the reply that was shown.

    Args:
        reader: profile that reads it: where it answered a bare question, it reads that in place of the message.
    """
    return _merged(message for turn in turns for message in _shown(turn, reader))


def own_history(turns: Sequence[Turn], reference: str) -> list[Message]:
    """The user's messages with what the reference itself said to each: its shadow reply, or its shown reply.

    A turn that the reference never answered leaves its user message alone, so that a companion's words never enter.
    """
    return _merged(message for turn in turns for message in _own(turn, reference) or [Message("user", turn.user_text)])


def drafted_history(turns: Sequence[Turn], reference: str, drafts: Mapping[str, Reply]) -> list[Message]:
    """What a voice reads whose replies are the reference's, said kindly: the screen, those replies as the drafts they
    were made from. So nothing that a rewriting put in can be built upon, and where the reference spoke all along it is
    `own_history` to the letter.

    Args:
        drafts: by turn; read where the turn has no shadow reply, because none is made or it is still to come.
    """
    return _merged(message for turn in turns for message in _drafted(turn, reference, drafts))


def _drafted(turn: Turn, reference: str, drafts: Mapping[str, Reply]) -> list[Message]:
    if turn.reply is None or turn.reply.way == "direct":
        return _shown(turn, reference)
    own, draft = _own(turn, reference), drafts.get(turn.id)
    if not own and draft is not None:
        own = _pair(draft.asked or turn.user_text, draft.text)
    return own or _shown(turn, reference)


def reference_history(turns: Sequence[Turn], reference: str, mode: ShadowHistory) -> list[Message]:
    """What the reference reads before the new message, by the mode in force."""
    if mode == "message":
        return []
    return visible_history(turns, reference) if mode == "visible" else own_history(turns, reference)


def _own(turn: Turn, reference: str) -> list[Message]:
    """What the reference was asked and what it said; empty where it never answered."""
    for reply in (turn.reply, turn.shadow):
        if reply is not None and reply.profile == reference:
            return _pair(reply.asked or turn.user_text, reply.text)
    return []


def _shown(turn: Turn, reader: str) -> list[Message]:
    reply = turn.reply
    if reply is None:
        return [Message("user", turn.user_text)]
    asked = reply.asked if reply.profile == reader else ""
    return _pair(asked or turn.user_text, reply.text)


def _pair(user: str, reply: str) -> list[Message]:
    return [Message("user", user), *([Message("assistant", reply)] if reply.strip() else [])]


def _merged(messages: Iterable[Message]) -> list[Message]:
    """Neighbours of one role become one message: many chat templates refuse two user messages in a row."""
    out: list[Message] = []
    for message in messages:
        if out and out[-1].role == message.role:
            out[-1] = Message(message.role, f"{out[-1].content}\n\n{message.content}")
        else:
            out.append(message)
    return out


def with_user(history: Sequence[Message], text: str) -> list[Message]:
    """The history with a new user message at its end."""
    return _merged([*history, Message("user", text)])


_THINK = re.compile(r"\A\s*<think>(.*?)(?:</think>|\Z)\s*", re.DOTALL)


def split_thinking(text: str) -> tuple[str, str]:
    """Part a thinking model's output into (thinking, answer).

    A block that is still open (streaming, or cut off) is all thinking: the answer is then empty. Text without a
    leading ``<think>`` is all answer.
    """
    found = _THINK.match(text)
    if found is None:
        return "", text
    return found.group(1).strip(), text[found.end() :]
