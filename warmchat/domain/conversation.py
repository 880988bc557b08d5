"""Messages, and which of them a voice gets to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from warmchat.domain.turn import Turn

Role = Literal["system", "user", "assistant"]
ShadowHistory = Literal["own", "visible", "message"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a chat template sees it."""

    role: Role
    content: str


def visible_history(turns: Sequence[Turn]) -> list[Message]:
    """What stands on the screen: each user message with the reply that was shown."""
    return _merged(
        message
        for turn in turns
        for message in _pair(turn.user_text, turn.reply.text if turn.reply is not None else "")
    )


def own_history(turns: Sequence[Turn], reference: str) -> list[Message]:
    """The user's messages with what the reference itself said to each: its shadow reply, or its shown reply.

    A turn that the reference never answered leaves its user message alone, so that a companion's words never enter.
    """
    return _merged(
        message for turn in turns for message in _pair(turn.user_text, _own_words(turn, reference))
    )


def reference_history(turns: Sequence[Turn], reference: str, mode: ShadowHistory) -> list[Message]:
    """What the reference reads before the new message, by the mode in force."""
    if mode == "message":
        return []
    return visible_history(turns) if mode == "visible" else own_history(turns, reference)


def _own_words(turn: Turn, reference: str) -> str:
    if turn.reply is not None and turn.reply.profile == reference:
        return turn.reply.text
    if turn.shadow is not None and turn.shadow.profile == reference:
        return turn.shadow.text
    return ""


def _pair(user: str, reply: str) -> Iterable[Message]:
    yield Message("user", user)
    if reply.strip():
        yield Message("assistant", reply)


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
