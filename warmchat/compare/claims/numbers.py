"""Numbers as values with units, and dates, from digits or from words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from warmchat.compare.claims.scope import denied
from warmchat.compare.lexicon import MONTHS, STOP, listed
from warmchat.compare.words import Sentence, Token, stem

Sort = Literal["plain", "date", "percent", "money", "ordinal"]

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UNITS_OF_TEN = {word: 10 * (i + 2) for i, word in enumerate(_TENS)}
VALUES = {word: i for i, word in enumerate(_SMALL)} | _UNITS_OF_TEN | {"dozen": 12, "twice": 2}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20,
}  # fmt: skip
_MAGNITUDES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
NUMBER_WORDS = VALUES.keys() | _MAGNITUDES.keys() | _ORDINALS.keys()
_ABOUT = listed("about around approximately roughly nearly almost some approx circa estimated over")

# Unit stem -> (dimension, factor to its base unit). Temperature is turned by formula.
_UNIT_FACTORS: dict[str, tuple[str, float]] = {
    "mm": ("length", 0.001), "cm": ("length", 0.01), "centimeter": ("length", 0.01), "m": ("length", 1.0),
    "meter": ("length", 1.0), "metre": ("length", 1.0), "km": ("length", 1000.0), "kilometer": ("length", 1000.0),
    "kilometre": ("length", 1000.0), "mile": ("length", 1609.344), "foot": ("length", 0.3048),
    "feet": ("length", 0.3048), "ft": ("length", 0.3048), "inch": ("length", 0.0254), "yard": ("length", 0.9144),
    "gram": ("mass", 0.001), "kg": ("mass", 1.0), "kilogram": ("mass", 1.0), "pound": ("mass", 0.45359237),
    "lb": ("mass", 0.45359237), "ton": ("mass", 1000.0), "tonne": ("mass", 1000.0),
    "second": ("time", 1.0), "minute": ("time", 60.0), "hour": ("time", 3600.0), "day": ("time", 86400.0),
    "week": ("time", 604800.0), "month": ("time", 2629800.0), "year": ("time", 31557600.0),
    "celsius": ("temperature", 1.0), "c": ("temperature", 1.0), "fahrenheit": ("temperature", 0.0),
    "f": ("temperature", 0.0), "kelvin": ("temperature", -1.0),
}  # fmt: skip
_UNITS = {stem(word): unit for word, unit in _UNIT_FACTORS.items()} | _UNIT_FACTORS
_DIMENSIONS = frozenset(dimension for dimension, _ in _UNIT_FACTORS.values())
_CURRENCY = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a text gives.

    Attributes:
        value: in the base unit of its dimension; for a date the year (0 where none is given).
        dimension: "length", ..., or the stem of the word counted ("leg"); empty where nothing follows.
        month, day: of a date; 0 where not given.
        written, factor: the value before its unit was turned into the base unit, and that unit's mark in the table.
        digits: significant digits as written: "about 300,000" has one.
        denied: named only to be rejected.
        unit: its unit as pint writes it, where `measures.measured` found one.
        span: years that a date leaves open: 10 for a decade, 100 for a century.
    """

    start: int
    end: int
    sort: Sort
    value: float
    dimension: str = ""
    month: int = 0
    day: int = 0
    written: float = 0.0
    factor: float = 1.0
    digits: int = 15
    about: bool = False
    denied: bool = False
    unit: str = ""
    span: int = 1

    @property
    def physical(self) -> bool:
        """Whether its unit was read, so that the unit's word says nothing more."""
        return self.dimension in _DIMENSIONS

    @property
    def key(self) -> str:
        """How this number is written in a set of words: digits and words come to the same."""
        if self.sort == "date":
            return f"#{self.value:.0f}" if self.value else f"#{self.month}/{self.day}"
        return f"#{self.value:.6g}"


def quantities(sentence: Sentence, text: str) -> list[Quantity]:
    """The numbers and dates of one sentence, left to right."""
    out: list[Quantity] = []
    words = sentence.tokens
    rejected = denied(sentence, text)
    at = 0
    while at < len(words):
        found, after = _date(words, at, text)
        if found is None:
            found, after = _number(words, at, text)
        if found is not None:
            out.append(replace(found, denied=True) if at in rejected else found)
        at = max(after, at + 1)
    return out


