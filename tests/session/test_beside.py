"""Asking another voice about a past turn, keeping either answer, and marks."""

from __future__ import annotations

import pytest

from tests.session.conftest import Make, engine_of, said
from warmchat.domain.errors import EngineLost, NotFound
from warmchat.domain.mark import Mark
from warmchat.domain.turn import OtherFailed, OtherFinished, OtherFragment, ReplyKept, TurnEvent
from warmchat.engine.protocol import Job, Priority
from warmchat.engine.scripted import Answer
from warmchat.session import ChatSession
from warmchat.storage.log import SessionLog


def asked(events: list[TurnEvent]) -> OtherFinished:
    (found,) = [e for e in events if isinstance(e, OtherFinished)]
    return found


def two_turns(make: Make, profile: str = "oracle") -> ChatSession:
    session = make(profile=profile)
    list(session.send("one"))
    list(session.send("two"))
    return session


def test_another_voice_answers_with_the_same_history_and_seed(make: Make, log: SessionLog) -> None:
    session = make()
    list(session.send("one"))
    list(session.send("two"))
    turn = session.turns[1]
    session.switch_profile("oracle")
    events = list(session.beside.ask(turn.id, "oracle"))
    reply = asked(events).reply
    assert "".join(e.text for e in events if isinstance(e, OtherFragment)) == reply.text
    assert (reply.role, reply.profile) == ("alternative", "oracle")
    spoken = [job for job in engine_of(session).jobs if job.priority is Priority.VISIBLE][1]
    other = next(job for job in engine_of(session).jobs if job.priority is Priority.ASKED)
    assert other.messages[1:] == spoken.messages[1:], "all but its own system prompt"
    assert session.turns[1] == turn, "the turn is as it was"
    assert session.beside.answers(turn.id) == (reply,)
    assert log.alternatives(session.id) == {turn.id: [reply]}
    assert log.turns(session.id)[1].reply == turn.reply


def test_a_voice_that_draws_is_given_the_seed_of_the_reply(make: Make) -> None:
    session = make()
    list(session.send("one"))
    seed = session.turns[0].reply.origin.seed  # type: ignore[union-attr]
    reply = asked(list(session.beside.ask(session.turns[0].id, "companion"))).reply
    assert reply.origin.seed == seed


def test_the_answer_is_kept_in_place_where_nothing_came_after(make: Make, log: SessionLog) -> None:
    session = two_turns(make, "companion")
    turn = session.turns[1]
    other = asked(list(session.beside.ask(turn.id, "oracle"))).reply
    (kept,) = [e for e in session.beside.keep(turn.id, other.id) if isinstance(e, ReplyKept)]
    assert kept.turn == session.turns[1]
    assert kept.turn.reply is not None
    assert (kept.turn.reply.id, kept.turn.reply.role, kept.turn.profile) == (other.id, "shown", "oracle")
    assert turn.reply is not None
    (aside,) = session.beside.answers(turn.id)
    assert (aside.id, aside.role) == (turn.reply.id, "alternative")
    logged = log.turns(session.id)[1]
    assert (logged.reply, logged.profile) == (kept.turn.reply, "oracle")
    assert log.alternatives(session.id)[turn.id] == [aside]

    list(session.beside.keep(turn.id, turn.reply.id))
    assert session.turns[1].reply == turn.reply, "and back again"
    assert session.turns[1].verdict == turn.verdict
    assert log.turns(session.id)[1] == turn


def test_the_answer_goes_to_a_branch_of_its_own_where_something_came_after(make: Make, log: SessionLog) -> None:
    session = two_turns(make)
    first, second = session.turns
    other = asked(list(session.beside.ask(first.id, "companion"))).reply
    (kept,) = [e for e in session.beside.keep(first.id, other.id) if isinstance(e, ReplyKept)]
    assert kept.turn.id != first.id
    assert [t.id for t in session.turns] == [kept.turn.id]
    assert session.branches(first.id) == (first.id, kept.turn.id)
    assert not session.beside.answers(first.id)
    logged = {t.id: t for t in log.turns(session.id)}
    assert logged[kept.turn.id] == kept.turn
    assert logged[first.id].reply == first.reply
    assert logged[second.id].parent_id == first.id
    list(session.send("three"))
    assert said(session) == ["one", "three"]


