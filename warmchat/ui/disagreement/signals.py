"""What a verdict was computed from, in words: what speaks for a parting, what against, what stands beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from textual.content import Content

from warmchat.compare.weights import CROSS, RULES, model
from warmchat.domain.text import one_line
from warmchat.domain.verdict import Verdict

Side = Literal["parting", "agreement", "beside"]
HEADINGS: dict[Side, str] = {
    "parting": "Speaks for a parting", "agreement": "Speaks for agreement", "beside": "Beside it, weighing nothing",
}  # fmt: skip
CELLS = 5  # of the bar before a value
MOST_ROWS = 200  # our detectors have some dozens of signals; a log from elsewhere may hold any number

WORDS: Mapping[str, str] = {
    "names_apart": "names differ, where one was asked for",
    "other_names_apart": "names differ, where none was asked for",
    "numbers_apart": "numbers or dates differ, where one was asked for",
    "other_numbers_apart": "numbers or dates differ, where none was asked for",
    "swapped_fact": "a sentence is the same but for a name or number",
    "swapped_words": "a sentence is the same but for some words",
    "swapped_alone": "and nothing else in these sentences differs",
    "denied": "one asserts what the other denies",
    "negation_flipped": "the same sentence, once with and once without a “not”",
    "opposites": "words that exclude each other",
    "amounts_apart": "all here, some or none there",
    "polarity_flipped": "one says yes, the other no",
    "claim_parted": "one takes up what you claim or plan, the other does not",
    "refusal_one": "one answers, the other declines",
    "answer_missing": "one answers what was asked, the other talks past it",
    "advice_caution": "advice without a caution that the {reference} gives",
    "caution_missing": "a caution of the {reference}’s is missing",
    "self_claimed": "the reply claims a life or feelings of its own",
    "source_added": "the reply names a source that the {reference} does not",
    "bare_one": "one says nothing that the question does not say",
    "answer_apart": "the sentences that answer share few words",
    "nothing_shared": "no word in common, where a name or number was asked for",
    "words_apart": "each says what the other does not",
    "words_apart_either": "one says what the other does not",
    "words_jaccard_apart": "few words in common",
    "cross": "the network that read both: 0.5 is undecided",
    "tokens_apart": "words whose meaning has no counterpart",
    "names_shared": "both give the same names",
    "numbers_shared": "both give the same numbers",
    "stance_shared": "both take the same stand",
    "refusal_both": "both decline",
    "bare_both": "neither says more than the question does",
    "code_shared": "both give the same code",
    "same_words": "both say the same words",
    "restated": "both repeat the same words of the question",
    "nothing_asked": "no fact was asked for",
    "judge": "the judge’s opinion: 1 is a disagreement",
    "again_parted": "asked again, the {reference} parts from itself",
    "greedy_score": "the voice without chance, against the {reference}",
    "surprise": "surprise of the {reference}, nats a token",
}
"""The signals of our detectors. One that stands not here is shown by its own name."""
_FOR_AGREEMENT = frozenset({
    "names_shared", "numbers_shared", "stance_shared", "refusal_both", "bare_both", "code_shared", "same_words",
    "restated", "nothing_asked",
})  # fmt: skip
_BESIDE = frozenset({"judge", "again_parted", "greedy_score", "surprise", "tokens_apart"})
_SHARES_OF_ONE = frozenset(WORDS) - {"surprise"}


@dataclass(frozen=True, slots=True)
class Row:
    """A signal that found something. ``counted`` is how much it moved the score, in the detector's own measure."""

    side: Side
    words: str
    value: float
    bar: bool
    counted: float


def signal_words(name: str, reference: str) -> str:
    """What a signal says."""
    return (
        WORDS[name].format(reference=one_line(reference, 24)) if name in WORDS else one_line(name, 40).replace("_", " ")
    )


def rows_of(verdict: Verdict, reference: str) -> list[Row]:
    """The signals that found something, those first that count most."""
    weights = _weights(verdict.detector)
    rows = []
    for name, value in verdict.signals.items():
        if value:
            counted = abs(weights.get(name, 0.0) * value) if weights else abs(value)
            bar = name in _SHARES_OF_ONE and 0 <= value <= 1
            rows.append(Row(_side(name, value, weights), signal_words(name, reference), value, bar, counted))
    if verdict.noise is not None:
        words = f"noise: the {one_line(reference, 24)} against itself"
        rows.append(Row("beside", words, verdict.noise, bar=True, counted=0.0))
    return sorted(rows, key=lambda row: -row.counted)


def signals_text(verdict: Verdict, reference: str) -> Content:
    """The signals in groups, as a table; what found nothing is counted alone."""
    if not verdict.signals:
        return Content("No signals were recorded.")
    rows = rows_of(verdict, reference)[:MOST_ROWS]
    parts: list[str | tuple[str, str]] = []
    for side, heading in HEADINGS.items():
        group = [row for row in rows if row.side == side]
        if group:
            parts += [(f"{heading}\n", "bold $faint"), *(f"{_line(row)}\n" for row in group)]
    silent = sum(not value for value in verdict.signals.values())
    found = [f"{silent:,} more {'signal' if silent == 1 else 'signals'} found nothing"] if silent else []
    by = [f"computed by {one_line(verdict.detector, 60)}"] if verdict.detector else []
    parts.append(("; ".join([*found, *by]), "$faint"))
    return Content.assemble(*parts)


def _line(row: Row) -> str:
    full = round(row.value * CELLS) if row.bar else 0
    bar = "█" * full + "░" * (CELLS - full) if row.bar else " " * CELLS
    return f"  {bar} {row.value:>5.2f}  {row.words}"


def _side(name: str, value: float, weights: Mapping[str, float]) -> Side:
    if name in _BESIDE or (weights and not weights.get(name) and name not in _FOR_AGREEMENT):
        return "beside"
    if name == "cross" and value < 0.5:
        return "agreement"
    return "agreement" if name in _FOR_AGREEMENT else "parting"


def _weights(detector: str) -> Mapping[str, float]:
    """What the detector's signals weigh; empty for a detector that is none of ours."""
    known: Sequence[str] = (CROSS, RULES)  # the longer name first: the other one is how it begins
    name = next((name for name in known if detector.startswith(name)), None)
    return model(name).weights if name is not None else {}
