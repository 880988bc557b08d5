"""Figures against values worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmchat.compare.metrics import auroc, calibration, metrics, wilson
from warmchat.domain.verdict import Label, Verdict, unjudged


def verdict(label: Label, score: float) -> Verdict:
    return Verdict(label, "", score=score)


def test_auroc_by_hand() -> None:
    assert auroc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) == pytest.approx(0.75)
    assert auroc([0, 1], [0.5, 0.5]) == pytest.approx(0.5)
    assert auroc([1, 1], [0.5, 0.6]) is None


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from([0.0, 0.25, 0.5, 1.0])), min_size=2, max_size=40))
def test_auroc_is_the_chance_of_right_order(rows: list[tuple[int, float]]) -> None:
    true, false = [s for y, s in rows if y], [s for y, s in rows if not y]
    found = auroc([y for y, _ in rows], [s for _, s in rows])
    if not true or not false:
        assert found is None
        return
    wins = sum((t > f) + 0.5 * (t == f) for t in true for f in false)
    assert found == pytest.approx(wins / (len(true) * len(false)))


def test_metrics_by_hand() -> None:
    verdicts = [
        verdict("disagree", 0.9), verdict("disagree", 0.8), verdict("unsure", 0.5), verdict("agree", 0.1),
        verdict("agree", 0.2),
        unjudged("empty"),
    ]  # fmt: skip
    found = metrics([1, 0, 1, 1, 0, 1], verdicts)
    assert (found.pairs, found.disagreeing, found.unjudged) == (5, 3, 1)
    assert found.precision == pytest.approx(1 / 2)
    assert found.recall == pytest.approx(1 / 3)
    assert found.f1 == pytest.approx(2 / 5)
    assert found.false_positive_rate == pytest.approx(1 / 2)
    assert found.false_agree_rate == pytest.approx(1 / 3)
    assert found.unsure_rate == pytest.approx(1 / 5)


def test_nothing_to_measure_is_none_and_not_zero() -> None:
    found = metrics([], [])
    assert (found.auroc, found.precision, found.recall, found.unsure_rate) == (None, None, None, None)


def test_bins_by_hand() -> None:
    bins = calibration([0.0, 0.1, 0.2, 0.85, 0.95, 1.0], [0, 1, 0, 1, 1, 0])
    assert [one.pairs for one in bins] == [2, 1, 0, 0, 3]
    assert bins[0].mean_score == pytest.approx(0.05)
    assert bins[0].disagreeing == 0.5
    assert bins[4].disagreeing == pytest.approx(2 / 3)
    assert bins[2].mean_score is None
    found = metrics([0, 1, 0], [verdict("agree", 0.1), verdict("disagree", 0.9), verdict("disagree", 0.9)])
    assert found.calibration_error == pytest.approx(0.1 / 3 + 0.4 * 2 / 3)


def test_the_interval_of_a_share_by_the_book() -> None:
    # Newcombe (1998), table I: 81 of 263 gives .2553 to .3662; 0 of 20 gives 0 to .1611
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(0, 0) is None
