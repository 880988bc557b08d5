"""How the log is, without changing it: `doctor` must neither make one, nor bring an old one to this version."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from warmchat.domain.errors import LogError
from warmchat.storage.connection import DAMAGED_HINT, errors_mapped
from warmchat.storage.migrations import STEPS, check

CHECKED_WHOLE = 256 << 20  # bytes; a larger file is opened and counted, but not read from end to end
COUNTED = ("sessions", "turns", "replies", "verdicts")


@dataclass(frozen=True, slots=True)
class LogHealth:
    """A log that opens.

    Attributes:
        version: of its schema. newest: of the schema that this program writes.
        counts: rows by table.
        bytes: of the file and what belongs to it.
        whole: it was read from end to end.
    """

    version: int
    newest: int
    counts: dict[str, int]
    bytes: int
    whole: bool


def examine(path: Path) -> LogHealth:
    """Open the log for reading, and look.

    Raises:
        LogTooNew: a newer version wrote it.
        LogError: it cannot be opened, is damaged, or is no log.
    """
    files = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
    size = sum(file.stat().st_size for file in files if file.is_file())
    # Where nobody left a -wal nothing can be missing from the file itself; then not even a -shm is made.
    mode = "mode=ro" if files[1].exists() else "immutable=1"
    with errors_mapped(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None)
        try:
            db = Database(connection, execute_plugins=False)
            version = check(db, path)
            whole = size <= CHECKED_WHOLE
            if whole:
                _read_whole(db, path)
            known = set(db.table_names())
            counts = {name: _count(db, name) for name in COUNTED if name in known}
            return LogHealth(version, len(STEPS), counts, size, whole)
        finally:
            connection.close()


def _read_whole(db: Database, path: Path) -> None:
    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise LogError(f"The log {path} is damaged: {found}",
                       DAMAGED_HINT)  # fmt: skip


def _count(db: Database, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  names of our own
