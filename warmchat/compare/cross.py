"""What a network that reads both replies beside the question says, as a signal and as evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from warmchat.compare.answering import answering
from warmchat.compare.claims.measures import alike_in_sort, same_measure
from warmchat.compare.cross_encoder.encoder import Item, Seen
from warmchat.compare.finding import Finding, sentence_span
from warmchat.compare.lists import as_prose
from warmchat.compare.reading import Pair, Reading
from warmchat.domain.verdict import Kind

_WIDTH = 6.0  # logits beyond say nothing more
_NUMBERS = 40
_SENTENCES = 2  # of a long reply; the research found two enough
LONG = 64  # words that a side states, from which a pair is long
SHOWS = 0.8  # probability from which the network alone can carry a flag
AGREES = 0.2  # and up to which it can carry an agreement


class CrossReader(Protocol):
    """Reads question, reply and other reply together."""

    @property
    def name(self) -> str:
        """Name and version."""

    def see(self, items: Sequence[Item], glanced: Sequence[Seen] = ()) -> list[Seen]:
        """How likely the two disagree, and how their words align, for each (question, reply, other reply); the mean of
        both orders of the replies. `glanced`: what `glance` said of them.
        """

    def glance(self, items: Sequence[Item]) -> list[Seen]:
        """The same from one order, in half the time."""


def is_long(pair: Pair) -> bool:
    """Whether one side states more than short answers do, so that its nearest sentences are compared."""
    return any(sum(len(i.sentence.tokens) for i in side.stated) > LONG for side in (pair.reply, pair.shadow))


def item_of(pair: Pair) -> Item:
    """What the network is to read: the replies whole, of long ones the sentences closest to the question.

    A number of the shadow's that the reply gives too stands there as the reply writes it ("seven" for "7", "384,400 km"
    for "238,855 miles"): of units the network knows nothing.
    """
    as_in_reply = _same_numbers(pair)
    if is_long(pair):
        return pair.asked.text, _closest(pair.reply, {}), _closest(pair.shadow, as_in_reply)
    shadow = pair.shadow.text
    return pair.asked.text, as_prose(pair.reply.text), as_prose(_worded(shadow, 0, len(shadow), as_in_reply))


def _same_numbers(pair: Pair) -> dict[tuple[int, int], str]:
    """Places in the shadow reply, and what the reply writes there."""
    known = [q for item in pair.reply.stated for q in item.numbers if not q.denied][:_NUMBERS]
    out = {}
    for number in (q for item in pair.shadow.stated for q in item.numbers if not q.denied):
        one = next((k for k in known if alike_in_sort(k, number) and same_measure(k, number)), None)
        if one is not None:
            out[number.start, number.end] = pair.reply.text[one.start : one.end]
    return out


def _worded(text: str, start: int, end: int, numbers: Mapping[tuple[int, int], str]) -> str:
    """``text[start:end]`` with other wordings for the numbers in it."""
    parts, at = [], start
    for (begin, stop), wording in sorted(numbers.items()):
        if at <= begin and stop <= end:
            parts += [text[at:begin], wording]
            at = stop
    return "".join([*parts, text[at:end]])


def _closest(side: Reading, numbers: Mapping[tuple[int, int], str]) -> str:
    chosen = [side.answer] if side.answer is not None else []
    chosen += [item for item in side.core if item is not side.answer][: _SENTENCES - len(chosen)]
    ordered = sorted(chosen, key=lambda item: item.start)
    return " ".join(as_prose(_worded(side.text, i.sentence.start, i.sentence.end, numbers)) for i in ordered)


def signals_of(seen: Seen) -> dict[str, float]:
    """``cross``: the logit of a disagreement, brought to 0..1, 0.5 is undecided; ``tokens_apart``: words unmatched."""
    inner = min(1 - 1e-9, max(1e-9, seen.disagreement))
    logit = max(-_WIDTH, min(_WIDTH, math.log(inner / (1 - inner))))
    return {"cross": 0.5 + logit / (2 * _WIDTH), "tokens_apart": min(1.0, max(0.0, 1 - seen.alignment))}


def finding_of(pair: Pair, probability: float) -> Finding | None:
    """The sentences that answer, as evidence, where the network holds that the two part."""
    a, b = pair.reply, pair.shadow
    here, there = a.answer or next(iter(a.core), None), b.answer or next(iter(b.core), None)
    if probability < 0.5 or here is None or there is None:
        return None
    one_alone = answering(a, pair.asked) != answering(b, pair.asked)
    kind: Kind = "refusal" if one_alone and "?" in pair.asked.text else "contradiction"
    return Finding("cross", kind, probability, sentence_span(a, here), sentence_span(b, there))
