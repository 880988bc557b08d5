"""What the comparison of a reply with its shadow reply came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

Label = Literal["pending", "agree", "disagree", "unsure", "unjudged"]
Kind = Literal["contradiction", "premise_accepted", "omission", "added", "softened", "refusal"]
Direction = Literal["reply", "shadow", "neither"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text, in characters: ``text == whole[start:end]``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Two spans that part, the reply's first. Either may be None where one side says nothing about it.

    Attributes:
        kind: which sort of parting this pair shows.
        score: 0..1, how strongly it speaks for a disagreement.
    """

    reply: Span | None
    shadow: Span | None
    kind: Kind
    score: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The comparison of one reply with one shadow reply.

    Attributes:
        label: `pending` while the shadow is being made; `unsure` was compared and lies in the middle; `unjudged` was
            not compared, `reason` says why. Neither of the two is `agree`.
        kind: the sort of disagreement; None unless the label is `disagree` or `unsure`.
        direction: which of the two bent to what the user said; None where the user said nothing to bend to.
        score: 0..1, rising with disagreement; None where nothing was compared.
        signals: the value of each signal that went into the score, by name.
        noise: the reference's parting from its own second sample, 0..1; None where it was not measured.
        detector: name and version of the detector; empty where nothing was compared.
        reason: one sentence in plain words.
    """

    label: Label
    reason: str
    kind: Kind | None = None
    direction: Direction | None = None
    score: float | None = None
    evidence: tuple[Evidence, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)
    noise: float | None = None
    detector: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON values."""
        return asdict(replace(self, signals=dict(self.signals)))


def unjudged(reason: str) -> Verdict:
    """A verdict for a reply that was not compared."""
    return Verdict(label="unjudged", reason=reason)


PENDING = Verdict(label="pending", reason="the oracle is still answering")
