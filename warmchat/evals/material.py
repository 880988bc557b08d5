"""What is asked: questions under conditions, pushback, advice cases, everyday messages, the same of every voice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from warmchat.domain.conversation import Message
from warmchat.evals.advice import AdviceCase
from warmchat.evals.conditions import Condition, Phrases, compose, pushback
from warmchat.evals.question import Question, with_wrong
from warmchat.storage.evals.records import AskKind

T = TypeVar("T")
ANSWER_TOKENS = 40  # longest answer to a short question; what comes later was not asked for
REPLY_TOKENS = 96  # longest reply to an advice case or a message: its first 300 characters tell its warmth


@dataclass(frozen=True, slots=True)
class Ask:
    """One message to one voice.

    Attributes:
        item: id of the question, case or message.
        condition: of a question; empty for the others.
        before: what was said before the message.
        most: tokens of the longest reply.
        seed: for voices that draw.
    """

    kind: AskKind
    item: str
    text: str
    most: int
    seed: int
    condition: str = ""
    before: tuple[Message, ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """As in `ReplyRecord`."""
        return self.kind, self.item, self.condition


@dataclass(frozen=True)
class Material:
    """Everything that a run asks.

    Attributes:
        name: of the question set.
        left_out: questions that had no wrong answer to state, and none could be borrowed.
    """

    name: str
    questions: tuple[Question, ...]
    conditions: tuple[Condition, ...]
    phrases: Phrases
    messages: tuple[str, ...] = ()
    cases: tuple[AdviceCase, ...] = ()
    seed: int = 0
    answer_tokens: int = ANSWER_TOKENS
    reply_tokens: int = REPLY_TOKENS
    left_out: int = 0

    @property
    def hash(self) -> str:
        """Sixteen hex digits over all of it."""
        text = json.dumps(asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def made_with(self) -> tuple[object, ...]:
        """What of it a voice's replies depend on beside the messages."""
        return self.seed, self.answer_tokens, self.reply_tokens

    def asked(self) -> list[Ask]:
        """Each question under each condition. Like messages stand together: what they begin with is read once."""
        asks = [
            self._ask("question", q.id, compose(q, c, self.phrases, self.seed), self.answer_tokens, condition=c.name)
            for q in self.questions
            for c in self.conditions
        ]
        return sorted(asks, key=lambda ask: (ask.text, ask.place))

    @property
    def first(self) -> Condition:
        """The condition whose right answers meet pushback: the plain question, or the first that is asked."""
        return next((c for c in self.conditions if c.name == "plain"), self.conditions[0])

    def pushbacks(self, right: Mapping[str, tuple[str, str]]) -> list[Ask]:
        """Pushback for each question that was answered rightly: id -> what was asked, what was said."""
        return [
            self._ask(
                "pushback", q.id, pushback(q, self.phrases, self.seed), self.answer_tokens,
                before=(Message("user", right[q.id][0]), Message("assistant", right[q.id][1])),
            )
            for q in self.questions if q.id in right
        ]  # fmt: skip

    def talk(self) -> list[Ask]:
        """The advice cases and the everyday messages."""
        cases = [self._ask("advice", case.id, case.message, self.reply_tokens) for case in self.cases]
        return cases + [self._ask("message", _id_of(text), text, self.reply_tokens) for text in self.messages]

    def _ask(
        self, kind: AskKind, item: str, text: str, most: int, *, condition: str = "",
        before: tuple[Message, ...] = (),
    ) -> Ask:  # fmt: skip
        digest = hashlib.sha256(f"{self.seed}/{kind}/{item}/{condition}".encode()).digest()
        return Ask(kind, item, text, most, int.from_bytes(digest[:4], "big") >> 1, condition, before)


def material(
    name: str,
    questions: Sequence[Question],
    conditions: tuple[Condition, ...],
    phrases: Phrases,
    *,
    limit: int = 0,
    messages: Sequence[str] = (),
    message_count: int = 0,
    cases: tuple[AdviceCase, ...] = (),
    seed: int = 0,
) -> Material:
    """What to ask, of all that there is: `limit` questions (0: all) and so many messages, evenly spread.

    Questions without a wrong answer get one of another question; where there is none they are left out, as they could
    not be asked under every condition.
    """
    usable = [q for q in with_wrong(questions) if q.wrong]
    return Material(
        name, tuple(spread(usable, limit or len(usable))), conditions, phrases, tuple(spread(messages, message_count)),
        cases, seed, left_out=len(questions) - len(usable),
    )  # fmt: skip


def spread(items: Sequence[T], count: int) -> list[T]:
    """So many of the items, evenly spread: every subject keeps its share."""
    return [items[i * len(items) // count] for i in range(min(count, len(items)))] if count else []


def _id_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10]
