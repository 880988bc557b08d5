"""One place where two replies part, with its spans."""

from __future__ import annotations

from dataclasses import dataclass

from warmchat.compare.reading import Reading, Stated
from warmchat.domain.verdict import Evidence, Kind, Span


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the replies part.

    Attributes:
        signal: the signal it belongs to (`weights.SIGNALS`).
        strength: 0..1.
    """

    signal: str
    kind: Kind
    strength: float
    reply: Span | None
    shadow: Span | None

    def as_evidence(self) -> Evidence:
        return Evidence(self.reply, self.shadow, self.kind, round(self.strength, 4))


def span(text: str, start: int, end: int) -> Span:
    """The stretch of `text` from `start` to `end`."""
    return Span(start, end, text[start:end])


def sentence_span(reading: Reading, item: Stated) -> Span:
    """The wording of a sentence."""
    return span(reading.text, item.sentence.start, item.sentence.end)
