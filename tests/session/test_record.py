"""Writes that fail: in what order they are made good, what is told, and that a hopeless one blocks no other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.storage.examples import AGREE, COMPANION, ORACLE, reply, shadow, turn
from warmchat.domain.mark import Mark
from warmchat.domain.turn import LogCaughtUp, LogFailed, Turn
from warmchat.session import record as module
from warmchat.session.record import TurnRecorder
from warmchat.storage.log import SessionLog


class World:
    """A log on the disk, and the turns that a session would hold."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.log = SessionLog.open(file)
        self.turns: dict[str, Turn] = {}
        self.recorder = TurnRecorder(self.log, lambda turn_id: self.turns[turn_id])

    def full(self, *, full: bool = True) -> None:
        """What SQLite answers on a full disk."""
        pages = self.log._db.execute("PRAGMA page_count").fetchone()[0]
        self.log._db.execute(f"PRAGMA max_page_count = {pages if full else 1 << 30}")

    def open(self, turn_id: str, text: str = "word " * 40_000) -> Turn:
        self.turns[turn_id] = opened = turn(turn_id, text)
        return opened


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "data" / "log.db")


def told(events: Iterable[object]) -> list[type]:
    return [type(event) for event in events]


def test_all_that_a_full_disk_kept_out_is_written_when_there_is_room(world: World) -> None:
    world.full()
    first, second = world.open("t1"), world.open("t2")
    answer = reply("r1", text="whole " * 3000)
    other = replace(reply("r2", text="another"), role="alternative")
    assert told(world.recorder.opened(first, COMPANION)) == [LogFailed]
    for text in ("a", "a b", "a b c"):
        assert not told(world.recorder.said(first, replace(answer, text=text, stop="interrupted"))), "told once"
    quiet = (
        *world.recorder.said(first, answer),
        *world.recorder.answered_by_other(first, other, COMPANION),
        *world.recorder.marked(first, Mark("both_fine", "indeed")),
        *world.recorder.opened(second, COMPANION),
        *world.recorder.placed(first),
    )
    assert not quiet
    assert len(world.recorder._waiting) == 6, "a piece of a reply takes the place of the piece before"
    world.full(full=False)
    assert told(world.recorder.catch_up()) == [LogCaughtUp]
    assert not world.recorder.waiting
    (one, two) = world.log.turns("s1")
    assert one.reply == answer
    assert two.user_text == second.user_text
    assert world.log.alternatives("s1") == {"t1": [other]}
    assert world.log.marks("s1")["t1"].note == "indeed"
    assert world.log.place("s1") == "t1"


def test_what_another_program_holds_is_written_later_and_the_chat_does_not_wait_again_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.log._db.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(world.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(module, "HELD_WAIT_S", 3600.0)
    opened = world.open("t1")
    assert told(world.recorder.opened(opened, COMPANION)) == [LogFailed]
    other.execute("COMMIT")
    other.close()
    assert not told(world.recorder.said(opened, reply("r1", text="soon"))), "not tried yet"
    world.recorder._again_at = 0.0  # an hour later
    assert told(world.recorder.catch_up()) == [LogCaughtUp]
    assert [t.reply and t.reply.text for t in world.log.turns("s1")] == ["soon"]


def test_a_session_that_was_deleted_elsewhere_keeps_nothing_else_from_the_log(world: World) -> None:
    resumed = world.open("t0")  # from the log, not opened in this run
    world.log.open_turn(resumed, COMPANION)
    with SessionLog.open(world.file) as other:
        other.delete_session("s1")
    assert told(world.recorder.marked(resumed, Mark("both_fine"))) == [LogFailed]
    assert not world.recorder.waiting, "it can never work"
    fresh = world.open("t1")
    assert told(world.recorder.opened(fresh, COMPANION)) == [], "not: nothing is missing"
    assert [t.id for t in world.log.turns("s1")] == ["t1"]


def test_a_turn_whose_session_is_deleted_while_it_is_answered_is_written_anew(world: World) -> None:
    opened = world.open("t1")
    list(world.recorder.opened(opened, COMPANION))
    with SessionLog.open(world.file) as other:
        other.delete_session("s1")
    assert told(world.recorder.said(opened, reply("r1", text="what came"))) == []
    assert [t.reply and t.reply.text for t in world.log.turns("s1")] == ["what came"]


def test_a_check_that_ends_after_its_session_was_deleted_brings_nothing_back(world: World) -> None:
    opened = world.open("t1")
    list(world.recorder.opened(opened, COMPANION))
    answered = replace(opened, reply=reply("r1"), shadow=shadow(), verdict=AGREE)
    list(world.recorder.said(opened, reply("r1")))
    with SessionLog.open(world.file) as other:
        other.delete_session("s1")
    assert told(world.recorder.concluded(answered, ORACLE)) == [LogFailed]
    assert told(world.recorder.marked(answered, Mark("both_fine"))) == []
    assert not world.recorder.waiting
    assert world.log.sessions() == []
