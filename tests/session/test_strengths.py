"""Dial and adapters over the turns of a session: moved live, logged, given back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.session.conftest import Make, engine_of
from tests.session.flow import kinds, replies, sessions_of, two_voices, with_dial
from warmchat.domain.turn import (
    Noticed,
    ReplyFinished,
    TurnFailed,
    TurnOpened,
    VerdictReached,
)
from warmchat.engine.protocol import Capabilities, EngineInfo
from warmchat.engine.scripted import ScriptedEngine
from warmchat.models.adapters import AdapterShelf
from warmchat.profiles.library import ProfileLibrary
from warmchat.session import ChatSession
from warmchat.storage.log import SessionLog
from warmchat.voices.setting import Key


@pytest.fixture
def make(profiles: ProfileLibrary, log: SessionLog) -> Make:
    return sessions_of(profiles, log)


def test_the_dial_drives_the_vector_and_is_logged_with_the_raw_strength(
    make: Make, shelf: AdapterShelf, log: SessionLog
) -> None:
    session = with_dial(make, shelf)
    session.turn_dial(0.5)
    list(session.send("hi"))
    shown, shadow = replies(session)
    assert [a.name for a in shown.adapters] == ["warmth"]
    assert shown.adapters[0].strength == pytest.approx(0.25)
    assert shadow.adapters == (), "the reference as its file says it"
    reply = log.turns(session.id)[0].reply
    assert reply is not None
    assert reply.origin.dial == 0.5
    assert reply.origin.adapters[0]["strength"] == pytest.approx(0.25)


def test_the_oracle_with_its_dial_moved_is_checked_like_any_other(make: Make, shelf: AdapterShelf) -> None:
    session = with_dial(make, shelf, profile="oracle")
    assert kinds(list(session.send("hi")))[-1] is ReplyFinished
    session.turn_dial(1.0)
    assert kinds(list(session.send("hi")))[-1] is VerdictReached
    shown, shadow = replies(session)[-2:]
    assert shown.adapters
    assert shadow.adapters == ()
    assert shadow.sampling.temperature == 0, "no sample of its noise: the reference itself"


def gentle(session: ChatSession) -> Key:
    """The LoRA, as the session knows it."""
    return next(state.key for state in session.setting(others=True).states if state.name == "gentle")


def test_an_adapters_strength_is_changed_live_logged_and_goes_back(
    make: Make, shelf: AdapterShelf, log: SessionLog
) -> None:
    session = with_dial(make, shelf)
    session.set_strength(gentle(session), 0.75)
    list(session.send("one"))
    shown, shadow = replies(session)
    assert [(a.kind, a.name, a.strength) for a in shown.adapters] == [("lora", "gentle", 0.75)]
    assert shadow.adapters == (), "the reference as its file says it"
    session.reset_adapters()
    list(session.send("two"))
    first, second = (turn.reply for turn in log.turns(session.id))
    assert first is not None
    assert second is not None
    assert [(a["name"], a["strength"]) for a in first.origin.adapters] == [("gentle", 0.75)]
    assert second.origin.adapters == ()


def test_what_the_file_asks_for_and_was_switched_off_is_logged_as_off(
    make: Make, shelf: AdapterShelf, log: SessionLog, tmp_path: Path
) -> None:
    (tmp_path / "profiles" / "companion.md").write_text("---\nadapters: [{lora: gentle, scale: 0.5}]\n---\nBe warm.\n")
    session = with_dial(make, shelf)
    session.set_strength(gentle(session), 0.0)
    list(session.send("one"))
    assert replies(session)[0].adapters == ()
    reply = log.turns(session.id)[0].reply
    assert reply is not None
    assert [(a["name"], a["strength"]) for a in reply.origin.adapters] == [("gentle", 0.0)]


def test_the_oracle_with_an_adapter_changed_is_checked_like_any_other(make: Make, shelf: AdapterShelf) -> None:
    session = with_dial(make, shelf, profile="oracle")
    session.set_strength(gentle(session), 1.0)
    assert kinds(list(session.send("hi")))[-1] is VerdictReached
    shown, shadow = replies(session)
    assert (len(shown.adapters), shadow.adapters) == (1, ())
    assert shadow.sampling.temperature == 0, "no sample of its noise: the reference itself"


def test_what_is_changed_after_a_turn_was_opened_is_for_the_next(make: Make, shelf: AdapterShelf) -> None:
    session = with_dial(make, shelf)
    session.turn_dial(0.5)
    events = session.send("one")
    assert isinstance(next(events), TurnOpened)
    session.turn_dial(1.0)
    session.set_strength(gentle(session), 1.0)
    list(events)
    list(session.send("two"))
    first, second = (turn.reply.origin for turn in session.turns if turn.reply is not None)
    assert (first.dial, len(first.adapters)) == (0.5, 1)
    assert (second.dial, len(second.adapters)) == (1.0, 2)


def test_the_dial_given_back_to_the_file_follows_its_edits(make: Make, shelf: AdapterShelf, tmp_path: Path) -> None:
    session = with_dial(make, shelf)
    session.turn_dial(1.0)
    session.turn_dial(None)
    (tmp_path / "profiles" / "companion.md").write_text(
        "---\nadapters: [{control_vector: warmth, strength: 0.25}]\n---\nBe warm.\n"
    )
    list(session.send("hi"))
    assert session.turns[0].reply is not None
    assert session.turns[0].reply.origin.dial == 0.5


def test_a_lost_engine_leaves_dial_and_adapters_in_the_log(make: Make, shelf: AdapterShelf, log: SessionLog) -> None:
    session = with_dial(make, shelf)
    session.turn_dial(0.5)
    engine_of(session).fail_after_words = 2
    list(session.send("hi"))
    reply = log.turns(session.id)[0].reply
    assert reply is not None
    assert (reply.stop, reply.origin.dial) == ("interrupted", 0.5)
    assert [(a["name"], a["strength"]) for a in reply.origin.adapters] == [("warmth", 0.25)]


def test_an_engine_lost_before_the_first_word_leaves_how_it_was_asked(make: Make, log: SessionLog) -> None:
    session = make()
    engine_of(session).fail_after_words = 0
    assert isinstance(list(session.send("hi"))[-1], TurnFailed)
    (turn,) = log.turns(session.id)
    assert turn.reply is not None
    assert (turn.reply.text, turn.reply.stop) == ("", "interrupted")
    assert turn.reply.origin.seed == replies(session)[0].sampling.seed
    list(session.send("again"))
    assert [m.content for m in replies(session)[-1].messages][-1] == "hi\n\nagain", "an empty reply is read by nobody"


def test_an_engine_that_takes_no_adapters_is_given_none(make: Make, shelf: AdapterShelf) -> None:
    class Remote(ScriptedEngine):
        def describe(self) -> EngineInfo:
            return replace(super().describe(), capabilities=Capabilities())

    session = with_dial(make, shelf)
    session.use_engine(Remote(two_voices))
    session.turn_dial(0.5)
    (noticed,) = [e for e in session.send("hi") if isinstance(e, Noticed)]
    assert "a server takes no adapters" in noticed.message
    assert all(job.adapters == () for job in engine_of(session).jobs)


def test_a_dial_that_drives_nothing_says_so_once(make: Make) -> None:
    session = make()
    session.turn_dial(0.5)
    first = [e for e in session.send("hi") if isinstance(e, Noticed)]
    assert "warmchat adapters vector" in first[0].hint
    assert not [e for e in session.send("hi") if isinstance(e, Noticed)]
