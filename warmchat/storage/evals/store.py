"""The file of measurements: the one door to it. Each method is one transaction; what it raises is a `LogError`."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlite_utils import Database

from warmchat.domain.errors import NotFound
from warmchat.storage.connection import connect, errors_mapped
from warmchat.storage.evals import rows
from warmchat.storage.evals.records import ReplyRecord, RunRecord
from warmchat.storage.migrations import EVALS

LIST_HINT = "`warmchat eval list` lists them"


class EvalStore:
    """All runs of one user. Made by `open`; `close` it, or use it in a `with`."""

    def __init__(self, db: Database, path: Path | None) -> None:
        self._db = db
        self._lock = threading.RLock()
        self.file = path

    @classmethod
    def open(cls, path: Path | None) -> EvalStore:
        """The file at `path`, made or brought up to date where needed; None: one in memory.

        Raises:
            LogError: it cannot be read or written, is damaged, or is another program's.
        """
        return cls(connect(path, EVALS), path)

    def close(self) -> None:
        with self._lock, errors_mapped(self.file, EVALS):
            self._db.close()

    def __enter__(self) -> EvalStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ---- while it is measured

    def begin(self, run: RunRecord) -> None:
        """Write down what is going to be asked of whom; a run that is there already stays as it is."""
        with self._writing() as db:
            if db.table("runs").count_where("id = ?", [run.id]):
                return
            db.table("runs").insert(rows.run_row(run))
            db.table("voices").insert_all(rows.voice_row(run.id, at, voice) for at, voice in enumerate(run.voices))

    def save(self, run_id: str, reply: ReplyRecord) -> None:
        """One reply, for good."""
        with self._writing() as db:
            db.table("replies").insert(rows.reply_row(run_id, reply), replace=True)

    def save_warmth(self, run_id: str, reply: ReplyRecord, warmth: float) -> None:
        """How warm this reply was found to be, nats a token."""
        where = [warmth, run_id, reply.voice, *reply.place]
        with self._writing() as db:
            db.execute(
                "UPDATE replies SET warmth = ? WHERE run_id = ? AND voice = ? AND kind = ? AND item = ?"
                " AND condition = ?",
                where,
            )

    def spend(self, run_id: str, seconds: float, *, finished_at: str = "") -> None:
        """Add to the time that the run took; `finished_at`: it is whole."""
        with self._writing() as db:
            db.execute(
                "UPDATE runs SET seconds = seconds + ?, finished_at = coalesce(finished_at, ?) WHERE id = ?",
                [seconds, finished_at or None, run_id],
            )

    def delete(self, run_id: str) -> None:
        """Delete a run with its replies."""
        with self._writing() as db:
            db.execute("DELETE FROM runs WHERE id = ?", [run_id])

    # ---- questions

    def runs(self) -> list[RunRecord]:
        """All runs, the one begun last first."""
        with self._reading() as db:
            return [self._run(db, row) for row in db.query("SELECT * FROM runs ORDER BY started_at DESC, id")]

    def run(self, prefix: str) -> RunRecord:
        """The run whose id begins so. Raises `NotFound`."""
        found = [run for run in self.runs() if prefix and run.id.startswith(prefix)]
        if len(found) != 1:
            what = "more than one run whose id begins with" if found else "no run"
            raise NotFound(f"There is {what} {prefix!r}", LIST_HINT)
        return found[0]

    def last_run(self, model: str = "") -> RunRecord | None:
        """The run begun last, of this model where one is named; one that is whole before one that is not."""
        runs = [run for run in self.runs() if not model or run.model == model]
        return next((run for run in runs if run.finished_at), runs[0] if runs else None)

    def replies(self, run_id: str) -> list[ReplyRecord]:
        """All replies of a run, in the order in which they came."""
        with self._reading() as db:
            found = db.query("SELECT * FROM replies WHERE run_id = ? ORDER BY rowid", [run_id])
            return [rows.reply_of(row) for row in found]

    def count(self, run_id: str) -> int:
        """How many replies there are."""
        with self._reading() as db:
            return int(db.table("replies").count_where("run_id = ?", [run_id]))

    def earlier(self, key: str, run_id: str) -> list[ReplyRecord]:
        """Replies that the same voice gave in other runs."""
        with self._reading() as db:
            found = db.query(
                "SELECT r.* FROM replies r JOIN voices v ON v.run_id = r.run_id AND v.label = r.voice"
                " WHERE v.key = ? AND r.run_id != ?",
                [key, run_id],
            )
            return [rows.reply_of(row) for row in found]

    @staticmethod
    def _run(db: Database, row: Mapping[str, Any]) -> RunRecord:
        voices = db.query("SELECT * FROM voices WHERE run_id = ? ORDER BY place", [row["id"]])
        return rows.run_of(row, tuple(rows.voice_of(voice) for voice in voices))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Database]:
        """The write lock from the start, as in `SessionLog`."""
        with self._lock, errors_mapped(self.file, EVALS):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.commit()
            except BaseException:
                self._db.rollback()
                raise

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Database]:
        with self._lock, errors_mapped(self.file, EVALS):
            yield self._db
