"""Numbers and dates, in digits and in words."""

from __future__ import annotations

import pytest

from warmchat.compare.claims.numbers import Quantity, comparable, quantities, same
from warmchat.compare.words import sentences


def read(text: str) -> list[Quantity]:
    return [q for s in sentences(text) for q in quantities(s, text)]


def one(text: str) -> Quantity:
    found = read(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7), ("seven legs", 7), ("1,000 men", 1000), ("twenty-one", 21), ("two hundred and fifty", 250),
        ("3.14", 3.14),
        ("1.5 million", 1.5e6), ("a dozen eggs", 12), ("a million", 1e6), ("It is -5 here", -5), ("two million", 2e6),
    ],
)  # fmt: skip
def test_values(text: str, value: float) -> None:
    assert one(text).value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("in 1945", (1945, 0, 0)), ("on March 20, 1852", (1852, 3, 20)), ("20 March 1852", (1852, 3, 20)),
        ("the 5th of May 1821", (1821, 5, 5)), ("May 8th, 2018", (2018, 5, 8)), ("June 2007", (2007, 6, 0)),
    ],
)  # fmt: skip
def test_dates(text: str, date: tuple[int, int, int]) -> None:
    found = one(text)
    assert (found.sort, (found.value, found.month, found.day)) == ("date", date)


@pytest.mark.parametrize("text", ["I may go", "one of the best", "Knowles1.", "nothing here", "the one who came"])
def test_what_is_no_number(text: str) -> None:
    assert read(text) == []


def test_sorts_and_units() -> None:
    assert one("40 percent").sort == one("40%").sort == "percent"
    assert one("$5").sort == "money"
    assert one("2000 kilometres").sort == "plain"
    assert one("the third").sort == "ordinal"


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        ("7 legs", "seven legs", True), ("in 1945", "in 1944", False), ("March 20, 1852", "1852", True),
        ("March 20, 1852", "March 21, 1852", False), ("the 1960s", "1965", True), ("the 1960s", "1975", False),
        ("100 degrees Celsius", "212 °F", True), ("100 degrees Celsius", "100 degrees Fahrenheit", False),
        ("5 km", "3.1 miles", True), ("5 km", "5 miles", False), ("3.14", "3.14159", True),
        ("about 300,000", "299,792", True),
        ("300,000", "250,000", False), ("-5", "5", False), ("206 bones", "186 bones", False),
    ],
)  # fmt: skip
def test_same(a: str, b: str, equal: bool) -> None:
    left, right = one(a), one(b)
    assert comparable(left, right)
    assert same(left, right) is equal
    assert same(right, left) is equal


def test_unlike_sorts_do_not_compare() -> None:
    assert not comparable(one("in 1945"), one("5 km"))
    assert not comparable(one("5 km"), one("5 hours"))
    assert not comparable(one("5%"), one("$5"))


def test_a_list_mark_is_no_number() -> None:
    assert [q.value for q in read("1. Frogs\n2. Lice\n3) 7 flies")] == [7]


def test_spans_are_exact() -> None:
    text = "It has 206 bones."
    found = one(text)
    assert text[found.start : found.end] == "206 bones"


def test_denied_numbers_are_marked() -> None:
    assert [(q.value, q.denied) for q in read("There are not six but seven.")] == [(6, True), (7, False)]
