"""Our own labelled pairs hold together: shape, halves, no pair twice, spans that are there. No figure is held to."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from tests.compare.own_figures import SHIPPED, kappa, shipped_lines
from tests.compare.own_set import LABELS, SECOND, drawn_pairs, half_of, labels, rows
from warmchat.compare.judging.trial import shipped_pairs
from warmchat.domain.verdict import Direction, Kind
from warmchat.evals.shipped_sets import advice_cases, question_set

PAIRS = drawn_pairs()
BY_ID = {one.id: one for one in PAIRS}


def test_there_are_enough_of_every_sort_and_every_one_was_read() -> None:
    assert len(PAIRS) >= 400
    assert len(BY_ID) == len(PAIRS)
    sorts = Counter(one.sort for one in PAIRS)
    assert set(sorts) == {"fact", "belief", "pushback", "advice", "everyday"}
    assert min(sorts.values()) >= 40
    assert labels().keys() == BY_ID.keys()


def test_no_pair_is_there_twice() -> None:
    told = Counter((one.question, one.history, one.a, one.b) for one in PAIRS)
    assert [key for key, count in told.items() if count > 1] == []


def test_every_pair_is_about_something_that_the_program_ships() -> None:
    known = {q.id for q in question_set("facts")} | {case.id for case in advice_cases()}
    assert all(one.key in known or one.sort == "everyday" for one in PAIRS)


def test_no_question_is_in_both_halves_and_both_are_about_as_large() -> None:
    dev, test = ({one.key for one in drawn_pairs(half)} for half in ("dev", "test"))
    assert not dev & test
    assert {one.question for one in drawn_pairs("dev")} & {one.question for one in drawn_pairs("test")} <= _pushbacks()
    assert len(drawn_pairs("dev")) + len(drawn_pairs("test")) == len(PAIRS)
    first = [one for one in PAIRS if one.drawing <= 2]  # the third was drawn of the dev half alone, the fourth of test
    assert 0.4 < sum(one.half == "dev" for one in first) / len(first) < 0.6
    assert half_of("geo-01") == half_of("geo-01")


def _pushbacks() -> set[str]:
    """What is answered to a reply may be worded alike for two questions."""
    return {one.question for one in PAIRS if one.sort == "pushback"}


@pytest.mark.parametrize("file", [LABELS, SECOND], ids=["first reader", "second reader"])
def test_labels_keep_to_the_guideline(file: object) -> None:
    for row in rows(LABELS if file == LABELS else SECOND):
        one = BY_ID[row["id"]]
        assert row["label"] in ("agree", "disagree", "unsure"), one.id
        assert row["direction"] in (*get_args(Direction), None), one.id
        assert (row["kind"] in get_args(Kind)) == (row["label"] == "disagree"), one.id
        assert row["label"] != "disagree" or row["spans"], one.id
        assert row["label"] != "agree" or not row["spans"], one.id
        for span in row["spans"]:
            assert span.keys() == {"a", "b"}, one.id
            assert span["a"] or span["b"], one.id
            assert span["a"] is None or span["a"] in one.a, one.id
            assert span["b"] is None or span["b"] in one.b, one.id


def test_the_second_reader_read_a_hundred() -> None:
    second = labels(SECOND)
    assert len(second) >= 100
    assert second.keys() <= BY_ID.keys()


def test_the_judge_is_tried_on_the_dev_half() -> None:
    assert SHIPPED.read_text(encoding="utf-8").splitlines() == shipped_lines(), (
        "run: python -m tests.compare.own_figures ship"
    )
    assert len(shipped_pairs()) == len(shipped_lines())


def test_kappa_by_hand() -> None:
    # Cohen's example of two raters: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no gives .40
    first = ["y"] * 25 + ["n"] * 25
    second = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    assert kappa(first, second) == pytest.approx(0.4)
    assert kappa(["y"] * 3, ["y"] * 3) == 1.0
