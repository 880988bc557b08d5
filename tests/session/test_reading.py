"""What the reference and the silent voices read when nobody waits for them."""

from __future__ import annotations

import pytest

from tests.session.conftest import Make, engine_of
from tests.session.flow import COLD, WARM, kinds, sessions_of, with_dial
from warmchat.domain.turn import (
    ReplyScored,
    VerdictReached,
)
from warmchat.engine.protocol import Priority
from warmchat.models.adapters import AdapterShelf
from warmchat.profiles.library import ProfileLibrary
from warmchat.session import SessionRules
from warmchat.storage.log import SessionLog


@pytest.fixture
def make(profiles: ProfileLibrary, log: SessionLog) -> Make:
    return sessions_of(profiles, log)


def test_the_reference_reads_the_reply_and_its_scores_are_kept(make: Make, log: SessionLog) -> None:
    session = make()
    engine_of(session).scores = True
    events = list(session.send("What is the capital of Australia?"))
    assert kinds(events).index(ReplyScored) < kinds(events).index(VerdictReached)
    job = next(job for job in engine_of(session).jobs if job.task == "score")
    assert job.continue_from == WARM
    assert job.messages[0].content == "Answer plainly."
    reply = log.turns(session.id)[0].reply
    assert reply is not None
    assert [s.text for s in reply.scores] == WARM.split()
    assert reply == session.turns[0].reply


def test_the_reference_reads_the_reply_as_its_file_says_it(make: Make, shelf: AdapterShelf) -> None:
    session = with_dial(make, shelf, profile="oracle")
    engine_of(session).scores = True
    list(session.send("What is the capital of Australia?"))
    assert not [job for job in engine_of(session).jobs if job.task == "score"], "nobody is surprised by their own words"
    session.turn_dial(1.0)
    list(session.send("What is the capital of Australia?"))
    session.switch_profile("companion")
    list(session.send("What is the capital of Australia?"))
    moved, warm = (job for job in engine_of(session).jobs if job.task == "score")
    assert moved.adapters == warm.adapters == ()
    assert [bool(turn.reply and turn.reply.scores) for turn in session.turns] == [False, True, True]


def test_voices_that_did_not_speak_read_ahead_and_stop_when_a_message_comes(make: Make) -> None:
    session = make(profile="oracle")
    list(session.send("one"))
    (read,) = [job for job in engine_of(session).jobs if job.task == "read"]
    assert read.priority is Priority.PRIMING
    assert read.sequence == "companion/visible"
    assert [m.content for m in read.messages] == ["Be warm.", "one", COLD]


def test_where_one_message_is_all_nothing_is_read_ahead(make: Make) -> None:
    session = make(profile="oracle", rules=SessionRules(read_ahead=False))
    list(session.send("one"))
    assert [job.task for job in engine_of(session).jobs] == ["reply"]
