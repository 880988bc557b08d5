"""An accepted or wrong answer as it is looked for in a reply: a number with its unit, a date, or words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from warmchat.compare.claims.numbers import Quantity, quantities, same
from warmchat.compare.words import Sentence, Token, is_content, sentences, tokens

_ARTICLES = ("the", "a", "an")
_TURNED = 0.03  # what rounding may do to a number that was turned into another unit
_UNIT_ASKED = re.compile(r"\bhow many ([\w-]+)|\bin (?:degrees )?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """One answer to look for.

    Attributes:
        keys: its words as they are compared, articles left out.
        symbol: one or two letters ("Au", "D"): its capitals count, or "so" would be sodium.
        quantity: the number or date, where the answer is nothing else.
        counted: the word or unit that the question counts: "strings", "degrees Celsius"; empty where it counts none.
        own: its content words that the question does not hold; what a partial match is made of.
    """

    text: str
    keys: tuple[str, ...]
    symbol: bool
    quantity: Quantity | None
    counted: str
    own: frozenset[str]


def target(answer: str, question: str = "") -> Target:
    """How to look for this answer to this question."""
    words = [t for t in tokens(answer) if t.low not in _ARTICLES] or list(tokens(answer))
    asked = {t.stem for t in tokens(question)}
    letters = "".join(t.text for t in words)
    symbol = len(words) == 1 and len(letters) <= 2 and letters.isalpha()
    content = frozenset(t.stem for t in words if is_content(t) or t.text[0].isdigit()) - asked
    counted = _counted(question)
    keys = (letters,) if symbol else tuple(t.stem for t in words)
    return Target(answer, keys, symbol, _quantity(answer, counted), counted, content)


def _quantity(answer: str, counted: str) -> Quantity | None:
    """The one number or date that the answer is, in the unit that was asked for where the answer names none."""
    split = sentences(answer)
    if len(split) != 1:
        return None
    found = quantities(split[0], answer)
    if len(found) != 1:
        return None
    number = found[0]
    outside = [t for t in split[0].tokens if not number.start <= t.start < number.end]
    named = any(is_content(t) or (t.end == number.start and t.text.isalpha()) for t in outside)  # "M1" is no "A1"
    if named or number.start > len(answer) // 2:
        return None
    if not number.dimension and counted and number.sort == "plain":
        with_unit = f"{answer.strip()} {counted}"
        again = [q for s in sentences(with_unit) for q in quantities(s, with_unit)]
        if len(again) == 1 and again[0].physical:
            return again[0]
    return number


def _counted(question: str) -> str:
    """What the number counts: the word after "how many", else a unit after "in"."""
    for found in _UNIT_ASKED.finditer(question):
        word = found.group(1) or found.group(2)
        if found.group(1):
            return word
        probe = f"1 {word}"
        if any(q.physical for s in sentences(probe) for q in quantities(s, probe)):
            return word
    return ""


@dataclass(frozen=True, slots=True)
class Place:
    """Start and end in the text, and the index of the first token in its sentence."""

    start: int
    end: int
    first: int


def written_as(target: Target, sentence: Sentence) -> list[Place]:
    """Where the sentence holds the answer's words, one after the other, articles skipped."""
    return list(_runs(target, sentence.tokens))


def _runs(target: Target, words: tuple[Token, ...]) -> Iterator[Place]:
    kept = [i for i, t in enumerate(words) if t.low not in _ARTICLES or target.symbol]
    keys = target.keys
    if not keys:
        return
    for k in range(len(kept) - len(keys) + 1):
        run = kept[k : k + len(keys)]
        if all((words[i].text if target.symbol else words[i].stem) == key for i, key in zip(run, keys, strict=True)):
            yield Place(words[run[0]].start, words[run[-1]].end, run[0])


def counts_as(target: Target, sentence: Sentence, text: str) -> list[Place]:
    """Where the sentence gives the answer's number or date."""
    wanted = target.quantity
    assert wanted is not None
    out: list[Place] = []
    for given in quantities(sentence, text):
        if equal(wanted, given):
            first = next(i for i, t in enumerate(sentence.tokens) if t.end > given.start)
            out.append(Place(given.start, given.end, first))
    return out


def equal(wanted: Quantity, given: Quantity) -> bool:
    """Whether a number in a reply is the one wanted: the same date or value, units turned, "1,000" also where it reads
    as a year. Rounding counts where it keeps three digits."""
    dates = wanted.sort == "date", given.sort == "date"
    if all(dates) and (wanted.month or given.month or given.about):
        return same(wanted, given)
    if any(dates):
        return not (wanted.month or given.month) and _plain(wanted) == _plain(given)
    if wanted.sort != given.sort:
        return {wanted.sort, given.sort} <= {"plain", "money", "ordinal"} and _plain(wanted) == _plain(given)
    if wanted.physical and given.physical:
        if wanted.dimension != given.dimension:
            return False
        slack = 1e-4 if wanted.factor == given.factor else _TURNED
        return math.isclose(wanted.value, given.value, rel_tol=slack, abs_tol=1e-9) or _rounded(wanted, given)
    return math.isclose(_plain(wanted), _plain(given), rel_tol=1e-4, abs_tol=1e-9) or _rounded(wanted, given)


def _plain(number: Quantity) -> float:
    return number.written if number.physical else number.value


def _rounded(a: Quantity, b: Quantity) -> bool:
    digits = min(a.digits, b.digits)
    same_unit = a.factor == b.factor
    return same_unit and digits >= 3 and f"{_plain(a):.{digits - 1}e}" == f"{_plain(b):.{digits - 1}e}"
