"""Targets that read databases: session logs whose bytes or contents are hostile, their import, and measurements."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.attacks.fuzz.case import Target, run_cli
from tests.attacks.fuzz.mutate import FLOATS, NUMBERS, changed_json, hostile_text, json_text, mutated
from tests.storage.evals.test_store import REPLY, RUN
from tests.storage.examples import AGREE, flagged, reply, shadow, tell, turn
from warmchat.domain.errors import WarmchatError
from warmchat.storage.evals.store import EvalStore
from warmchat.storage.exports.jsonl import jsonl
from warmchat.storage.health import examine
from warmchat.storage.log import SessionLog
from warmchat.storage.records import TurnFilter

SQL = tuple(
    word.encode() for word in ("CREATE ", "TRIGGER", "INTEGER", "SELECT ", "turns", "SQLite format 3\0", "NULL", "fts5")
)
EDGES = (
    "",
    "[]",
    "{}",
    "null",
    "[1]",
    '{"a": 1}',
    "[[1,2,3]]",
    "not json",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2026-01-01",
    "disagree",
    "shown",
    "x" * 100_000,
    b"\xff\xfe",
    b"",
    None,
)


def told(log: SessionLog) -> None:
    """Two sessions with everything that a log holds."""
    flagged(log, turn("t1", "Is it fine?", session="abc1"))
    tell(log, turn("t2", "And this?", session="abc1", parent="t1", minute=3), reply("r2"), shadow("x2"), AGREE)
    tell(log, turn("t3", "Hello there", session="abd2", minute=9), reply("r3", "Hello."))
    log.save_mark("t1", "oracle_right", "so it is")


@cache
def _good(kind: str) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "x.db"
        if kind == "evals":
            with EvalStore.open(file) as store:
                store.begin(RUN)
                store.save(RUN.id, REPLY)
                store.spend(RUN.id, 1.0, finished_at="2026-01-02")
        else:
            with SessionLog.open(file) as log:
                told(log)
        with closing(sqlite3.connect(file)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("PRAGMA journal_mode = DELETE")
        return file.read_bytes()


@cache
def _lines() -> tuple[str, ...]:
    with SessionLog.open(None) as log:
        told(log)
        return tuple(jsonl(log.records(TurnFilter())))


def _bytes_of(kind: str, name: str) -> Any:
    def make(rng: Random, folder: Path) -> Path:
        file = folder / name
        file.write_bytes(mutated(rng, _good(kind), SQL, within=rng.choice((0, 0, 100, 4096))))
        if rng.random() < 0.1:
            file.with_name(name + "-wal").write_bytes(mutated(rng, _good(kind)[:4096]))
        return file

    return make


def _cells_of(kind: str, name: str) -> Any:
    def make(rng: Random, folder: Path) -> Path:
        file = folder / name
        file.write_bytes(_good(kind))
        with closing(sqlite3.connect(file, isolation_level=None)) as db:
            for _ in range(rng.choice((1, 1, 2, 4))):
                with suppress(sqlite3.Error):
                    _harm(rng, db)
        return file

    return make


def _harm(rng: Random, db: sqlite3.Connection) -> None:
    tables = [
        row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts_%'")
    ]
    table = rng.choice(tables)
    columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
    column = rng.choice(columns)
    deed = rng.randrange(20)
    db.execute("PRAGMA ignore_check_constraints = ON")
    db.execute("PRAGMA foreign_keys = OFF")
    if deed < 14:
        value = rng.choice(
            (
                hostile_text(rng).encode("utf-8", "replace").decode(),
                rng.choice(EDGES),
                rng.choice(EDGES),
                rng.choice(FLOATS),
                rng.choice([n for n in NUMBERS if abs(n) < 2**63]),
            )
        )
        db.execute(f'UPDATE "{table}" SET "{column}" = ?', [value])
    elif deed == 14:
        db.execute(f'UPDATE "{table}" SET "{column}" = CAST(x\'ff00fe80\' AS TEXT)')
    elif deed == 15:
        db.execute(f'DROP TABLE "{table}"')
    elif deed == 16:
        db.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO "x{column}"')
    elif deed == 17:
        db.execute(f"PRAGMA user_version = {rng.choice((0, 1, 2, 99, -1))}")
    elif deed == 18:
        what = rng.choice(
            ("DELETE FROM sessions", "SELECT RAISE(ABORT, 'x\x1b[31m')", "INSERT INTO turns SELECT * FROM turns")
        )
        when = rng.choice(("INSERT", "UPDATE", "DELETE"))
        db.execute(f'CREATE TRIGGER evil AFTER {when} ON "{table}" BEGIN {what}; END')
    else:
        for view in ("exchanges",):
            db.execute(f"DROP VIEW {view}")
            db.execute(
                f"CREATE VIEW {view} AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
            )


def use_log(file: Path) -> None:
    """All that reads a log, and a new turn written into it."""
    there = ("--data-dir", str(file.parent))
    for command in (
        ["sessions"],
        ["sessions", "--json"],
        ["show"],
        ["show", "--all", "--json"],
        ["flags"],
        ["search", "fine"],
    ):
        run_cli(*there, "log", *command)
    for form in ("md", "csv", "html", "jsonl"):
        run_cli(*there, "log", "export", "--all", "--format", form)
    for step in (examine, _write, _draw):
        with suppress(WarmchatError):
            step(file)
    run_cli(*there, "log", "delete", "abc1", "--yes")


def _write(file: Path) -> None:
    with SessionLog.open(file) as log:
        flagged(log, turn("new", "One more", session="new", minute=20))


def _draw(file: Path) -> None:
    """What the screens ask of a log, and the rows that they make of it."""
    from textual.content import Content

    from warmchat.ui.flags.course import plot, sentence
    from warmchat.ui.flags.rows import both_answers, flag_row
    from warmchat.ui.sessions.rows import found_rows, summary_row
    from warmchat.wiring import tree_of

    with SessionLog.open(file) as log:
        log.messages(50)
        sessions = log.sessions(100)
        rows: list[Content] = [summary_row(session, here=False).content for session in sessions]
        found_rows(log.search("fine"), sessions, "fine", name={}, listed=lambda _id: True)
        for session in sessions:
            for told_turn in tree_of(log, session.id)[0]:
                rows.append(both_answers(told_turn, voice="companion", reference="oracle"))
            log.alternatives(session.id), log.marks(session.id)
        flags, _ = log.flag_list(TurnFilter(), 100)
        rows += [flag_row(flag, 80) for flag in flags]
        days = log.course(TurnFilter())
        plot(days, 80), sentence(days, "companion", "oracle")


def _import(rng: Random, folder: Path) -> Path:
    file = folder / "talk.jsonl"
    lines = [line.rstrip("\n") for line in _lines()]
    if rng.random() < 0.7:
        at = rng.randrange(len(lines))
        lines[at] = json_text(changed_json(rng, json.loads(lines[at])))
        file.write_text("\n".join(lines), encoding="utf-8")
    else:
        file.write_bytes(
            mutated(
                rng, "\n".join(lines).encode(), tuple(w.encode() for w in ("{", '"', "turn", "null", "[]", "\\ud800"))
            )
        )
    (folder / "log.db").unlink(missing_ok=True)
    return file


def _use_import(file: Path) -> None:
    there = ("--data-dir", str(file.parent))
    code, _, _ = run_cli(*there, "log", "import", str(file))
    if code == 0:
        use_log(file.with_name("log.db"))


def _use_evals(file: Path) -> None:
    there = ("--data-dir", str(file.parent))
    run_cli(*there, "eval", "list")
    run_cli(*there, "eval", "report")
    run_cli(*there, "eval", "report", "--json")
    run_cli(*there, "eval", "report", "--force", "--html", str(file.with_name("page.html")))


TARGETS = (
    Target("log bytes", _bytes_of("log", "log.db"), use_log, batch=60),
    Target("log contents", _cells_of("log", "log.db"), use_log, batch=60),
    Target("log import", _import, _use_import, batch=60),
    Target("measurements' bytes", _bytes_of("evals", "evals.db"), _use_evals, batch=60),
    Target("measurements' contents", _cells_of("evals", "evals.db"), _use_evals, batch=60),
)
