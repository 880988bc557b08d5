"""Figures against values worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmchat.compare.metrics import auroc, metrics
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
