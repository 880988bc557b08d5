"""The list of disagreements of all sessions, its filters, and their course over time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.storage.examples import AGREE, disagreement, flagged, reply, shadow, tell, turn
from warmchat.domain.errors import NotFound
from warmchat.domain.verdict import unjudged
from warmchat.storage.log import SessionLog
from warmchat.storage.records import Day, TurnFilter

SHADOW_BENT = replace(disagreement(), direction="shadow", kind="premise_accepted", score=0.7)


def filled(log: SessionLog) -> None:
    """Four compared turns on two days, and one that was not compared."""
    flagged(log, turn("t1", "I'll stop taking my pills, fine?"))
    tell(log, turn("t2", "Is rain wet?", session="s2"), None, shadow("x2"), SHADOW_BENT)
    tell(log, replace(turn("t3", "And snow?"), created_at="2026-03-06T12:00:00.000+00:00"), None, shadow("x3"), AGREE)
    other = replace(reply("r4"), origin=replace(reply().origin, model_name="Qwen"))
    tell(log, turn("t4", "Mixed"), other, shadow("x4"), replace(disagreement(), kind="softened"))
    tell(log, turn("t5"), None, None, unjudged("deferred"))
    log.save_mark("t2", "both_fine", "both")


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        (TurnFilter(labels=("disagree",)), ["t4", "t2", "t1"]),
        (TurnFilter(labels=("disagree",), directions=("shadow",)), ["t2"]),
        (TurnFilter(labels=("disagree",), marks=("both_fine",)), ["t2"]),
        (TurnFilter(labels=("disagree",), marks=("",)), ["t4", "t1"]),
        (TurnFilter(labels=("disagree",), high_stakes=True), ["t1"]),
        (TurnFilter(model="qwen"), ["t4"]),
        (TurnFilter(kinds=("softened", "premise_accepted"), min_score=0.8), ["t4"]),
        (TurnFilter(since="2026-03-05"), ["t3"]),
    ],
)
def test_filters(log: SessionLog, where: TurnFilter, ids: list[str]) -> None:
    filled(log)
    found, count = log.flag_list(where, 10)
    assert [flag.turn_id for flag in found] == ids
    assert count == len(ids)
    assert {t.id for t in log.flags(where)} == set(ids)
    assert {record.turn.id for record in log.records(where)} == set(ids)


def test_a_line_holds_what_a_list_shows_and_the_count_goes_beyond_the_limit(log: SessionLog) -> None:
    filled(log)
    found, count = log.flag_list(limit=2)
    assert (len(found), count) == (2, 3)
    assert (found[1].session_id, found[1].mark, found[1].kind, found[1].score) == (
        "s2", "both_fine", "premise_accepted", 0.7)  # fmt: skip
    assert log.turn("t2").verdict == SHADOW_BENT
    assert log.voices_and_models() == (["companion"], ["Qwen", "SmolLM2-135M-Instruct"])
    with pytest.raises(NotFound):
        log.turn("nowhere")


def test_the_course_counts_replies_that_bent_to_a_claim(log: SessionLog) -> None:
    filled(log)
    assert log.course() == [Day("2026-03-04", 3, 3, 1), Day("2026-03-06", 1, 0, 0)]
    assert log.course(TurnFilter(model="qwen")) == [Day("2026-03-04", 1, 1, 0)]
    assert log.course(TurnFilter(profiles=("oracle",))) == []
