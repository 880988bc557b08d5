"""Quantities in their units and dates in figures, by libraries: pint turns units into each other, dateutil reads dates.

Both are imported when a text first needs them: most replies hold neither an unlike unit nor a date in figures.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import cache

from warmchat.compare.claims.numbers import Quantity, comparable, quantities, same
from warmchat.compare.words import Sentence

# How a unit is written -> pint's name. Only these are read as units: pint itself would take "a" for a year.
_WRITTEN = {
    **dict.fromkeys(("mm", "millimeter", "millimetre"), "millimeter"),
    **dict.fromkeys(("cm", "centimeter", "centimetre"), "centimeter"),
    **dict.fromkeys(("m", "meter", "metre"), "meter"),
    **dict.fromkeys(("km", "kilometer", "kilometre"), "kilometer"),
    **dict.fromkeys(("mile", "mi"), "mile"),
    **dict.fromkeys(("nautical mile",), "nautical_mile"),
    **dict.fromkeys(("foot", "feet", "ft"), "foot"),
    **dict.fromkeys(("inch", "inche"), "inch"),
    **dict.fromkeys(("yard", "yd"), "yard"),
    **dict.fromkeys(("light-year", "light year", "lightyear"), "light_year"),
    **dict.fromkeys(("mg", "milligram"), "milligram"),
    **dict.fromkeys(("g", "gram"), "gram"),
    **dict.fromkeys(("kg", "kilogram", "kilo"), "kilogram"),
    **dict.fromkeys(("tonne", "metric ton"), "tonne"),
    **dict.fromkeys(("pound", "lb"), "pound"),
    **dict.fromkeys(("ounce", "oz"), "ounce"),
    **dict.fromkeys(("ml", "milliliter", "millilitre"), "milliliter"),
    **dict.fromkeys(("l", "liter", "litre"), "liter"),
    **dict.fromkeys(("gallon",), "gallon"),
    **dict.fromkeys(("pint",), "pint"),
    **dict.fromkeys(("cup",), "cup"),
    **dict.fromkeys(("hectare", "ha"), "hectare"),
    **dict.fromkeys(("acre",), "acre"),
    **dict.fromkeys(("second", "sec", "s"), "second"),
    **dict.fromkeys(("minute", "min"), "minute"),
    **dict.fromkeys(("hour", "hr", "h"), "hour"),
    **dict.fromkeys(("day",), "day"),
    **dict.fromkeys(("week",), "week"),
    **dict.fromkeys(("month",), "month"),
    **dict.fromkeys(("year",), "year"),
    **dict.fromkeys(("mph",), "mile/hour"),
    **dict.fromkeys(("kph", "kmh", "kmph"), "kilometer/hour"),
    **dict.fromkeys(("knot",), "knot"),
    **dict.fromkeys(("joule",), "joule"),
    **dict.fromkeys(("kj", "kilojoule"), "kilojoule"),
    **dict.fromkeys(("kcal", "kilocalorie", "calorie"), "kilocalorie"),  # of food, as people write it
    **dict.fromkeys(("watt",), "watt"),
    **dict.fromkeys(("kw", "kilowatt"), "kilowatt"),
    **dict.fromkeys(("horsepower", "hp"), "horsepower"),
    **dict.fromkeys(("bar",), "bar"),
    **dict.fromkeys(("atm", "atmosphere"), "atmosphere"),
    **dict.fromkeys(("kpa", "kilopascal"), "kilopascal"),
    **dict.fromkeys(("pascal",), "pascal"),
    **dict.fromkeys(("psi",), "psi"),
}
_NAMES = "|".join(sorted(map(re.escape, _WRITTEN), key=len, reverse=True))
_UNIT = re.compile(
    rf"[ -]?(?:(square|cubic|sq\.?|cu\.?) )?({_NAMES})s?(?:([²³])|\^([23]))?"
    rf"(?:(?:\s?/\s?| per | an? | each )({_NAMES})s?)?(?![^\W\d_]|\d)",
    re.IGNORECASE,
)
_NUMBER_END = re.compile(
    r"[-−]?(?:\d[\d.,:]*\d|\d|[a-z]+(?:-[a-z]+)?)(?: (?:hundred|thousand|million|billion|trillion))*", re.IGNORECASE
)
_DATE = re.compile(
    r"(?<![\w/.-])(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}([/.-])\d{1,2}\1\d{4}|\d{1,2}-[A-Z][a-z]{2}-\d{4})(?![\w/-])"
)
_POWERS = {"square": 2, "sq": 2, "cubic": 3, "cu": 3, "²": 2, "³": 3, "2": 2, "3": 3}
_TURNED = 0.03  # a value turned into another unit is rounded on the way


def measured(sentence: Sentence, text: str) -> list[Quantity]:
    """The numbers and dates of a sentence (`numbers.quantities`), with units that pint knows and dates in figures."""
    dates = _dates(sentence, text)
    plain = [q for q in quantities(sentence, text) if not any(d.start < q.end and q.start < d.end for d in dates)]
    found = [*dates, *(_with_unit(q, text) for q in plain)]
    return sorted(found, key=lambda q: q.start)


def alike_in_sort(a: Quantity, b: Quantity) -> bool:
    """Whether two numbers answer the same sort of question: `numbers.comparable`, and units by what they measure."""
    if a.unit and b.unit and a.unit != b.unit:
        return _turned(a, b) is not None
    return comparable(a, b)


def same_measure(a: Quantity, b: Quantity) -> bool:
    """Whether two comparable numbers can both be meant; one of them turned into the unit of the other."""
    if a.unit == b.unit or not a.unit or not b.unit:
        return same(a, b)
    here = _turned(a, b)
    if here is None:
        return same(a, b)
    there = b.written or b.value
    slack = 0.06 if a.about or b.about else _TURNED
    return math.isclose(here, there, rel_tol=slack, abs_tol=1e-9)


def _with_unit(number: Quantity, text: str) -> Quantity:
    bare_year = number.sort == "date" and not number.month and not number.about
    if not bare_year and (number.sort != "plain" or number.dimension == "temperature"):  # that is turned by formula
        return number
    end = _NUMBER_END.match(text, number.start)
    found = _UNIT.match(text, end.end()) if end is not None else None
    if found is None:
        return number
    if bare_year:  # "2000 ml" is none
        number = replace(number, sort="plain", dimension=found[2].lower())
    power = _POWERS.get((found[1] or found[3] or found[4] or "").lower().rstrip("."), 1)
    unit = f"({_WRITTEN[found[2].lower()]})**{power}" if power > 1 else _WRITTEN[found[2].lower()]
    if found[5]:
        unit = f"{unit}/{_WRITTEN[found[5].lower()]}"
    return replace(number, unit=unit, end=max(number.end, found.end()), written=number.written or number.value)


def _turned(a: Quantity, b: Quantity) -> float | None:
    """The value of `a` in the unit of `b`; a rate that only one of them gives is left off. None: another dimension."""
    value = a.written or a.value
    for left, right in ((a.unit, b.unit), (_without_rate(a.unit, b.unit), _without_rate(b.unit, a.unit))):
        factor = _factor(left, right)
        if factor is not None:
            return value * factor
    return None


def _without_rate(unit: str, other: str) -> str:
    return unit if "/" in other else unit.partition("/")[0]


@cache
def _factor(unit: str, other: str) -> float | None:
    """How many of `other` one of `unit` is, by pint; None where they measure different things."""
    import pint

    registry = _registry()
    try:
        return float(registry.Quantity(1.0, unit).to(other).magnitude)
    except pint.DimensionalityError:
        return None


@cache
def _registry():  # type: ignore[no-untyped-def]  # pint's own type is a factory's
    import pint

    return pint.UnitRegistry()


def _dates(sentence: Sentence, text: str) -> list[Quantity]:
    """Dates in figures: "1852-03-20", "20/03/1852". Where day and month could change places, the year alone is read."""
    out = []
    for found in _DATE.finditer(text, sentence.start, sentence.end):
        read = {_date(found[0], day_first=day_first) for day_first in (True, False)} - {None}
        if not read:
            continue
        year, month, day = read.pop() or (0, 0, 0)
        if read:
            month = day = 0
        out.append(Quantity(found.start(), found.end(), "date", year, "date", month, day))
    return out


@cache
def _date(written: str, *, day_first: bool) -> tuple[int, int, int] | None:
    from dateutil import parser

    try:
        read = parser.parse(written, dayfirst=day_first, yearfirst=written[:4].isdigit())
    except (ValueError, OverflowError):
        return None
    return read.year, read.month, read.day
