"""Whether a reply answers what was asked, in whatever way, speaks of it, or talks past it."""

from __future__ import annotations

import re
from enum import IntEnum

from warmchat.compare.asked import Asked
from warmchat.compare.facts import told_names, told_numbers
from warmchat.compare.reading import Reading, Stated
from warmchat.compare.stance import nearest, towards

_IT_IS = re.compile(
    r"(?:\b(?:it|that|answer|this) (?:is|was)|\b(?:it|that)['’]s|:) (?:actually |indeed )?\Z", re.IGNORECASE
)
# "The answer to this question is a classic example of a riddle."
_EVADES = re.compile(
    r"\b(?:classic|great|perfect) (?:example|case|one|question|joke|riddle)\b|\brhetorical\b|\bplay on words\b"
    r"|\bfallacy\b",
    re.IGNORECASE,
)
_NEAR = 24  # characters before a name
_SHORT = 6  # words; so short a reply to a question is an answer, whatever it says
_HALF = 2  # of the question's content words that a sentence about it repeats: one of so many


class Answering(IntEnum):
    """How near a reply comes to what was asked."""

    DECLINES = 0
    PAST = 1  # speaks of something else
    ABOUT = 2  # speaks of it, and gives nothing of what was wanted
    ANSWERS = 3


def answering(reading: Reading, asked: Asked) -> Answering:
    """What can be taken for an answer: a stand for what the user claims, a fact of the sort that was asked for, or a
    sentence that repeats most of the question and says something of its own.
    """
    if reading.refusal is not None:
        return Answering.DECLINES
    if any(towards(reading, claim, asked) > 0 for claim in asked.claims):
        return Answering.ANSWERS
    if _words(reading) <= _SHORT or (asked.yes_no and reading.opening):
        return Answering.ANSWERS
    if _gives(reading, asked):
        return Answering.ANSWERS
    shared = max((len(item.stems & asked.topic) for item in reading.core), default=0)
    return Answering.ABOUT if shared * _HALF >= max(1, len(asked.topic)) else Answering.PAST


def _gives(reading: Reading, asked: Asked) -> bool:
    if asked.wants in ("number", "date"):
        return bool(told_numbers(reading.core, asked.numbers))
    if asked.wants == "name":
        return any(_names_it(reading, item, asked) for item in reading.core)
    item = nearest(reading, asked)
    return item is not None and bool(item.bag) and not _EVADES.search(reading.text, item.start, item.sentence.end)


def _names_it(reading: Reading, item: Stated, asked: Asked) -> bool:
    """Whether a sentence gives a name in answer: beside the question's words, alone, or after "it is"."""
    told = told_names([item], asked.stems)
    if told and (item.stems & asked.topic or len(item.sentence.tokens) <= _SHORT):
        return True
    return any(_IT_IS.search(reading.text, max(0, name.start - _NEAR), name.start) for name in told)


def _words(reading: Reading) -> int:
    return sum(len(sentence.tokens) for sentence in reading.read)