def test_what_fails_leaves_the_turn_as_it_was(make: Make, log: SessionLog) -> None:
    def fails(job: Job) -> Answer:
        return EngineLost("The engine process ended") if job.priority is Priority.ASKED else "fine"

    session = make(fails)
    list(session.send("one"))
    turn = session.turns[0]
    (failed,) = [e for e in session.beside.ask(turn.id, "oracle") if isinstance(e, OtherFailed)]
    assert "ended" in failed.message
    (unknown,) = session.beside.ask(turn.id, "nobody")
    assert isinstance(unknown, OtherFailed)
    assert (session.turns[0], session.beside.answers(turn.id)) == (turn, ())
    with pytest.raises(NotFound):
        list(session.beside.keep(turn.id, "no such"))


def test_what_came_before_the_engine_was_lost_stands_beside_the_turn(make: Make, log: SessionLog) -> None:
    session = make(lambda job: "one two three four five")
    list(session.send("count"))
    engine_of(session).fail_after_words = 3
    events = list(session.beside.ask(session.turns[0].id, "oracle"))
    reply = asked(events).reply
    assert (reply.text, reply.stop, reply.role) == ("one two three", "interrupted", "alternative")
    assert isinstance(events[-1], OtherFailed)
    assert log.alternatives(session.id) == {session.turns[0].id: [reply]}


def test_an_answer_can_be_stopped_before_the_engine_was_asked_and_while_it_comes(make: Make) -> None:
    session = make(lambda job: "one two three four five")
    list(session.send("count"))
    turn_id = session.turns[0].id
    for words in range(3):
        events: list[TurnEvent] = []
        coming = session.beside.ask(turn_id, "oracle")
        while sum(isinstance(e, OtherFragment) for e in events) < words:
            events.append(next(coming))
        session.beside.cancel()
        events += coming
        if words:
            assert asked(events).reply.stop == "cancelled"
        else:
            assert [e.message for e in events if isinstance(e, OtherFailed)] == ["It was stopped before its first word"]
        assert sum(isinstance(e, OtherFragment) for e in events) == words
    assert [reply.text for reply in session.beside.answers(turn_id)] == ["one", "one two"]


def test_off_the_record_nothing_beside_is_written(make: Make, log: SessionLog) -> None:
    session = make()
    session.off_record = True
    list(session.send("secret"))
    turn = session.turns[0]
    other = asked(list(session.beside.ask(turn.id, "oracle"))).reply
    list(session.beside.set_mark(turn.id, Mark("both_fine")))
    list(session.beside.keep(turn.id, other.id))
    assert session.turns[0].reply is not None
    assert session.turns[0].reply.id == other.id
    assert (log.turns(session.id), log.alternatives(session.id), log.marks(session.id)) == ([], {}, {})


def test_marks_are_kept_changed_and_taken_back(make: Make, log: SessionLog) -> None:
    session = make()
    list(session.send("one"))
    turn_id = session.turns[0].id
    list(session.beside.set_mark(turn_id, Mark("oracle_right", "it is Canberra")))
    assert session.beside.mark(turn_id) == Mark("oracle_right", "it is Canberra")
    assert log.marks(session.id)[turn_id].note == "it is Canberra"
    list(session.beside.set_mark(turn_id, Mark("both_wrong")))
    assert log.marks(session.id)[turn_id].mark == "both_wrong"
    list(session.beside.set_mark(turn_id, None))
    assert (session.beside.mark(turn_id), log.marks(session.id)) == (None, {})


def test_the_two_answers_are_compared_without_a_flag(make: Make, log: SessionLog) -> None:
    session = make(lambda job: "It is Sydney." if "warm" in job.messages[0].content else "It is Canberra.")
    list(session.send("What is the capital of Australia?"))
    before = log.records()[0].judgements
    other = asked(list(session.beside.ask(session.turns[0].id, "oracle"))).reply
    verdict = session.beside.compared(session.turns[0].id, other.id)
    assert verdict is not None
    assert verdict.label == "disagree"
    assert log.records()[0].judgements == before
