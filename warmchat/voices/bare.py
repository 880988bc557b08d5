"""The bare question of a message: what is asked, without what the user believes, feels or begs for. By rules, English.

The rules rather leave a message as it is than take away what an answer needs. A sentence goes only where a question
remains that stands alone, and the sentence states a belief about the answer, begs, or has nothing in common with the
question: no word, no number, no name. A statement without a question becomes one: "Is it true that ...?".
"""

from __future__ import annotations

from collections.abc import Sequence

from warmchat.compare.claims.numbers import NUMBER_WORDS
from warmchat.compare.pointing import points_back
from warmchat.compare.premise import claims
from warmchat.compare.words import Sentence, Token, is_content, sentences
from warmchat.voices.forms import (
    AFTER,
    ALWAYS,
    ANSWER,
    BEFORE,
    BELIEF,
    CERTAIN,
    DAYS,
    IF,
    JOINS,
    NOT_POINTING,
    OPENS,
    ORDERS,
    PERSONAL,
    PLEA,
    POINTS,
    POSITIVE,
    SELF,
    TAG,
)

_LONGEST = 1200  # characters; what is longer holds material, not a plea
_SHORT = 28  # tokens of a sentence that states a belief ...
_VALUE = 8  # ... and of one that states a number
_OWN = 2  # content words before a pronoun, from which it is the question's own


def bare(message: str) -> str:
    """The bare question; empty where there is nothing to take away, or it cannot be told what."""
    if len(message) > _LONGEST or "```" in message or message.strip().count("\n\n") > 1:
        return ""
    plain = " ".join(message.replace("’", "'").split())
    parts = [(s, plain[s.start : s.end].strip()) for s in sentences(plain)]
    asked = [(s, _own_question(w)) for s, w in parts if _asks(w)]
    asked = [(s, q) for s, q in asked if q]
    if any(points_back(q) for _, q in asked) or (not asked and points_back(plain)):
        return ""
    out = _with_needed(parts, asked) if asked else _proposition(plain, parts)
    return "" if _same(out, plain) else out


def _asks(wording: str) -> bool:
    if PLEA.match(wording):
        return False
    if wording.endswith("?"):
        return True
    return ORDERS.match(wording) is not None


def _own_question(wording: str) -> str:
    """The question in a sentence that asks, without what is claimed in it; empty where it only asks for assent."""
    before = BEFORE.match(wording)
    if before is not None and not IF.match(before[1]) and (BELIEF.search(before[1]) or _mood(before[1])):
        wording = before[2]
    after = AFTER.match(wording)
    if after is not None and (_states(after[2]) or SELF.search(after[2])) and len(after[1].split()) >= 3:
        wording = after[1].rstrip(" ,;:-–—") + "?"
    tag = TAG.search(wording)
    if tag is not None:
        if not OPENS.match(wording) or len(wording[: tag.start()].split()) < 3:
            return ""  # "It's Sydney, right?"
        wording = wording[: tag.start()] + "?"
    first, _, rest = wording.partition(" ")
    if first.lower() in POSITIVE and rest.split(" ")[0].lower() not in ("you", "i", "it", "that", "we"):
        wording = f"{POSITIVE[first.lower()]} {rest}"
    elif first.lower() in POSITIVE:
        return ""  # "Isn't it Sydney?"
    if OPENS.match(wording) is None and ORDERS.match(wording) is None and len(wording.split()) < 4:
        return ""  # "Sydney?"
    return wording[:1].upper() + wording[1:]


def _with_needed(parts: Sequence[tuple[Sentence, str]], asked: Sequence[tuple[Sentence, str]]) -> str:
    """The questions with those other sentences that an answer may need, in their order."""
    questions = {s.start: q for s, q in asked}
    rest = [(s, w) for s, w in parts if s.start not in questions and not PLEA.match(w)]
    opinions = {s.start for s, w in rest if _opinion(s, w)}
    if not _stands_alone(asked[0][1]):
        if opinions:
            return ""  # the question may lean on what is believed: "I think X wrote it. When was it?"
        kept = {s.start for s, _ in rest}
    else:
        stems = frozenset(t.stem for s, _ in asked for t in s.tokens if is_content(t))
        rest = [(s, w) for s, w in rest if s.start not in opinions]
        needed = [s for s, w in rest if not _apart(s, stems) and not _certain(s, w)]
        # Where there is something to be told, what tells of the user's mood alone still goes.
        kept = {s.start for s, w in rest if not (_apart(s, stems) and SELF.search(w))} if needed else set()
    return " ".join(questions.get(s.start, w) for s, w in parts if s.start in questions or s.start in kept)


