"""Logs of other versions, and files of other programs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.storage.examples import COMPANION, ORACLE, flagged, shadow, tell, turn
from tests.storage.keep_version import DATA, TABLES, dump, written_by_version
from warmchat.domain.errors import LogError, LogTooNew
from warmchat.storage import migrations
from warmchat.storage.log import SessionLog


def version(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.parametrize("number", range(1, len(migrations.STEPS) + 1))
def test_every_earlier_version_is_kept_as_test_data(number: int) -> None:
    assert (DATA / f"log_v{number}.sql").is_file()


def rows_of(file: Path) -> dict[str, list[dict[str, object]]]:
    """All rows of all tables, and what the two search indexes know."""
    with closing(sqlite3.connect(file)) as db:
        db.row_factory = sqlite3.Row
        found = {table: [dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY rowid")] for table in TABLES}
        for table in ("turns", "replies"):
            db.execute(f"CREATE VIRTUAL TABLE temp.{table}_words USING fts5vocab (main, {table}_fts, instance)")
            found[f"words of {table}"] = [dict(row) for row in db.execute(f"SELECT * FROM {table}_words")]
        return found


@pytest.mark.parametrize("number", range(1, len(migrations.STEPS) + 1))
def test_an_upgrade_from_any_version_keeps_every_row(number: int, file: Path) -> None:
    before = rows_of(written_by_version(number, file))
    SessionLog.open(file).close()
    after = rows_of(file)
    for table, rows in before.items():
        assert rows, f"the kept log of version {number} has something in {table}"
        kept = [{name: row[name] for name in rows[0]} for row in after[table]]
        assert kept == rows, table
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert version(file) == len(migrations.STEPS)


@pytest.mark.parametrize("number", range(1, len(migrations.STEPS) + 1))
def test_an_upgraded_log_is_built_as_a_new_one(number: int, file: Path, tmp_path: Path) -> None:
    """Whatever version it comes from: the same tables, indexes, triggers and views."""
    made = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
    SessionLog.open(written_by_version(number, file)).close()
    SessionLog.open(tmp_path / "new.db").close()
    with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(tmp_path / "new.db")) as new:
        assert old.execute(made).fetchall() == new.execute(made).fetchall()


def test_the_dump_of_a_log_makes_the_same_log(file: Path, tmp_path: Path) -> None:
    """How logs are kept as test data loses nothing."""
    number = len(migrations.STEPS)
    again = tmp_path / "again.db"
    with closing(sqlite3.connect(again)) as db:
        db.executescript(";\n".join(dump(written_by_version(number, file))))
    assert rows_of(again) == rows_of(file)


def test_a_log_of_version_1_is_read_whole(file: Path) -> None:
    with SessionLog.open(written_by_version(1, file)) as log:
        first, second = log.records()
        assert first.session_title == "Is Canberra the capital?"
        assert first.turn.user_text == "Is Canberra the capital?"
        assert first.turn.shadow == shadow("x2", "Not quite.")
        assert [j.verdict.label for j in first.judgements] == ["disagree", "agree"]
        assert len(first.judgements[0].verdict.evidence) == 2
        assert {r.role for r in first.others} == {"shadow", "sample"}
        assert first.profiles == {COMPANION.hash: COMPANION, ORACLE.hash: ORACLE}
        assert first.mark is not None
        assert first.mark.note == "it's fine"
        assert (second.turn.parent_id, second.turn.window) == ("t1", ("t1",))
        assert second.turn.error == "The engine was lost"
        assert second.turn.reply is not None
        assert second.turn.reply.stop == "interrupted"
        assert [hit.turn_id for hit in log.search("canberra")] == ["t1"]
        flagged(log, turn("t3", parent="t2"))
        assert log.delete_session("s1")
    assert version(file) == len(migrations.STEPS)


def test_a_released_step_is_not_edited(file: Path) -> None:
    """The tables that step 1 makes are those of the kept log of version 1."""
    kept = written_by_version(1, file)
    script = (Path(migrations.__file__).parent / "schema" / "0001.sql").read_text(encoding="utf-8")
    tables = "SELECT name, sql FROM sqlite_master ORDER BY name"
    with closing(sqlite3.connect(kept)) as old, closing(sqlite3.connect(":memory:")) as new:
        new.executescript(script)
        assert new.execute(tables).fetchall() == old.execute(tables).fetchall()


def test_a_newer_log_is_refused_and_not_touched(file: Path) -> None:
    with SessionLog.open(file) as log:
        tell(log)
        log._db.execute("PRAGMA user_version = 99")
    before = file.read_bytes()
    with pytest.raises(LogTooNew, match="99") as raised:
        SessionLog.open(file)
    assert "upgrade" in raised.value.hint
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "script",
    ["CREATE TABLE notes (text)", "PRAGMA application_id = 1", "PRAGMA user_version = 1; CREATE TABLE sessions (x)"],
)
def test_another_programs_database_is_refused_and_not_touched(file: Path, script: str) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as db:
        db.executescript(script)
    before = file.read_bytes()
    with pytest.raises(LogError, match="another program"):
        SessionLog.open(file)
    assert file.read_bytes() == before


def test_an_empty_file_becomes_a_log(file: Path) -> None:
    file.parent.mkdir()
    file.touch()
    with SessionLog.open(file) as log:
        tell(log)
    assert version(file) == len(migrations.STEPS)


def later_steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *scripts: str) -> None:
    """The package with more steps than it has."""
    folder = tmp_path / "package" / "schema"
    folder.mkdir(parents=True)
    real = Path(migrations.__file__).parent / "schema"
    for step in migrations.STEPS:
        (folder / step).write_text((real / step).read_text(encoding="utf-8"), encoding="utf-8")
    names = [f"later{number}.sql" for number in range(len(scripts))]
    for name, script in zip(names, scripts, strict=True):
        (folder / name).write_text(script, encoding="utf-8")
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, *names))
    monkeypatch.setattr(migrations, "files", lambda _: folder.parent)


def test_missing_steps_are_applied_in_their_order_to_an_old_log(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = SessionLog.open(written_by_version(1, file)).records()
    later_steps(monkeypatch, tmp_path, "CREATE TABLE a (x);", "ALTER TABLE a ADD COLUMN y; -- last\n")
    with SessionLog.open(file) as log:
        assert log.records() == expected
        assert [row[1] for row in log._db.execute("PRAGMA table_info(a)")] == ["x", "y"]
    assert version(file) == len(migrations.STEPS)
    SessionLog.open(file).close()  # nothing is applied twice


def test_of_two_programs_that_open_an_old_log_one_waits(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_by_version(1, file)
    later_steps(monkeypatch, tmp_path, "CREATE TABLE a (x);")
    real_check, held = migrations.check, []

    def check(db: Database, path: Path | None, kind: migrations.Kind = migrations.LOG) -> int:
        with closing(sqlite3.connect(file, timeout=0)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
                held.append(False)
            except sqlite3.OperationalError:
                held.append(True)
        return real_check(db, path, kind)

    monkeypatch.setattr(migrations, "check", check)
    SessionLog.open(file).close()
    assert held[-1], "the version that counts is read under the write lock"


def test_steps_are_applied_all_or_not_at_all(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written_by_version(1, file)
    later_steps(monkeypatch, tmp_path, "CREATE TABLE a (x);", "CREATE TABLE nonsense;")
    with pytest.raises(LogError):
        SessionLog.open(file)
    assert version(file) == 1
    monkeypatch.undo()
    with SessionLog.open(file) as log:
        assert len(log.records()) == 2


def test_a_log_of_version_3_says_how_replies_came_about(file: Path) -> None:
    with SessionLog.open(written_by_version(3, file)) as log:
        first, _, last = log.records()
        assert first.turn.reply is not None
        assert (first.turn.reply.way, first.turn.reply.asked) == ("direct", "")
        (draft,) = last.others
        assert (draft.role, draft.text, draft.asked) == ("draft", "Canberra.", "What is the capital of Australia?")
        assert last.turn.reply is not None
        assert (last.turn.reply.way, last.turn.reply.asked) == ("rewritten", draft.asked)


def test_a_log_of_version_4_says_what_was_read_and_how_the_engine_stood(file: Path) -> None:
    with SessionLog.open(written_by_version(4, file)) as log:
        first, *_, last = log.records()
        assert first.turn.reply is not None
        assert (first.turn.reply.origin.window, first.turn.reply.origin.prompt) == (None, "")
        assert last.turn.reply is not None
        origin = last.turn.reply.origin
        assert (origin.window, origin.prompt, origin.cuts) == (("t1", "t3"), "0123456789abcdef", (11,))
        assert origin.engine["flash_attention"] == "off"
        assert origin.adapters[0]["file"] == "fedcba9876543210"
