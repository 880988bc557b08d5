"""Proper names, and which of them a sentence denies."""

from __future__ import annotations

import pytest

from warmchat.compare.claims.names import capitals_within, names, same_name, vocative
from warmchat.compare.words import sentences, stem


def read(text: str) -> list[tuple[str, bool]]:
    split = sentences(text)
    known = capitals_within(split)
    lower = frozenset(t.low for s in split for t in s.tokens if t.text[0].islower())
    return [(text[n.start : n.end], n.denied) for s in split for n in names(s, text, known, lower)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The capital is Canberra.", ["Canberra"]),
        ("Canberra.", ["Canberra"]),
        ("Water boils when it is hot.", []),
        ("It was Leonardo da Vinci.", ["Leonardo da Vinci"]),
        ("The United Nations met.", ["United Nations"]),
        ("It fell in March.", []),
        ("I think I know.", []),
        ("They met Ann, Bob and Carl.", ["Ann", "Bob", "Carl"]),
        ("According to Wikipedia it rains.", []),
        ("Oh, Canada is large.", ["Canada"]),
    ],
)
def test_names(text: str, found: list[str]) -> None:
    assert [name for name, _ in read(text)] == found


@pytest.mark.parametrize(
    ("text", "rejected"),
    [
        ("It is not Sydney but Canberra.", ["Sydney"]),
        ("It is Canberra, not Sydney.", ["Sydney"]),
        ("It is Canberra rather than Sydney.", ["Sydney"]),
        ("Sydney is not the capital, Canberra is.", ["Sydney"]),
        ("Many people think it is Sydney, but it is Canberra.", ["Sydney"]),
        ("It is not only Sydney.", []),
        ("It is Sydney.", []),
    ],
)
def test_denied(text: str, rejected: list[str]) -> None:
    assert [name for name, denied in read(text) if denied] == rejected


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Thomas Jefferson", "Jefferson", True), ("United Nations", "UN", True), ("Australia", "Australian", True),
        ("Canada", "Canadian", True), ("Michael Jackson", "Michael Jordan", False), ("Sydney", "Canberra", False),
        ("John Smith", "J Smith", True), ("Austria", "Australia", False),
    ],
)  # fmt: skip
def test_same_name(a: str, b: str, same: bool) -> None:
    left, right = ([stem(w) for w in text.lower().split()] for text in (a, b))
    assert same_name(left, right) is same
    assert same_name(right, left) is same


def test_who_is_addressed() -> None:
    for text, name in (("Oh Anna, I hear you.", "Anna"), ("I hear you, Anna.", "Anna"), ("It is in Paris.", None)):
        found = vocative(sentences(text)[0], text)
        assert (found.text if found else None) == name