def _date(words: Sequence[Token], at: int, text: str) -> tuple[Quantity | None, int]:
    """A date that begins at token `at`: "March 20, 1852", "20 March 1852", "March 1852", "the 1950s", "1852", "19th
    century".
    """
    century, after = _century(words, at)
    if century:
        return Quantity(words[at].start, words[after - 1].end, "date", 100 * (century - 1), "date", span=100), after
    low = words[at].low
    month = MONTHS.get(low, 0) if words[at].capital else 0
    if month:
        day = _day(words, at + 1)
        year_at = at + 1 + (_ordinal_width(words, at + 1) if day else 0)
        year = _year(words, year_at)
        if not day and not year:
            return None, at
        end = year_at + 1 if year else year_at
        return Quantity(words[at].start, words[end - 1].end, "date", year, "date", month, day), end
    day = _day(words, at)
    after = at + _ordinal_width(words, at)
    if day and after < len(words) and words[after].low == "of":
        after += 1
    if day and after < len(words) and words[after].capital and words[after].low in MONTHS:
        year = _year(words, after + 1)
        end = after + 2 if year else after + 1
        return Quantity(words[at].start, words[end - 1].end, "date", year, "date", MONTHS[words[after].low], day), end
    year = _year(words, at)
    if year and not _counted(words, at, text):
        decade = at + 1 < len(words) and words[at + 1].low == "s" and words[at + 1].start - words[at].end <= 1
        end = at + 2 if decade else at + 1
        span = 1 if not decade else 10 if year % 100 else 100  # "the 1800s": any year with 18
        return Quantity(words[at].start, words[end - 1].end, "date", year, "date", about=decade, span=span), end
    return None, at


def _century(words: Sequence[Token], at: int) -> tuple[int, int]:
    """The number of a century ("19th century") and the token after it; 0 where there is none."""
    number = _day(words, at) or _ORDINALS.get(words[at].low, 0)
    after = at + _ordinal_width(words, at)
    if 0 < number < 22 and after < len(words) and words[after].low in ("century", "centuries"):
        return number, after + 1
    return 0, at


def _year(words: Sequence[Token], at: int) -> int:
    if at >= len(words) or not (words[at].text.isascii() and words[at].text.isdigit() and len(words[at].text) == 4):
        return 0
    year = int(words[at].text)
    return year if 1000 <= year <= 2100 else 0


def _counted(words: Sequence[Token], at: int, text: str) -> bool:
    """Whether a four-digit number counts something ("2000 kilometres", "$1500") and so is no year."""
    if words[at].start and text[words[at].start - 1] in _CURRENCY:
        return True
    return at + 1 < len(words) and words[at + 1].stem in _UNITS and text[words[at].end : words[at + 1].start] == " "


def _day(words: Sequence[Token], at: int) -> int:
    if at >= len(words):
        return 0
    text = words[at].text
    day = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else _ORDINALS.get(words[at].low, 0)
    return day if 1 <= day <= 31 else 0


def _ordinal_width(words: Sequence[Token], at: int) -> int:
    """Tokens that a day takes: "5" one, "5th" two."""
    suffixed = at + 1 < len(words) and words[at + 1].low in ("st", "nd", "rd", "th")
    return 2 if suffixed and words[at + 1].start == words[at].end else 1


def _number(words: Sequence[Token], at: int, text: str) -> tuple[Quantity | None, int]:
    value, digits, end = _value(words, at, text)
    if value is None:
        if words[at].low in _ORDINALS and words[at].low != "second":
            return Quantity(words[at].start, words[at].end, "ordinal", float(_ORDINALS[words[at].low])), at + 1
        return None, at
    start, about = words[at].start, any(w.low in _ABOUT for w in words[max(0, at - 2) : at])
    if end < len(words) and words[end].low in ("st", "nd", "rd", "th") and words[end].start == words[end - 1].end:
        return Quantity(start, words[end].end, "ordinal", value), end + 1
    if start and text[start - 1] in _CURRENCY:
        return Quantity(start - 1, words[end - 1].end, "money", value, "money", digits=digits, about=about), end
    follows = text[words[end - 1].end : words[end - 1].end + 2].lstrip()[:1]
    if follows == "%" or (end < len(words) and words[end].low in ("percent", "percentage")):
        last = words[end].end if follows != "%" else text.index("%", words[end - 1].end) + 1
        return Quantity(start, last, "percent", value, "percent", digits=digits, about=about), end
    written = value
    value, dimension, factor, last = _in_unit(words, end, value)
    return Quantity(
        start, last, "plain", value, dimension, written=written, factor=factor, digits=digits, about=about
    ), end


def _value(words: Sequence[Token], at: int, text: str) -> tuple[float | None, int, int]:
    """The value written from token `at` on, its significant digits, and the token after it."""
    first = words[at]
    if first.text[0].isdigit():
        value, digits = _digits(first.text)
        value = -value if value and _minus(text, first.start) else value
        at += 1
    elif first.low in VALUES and first.low != "one":
        value, digits, at = float(VALUES[first.low]), 15, at + 1
        if first.low in _UNITS_OF_TEN and at < len(words) and 0 < VALUES.get(words[at].low, 0) < 10:
            value, at = value + VALUES[words[at].low], at + 1
    elif first.low == "one" and _counts_one(words, at):
        value, digits, at = 1.0, 15, at + 1
    elif first.low in ("one", "a") and at + 1 < len(words) and words[at + 1].low in (*_MAGNITUDES, "dozen"):
        value, digits, at = (12.0, 15, at + 2) if words[at + 1].low == "dozen" else (1.0, 15, at + 1)
    else:
        return None, 0, at
    while value is not None and at < len(words) and words[at].low in _MAGNITUDES:
        value, at = value * _MAGNITUDES[words[at].low], at + 1
    if (
        value is not None
        and at + 1 < len(words)
        and words[at].low == "and"
        and _MAGNITUDES.keys() & {words[at - 1].low}
    ):
        more = VALUES.get(words[at + 1].low)  # "two hundred and fifty"
        if more is not None:
            value, at = value + more, at + 2
    return value, digits, at


