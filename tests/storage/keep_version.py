"""Keep a log as the newest version leaves it, as test data for later ones: ``python -m tests.storage.keep_version``.

It brings the kept log of the version before up to date, adds a turn with all that is new, and writes it down as SQL.
Run once, when a step was added to ``warmchat/storage/schema/``; a file that is there is left as it is.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.storage.examples import COMPANION, ORIGIN, reply, turn
from warmchat.storage.log import SessionLog
from warmchat.storage.migrations import APPLICATION_ID, STEPS

DATA = Path(__file__).with_name("data")
TABLES = ("sessions", "profiles", "turns", "replies", "verdicts", "evidence", "marks")


def written_by_version(number: int, file: Path) -> Path:
    """The kept log of this version, as a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file)) as db:
        db.executescript("BEGIN;" + (DATA / f"log_v{number}.sql").read_text(encoding="utf-8") + "COMMIT;")
    return file


def dump(file: Path) -> Iterator[str]:
    """Statements that make this log: tables and triggers first, so that the rows fill the search indexes."""
    with closing(sqlite3.connect(file)) as db:
        # No tables of SQLite's own, nor those behind the search indexes: they come by themselves.
        made = "SELECT sql FROM sqlite_master WHERE sql NOT NULL AND name NOT GLOB '*_fts_*' ORDER BY rowid"
        triggers = "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid"
        statements = [row[0] for row in db.execute(made)]
        yield from statements
        yield from (row[0] for row in db.execute(triggers) if row[0] not in statements)
        db.execute("PRAGMA foreign_keys = OFF")
        for table in TABLES:
            columns = ", ".join(row[1] for row in db.execute(f"PRAGMA table_info({table})"))
            quoted = ", ".join(f"quote({column})" for column in columns.split(", "))
            for row in db.execute(f"SELECT {quoted} FROM {table} ORDER BY rowid"):
                yield f"INSERT INTO {table} ({columns}) VALUES ({', '.join(row)})"
        yield f"PRAGMA application_id = {APPLICATION_ID}"
        yield f"PRAGMA user_version = {len(STEPS)}"


def add_what_is_new(log: SessionLog) -> None:
    """A turn that uses what version 4 keeps: what was read, and how the engine stood."""
    origin = replace(
        ORIGIN, window=("t1", "t3"), prompt="0123456789abcdef", cuts=(11,),
        engine={"n_ctx": "8192", "flash_attention": "off", "gpu_layers": "0", "mmap": "on", "machine": "AVX2 FMA"},
        adapters=({**ORIGIN.adapters[0], "file": "fedcba9876543210"},),
    )  # fmt: skip
    message = replace(turn("t4", "And the river?", parent="t3", minute=9), window=("t1", "t3"))
    log.open_turn(message, COMPANION)
    log.save_reply("t4", replace(reply("r-t4", "It is long. It is wide."), origin=origin))


def main() -> None:
    """Write the file of the newest version."""
    target = DATA / f"log_v{len(STEPS)}.sql"
    if target.exists():
        sys.exit(f"{target.name} is there: a kept log is never changed")
    with tempfile.TemporaryDirectory() as folder:
        file = written_by_version(len(STEPS) - 1, Path(folder) / "log.db")
        with SessionLog.open(file) as log:
            add_what_is_new(log)
            log._db.execute("UPDATE replies SET created_at = '2026-03-04T18:09:05.000+00:00' WHERE id = 'r-t4'")
            log._db.execute("UPDATE profiles SET saved_at = '2026-03-04T18:09:00.000+00:00' WHERE id = 'companion'")
        head = f"-- A log as version {len(STEPS)} left it. Kept as it is: every later version must be able to read it."
        target.write_text("\n\n".join([head, *(f"{each};" for each in dump(file))]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
