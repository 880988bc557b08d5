"""What a verdict is called in an export. The words claim no more than was measured: never "wrong", never "verified"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warmchat.domain.turn import Turn
from warmchat.domain.verdict import Evidence, Kind, Verdict

KINDS: dict[Kind, str] = {
    "contradiction": "contradiction",
    "premise_accepted": "premise accepted",
    "omission": "omission",
    "added": "added",
    "softened": "softened",
    "refusal": "refusal",
}
MARKS = {
    "oracle_right": "you marked: the oracle is right",
    "companion_right": "you marked: the companion is right",
    "both_fine": "you marked: both are fine",
    "both_wrong": "you marked: both are wrong",
}
STOPS = {
    "length": "cut at the longest length",
    "window": "cut: the window was full",
    "cancelled": "stopped by the user",
    "interrupted": "interrupted",
}


@dataclass(frozen=True, slots=True)
class Strip:
    """The line under a reply. ``headline`` is the finding, ``facts`` what it rests on, each a few words."""

    label: str
    headline: str
    facts: tuple[str, ...] = ()


def strip_of(turn: Turn) -> Strip:
    """The verdict of a turn in words; a turn without one was not checked."""
    verdict = turn.verdict
    reference = turn.shadow.profile if turn.shadow is not None else "oracle"
    if verdict is None:
        return Strip("unchecked", "Not checked")
    headline = {
        "disagree": f"The {reference} would have said otherwise",
        "agree": f"Compared with the {reference}: no parting found",
        "unsure": f"Compared with the {reference}: unsure",
        "unjudged": "Not compared",
        "pending": "Not compared yet",
    }[verdict.label]
    return Strip(verdict.label, headline, tuple(_facts(verdict)))


def _facts(verdict: Verdict) -> Sequence[str]:
    facts = [verdict.reason] if verdict.reason else []
    if verdict.kind is not None:
        facts.append(KINDS[verdict.kind])
    if verdict.direction in ("reply", "shadow"):
        who = "the reply" if verdict.direction == "reply" else "the shadow reply"
        facts.append(f"{who} leans towards what the user said")
    if verdict.score is not None:
        facts.append(f"score {verdict.score:.2f}")
    if verdict.noise is not None:
        facts.append(f"noise {verdict.noise:.2f}")
    return facts


def evidence_line(pair: Evidence) -> str:
    """Which sort of parting a pair of spans shows, and how strongly."""
    return f"{KINDS[pair.kind]}, {pair.score:.2f}"


def redaction_words(told: Sequence[str]) -> str:
    """That an export was redacted, and what that is worth; empty where it was not."""
    if not told:
        return ""
    return f"Redacted by rule: {', '.join(told)}. Other things that are said here may still tell who somebody is."
