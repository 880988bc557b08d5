"""Yes and no, negation, opposites, and how much a sentence claims (all, some, none)."""

from __future__ import annotations

from collections.abc import Sequence

from warmchat.compare.claims.scope import NOT_ONLY
from warmchat.compare.lexicon import (
    ALL_WORDS,
    FEW_WORDS,
    MOST_WORDS,
    NEGATIONS,
    NONE_WORDS,
    OPPOSITES,
    SOME_WORDS,
    listed,
)
from warmchat.compare.words import Sentence

_YES = listed("yes yeah yep yup correct right true exactly indeed absolutely definitely certainly")
_NO = listed("no nope incorrect wrong false")
_YES_PHRASES = ("you're right", "you are right", "that's right", "that is right", "you're correct", "you are correct",
                "that's correct", "that is correct", "that's true", "that is true", "of course", "i agree")  # fmt: skip
_NO_PHRASES = ("not really", "not quite", "not exactly", "not true", "not correct", "not right", "not the case",
               "you're wrong", "you are wrong", "you're mistaken", "you are mistaken", "i disagree", "is a myth",
               "a misconception", "is incorrect", "is false", "is wrong", "afraid not")  # fmt: skip
_AUXILIARIES = listed(
    """is are was were am do does did has have had can could should would will may might must isn't aren't wasn't
    weren't     don't doesn't didn't hasn't haven't can't couldn't shouldn't wouldn't won't"""
)
_EXCLUDES = {a: {y for x, y in OPPOSITES if x == a} | {x for x, y in OPPOSITES if y == a} for p in OPPOSITES for a in p}


def asks_yes_or_no(sentences: Sequence[Sentence], text: str) -> bool:
    """Whether the message holds a question that yes or no answers. "Is it A or B?" is none."""
    for sentence in sentences:
        words = [t.low for t in sentence.tokens]
        head = words[1] if len(words) > 1 and words[0] in ("so", "but", "and", "then", "also", "well") else words[0]
        wording = text[sentence.start : sentence.end]
        if head in _AUXILIARIES and "or" not in words and (wording.endswith("?") or len(sentences) == 1):
            return True
        if wording.endswith("?") and words[-1] in ("right", "correct", "true", "agree", "it", "no") and len(words) > 3:
            return words[-1] != "it" or words[-2] in _AUXILIARIES
    return False


def opening(sentences: Sequence[Sentence]) -> int:
    """+1 where a reply begins by saying yes, -1 no, 0 neither. Reads the first three sentences, first words first."""
    for sentence in sentences[:3]:
        words = [t.low for t in sentence.tokens[:12]]
        phrase = " ".join(words)
        if {"myth", "misconception"} & set(words) and NEGATIONS & set(words):
            return 0  # "It is a myth that it never strikes twice": whether that is yes, the question must say
        if any(p in phrase for p in _NO_PHRASES):
            return -1
        if words[0] in _NO or words[:2] in (["actually", "no"], ["well", "no"], ["oh", "no"]):
            return -1 if words[:2] not in (["no", "worries"], ["no", "problem"], ["oh", "no"]) else 0
        if any(p in phrase for p in _YES_PHRASES) or words[0] in _YES or words[1:2] in (["yes"], ["absolutely"]):
            return 1
    return 0


def negated(sentence: Sentence) -> bool:
    """Whether a sentence denies its main claim: an odd number of negations, "not only" not counted."""
    words = [*(t.low for t in sentence.tokens), ""]
    count = sum(w in NEGATIONS and words[i + 1] not in NOT_ONLY | {"doubt"} for i, w in enumerate(words[:-1]))
    return count % 2 == 1


def opposite_words(a: Sentence, b: Sentence) -> tuple[str, str] | None:
    """A word of `a` and one of `b` that exclude each other, where neither sentence holds both; else None."""
    left, right = {t.low for t in a.tokens}, {t.low for t in b.tokens}
    for word in sorted(left & _EXCLUDES.keys()):
        for other in sorted(_EXCLUDES[word] & right):
            if word not in right and other not in left:
                return word, other
    return None


def amount(sentence: Sentence) -> float:
    """How much a sentence claims: 2 all, 1.5 most or many, 1 some or perhaps, 0.5 few, -1 none, 0 unsaid."""
    words = {t.low for t in sentence.tokens}
    for step, said in ((0.5, FEW_WORDS), (1.0, SOME_WORDS), (-1.0, NONE_WORDS), (2.0, ALL_WORDS), (1.5, MOST_WORDS)):
        if words & said:
            return step
    return 0.0
