"""Editing, regenerating and walking between branches."""

from __future__ import annotations

from dataclasses import replace

from tests.session.conftest import Make, engine_of, said
from warmchat.domain.turn import ReplyFinished, TurnFailed
from warmchat.engine.protocol import Priority
from warmchat.engine.scripted import ScriptedEngine
from warmchat.session.transcript import Transcript
from warmchat.storage.log import SessionLog, path_to


def test_an_edited_message_goes_on_from_its_place_and_the_old_branch_stays(make: Make, log: SessionLog) -> None:
    session = make()
    for text in ("one", "two", "three"):
        list(session.send(text))
    first, second, third = session.turns
    session.go_back(second.id)
    list(session.send("two, but better"))
    assert said(session) == ["one", "two, but better"]
    edited = session.turns[-1]
    assert session.branches(second.id) == session.branches(edited.id) == (second.id, edited.id)
    logged = {turn.id: turn for turn in log.turns(session.id)}
    assert logged[edited.id].parent_id == logged[second.id].parent_id == first.id
    spoken = [job for job in engine_of(session).jobs if job.priority is Priority.VISIBLE][-1]
    assert not any(message.content == "two" for message in spoken.messages), "the new branch reads nothing of the old"

    session.show_branch(second.id)
    assert said(session) == ["one", "two", "three"], "and on to where it was left"
    assert session.turns[-1].id == third.id
    list(session.send("four"))
    assert log.turns(session.id)[-1].parent_id == third.id


def test_a_fork_leads_to_where_it_was_left_last(make: Make) -> None:
    session = make()
    for text in ("one", "two"):
        list(session.send(text))
    first, second = session.turns
    session.go_back(second.id)
    list(session.send("two b"))
    other = session.turns[-1]
    session.show_branch(second.id)
    session.go_back(first.id)
    list(session.send("another beginning"))
    session.show_branch(first.id)
    assert session.turns[-1].id == second.id
    session.show_branch(other.id)
    session.show_branch(session.branches(first.id)[1])
    session.show_branch(first.id)
    assert session.turns[-1].id == other.id


def test_regenerating_draws_anew_even_where_the_voice_draws_nothing(make: Make, log: SessionLog) -> None:
    session = make(profile="oracle")
    list(session.send("Why?"))
    (turn,) = session.turns
    session.go_back(turn.id)
    list(session.send(turn.user_text, anew=True))
    (again,) = session.turns
    assert turn.reply is not None
    assert again.reply is not None
    assert turn.reply.origin.sampling.temperature == 0
    assert again.reply.origin.sampling.temperature > 0
    assert again.reply.origin.seed
    assert again.reply.text != turn.reply.text
    assert [t.parent_id for t in log.turns(session.id)] == [None, None]


def test_a_session_is_gone_on_with_on_the_branch_that_was_shown(make: Make, log: SessionLog) -> None:
    session = make()
    for text in ("one", "two"):
        list(session.send(text))
    second = session.turns[-1]
    session.go_back(second.id)
    list(session.send("two b"))
    assert log.place(session.id) == session.turns[-1].id
    session.show_branch(second.id)
    assert not list(session.save_place())
    assert log.place(session.id) == second.id
    turns = log.turns(session.id)
    path = path_to(turns, log.place(session.id))
    resumed = make(turns=path, others=[t for t in turns if t not in path], session_id=session.id)
    assert said(resumed) == ["one", "two"]
    assert len(resumed.branches(second.id)) == 2
    resumed.show_branch(resumed.branches(second.id)[1])
    assert said(resumed) == ["one", "two b"]


def test_a_check_of_a_turn_on_another_branch_reads_that_branch(make: Make) -> None:
    session = make()
    for text in ("one", "two"):
        list(session.send(text))
    second = session.turns[-1]
    session.go_back(second.id)
    list(session.send("two b"))
    list(session.check_now(second.id))
    asked = [job for job in engine_of(session).jobs if job.priority is Priority.ASKED][-1]
    assert [m.content for m in asked.messages if m.role == "user"] == ["one", "two"]


def test_a_broken_tree_leads_in_no_circle() -> None:
    from tests.storage.examples import turn

    one, two = turn("t1"), turn("t2", parent="gone")
    transcript = Transcript([one], [two, replace(one, id="t3", parent_id="t2")])
    transcript.show_branch("t3")
    assert [t.id for t in transcript.turns] == ["t2", "t3"]
    assert transcript.branches("t1") == ("t1", "t2")


def test_a_cut_reply_is_gone_on_with_as_it_was_begun(make: Make, log: SessionLog) -> None:
    session = make(lambda job: " g h" if job.continue_from else "a b c d e f")
    list(session.send("count"))
    (turn,) = session.turns
    assert turn.reply is not None
    reply = replace(turn.reply, stop="length")  # the scripted engine ends with its last word
    session._parts.transcript.update(turn.id, reply=reply)
    assert session.cannot_go_on(turn.id) == ""
    events = list(session.go_on(turn.id))
    (finished,) = [e for e in events if isinstance(e, ReplyFinished)]
    assert finished.reply.text == "a b c d e f g h"
    assert (finished.reply.id, finished.reply.stop) == (reply.id, "end")
    job = next(job for job in engine_of(session).jobs if job.continue_from and job.task == "reply")
    assert (job.continue_from, job.sampling.seed) == ("a b c d e f", reply.origin.seed)
    assert finished.reply.usage.reply_tokens == reply.usage.reply_tokens + 3
    (logged,) = log.turns(session.id)
    assert logged.reply == session.turns[0].reply
    assert logged.verdict is not None, "what came is checked"


def test_a_reply_that_ended_or_was_read_by_others_is_not_gone_on_with(make: Make) -> None:
    session = make()
    list(session.send("one"))
    first = session.turns[0]
    assert "by itself" in session.cannot_go_on(first.id)
    list(session.send("two"))
    assert "last" in session.cannot_go_on(first.id)
    (failed,) = [e for e in session.go_on(first.id) if isinstance(e, TurnFailed)]
    assert "last" in failed.message


def test_going_on_after_the_engine_was_lost_clears_the_error(make: Make, log: SessionLog) -> None:
    session = make(lambda job: " the rest" if job.continue_from else "the beginning of it")
    engine_of(session).fail_after_words = 2
    list(session.send("tell"))
    assert session.turns[0].error
    list(session.go_on(session.turns[0].id))
    (logged,) = log.turns(session.id)
    assert (logged.error, session.turns[0].error) == ("", "")
    assert logged.reply is not None
    assert logged.reply.text == "the beginning the rest"


def test_thinking_that_was_cut_is_gone_on_with(make: Make) -> None:
    engine = ScriptedEngine(lambda job: " hard</think>Done." if job.continue_from else "<think>I think")
    session = make()
    session.use_engine(engine)
    list(session.send("think"))
    turn = session.turns[0]
    assert turn.reply is not None
    session._parts.transcript.update(turn.id, reply=replace(turn.reply, stop="length"))
    list(session.go_on(turn.id))
    reply = session.turns[0].reply
    assert reply is not None
    assert (reply.thinking, reply.text) == ("I think hard", "Done.")
