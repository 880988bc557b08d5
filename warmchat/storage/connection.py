"""Opening the log's file, or that of measurements: who may read it, how SQLite is set, and the one edge where its
errors become the program's.

One connection serves all threads, behind a lock that `SessionLog` holds: a log in memory exists in its one connection
alone, SQLite lets one writer in at a time anyway, and what runs while a reply streams takes about a millisecond. So the
log with a file and the log without one take the same path.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.db import InvalidColumns, NoTable

from warmchat.domain.errors import LogError, LogHeld, LogNotWritable
from warmchat.domain.stakes import high_stakes
from warmchat.domain.text import shown
from warmchat.storage.migrations import LOG, Kind, check, migrate
from warmchat.storage.read_back import DamagedRowError

OPEN_TIMEOUT_S = 5.0  # another program may be bringing an old log to this version
RETRY_S = 0.01  # between two tries at what SQLite does not wait for by itself
BUSY_TIMEOUT_S = 0.8  # nobody waits longer in a chat, which writes later what it could not write now
MEASURING_TIMEOUT_S = 5.0  # a measurement writes at once or stops
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600

DAMAGED_HINT = "move it away; `sqlite3 FILE .recover` reads what can be read"
_UNWRITTEN = (LogNotWritable, "cannot be written: {error}", "check its permissions and disk; or {otherwise}")
_HELD = (LogHeld, "is held by another program", "close the other program and try again")
# Result code of SQLite -> the error, what happened, what to do.
_ERRORS: dict[int, tuple[type[LogError], str, str]] = {
    sqlite3.SQLITE_FULL: (LogNotWritable, "cannot be written: the disk is full", "make room; or {otherwise}"),
    sqlite3.SQLITE_READONLY: _UNWRITTEN,
    sqlite3.SQLITE_PERM: _UNWRITTEN,
    sqlite3.SQLITE_CANTOPEN: _UNWRITTEN,
    sqlite3.SQLITE_IOERR: _UNWRITTEN,
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_NOTADB: (LogError, "is not an SQLite database", "move the file away; or {otherwise}"),
    sqlite3.SQLITE_CORRUPT: (LogError, "is damaged: {error}", DAMAGED_HINT),
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: (
        LogError,
        "does not hold what this belongs to",
        "an earlier write failed, or the session was deleted meanwhile",
    ),
}
_OTHER = (LogError, "refused: {error}", "")


def connect(path: Path | None, kind: Kind = LOG) -> Database:
    """The log at `path` (or a file of another kind), made and migrated where needed; None: one in memory.

    The folder is made for its owner alone, and so is the file: it exists with its mode before SQLite opens it, and
    SQLite gives -wal and -shm the mode of the file they belong to. (A umask would do the same for every thread of the
    process.)

    Raises:
        LogTooNew: written by a newer version.
        LogNotWritable: the folder or file cannot be written.
        LogError: not a log, or damaged.
    """
    with errors_mapped(path, kind):
        if path is not None:
            _make_private(path)
        connection = sqlite3.connect(
            ":memory:" if path is None else path.absolute(),
            timeout=OPEN_TIMEOUT_S,
            isolation_level=None,  # transactions begin where the code says so
            check_same_thread=False,
        )
        try:
            return _prepared(connection, path, kind)
        except BaseException:
            connection.close()
            raise


def _prepared(connection: sqlite3.Connection, path: Path | None, kind: Kind) -> Database:
    db = Database(connection, execute_plugins=False)  # plugins of sqlite-utils are for its own command line
    check(db, path, kind)  # before anything is changed: it may be a file of another program
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten with zeros
    # A killed program loses nothing; a power cut may lose the last commits but never harms the file. FULL would wait
    # for the disk twice a second while a reply streams.
    connection.execute("PRAGMA synchronous = NORMAL")
    # Pages that the system holds anyway; with the usual 2,000 no search was quicker, and a long evening filled them.
    connection.execute("PRAGMA cache_size = -512")
    _write_ahead(connection)
    migrate(db, path, kind)
    patience_s = BUSY_TIMEOUT_S if kind is LOG else MEASURING_TIMEOUT_S
    connection.execute(f"PRAGMA busy_timeout = {round(1000 * patience_s)}")
    connection.create_function("high_stakes", 1, high_stakes, deterministic=True)  # no view uses it: Datasette lacks it
    return db


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Readers do not wait for the writer (a log in memory stays as it is).

    SQLite raises its read lock to write the new mode into the file, and whoever does that is told at once, not after
    the timeout, that another program has the file: both could wait for each other. So the wait for a program that
    makes the same log at the same moment is here.
    """
    until = time.monotonic() + OPEN_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(RETRY_S)
        else:
            return


def _make_private(path: Path) -> None:
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    # Never opened when it is there already: closing any descriptor of a file drops all locks this process has on it.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        with contextlib.suppress(OSError):  # not there, or another's
            if file.is_file() and file.stat().st_mode & 0o077:
                file.chmod(PRIVATE_FILE)


@contextlib.contextmanager
def errors_mapped(path: Path | None, kind: Kind = LOG) -> Iterator[None]:
    """Let what SQLite and the file system say leave as a `LogError`."""
    try:
        yield
    except sqlite3.Error as error:
        raise _as_log_error(error, path, kind) from error
    except OSError as error:
        why = error.strerror or str(error)
        raise LogNotWritable(f"{_name(path, kind)} cannot be opened: {why}", kind.otherwise) from error
    except (DamagedRowError, UnicodeDecodeError) as error:  # also of SQLite's own words about a damaged schema
        raise LogError(f"{_name(path, kind)} holds what it cannot hold: {shown(str(error), 200)}",
                       DAMAGED_HINT) from error  # fmt: skip
    except (KeyError, InvalidColumns, NoTable) as error:  # a row is a mapping by names of columns
        raise LogError(f"{_name(path, kind)} lacks what it should hold: {shown(error.args)}", DAMAGED_HINT) from error
    except (OverflowError, UnicodeEncodeError) as error:  # an integer that has no room, half a character
        raise LogError(f"{_name(path, kind)} cannot hold a value: {error}") from error


def _name(path: Path | None, kind: Kind) -> str:
    return f"{kind.name} in memory" if path is None else f"{kind.name} {path}"


def _as_log_error(error: sqlite3.Error, path: Path | None, kind: Kind) -> LogError:
    code: int = getattr(error, "sqlite_errorcode", 0)
    name = _name(path, kind)
    if isinstance(error, sqlite3.ProgrammingError) and "closed database" in str(error):
        return LogError(f"{name} is closed")  # Python's own remark, it has no code
    found = _ERRORS.get(code) or _ERRORS.get(code & 0xFF) or _OTHER  # the low byte is the primary code
    return found[0](f"{name} {found[1].format(error=error)}", found[2].format(otherwise=kind.otherwise))
