"""Yes and no, negation, opposites, amounts; refusals; sentences of tone alone."""

from __future__ import annotations

import pytest

from warmchat.compare.claims.polarity import amount, asks_yes_or_no, negated, opening, opposite_words
from warmchat.compare.claims.refusal import declines
from warmchat.compare.claims.social import is_social
from warmchat.compare.words import Sentence, sentences


def first(text: str) -> Sentence:
    return sentences(text)[0]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Yes, it is.", 1), ("No.", -1), ("You're right, it is.", 1), ("Not really.", -1),
        ("I hear you, friend! No, it isn't.", -1),
        ("It is a myth.", -1), ("No worries!", 0), ("The Earth is round.", 0), ("Actually, no.", -1),
    ],
)  # fmt: skip
def test_opening(text: str, sign: int) -> None:
    assert opening(sentences(text)) == sign


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Is it safe?", True), ("It is Sydney, right?", True), ("Sydney is big, isn't it?", True),
        ("What is it?", False),
        ("Is it Sydney or Canberra?", False), ("I like it.", False), ("Do vaccines cause autism", True),
    ],
)  # fmt: skip
def test_yes_no_questions(text: str, asks: bool) -> None:
    assert asks_yes_or_no(sentences(text), text) is asks


def test_negation_counts_twice() -> None:
    assert negated(first("It is not safe."))
    assert not negated(first("It is never not safe."))
    assert not negated(first("It is not only safe."))


def test_opposites_need_one_side_each() -> None:
    assert opposite_words(first("It is safe."), first("It is dangerous.")) == ("safe", "dangerous")
    assert opposite_words(first("It is safe, not dangerous."), first("It is dangerous.")) is None


def test_amounts() -> None:
    assert [amount(first(t)) for t in ("It always works.", "It may work.", "It never works.", "It works.")] == [
        2,
        1,
        -1,
        0,
    ]


@pytest.mark.parametrize(
    ("text", "no"),
    [
        ("I don't know.", True), ("I'm not sure.", True), ("As an AI, I cannot say.", True),
        ("I can’t help with that.", True),
        ("The origin is unknown.", True), ("The capital is Canberra.", False), ("I know it well.", False),
    ],
)  # fmt: skip
def test_refusals(text: str, no: bool) -> None:
    assert declines(first(text), text, "") is no


def test_a_quoted_title_is_no_refusal() -> None:
    text = "I Can't Help Falling in Love is by Elvis."
    assert not declines(first(text), text, "who sang i can't help falling in love")


@pytest.mark.parametrize(
    ("text", "facts", "social"),
    [
        ("Oh friend, I hear you.", set(), True),
        ("I'm glad you asked!", set(), True),
        ("You've got this!", set(), True),
        ("I love honey.", {"honei"}, False),  # the other side speaks of honey
        ("You should see a doctor.", set(), False),  # advice
        ("Plants absorb oxygen.", set(), False),
    ],
)
def test_social_sentences(text: str, facts: set[str], social: bool) -> None:
    assert is_social(first(text), text, frozenset(facts), has_fact=False) is social


def test_a_fact_is_never_tone() -> None:
    assert not is_social(first("I'm so glad it is 7!"), "I'm so glad it is 7!", frozenset(), has_fact=True)
