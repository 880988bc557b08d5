"""The seam of the check: two replies to one message go in, a verdict comes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from warmchat.domain.conversation import Message
from warmchat.domain.verdict import Verdict

EARLIER_TURNS = 8  # that a chat hands to a detector; none of ours reads further back than the last two


class Detector(Protocol):
    """Compares a reply with the shadow reply. Pure: no model of its own need be loaded, nothing is written."""

    @property
    def name(self) -> str:
        """Name and version, as the log keeps it."""

    def detect(
        self,
        question: str,
        history: Sequence[Message],
        reply: str,
        shadow: str,
        *,
        scores: Sequence[float] = (),
    ) -> Verdict:
        """Compare.

        Args:
            question: the user's message that both answered.
            history: what stood on the screen before it, oldest first.
            reply: what the active profile said (thinking left out).
            shadow: what the reference said to the same message.
            scores: natural log-probability of each token of the reply as the reference read it; empty where the engine
                cannot say.

        Returns:
            A verdict with label `agree`, `disagree`, `unsure`, or `unjudged` with the reason (empty reply, ...).
            Never raises on any text.
        """


@dataclass(frozen=True, slots=True)
class Compared:
    """What `Detector.detect` takes, as one value."""

    question: str
    history: tuple[Message, ...]
    reply: str
    shadow: str
    scores: tuple[float, ...] = ()


@runtime_checkable
class BatchDetector(Detector, Protocol):
    """A detector that is faster with many pairs at once."""

    def detect_many(self, pairs: Iterable[Compared]) -> Iterator[Verdict]:
        """A verdict for each, in order; reads some pairs ahead of the verdict it gives."""


def detect_many(detector: Detector, pairs: Iterable[Compared]) -> Iterator[Verdict]:
    """A verdict for each pair, in order; in batches where the detector can."""
    if isinstance(detector, BatchDetector):
        yield from detector.detect_many(pairs)
        return
    for one in pairs:
        yield detector.detect(one.question, one.history, one.reply, one.shadow, scores=one.scores)