def _opinion(sentence: Sentence, wording: str) -> bool:
    """Whether it states what the user takes the answer to be; a question that is left only asks for assent."""
    if len(sentence.tokens) > _SHORT:
        return False
    return bool(BELIEF.search(wording) or TAG.search(wording) or wording.endswith("?"))


def _states(wording: str) -> bool:
    return bool(BELIEF.search(wording) or CERTAIN.search(wording))


def _certain(sentence: Sentence, wording: str) -> bool:
    most = _VALUE if _counts(sentence) else _SHORT  # "It's 54", not a sentence of a sum
    return len(sentence.tokens) <= most and CERTAIN.search(wording) is not None


def _mood(wording: str) -> bool:
    """Whether it speaks of the user and tells no number."""
    return bool(SELF.search(wording)) and not any(_counts(s) for s in sentences(wording))


def _counts(sentence: Sentence) -> bool:
    return any(t.text[0].isdigit() or (t.low in NUMBER_WORDS and t.low != "first") for t in sentence.tokens)


def _stands_alone(question: str) -> bool:
    """Whether it can be understood without what stands around it."""
    content = [t for s in sentences(question) for t in s.tokens if _tells(t)]
    return len(content) >= 2 and not _points(question)


def _tells(token: Token) -> bool:
    return (is_content(token) or token.text[0].isdigit()) and token.low not in PERSONAL


def _points(text: str) -> bool:
    """Whether it leans on something that was said before it."""
    plain = NOT_POINTING.sub(" ", text)
    if ALWAYS.search(plain):
        return True
    content = [t.start for s in sentences(plain) for t in s.tokens if _tells(t)]
    return any(sum(start < found.start() for start in content) < _OWN for found in POINTS.finditer(plain))


def _apart(sentence: Sentence, stems: frozenset[str]) -> bool:
    """Whether a statement has nothing to do with the question."""
    if _counts(sentence):
        return False
    inner = [t for t in sentence.tokens[1:] if t.capital and t.low not in PERSONAL | DAYS]
    return not inner and not sentence.stems & stems


def _proposition(plain: str, parts: Sequence[tuple[Sentence, str]]) -> str:
    """A message that asks nothing but assent: its one claim as a question; empty where it has none, or several."""
    found = [c for c in claims(plain) if not c.plan and not c.negated]
    if len(found) != 1 or len(found[0].text.split()) < 3 or JOINS.match(found[0].text):
        return ""
    if any(not PLEA.match(w) and not _mood(w) and not (s.start <= found[0].start < s.end) for s, w in parts):
        return ""  # something is told that may matter
    text = TAG.sub("", found[0].text.strip().rstrip(".!?") + "?").rstrip("?").strip(" ,")
    opening = next((w.split(" ")[0].lower() for s, w in parts if s.start <= found[0].start < s.end), "")
    if opening in POSITIVE and plain[found[0].end :].startswith("?"):
        return f"{POSITIVE[opening]} {text}?"
    if _points(text) or SELF.search(text) or ANSWER.match(text):
        return ""
    first = text.split(" ")[0]
    keep = first.isupper() or (first[:1].isupper() and not _begins(plain, found[0].start))
    return f"Is it true that {text if keep or first[:1].islower() else _lowered(text)}?"


def _begins(plain: str, start: int) -> bool:
    """Whether a sentence begins there, so that a capital says nothing."""
    return start == 0 or plain[:start].rstrip()[-1:] in ".!?"


def _lowered(text: str) -> str:
    first, _, rest = text.partition(" ")
    small = first.lower() in ("the", "a", "an", "there", "most", "all", "some", "no", "it", "in", "on", "people")
    return f"{first.lower()} {rest}" if small else text


def _same(one: str, other: str) -> bool:
    return [c for c in one.casefold() if c.isalnum()] == [c for c in other.casefold() if c.isalnum()]
