"""Examples of the style that go before a message when its reply is drawn: ours, shipped, one JSON object a line.

A small model hardly follows "be warm"; it follows what it sees.
"""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from warmchat.adapters.texts import UserMessage
from warmchat.adapters.train.recipe import Style
from warmchat.domain.conversation import Message

OF_OTHER_KINDS = 2  # before the one of the message's own kind


@dataclass(frozen=True, slots=True)
class Example:
    """A message with a warm and a cold reply to it: the same facts in both."""

    text: str
    kind: str
    warm: str
    cold: str

    def reply(self, style: Style) -> str:
        return self.warm if style == "warm" else self.cold


@cache
def shipped_examples() -> tuple[Example, ...]:
    """All of them, in their order."""
    text = (files("warmchat.adapters") / "messages" / "examples.jsonl").read_text(encoding="utf-8")
    return tuple(Example(**json.loads(line)) for line in text.splitlines() if line.strip())


def examples_hash(style: Style) -> str:
    """Sixteen hex digits over the examples of this style."""
    shown = [(example.text, example.reply(style)) for example in shipped_examples()]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]


def shown_before(message: UserMessage, style: Style) -> tuple[Message, ...]:
    """The turns before this message: two examples of other kinds, then one of its own.

    Which ones depends on the message's text alone, and there are as many choices as examples: the engine reads each
    choice once.
    """
    kinds = sorted({example.kind for example in shipped_examples()})
    own = [example for example in shipped_examples() if example.kind == message.kind]
    choice = random.Random(message.text).randrange(max(1, len(own)))
    others = [kind for kind in kinds if kind != message.kind]
    chosen = []
    for place in range(OF_OTHER_KINDS):
        kind = others[(choice + 2 * place) % len(others)]
        of_kind = [example for example in shipped_examples() if example.kind == kind]
        chosen.append(of_kind[(choice + place) % len(of_kind)])
    chosen += own[choice : choice + 1]
    return tuple(
        turn for e in chosen for turn in (Message("user", e.text), Message("assistant", e.reply(style)))
    )
