"""The numbered steps that bring a log of any earlier version to this one. (Measurements have steps of their own.)

The version is SQLite's own `user_version`, not a table: it is one number in the file's header, it can be read before a
single table is known, "newer than I am" is one comparison, and no table of bookkeeping stands among the user's in
Datasette. `application_id` says whose file it is, so that another program's database is not written to.

A step that was released is never edited; what changes comes as the next file in ``schema/``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from sqlite_utils import Database

from warmchat.domain.errors import LogError, LogTooNew

APPLICATION_ID = 0x7761726D  # "warm"
STEPS = ("0001.sql", "0002.sql", "0003.sql", "0004.sql")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that this program keeps.

    Attributes:
        name: what messages call it, with a capital.
        folder: of its steps, beside this module.
        otherwise: what a user can do who cannot use it.
    """

    name: str
    application_id: int
    folder: str
    steps: Callable[[], tuple[str, ...]]
    otherwise: str


LOG = Kind(
    "The log", APPLICATION_ID, "schema", lambda: STEPS, "name another folder with --data-dir, or chat with --no-log"
)
EVALS = Kind(
    "The file of measurements", 0x77617265, "evals/schema", lambda: ("0001.sql",),  # "ware"
    "name another folder with --data-dir",
)  # fmt: skip


def check(db: Database, path: Path | None, kind: Kind = LOG) -> int:
    """The version of the file, 0 for a new one. Changes nothing.

    Raises:
        LogTooNew: a newer version wrote it.
        LogError: the file is another program's database.
    """
    with db.atomic():  # one snapshot: another program may be making the log at this moment
        owner = _number(db, "PRAGMA application_id")
        version = _number(db, "PRAGMA user_version")
        tables = _number(db, "SELECT count(*) FROM sqlite_master")
    newest = len(kind.steps())
    if owner != kind.application_id and (owner, version, tables) != (0, 0, 0):
        raise LogError(
            f"{path} is a database of another program", "name another folder with --data-dir, or move the file away"
        )
    if version > newest:
        raise LogTooNew(
            f"{kind.name} {path} was written by a newer warmchat (version {version}; this one reads up to {newest})",
            "upgrade warmchat, or name another folder with --data-dir",
        )
    return version


def migrate(db: Database, path: Path | None, kind: Kind = LOG) -> None:
    """Apply the steps that the file lacks: all of them or, where one fails, none."""
    steps = kind.steps()
    if check(db, path, kind) == len(steps):
        return
    db.execute("BEGIN IMMEDIATE")  # of two programs that open an old log, the second waits here
    try:
        for step in steps[check(db, path, kind) :]:
            script = files("warmchat.storage").joinpath(kind.folder, step).read_text(encoding="utf-8")
            for statement in _statements(script):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(steps)}")
        db.execute(f"PRAGMA application_id = {kind.application_id}")
        db.commit()
    except BaseException:
        db.rollback()
        raise


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, each ending with its line. (`executescript` would commit, or be slow within one.)"""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():  # left unfinished: let SQLite say what it lacks
        yield statement


def _number(db: Database, sql: str) -> int:
    value: int = db.execute(sql).fetchone()[0]
    return value
