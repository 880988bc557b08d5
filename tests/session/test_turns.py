"""The flow of a turn, with the scripted engine and a real log in memory."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.session.conftest import Make, engine_of
from tests.session.flow import COLD, PATIENCE_S, WARM, kinds, replies, sessions_of, two_voices, verdict_of
from warmchat.compare.signal_detector import SignalDetector
from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineLost, LogNotWritable
from warmchat.domain.turn import (
    FragmentArrived,
    LogFailed,
    ReplyFinished,
    ShadowStarted,
    TurnEvent,
    TurnFailed,
    TurnOpened,
    VerdictReached,
    WindowMoved,
)
from warmchat.domain.verdict import Verdict
from warmchat.engine.protocol import Job, Priority
from warmchat.engine.scripted import Answer
from warmchat.profiles.library import ProfileLibrary
from warmchat.session import ChatSession, SessionRules
from warmchat.storage.log import SessionLog


@pytest.fixture
def make(profiles: ProfileLibrary, log: SessionLog) -> Make:
    return sessions_of(profiles, log)


def test_a_companion_turn_is_opened_answered_shadowed_and_judged(make: Make, log: SessionLog) -> None:
    session = make()
    events = list(session.send("What is the capital of Australia?"))
    assert [k.__name__ for k in kinds(events)] == [
        "TurnOpened", "PromptRead", "ReplyFinished", "ShadowStarted", "VerdictReached",
    ]  # fmt: skip
    assert "".join(e.text for e in events if isinstance(e, FragmentArrived)) == WARM
    reached = verdict_of(events)
    assert (reached.verdict.label, reached.verdict.kind) == ("disagree", "contradiction")
    assert reached.shadow is not None
    assert reached.shadow.text == COLD
    (logged,) = log.turns(session.id)
    assert logged == session.turns[0], "the log holds the turn as the session does"


def test_the_oracle_is_not_checked_unless_always(make: Make) -> None:
    assert kinds(list(make(profile="oracle").send("hi")))[-1] is ReplyFinished
    always = make(profile="oracle", rules=SessionRules(shadow="always"))
    assert kinds(list(always.send("hi")))[-1] is VerdictReached
    assert replies(always)[-1].sampling.temperature > 0, "its own noise: something must be drawn"
    assert kinds(list(make(rules=SessionRules(shadow="off")).send("hi")))[-1] is ReplyFinished


def test_the_user_message_is_in_the_log_before_anything_is_asked(make: Make, log: SessionLog) -> None:
    session = make()
    events = session.send("remember me")
    assert isinstance(next(events), TurnOpened)
    assert [t.user_text for t in log.turns(session.id)] == ["remember me"]
    assert engine_of(session).jobs == []
    events.close()  # type: ignore[attr-defined]


def test_the_shadow_reads_its_own_words_and_the_oracle_when_switched_to_reads_the_screen(make: Make) -> None:
    session = make()
    list(session.send("one"))
    list(session.send("two"))
    shadow = replies(session)[-1]
    assert shadow.priority is Priority.SHADOW
    assert [m.content for m in shadow.messages] == ["Answer plainly.", "one", COLD, "two"]
    session.switch_profile("oracle")
    list(session.send("three"))
    assert [m.content for m in replies(session)[-1].messages] == [
        "Answer plainly.", "one", WARM, "two", WARM, "three",
    ]  # fmt: skip


@pytest.mark.parametrize(("mode", "reads"), [("visible", ["one", WARM, "two"]), ("message", ["two"])])
def test_other_shadow_histories(make: Make, mode: str, reads: list[str]) -> None:
    session = make(rules=SessionRules(shadow_history=mode))  # type: ignore[arg-type]
    list(session.send("one"))
    list(session.send("two"))
    assert [m.content for m in replies(session)[-1].messages][1:] == reads
    assert session.turns[-1].shadow_history == mode


def test_a_message_that_points_at_unread_words_says_so(make: Make) -> None:
    session = make()
    list(session.send("What is the capital of Australia?"))
    reached = verdict_of(list(session.send("Are you sure about what you said?")))
    assert "has not read the earlier reply" in reached.verdict.reason


def test_cancel_keeps_what_came_and_is_not_compared(make: Make, log: SessionLog) -> None:
    session = make(lambda _: "word " * 50)
    events = session.send("go")
    seen: list[TurnEvent] = []
    for event in events:
        seen.append(event)
        if isinstance(event, FragmentArrived):
            session.cancel()
    reply = session.turns[0].reply
    assert reply is not None
    assert reply.stop == "cancelled"
    assert reply.text.startswith("word")
    assert len(reply.text) < 200
    assert verdict_of(seen).verdict.label == "unjudged"
    assert log.turns(session.id)[0].reply == reply


def test_a_cancelled_turn_can_be_checked_now(make: Make) -> None:
    session = make()
    for event in session.send("What is the capital of Australia?"):
        if isinstance(event, FragmentArrived) and "Sydney" in event.text:
            session.cancel()
    assert session.turns[0].verdict is not None
    assert session.turns[0].verdict.label == "unjudged"
    events = list(session.check_now(session.turns[0].id))
    assert replies(session)[-1].priority is Priority.ASKED
    assert verdict_of(events).verdict.label == "disagree"


def test_a_lost_engine_keeps_the_part_that_came_and_the_next_message_works(make: Make, log: SessionLog) -> None:
    session = make()
    engine_of(session).fail_after_words = 4
    events = list(session.send("What is the capital of Australia?"))
    assert isinstance(events[-1], TurnFailed)
    (logged,) = log.turns(session.id)
    assert logged.reply is not None
    assert (logged.reply.text, logged.reply.stop) == ("Oh friend, I hear", "interrupted")
    asked, origin = replies(session)[0], logged.reply.origin
    assert (origin.model, origin.template) == ("scripted", "scripted")
    assert origin.sampling == asked.sampling
    assert origin.seed == asked.sampling.seed != 0, "it can be asked for again"
    assert logged.error
    assert verdict_of(list(session.send("What is the capital of Australia?"))).verdict.label == "disagree"


def test_an_engine_lost_in_the_shadow_leaves_the_reply_and_says_why(make: Make) -> None:
    def script(job: Job) -> Answer:
        return WARM if job.priority is Priority.VISIBLE else EngineLost("The engine's process ended (signal 9)")

    reached = verdict_of(list(make(script).send("hi")))
    assert reached.verdict.label == "unjudged"
    assert reached.verdict.reason == "no shadow reply: The engine's process ended (signal 9)"


def test_no_model_fails_the_turn_with_what_to_type(profiles: ProfileLibrary, log: SessionLog) -> None:
    session = ChatSession(engine=None, profiles=profiles, log=log, detector=SignalDetector(), rules=SessionRules(),
                          profile="oracle")  # fmt: skip
    events = list(session.send("hi"))
    assert isinstance(events[-1], TurnFailed)
    assert "models pull" in events[-1].hint
    assert [t.user_text for t in log.turns(session.id)] == ["hi"], "the message is kept"


def test_a_log_that_fails_is_said_and_stops_nothing(
    make: Make, log: SessionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LogNotWritable("The disk is full", "free some space")

    for name in ("open_turn", "save_reply", "save_verdict"):
        monkeypatch.setattr(log, name, full)
    events = list(make().send("What is the capital of Australia?"))
    assert any(isinstance(e, LogFailed) for e in events)
    assert verdict_of(events).verdict.label == "disagree"


def test_off_the_record_nothing_is_written_and_the_next_logged_turn_hangs_on_a_logged_one(
    make: Make, log: SessionLog
) -> None:
    session = make()
    list(session.send("logged"))
    session.off_record = True
    secret = list(session.send("secret"))
    assert verdict_of(secret).verdict.label != "unjudged", "the check protects the reader, also off the record"
    session.off_record = False
    list(session.send("logged again"))
    assert [t.user_text for t in log.turns(session.id)] == ["logged", "logged again"]
    assert log.turns(session.id)[1].parent_id == log.turns(session.id)[0].id
    assert [t.user_text for t in session.turns] == ["logged", "secret", "logged again"]


def test_the_next_reply_does_not_wait_for_the_check(make: Make) -> None:
    session = make()
    engine = engine_of(session)
    first_reply, both_done = threading.Event(), threading.Semaphore(0)
    reached: list[VerdictReached] = []

    def talk(text: str) -> None:
        for event in session.send(text):
            if isinstance(event, ShadowStarted):
                engine.gate.clear()  # from here on every job waits
                first_reply.set()
            if isinstance(event, VerdictReached):
                reached.append(event)
        both_done.release()

    slow = threading.Thread(target=talk, args=("one",))
    slow.start()
    assert first_reply.wait(PATIENCE_S)
    events = session.send("two")
    assert isinstance(next(events), TurnOpened)
    engine.gate.set()
    list(events)
    slow.join(PATIENCE_S)
    assert both_done.acquire(timeout=PATIENCE_S)
    assert session.turns[0].verdict is not None
    assert session.turns[1].verdict is not None


def test_a_full_line_defers_the_oldest_check_and_every_turn_ends_with_a_verdict_or_a_reason(
    make: Make, log: SessionLog
) -> None:
    session = make(rules=SessionRules(backlog=2, samples=0))
    engine = engine_of(session)
    held, release = threading.Event(), threading.Event()

    def script(job: Job) -> Answer:
        if job.priority is Priority.SHADOW and job.task == "reply":
            held.set()
            release.wait(PATIENCE_S)
        return two_voices(job)

    engine.script = script
    threads = []
    for number in range(6):
        replied = threading.Event()

        def talk(number: int = number, replied: threading.Event = replied) -> None:
            for event in session.send(f"What is the capital of Australia, {number}?"):
                if isinstance(event, ShadowStarted):
                    replied.set()

        threads.append(threading.Thread(target=talk))
        threads[-1].start()
        assert replied.wait(PATIENCE_S), "the next message does not wait for the checks"
        if number == 0:
            assert held.wait(PATIENCE_S)
    release.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    verdicts = [turn.verdict for turn in log.turns(session.id)]
    assert all(verdict is not None and verdict.reason for verdict in verdicts)
    waiting = [v for v in verdicts if v is not None and "too many checks were waiting" in v.reason]
    assert len(waiting) == 3, "one was being checked, two may wait"
    assert [v.label for v in verdicts if v is not None and v not in waiting] == ["disagree"] * 3


class BrokenDetector(SignalDetector):
    def detect(self, *_: object, **__: object) -> Verdict:
        raise KeyError("a bug")


def test_a_detector_that_fails_is_a_reason_in_the_log(make: Make, log: SessionLog) -> None:
    session = make()
    session._checker._detector = BrokenDetector()
    reached = verdict_of(list(session.send("What is the capital of Australia?")))
    assert "the check failed: KeyError" in reached.verdict.reason
    kept = log.turns(session.id)[0]
    assert kept.verdict == reached.verdict
    assert kept.shadow is not None


def test_closing_defers_what_waits(make: Make) -> None:
    session = make()
    engine = engine_of(session)
    waiting = threading.Event()
    reached: list[VerdictReached] = []

    def talk() -> None:
        for event in session.send("one"):
            if isinstance(event, ShadowStarted):
                engine.gate.clear()
                waiting.set()
            if isinstance(event, VerdictReached):
                reached.append(event)

    thread = threading.Thread(target=talk)
    thread.start()
    assert waiting.wait(PATIENCE_S)
    session.close()
    engine.gate.set()
    thread.join(PATIENCE_S)
    assert reached[0].verdict.label == "unjudged"
    assert "deferred" in reached[0].verdict.reason or "closed" in reached[0].verdict.reason


def test_a_full_window_drops_the_oldest_turns_in_one_go_and_says_so(make: Make) -> None:
    session = make(lambda _: "word " * 20, profile="oracle", n_ctx=200)
    moved: list[WindowMoved] = []
    for n in range(12):
        moved += [e for e in session.send(f"message {n}") if isinstance(e, WindowMoved)]
    assert moved
    assert len(moved) < 6, "not one turn at a time"
    last = session.turns[-1]
    assert moved[-1].dropped[0] not in last.window
    read = [m.content for m in replies(session)[-1].messages]
    assert "Answer plainly." in read, "the system prompt stays"
    assert "message 0" not in read


def test_a_message_larger_than_the_window_is_refused_with_both_sizes(make: Make) -> None:
    events = list(make(n_ctx=100).send("word " * 300))
    assert isinstance(events[-1], TurnFailed)
    assert "100" in events[-1].message
    assert "--ctx" in events[-1].hint


def test_an_edited_profile_is_live_at_the_next_turn(make: Make, profiles: ProfileLibrary, tmp_path: Path) -> None:
    session = make(profile="oracle")
    list(session.send("one"))
    (tmp_path / "profiles" / "oracle.md").write_text("---\nname: oracle\n---\nAnswer in rhyme, always.\n")
    list(session.send("two"))
    assert replies(session)[-1].messages[0] == Message("system", "Answer in rhyme, always.")


def test_thinking_is_parted_from_the_answer_and_read_by_nobody(make: Make) -> None:
    session = make(lambda _: "<think>It is not Sydney.</think>\n\nCanberra.")
    list(session.send("What is the capital of Australia?"))
    reply = session.turns[0].reply
    assert reply is not None
    assert (reply.thinking, reply.text) == ("It is not Sydney.", "Canberra.")
    list(session.send("sure?"))
    assert all("Sydney" not in m.content for job in engine_of(session).jobs[2:] for m in job.messages)


def test_overridden_sampling_holds_for_every_shown_reply(make: Make) -> None:
    session = make()
    session.override_sampling(temperature=0.0, max_tokens=5)
    list(session.send("hi"))
    shown, shadow = replies(session)
    assert (shown.sampling.temperature, shown.sampling.max_tokens) == (0.0, 5)
    assert shadow.sampling.max_tokens != 5
    assert session.sampling_changes == {"temperature": 0.0, "max_tokens": 5}
    spoke = session.profile.id
    session.switch_profile("oracle")
    assert not session.sampling_changes, "another voice draws as its own file says"
    session.switch_profile(spoke)
    assert session.profile.sampling.max_tokens == 5


def test_what_a_failing_log_missed_is_written_when_it_works_again(
    make: Make, log: SessionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make()

    def full(*_: object) -> None:
        raise LogNotWritable("The disk is full", "free some space")

    with monkeypatch.context() as broken:
        for name in ("open_turn", "save_reply", "save_verdict"):
            broken.setattr(log, name, full)
        first = list(session.send("What is the capital of Australia?"))
        second = list(session.send("And again, the capital of Australia?"))
    assert sum(isinstance(e, LogFailed) for e in first + second) == 1, "said once"
    assert log.turns(session.id) == []
    list(session.send("The capital of Australia, a third time?"))
    assert log.turns(session.id) == list(session.turns)
    assert log.turns(session.id)[0].verdict is not None
