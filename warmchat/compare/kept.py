"""Whether a reply in other words still says what a draft said: nothing lost, nothing added, nothing turned round.

Stricter than the comparison of two answers: a rewriting that is refused costs a little warmth, one that is let through
costs a fact. So here "unsure" is not enough, unless the draft's names, numbers and most of its words are all there.
"""

from __future__ import annotations

from collections.abc import Sequence

from warmchat.compare.asked import read_question
from warmchat.compare.detector import Detector
from warmchat.compare.facts import name_known, number_known, told_names, told_numbers
from warmchat.compare.overlap import covered, shared
from warmchat.compare.reading import Pair, Reading, read_pair
from warmchat.compare.words import tokens
from warmchat.domain.conversation import Message
from warmchat.domain.text import one_line
from warmchat.domain.verdict import Verdict

_SURVIVES = 0.6  # of the draft's content, by weight; what the question says already is not counted
_IDIOMS = frozenset(("one", "first", "once"))  # "the first step", "one more thing": no figures
_NEW = 0.5  # of the rewriting's content may be its own ...
_FEW = 3.0  # ... and so much in any case: about three words


def lost_or_added(question: str, history: Sequence[Message], draft: str, rewriting: str, detector: Detector) -> str:
    """Why `rewriting` cannot stand for `draft` as an answer to `question`; empty where it can."""
    if not rewriting.strip():
        return "it is empty"
    if [t.low for t in tokens(rewriting)] == [t.low for t in tokens(draft)]:
        return "it is the answer as it was"
    asked = read_question(question, history)
    pair = read_pair(asked, rewriting, draft)
    return _parted(pair) or _turned(detector.detect(question, history, rewriting, draft)) or _other_words(pair)


def _parted(pair: Pair) -> str:
    """A name, number, yes or no that only one of the two has."""
    here, there, asked = pair.reply, pair.shadow, pair.asked
    lost = _missing(there, here, asked.stems, asked.numbers)
    if lost:
        return f"it lost {lost}"
    added = _missing(here, there, asked.stems, asked.numbers)
    if added:
        return f"it added {added}"
    if here.opening != there.opening:
        return "it lost the yes or no" if there.opening else "it added a yes or no"
    return ""


def _turned(verdict: Verdict) -> str:
    return verdict.reason if verdict.label in ("disagree", "unjudged") else ""


def _other_words(pair: Pair) -> str:
    here, there = pair.reply, pair.shadow
    if there.core_bag and covered(there.core_bag, here.bag) < _SURVIVES:
        return "it lost most of what the answer says"
    own = sum(here.bag.values()) - shared(here.bag, there.bag)
    if own > _FEW and own > _NEW * sum(here.bag.values()):
        return "most of what it says is not in the answer"
    return ""


def _missing(told: Reading, other: Reading, stems: frozenset[str], numbers: frozenset[str]) -> str:
    """The first name or number that the one tells and the other does not have; empty where there is none."""
    for name in told_names(told.stated, stems):
        if not name_known(name, other, stems):
            return f"“{one_line(told.text[name.start : name.end], 40)}”"
    for number in told_numbers(told.stated, numbers):
        wording = told.text[number.start : number.end].lower()
        if wording not in _IDIOMS and not number_known(number, other):
            return f"“{one_line(told.text[number.start : number.end], 40)}”"
    return ""
