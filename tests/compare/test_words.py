"""Sentences and tokens know where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmchat.compare.words import fold, is_content, sentences, stem, tokens, without_code


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Smith came. He left.", 2), ("J. R. R. Tolkien wrote it.", 1), ("One.\nTwo\n- three", 3),
        ("It is 3.14 now.", 1),
        ("Really?! Yes.", 2), ("首都です。そうです。", 2), ("", 0), ("💛 !!!", 0),
    ],
)  # fmt: skip
def test_sentences(text: str, count: int) -> None:
    assert len(sentences(text)) == count


@settings(deadline=None)
@given(st.text(max_size=300))
def test_offsets_are_exact(text: str) -> None:
    for token in tokens(text):
        assert text[token.start : token.end] == token.text
    ends = 0
    for sentence in sentences(text):
        assert ends <= sentence.start < sentence.end <= len(text)
        assert sentence.tokens
        ends = sentence.end


def test_glued_words_and_numbers_come_apart() -> None:
    assert [t.text for t in tokens("filmed inVancouver in2013")] == ["filmed", "in", "Vancouver", "in", "2013"]


def test_a_footnote_is_dropped_and_a_number_stays() -> None:
    assert [t.text for t in sentences("By Solange Knowles1.")[0].tokens] == ["By", "Solange", "Knowles"]
    assert "3" in [t.text for t in sentences("It has3 lines.")[0].tokens]


@pytest.mark.parametrize(
    ("a", "b"), [("played", "plays"), ("cities", "city"), ("release", "released"), ("Monk's", "monk")]
)
def test_stems_meet(a: str, b: str) -> None:
    assert stem(fold(a)) == stem(fold(b))


def test_stems_of_unlike_words_do_not() -> None:
    assert len({stem(w) for w in ("glass", "gas", "gather", "bed", "bees")}) == 5


def test_folding() -> None:
    assert fold("Brasília’S") == "brasilia's"


def test_content_words() -> None:
    assert [t.text for t in tokens("I think the Café is here です 首") if is_content(t)] == ["think", "Café", "首"]


def test_code_is_blanked_and_offsets_stay() -> None:
    text = "See:\n```py\nx = 1\n```\nDone."
    plain = without_code(text)
    assert len(plain) == len(text)
    assert "x = 1" not in plain
    assert plain.endswith("Done.")
    assert without_code("a ```b") == "a     "


def test_a_wall_without_stops_is_cut() -> None:
    assert max(len(s.tokens) for s in sentences("word " * 5000)) <= 120
