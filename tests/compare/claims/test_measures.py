"""Quantities in unlike units, and dates in figures."""

from __future__ import annotations

import subprocess
import sys

import pytest

from warmchat.compare.claims.measures import alike_in_sort, measured, same_measure
from warmchat.compare.claims.numbers import Quantity
from warmchat.compare.words import sentences


def one(text: str) -> Quantity:
    found = [q for s in sentences(text) for q in measured(s, text)]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        ("343 m/s", "1,235 km/h", True), ("343 m/s", "767 mph", True), ("343 m/s", "1,500 km/h", False),
        ("300,000 km per second", "186,000 miles per second", True), ("2 litres a day", "2000 ml", True),
        ("640,000 square kilometres", "247,000 square miles", True), ("5 acres", "2 hectares", True),
        ("3 gallons", "11.4 litres", True), ("3 gallons", "3 litres", False), ("90 minutes", "1.5 hours", True),
        ("2 m²", "2 square meters", True), ("100 degrees Celsius", "212 °F", True),
    ],
)  # fmt: skip
def test_units_are_turned_into_each_other(a: str, b: str, equal: bool) -> None:
    left, right = one(a), one(b)
    assert alike_in_sort(left, right)
    assert alike_in_sort(right, left)
    assert same_measure(left, right) is equal
    assert same_measure(right, left) is equal


@pytest.mark.parametrize(("a", "b"), [("5 litres", "5 miles"), ("5 square miles", "5 miles"), ("5 mph", "5 hours")])
def test_what_measures_another_thing_does_not_compare(a: str, b: str) -> None:
    assert not alike_in_sort(one(a), one(b))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("on 1852-03-20", (1852, 3, 20)), ("on 20/03/1852", (1852, 3, 20)), ("on 03/20/1852", (1852, 3, 20)),
        ("on 20.03.1852", (1852, 3, 20)), ("on 20-Mar-1852", (1852, 3, 20)), ("on 03/04/1852", (1852, 0, 0)),
        ("on 04/04/1852", (1852, 4, 4)),
    ],
)  # fmt: skip
def test_dates_in_figures(text: str, date: tuple[int, int, int]) -> None:
    found = one(text)
    assert (found.sort, (found.value, found.month, found.day)) == ("date", date)


@pytest.mark.parametrize("text", ["on 1852-23-20", "call 555-12-2000-1", "version 1.2.3", "9/9/99999"])
def test_what_is_no_date_in_figures(text: str) -> None:
    assert not any(q.month for s in sentences(text) for q in measured(s, text))


def test_the_libraries_wait_until_they_are_needed() -> None:
    code = (
        "import sys; from warmchat.compare.signal_detector import SignalDetector; "
        "SignalDetector().detect('How tall?', (), 'It is 5 m tall.', 'It is 6 m tall.'); "
        "print(sorted({'pint', 'dateutil', 'onnxruntime', 'numpy'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
