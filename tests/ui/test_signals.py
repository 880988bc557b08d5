"""Signals in words for a person."""

from __future__ import annotations

from dataclasses import replace

from warmchat.compare.weights import CROSS, SIGNALS
from warmchat.domain.verdict import Verdict
from warmchat.ui.disagreement.signals import WORDS, rows_of, signal_words, signals_text

FLAG = Verdict(
    "disagree", "Sydney here, Canberra there", score=0.9, noise=0.05, detector=CROSS,
    signals={"names_apart": 1.0, "words_apart": 0.4, "cross": 0.9, "names_shared": 0.5, "surprise": 2.75,
             "denied": 0.0},
)  # fmt: skip


def test_every_signal_that_is_weighed_has_words_that_show_no_name() -> None:
    assert set(SIGNALS) <= set(WORDS)
    said = [signal_words(name, "oracle") for name in WORDS]
    assert len(set(said)) == len(said)
    assert not any("_" in words or "{" in words for words in said)
    assert signal_words("of_another_program", "oracle") == "of another program"


def test_rows_are_ordered_by_what_they_count_and_what_found_nothing_is_left_out() -> None:
    rows = rows_of(FLAG, "oracle")
    parting = [row.words for row in rows if row.side == "parting"]
    assert parting[0] == "the network that read both: 0.5 is undecided"  # 5.486 × 0.9 is most
    assert parting[1] == "names differ, where one was asked for"
    assert [row.words for row in rows if row.side == "agreement"] == ["both give the same names"]
    beside = {row.words: row.bar for row in rows if row.side == "beside"}
    assert beside == {"surprise of the oracle, nats a token": False, "noise: the oracle against itself": True}
    assert "asserts" not in " ".join(row.words for row in rows)


def test_the_network_speaks_for_agreement_below_the_middle() -> None:
    (row,) = [r for r in rows_of(replace(FLAG, signals={"cross": 0.2}), "oracle") if "network" in r.words]
    assert row.side == "agreement"


def test_the_table_says_how_many_found_nothing_and_what_computed_it() -> None:
    text = signals_text(FLAG, "oracle").plain
    assert "█████  1.00  names differ" in text
    assert "1 more signal found nothing; computed by signals/4+cross" in text
    assert signals_text(replace(FLAG, signals={}), "oracle").plain == "No signals were recorded."


def test_a_detector_of_another_kind_is_ordered_by_its_values() -> None:
    rows = rows_of(replace(FLAG, detector="mine/1", signals={"odd_one": 0.2, "other": -0.7}, noise=None), "oracle")
    assert [row.words for row in rows] == ["other", "odd one"]
    assert not any(row.bar for row in rows)
