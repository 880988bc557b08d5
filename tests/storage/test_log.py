"""Writing turns as a session does, and asking for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.storage.examples import (
    AGREE,
    COMPANION,
    ORACLE,
    count,
    disagreement,
    flagged,
    reply,
    shadow,
    tell,
    turn,
)
from warmchat.domain.errors import LogError, NotFound
from warmchat.domain.mark import Mark
from warmchat.domain.verdict import unjudged
from warmchat.storage.log import SessionLog, path_to_newest
from warmchat.storage.records import TurnFilter

# ---- writing


def test_the_message_is_there_before_anything_else(file: Path, log: SessionLog) -> None:
    log.open_turn(turn(text="Hello\n  there"), COMPANION)
    with SessionLog.open(file) as other:
        assert other.turns("s1") == [turn(text="Hello\n  there")]
        assert other.sessions()[0].title == "Hello there"
        assert other.profiles([COMPANION.hash]) == {COMPANION.hash: COMPANION}


def test_the_title_comes_from_the_first_message_and_stays(log: SessionLog) -> None:
    log.open_turn(turn("t1", "word " * 100), COMPANION)
    log.open_turn(turn("t2", "Second"), COMPANION)
    title = log.title("s1")
    assert title.startswith("word word")
    assert len(title) <= 80


def test_a_message_without_words_has_a_title_too(log: SessionLog) -> None:
    log.open_turn(turn(text=" \n "), COMPANION)
    assert log.title("s1") == "(no words)"


def test_a_turn_off_the_record_is_not_written(log: SessionLog) -> None:
    log.open_turn(replace(turn(), off_record=True), COMPANION)
    assert log.sessions() == []
    assert count(log, "profiles") == 0


def test_a_parent_that_is_not_in_the_log_is_none(log: SessionLog) -> None:
    log.open_turn(turn("t2", parent="unlogged"), COMPANION)
    log.open_turn(turn("t3", parent="t2"), COMPANION)
    assert [t.parent_id for t in log.turns("s1")] == [None, "t2"]


def test_a_partial_reply_is_replaced_by_the_whole_one(log: SessionLog) -> None:
    log.open_turn(turn(), COMPANION)
    log.save_reply("t1", reply(text="Yes, of", stop="interrupted"))
    assert log.turns("s1")[0].reply == reply(text="Yes, of", stop="interrupted")
    born = log._db.execute("SELECT created_at FROM replies").fetchone()
    log.save_reply("t1", reply())
    assert log.turns("s1")[0].reply == reply()
    assert count(log, "replies") == 1
    assert log._db.execute("SELECT created_at FROM replies").fetchone() == born


def test_a_reply_is_kept_though_its_profile_was_never_saved(log: SessionLog) -> None:
    log.open_turn(turn(), COMPANION)
    log.save_reply("t1", shadow())
    assert log.profiles([ORACLE.hash]) == {}
    log.save_profile(ORACLE)
    assert log.profiles([ORACLE.hash]) == {ORACLE.hash: ORACLE}


def test_a_profile_is_known_by_its_hash_and_keeps_its_last_name(log: SessionLog) -> None:
    log.save_profile(COMPANION)
    log.save_profile(replace(COMPANION, name="Friend"))
    log.save_profile(replace(COMPANION, system_prompt="Other"))
    assert count(log, "profiles") == 2
    assert log.profiles([COMPANION.hash])[COMPANION.hash].name == "Friend"


def test_a_reply_to_a_turn_that_is_not_there_is_an_error_and_leaves_nothing(log: SessionLog) -> None:
    with pytest.raises(LogError, match="does not hold") as raised:
        log.save_reply("nowhere", reply())
    assert raised.value.hint
    assert (count(log, "replies"), count(log, "profiles")) == (0, 0)


@pytest.mark.parametrize("write", [lambda log: log.fail_turn("t9", "x"), lambda log: log.save_window("t9", ("a",))])
def test_changing_a_turn_that_is_not_there_is_an_error(log: SessionLog, write: object) -> None:
    with pytest.raises(LogError, match="t9"):
        write(log)  # type: ignore[operator]


def test_a_failed_turn_and_a_moved_window_are_kept(log: SessionLog) -> None:
    log.open_turn(turn(), COMPANION)
    log.fail_turn("t1", "The engine was lost")
    log.save_window("t1", ("a", "b"))
    assert log.turns("s1") == [replace(turn(), error="The engine was lost", window=("a", "b"))]


# ---- verdicts


def test_the_newest_verdict_is_current_and_the_earlier_stay(log: SessionLog) -> None:
    flagged(log)
    log.save_verdict("t1", "r-t1", shadow("x2"), replace(AGREE, detector="signals/4"))
    found = log.turns("s1")[0]
    assert found.verdict == replace(AGREE, detector="signals/4")
    assert found.shadow == shadow("x2")
    assert [j.verdict.label for j in log.records()[0].judgements] == ["disagree", "agree"]


def test_the_same_detector_on_the_same_replies_replaces_its_verdict(log: SessionLog) -> None:
    flagged(log)
    log.save_verdict("t1", "r-t1", shadow("x-t1"), AGREE)
    assert [j.verdict for j in log.records()[0].judgements] == [AGREE]
    assert count(log, "evidence") == 0


def test_an_old_verdict_that_is_found_anew_becomes_current_again(log: SessionLog) -> None:
    flagged(log)
    log.save_verdict("t1", "r-t1", shadow("x2"), AGREE)
    log.save_verdict("t1", "r-t1", shadow("x-t1"), disagreement())
    assert log.turns("s1")[0].verdict == disagreement()


def test_unjudged_is_kept_without_a_shadow_and_without_a_reply(log: SessionLog) -> None:
    log.open_turn(turn(), COMPANION)
    log.save_verdict("t1", None, None, unjudged("there is no reply to compare"))
    log.save_verdict("t1", None, None, unjudged("the engine was lost"))
    assert log.turns("s1")[0].verdict == unjudged("the engine was lost")
    assert count(log, "verdicts") == 1


def test_a_later_verdict_without_shadow_keeps_the_shadow_that_is_there(log: SessionLog) -> None:
    """The reference reads its own earlier replies: one must not be lost because a later check failed."""
    flagged(log)
    log.save_verdict("t1", "r-t1", None, unjudged("the engine was lost"))
    found = log.turns("s1")[0]
    assert found.shadow == shadow("x-t1")
    assert found.verdict == unjudged("the engine was lost")


def test_a_verdict_on_an_earlier_reply_is_not_shown_for_a_new_one(log: SessionLog) -> None:
    flagged(log)
    log.save_reply("t1", reply("r2", "Something else."))
    found = log.turns("s1")[0]
    assert found.reply is not None
    assert found.reply.id == "r2"
    assert found.verdict is None


def test_a_mark_is_kept_replaced_and_taken_back(log: SessionLog) -> None:
    flagged(log)
    log.save_mark("t1", "both_fine", "hm")
    log.save_mark("t1", "oracle_right")
    mark = log.records()[0].mark
    assert mark == Mark("oracle_right", "", mark.marked_at if mark else "")
    log.save_mark("t1", None)
    assert log.records()[0].mark is None


# ---- questions


def test_sessions_are_summed_up_newest_first(log: SessionLog) -> None:
    flagged(log, turn("t1", "First", session="s1"))
    tell(log, turn("t2", "Other", session="s2", minute=5))
    tell(log, turn("t3", session="s1", minute=9), verdict=unjudged("deferred"))
    tell(log, turn("t4", session="s1", minute=10), reply("r4"), shadow("x4"), AGREE)
    first, second = log.sessions()
    assert (first.id, first.title, first.turns, first.checked, first.disagreements) == ("s1", "First", 3, 2, 1)
    assert first.last_at == "2026-03-04T18:10:00.000+00:00"
    assert first.models == ("SmolLM2-135M-Instruct",)
    assert first.profiles == ("companion",)
    assert (second.id, second.checked) == ("s2", 0)
    assert [s.id for s in log.sessions(limit=1)] == ["s1"]
    assert log.last_session_id() == "s1"


def test_a_session_is_found_by_id_beginning_and_last(log: SessionLog) -> None:
    for number, session in enumerate(["abc1", "abd2", "abd2x"]):
        log.open_turn(turn(f"t{number}", session=session), COMPANION)
    assert log.find_session("abc") == "abc1"
    assert log.find_session("ABC") == "abc1"
    assert log.find_session("abd2") == "abd2", "the whole id counts, though another begins with it"
    assert log.find_session("last") == "abd2x"


@pytest.mark.parametrize(("wanted", "words"), [("zz", "zz"), ("", "''"), ("%", "%"), ("ab", "more than one")])
def test_what_names_no_session_is_not_found(log: SessionLog, wanted: str, words: str) -> None:
    for session in ("abc1", "abd2"):
        log.open_turn(turn(f"t-{session}", session=session), COMPANION)
    with pytest.raises(NotFound) as raised:
        log.find_session(wanted)
    assert words in raised.value.message
    assert raised.value.hint


def test_an_ambiguous_beginning_names_what_it_may_mean(log: SessionLog) -> None:
    for number in range(7):
        log.open_turn(turn(f"t{number}", session=f"ab{number}", minute=number), COMPANION)
    with pytest.raises(NotFound) as raised:
        log.find_session("ab")
    assert "ab6, ab5, ab4, ab3, ab2, ..." in raised.value.hint


def test_last_in_an_empty_log_is_not_found(log: SessionLog) -> None:
    assert log.last_session_id() is None
    with pytest.raises(NotFound):
        log.find_session("last")


def test_turns_are_all_branches_and_path_is_the_newest(log: SessionLog) -> None:
    for name, parent in [("a", None), ("b", "a"), ("c", "b"), ("b2", "a"), ("c2", "b2")]:
        log.open_turn(turn(name, parent=parent), COMPANION)
    assert [t.id for t in log.turns("s1")] == ["a", "b", "c", "b2", "c2"]
    assert [t.id for t in log.path("s1")] == ["a", "b2", "c2"]
    assert log.path("nowhere") == []


def test_a_broken_tree_leads_in_no_circle() -> None:
    assert [t.id for t in path_to_newest([turn("a", parent="b"), turn("b", parent="a")])] == ["a", "b"]


def test_flags_are_the_disagreements_of_all_sessions_newest_first(log: SessionLog) -> None:
    one = flagged(log, turn("t1", session="s1"))
    tell(log, turn("t2", session="s1"), verdict=AGREE)
    two = flagged(log, turn("t3", session="s2"))
    assert log.flags() == [two, one]
    assert log.flags(limit=1) == [two]


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        (TurnFilter(), ["t1", "t2", "t3"]),
        (TurnFilter(sessions=("s2",)), ["t2", "t3"]),
        (TurnFilter(labels=("disagree",)), ["t1", "t2"]),
        (TurnFilter(labels=("disagree", "agree")), ["t1", "t2", "t3"]),
        (TurnFilter(kinds=("omission",)), []),
        (TurnFilter(kinds=("contradiction",), min_score=0.6), ["t1"]),
        (TurnFilter(min_score=0.5), ["t1", "t2"]),
        (TurnFilter(profiles=("companion",)), ["t1", "t2", "t3"]),
        (TurnFilter(profiles=("oracle",)), []),
        (TurnFilter(model="smollm"), ["t1", "t2", "t3"]),
        (TurnFilter(model="5f"), ["t1", "t2", "t3"]),
        (TurnFilter(model="f3a"), []),
        (TurnFilter(since="2026-03-04T18:05:00.000+00:00"), ["t2", "t3"]),
        (TurnFilter(until="2026-03-04T18:05:00.000+00:00"), ["t1"]),
    ],
)
def test_a_filter_lets_through_what_it_says(log: SessionLog, where: TurnFilter, ids: list[str]) -> None:
    flagged(log, turn("t1", session="s1"), score=0.9)
    flagged(log, turn("t2", session="s2", minute=5), score=0.5)
    tell(log, turn("t3", session="s2", minute=9), reply("r3"), shadow("x3"), AGREE)
    assert [r.turn.id for r in log.records(where)] == ids
    assert [t.id for t in log.flags(where)] == ids[::-1]


# ---- adding what was exported


def test_added_turns_are_the_same_and_adding_twice_changes_nothing(log: SessionLog) -> None:
    flagged(log, turn("t1"))
    log.save_verdict("t1", "r-t1", shadow("x2"), replace(AGREE, detector="signals/4"))
    log.save_reply("t1", reply("n1", "Sampled", role="sample", profile=ORACLE))
    log.save_mark("t1", "both_wrong", "neither knew")
    tell(log, turn("t2", parent="t1"))
    records = log.records()
    with SessionLog.open(None) as other:
        assert other.add(records) == 2
        assert other.records() == records
        assert other.add(records) == 0
        assert other.records() == records


def test_adding_is_all_or_nothing(log: SessionLog) -> None:
    flagged(log, turn("t1"))
    record = log.records()[0]
    stolen = replace(record, turn=replace(record.turn, id="t2"))  # the reply ids of another turn
    with SessionLog.open(None) as other:
        with pytest.raises(LogError):
            other.add([record, stolen])
        assert other.sessions() == []


def test_adding_does_not_replace_a_profile_that_is_there(log: SessionLog) -> None:
    flagged(log)
    record = log.records()[0]
    forged = {COMPANION.hash: replace(COMPANION, system_prompt="Forged")}
    with SessionLog.open(None) as other:
        other.save_profile(COMPANION)
        other.add([replace(record, profiles=forged)])
        assert other.profiles([COMPANION.hash])[COMPANION.hash] == COMPANION
