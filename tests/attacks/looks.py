"""What must be true of the log's files after an attack. Nothing of the program is used but where it is said."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from warmchat.storage.exports.markdown import markdown
from warmchat.storage.log import SessionLog
from warmchat.storage.records import TurnFilter

PARTS = ("log.db", "log.db-wal", "log.db-shm")
SAYS_SO = ("interrupted", "No whole reply")


def copied(data: Path, target: Path) -> Path:
    """A copy of the log's files, one after the other, as a user would make it while the program runs."""
    target.mkdir(parents=True)
    for part in PARTS:
        if (data / part).exists():
            shutil.copy(data / part, target / part)
    return target


def faults(folder: Path) -> list[str]:
    """What is wrong with the log in a folder: opened as the program does, then asked as SQLite can."""
    if not (folder / "log.db").exists():
        return []
    try:
        SessionLog.open(folder / "log.db").close()
        with closing(sqlite3.connect(folder / "log.db")) as db:
            found = [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
            found += [f"foreign key: {row}" for row in db.execute("PRAGMA foreign_key_check")]
            for index in ("turns_fts", "replies_fts"):
                db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    return found


def rows(folder: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of the log in a folder, as SQLite gives them; none where there is no log or no such table yet."""
    if not (folder / "log.db").exists():
        return []
    with closing(sqlite3.connect(folder / "log.db")) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'turns'").fetchone():
            return []
        return db.execute(sql, values).fetchall()


def cut_off(folder: Path) -> str | None:
    """The session of the newest turn, if that turn has no whole reply."""
    found = rows(
        folder,
        "SELECT session_id, (SELECT stop FROM replies WHERE turn_id = turns.id AND role = 'shown') FROM turns"
        " ORDER BY n DESC LIMIT 1",
    )
    return found[0][0] if found and found[0][1] in (None, "interrupted") else None


def silent(folder: Path, session_id: str) -> list[str]:
    """Messages of a session that have no whole reply and of which the program's own export does not say so."""
    cut = rows(
        folder,
        "SELECT t.id, t.user_text FROM turns AS t LEFT JOIN replies AS r ON r.turn_id = t.id AND r.role = 'shown'"
        " WHERE t.session_id = ? AND (r.stop IS NULL OR r.stop = 'interrupted')",
        session_id,
    )
    with SessionLog.open(folder / "log.db") as log:
        records = {record.turn.id: record for record in log.records(TurnFilter(sessions=(session_id,)))}
    said = {turn_id: "".join(markdown([records[turn_id]])) for turn_id, _ in cut}
    return [text for turn_id, text in cut if not any(words in said[turn_id] for words in SAYS_SO)]
