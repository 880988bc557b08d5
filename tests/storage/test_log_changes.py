"""Sessions in the log renamed, put away, deleted, and let go of because of their age."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.storage.examples import (
    AGREE,
    count,
    flagged,
    reply,
    shadow,
    tell,
    turn,
)
from warmchat.domain.errors import NotFound
from warmchat.domain.profile import Profile
from warmchat.session.start import begin_with
from warmchat.storage.log import SessionLog


def test_a_session_is_renamed(log: SessionLog) -> None:
    tell(log)
    log.rename_session("s1", "A\nbetter  name")
    assert log.title("s1") == "A better name"
    with pytest.raises(NotFound):
        log.rename_session("s9", "x")
    with pytest.raises(NotFound):
        log.title("s9")


def test_deleting_a_session_leaves_the_others(log: SessionLog) -> None:
    flagged(log, turn("t1", session="s1"))
    kept = flagged(log, turn("t2", session="s2"))
    log.save_mark("t1", "both_fine")
    assert log.delete_session("s1")
    assert log.turns("s2") == [kept]
    assert log.turns("s1") == []
    assert {table: count(log, table) for table in ("sessions", "turns", "replies", "verdicts", "marks")} == {
        "sessions": 1,
        "turns": 1,
        "replies": 2,
        "verdicts": 1,
        "marks": 0,
    }
    with pytest.raises(NotFound):
        log.delete_session("s1")


SECRETS = ("Zugspitzbahn", "Quartalsbericht", "Xylophonkonzert", "Jaguarweibchen")


def bytes_of(file: Path) -> bytes:
    return b"".join(part.read_bytes() for part in sorted(file.parent.glob("log.db*")))


@pytest.mark.parametrize("everything", [True, False])
def test_what_is_deleted_is_not_on_the_disk(file: Path, log: SessionLog, everything: bool) -> None:
    message, said, other, prompt = SECRETS
    secretive = Profile("secret", "Secret", f"You are {prompt}.")
    for number in range(30):  # enough for several pages and segments of the index
        flagged(log, turn(f"k{number}", f"Something to keep {number}", session="kept"))
    log.open_turn(turn("t1", f"About {message}", session="gone"), secretive)
    for length in (10, 20, 60):
        log.save_reply("t1", reply(text=f"It is {said} and more"[:length], stop="interrupted"))
    log.save_verdict("t1", "r1", shadow(text=f"It is {other}"), replace(AGREE, reason=f"both name {said}"))
    index = "SELECT count(*) FROM {}_words WHERE term = ?"
    for table in ("turns", "replies"):
        log._db.execute(f"CREATE VIRTUAL TABLE temp.{table}_words USING fts5vocab (main, {table}_fts, row)")
    assert log._db.execute(index.format("turns"), [message.lower()]).fetchone() == (1,)
    assert all(word.encode() in bytes_of(file) for word in SECRETS), "the test looks in the right place"

    assert log.delete_all() if everything else log.delete_session("gone")

    left = bytes_of(file)
    assert [word for word in SECRETS if word.encode() in left or word.lower().encode() in left] == []
    assert log._db.execute(index.format("turns"), [message.lower()]).fetchone() == (0,)
    assert log._db.execute(index.format("replies"), [said.lower()]).fetchone() == (0,)
    assert (b"Something to keep" in left) is not everything
    assert len(log.turns("kept")) == (0 if everything else 30)


def test_deleting_says_so_where_a_reader_holds_the_old_pages(
    file: Path, log: SessionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(log, turn(text=SECRETS[0]))
    log._db.execute("PRAGMA busy_timeout = 50")
    with SessionLog.open(file) as reader, reader._reading() as db:
        db.execute("SELECT count(*) FROM turns").fetchone()
        assert log.delete_all() is False
    assert log.delete_all() is True
    assert SECRETS[0].encode() not in bytes_of(file)


def test_sessions_are_put_away_and_come_back(log: SessionLog) -> None:
    tell(log, turn("t1", session="s1"))
    tell(log, turn("t2", session="s2"))
    log.archive_session("s1")
    assert [s.id for s in log.sessions(archived=False)] == ["s2"]
    assert [s.id for s in log.sessions(archived=True)] == ["s1"]
    assert [s.id for s in log.sessions()] == ["s2", "s1"]
    log.archive_session("s1", archived=False)
    assert [s.id for s in log.sessions(archived=False)] == ["s2", "s1"]
    with pytest.raises(NotFound):
        log.archive_session("nobody")


def test_a_session_that_was_left_on_a_branch_can_be_deleted(log: SessionLog) -> None:
    tell(log, turn("t1", session="s1"))
    log.save_place("s1", "t1")
    assert log.delete_session("s1")
    assert log.place("s1") is None


def spoken(log: SessionLog, session: str, day: str, text: str = "Hello") -> None:
    tell(log, replace(turn(f"turn-{session}", text, session=session), created_at=f"{day}T10:00:00.000+00:00"))
    log._db.execute("UPDATE sessions SET started_at = ? WHERE id = ?", [f"{day}T10:00:00.000+00:00", session])
    log._db.commit()


def test_old_sessions_go_but_for_those_put_away_asked_for_or_spoken_in_since(file: Path, log: SessionLog) -> None:
    for session in ("gone", "away", "asked"):
        spoken(log, session, "2020-01-01", f"secret of {session}")
    spoken(log, "new", "2030-01-01")
    spoken(log, "again", "2020-01-01")
    tell(log, replace(turn("later", session="again"), created_at="2030-01-01T10:00:00.000+00:00"))
    log.archive_session("away")
    assert log.expire("2025-01-01T00:00:00.000+00:00", keep="asked") == (1, True)
    assert {session.id for session in log.sessions()} == {"away", "asked", "new", "again"}
    assert log.expire("2025-01-01T00:00:00.000+00:00", keep="asked") == (0, True)
    written = b"".join(one.read_bytes() for one in file.parent.iterdir())
    assert b"secret of away" in written
    assert b"secret of gone" not in written


def test_a_start_deletes_only_where_the_user_wants_it(log: SessionLog) -> None:
    spoken(log, "old", "2020-01-01")
    assert begin_with(log, 0, None).expired == 0
    assert [session.id for session in log.sessions()] == ["old"]
    assert begin_with(log, 30, "old").expired == 0, "it is the one that is gone on with"
    notes = begin_with(log, 30, None)
    assert (notes.expired, notes.days) == (1, 30)
    assert log.sessions() == []