def _counts_one(words: Sequence[Token], at: int) -> bool:
    """Whether "one" is the number, as in "the smallest is one" or "has only one moon", and no pronoun."""
    before = words[at - 1].low if at else "is"
    after = words[at + 1].low if at + 1 < len(words) else ""
    return before in ("is", "was", "are", "equals", "only", "exactly", "has", "have", "just") and after not in (
        "of",
        "who",
        "that",
    )


def _minus(text: str, start: int) -> bool:
    """Whether a minus sign stands before a number: not the dash of "1939-1945" or of a list."""
    return start > 0 and text[start - 1] in "-−" and (start == 1 or text[start - 2].isspace() or text[start - 2] == "(")


def _digits(text: str) -> tuple[float | None, int]:
    """Value and significant digits of "1,000", "3.14", "20:30" (hours and minutes, or chapter and verse)."""
    if ":" in text:
        parts = text.split(":")
        text = parts[0] + "." + parts[1].zfill(3) if all(p.isdecimal() for p in parts) else text.replace(":", "")
    plain = text.replace(",", "")
    if plain.count(".") > 1:
        plain = plain.replace(".", "")
    plain = plain[:30]  # a wall of digits is no quantity; floats end at 1e308
    try:
        value = float(plain)
    except ValueError:  # digits of a script that float() does not read, as superscripts
        return None, 0
    bare = plain.replace(".", "").lstrip("0")
    return value, max(1, len(bare.rstrip("0") if "." not in plain else bare))


def _in_unit(words: Sequence[Token], at: int, value: float) -> tuple[float, str, float, int]:
    """The value in the base unit, its dimension, the unit's factor, and where the quantity ends in the text."""
    last = words[at - 1].end
    follow = list(words[at : at + 2])
    if follow and follow[0].low in ("degree", "degrees"):
        follow = follow[1:]
    # " " or " °"; what stands farther off is not counted, nor is "but" in "zero, but"
    if not follow or words[at].start - last > 2 or follow[0].low in STOP:
        return value, "", 1.0, last
    unit = follow[0]
    known = _UNITS.get(unit.low) or _UNITS.get(unit.stem)
    if known is None:
        return value, unit.stem, 1.0, unit.end
    dimension, factor = known
    if dimension != "temperature":
        return value * factor, dimension, factor, unit.end
    celsius = {1.0: value, 0.0: (value - 32) / 1.8, -1.0: value - 273.15}[factor]
    return celsius, dimension, factor, unit.end


def comparable(a: Quantity, b: Quantity) -> bool:
    """Whether two numbers answer the same sort of question: dates with dates, lengths with lengths.

    Counted things compare whatever follows them, since "eight legs" and "eight hairy legs" count the same.
    """
    if a.sort != b.sort:
        return False
    if a.dimension == b.dimension or not a.dimension or not b.dimension:
        return True
    return a.dimension not in _DIMENSIONS and b.dimension not in _DIMENSIONS


def same(a: Quantity, b: Quantity) -> bool:
    """Whether two comparable numbers can both be meant: equal, or one the other rounded."""
    if a.sort == "date":
        span = max(a.span, b.span)  # "the 1960s" leaves the year open
        if a.value and b.value and a.value // span != b.value // span:
            return False
        parts = ((a.month, b.month), (a.day, b.day))
        shared = bool(a.value and b.value) or bool(a.month and b.month)
        return shared and all(x == y for x, y in parts if x and y)
    here, there = (a.value, b.value) if a.dimension == b.dimension else (a.written or a.value, b.written or b.value)
    if math.isclose(here, there, rel_tol=1e-4, abs_tol=1e-9):
        return True
    # A unit turned into another is rounded on the way, and "about" allows the usual rounding.
    turned = a.dimension == b.dimension and a.factor != b.factor
    digits = min(a.digits, b.digits)
    rounded = min(0.05, 5 * 10.0**-digits)  # "about 206" was not rounded to tens
    slack = max(rounded if a.about or b.about else 0.0, 0.03 if turned else 0.0)
    if math.isclose(here, there, rel_tol=slack):
        return True
    return digits >= 3 and f"{here:.{digits - 1}e}" == f"{there:.{digits - 1}e}"
