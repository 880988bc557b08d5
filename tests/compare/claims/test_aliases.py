"""Names in their other forms, and dates that leave years open."""

from __future__ import annotations

import pytest

from warmchat.compare.claims.measures import measured, same_measure
from warmchat.compare.claims.names import same_name
from warmchat.compare.words import sentences


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Bill Clinton", "William Jefferson Clinton", True), ("President Lincoln", "Abraham Lincoln", True),
        ("Henry VIII", "Henry Eighth", True), ("Elizabeth II", "Elizabeth I", False),
        ("United States", "America", True), ("Great Britain", "United Kingdom", True), ("Norway", "Norwegian", True),
        ("Moctezuma", "Montezuma", True), ("Spider Man", "Spiderman", True), ("JK Rowling", "Joanne Rowling", True),
        ("Austria", "Australia", False), ("George Bush", "Barbara Bush", False), ("Slovakia", "Slovenia", False),
        ("King George", "Queen Elizabeth", False), ("Mercury", "Jupiter", False),
    ],
)  # fmt: skip
def test_forms_of_a_name(a: str, b: str, same: bool) -> None:
    left, right = (tuple(t.stem for t in sentences(text)[0].tokens) for text in (a, b))
    assert same_name(left, right) is same
    assert same_name(right, left) is same


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("in the 19th century", "in 1890", True), ("in the nineteenth century", "in 1812", True),
        ("in the 1800s", "in 1852", True), ("in the 20th century", "in 1890", False),
        ("in the 1960s", "in 1971", False),
        ("about 206 bones", "216 bones", False), ("about 200 bones", "206 bones", True),
    ],
)  # fmt: skip
def test_what_a_date_or_a_rounded_number_leaves_open(a: str, b: str, same: bool) -> None:
    (left,), (right,) = (measured(sentences(text)[0], text) for text in (a, b))
    assert same_measure(left, right) is same


def test_a_raised_figure_is_a_footnote_behind_a_word_and_a_power_behind_a_unit() -> None:
    assert [t.text for t in sentences("the Electoral College⁶.")[0].tokens] == ["the", "Electoral", "College"]
    assert [t.text for t in sentences("2 m²")[0].tokens] == ["2", "m²"]


def test_a_decimal_ends_a_sentence() -> None:
    text = "It is 98.6. This is known."
    assert [text[s.start : s.end] for s in sentences(text)] == ["It is 98.6.", "This is known."]
