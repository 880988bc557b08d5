"""What a sentence of a message leans on, and whether it tells anything that an answer may need. Read by `bare`."""

from __future__ import annotations

from warmchat.compare.claims.numbers import NUMBER_WORDS
from warmchat.compare.words import Sentence, Token, is_content, sentences
from warmchat.voices.forms import (
    ALWAYS,
    DAYS,
    NO_NUMBER,
    NOT_POINTING,
    PERSONAL,
    POINTS,
    SELF,
)

_OWN = 2  # content words before a pronoun, from which it is the question's own


def mood(wording: str) -> bool:
    """Whether it speaks of the user and tells no number."""
    return bool(SELF.search(wording)) and not any(counts(s) for s in sentences(wording))


def counts(sentence: Sentence) -> bool:
    """Whether it tells a number; "no one" is none."""
    before = ("", *(t.low for t in sentence.tokens))
    return any(
        t.text[0].isdigit() or (t.low in NUMBER_WORDS and t.low != "first" and not (t.low == "one" and b in NO_NUMBER))
        for b, t in zip(before, sentence.tokens, strict=False)
    )


def stands_alone(question: str) -> bool:
    """Whether it can be understood without what stands around it."""
    content = [t for s in sentences(question) for t in s.tokens if _tells(t)]
    return len(content) >= 2 and not points(question)


def _tells(token: Token) -> bool:
    return (is_content(token) or token.text[0].isdigit()) and token.low not in PERSONAL


def points(text: str) -> bool:
    """Whether it leans on something that was said before it."""
    plain = NOT_POINTING.sub(" ", text)
    if ALWAYS.search(plain):
        return True
    content = [t.start for s in sentences(plain) for t in s.tokens if _tells(t)]
    return any(sum(start < found.start() for start in content) < _OWN for found in POINTS.finditer(plain))


def apart(sentence: Sentence, stems: frozenset[str]) -> bool:
    """Whether a statement has nothing to do with the question."""
    if counts(sentence):
        return False
    inner = [t for t in sentence.tokens[1:] if t.capital and t.low not in PERSONAL | DAYS]
    return not inner and not sentence.stems & stems
