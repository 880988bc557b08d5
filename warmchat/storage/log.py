"""The session log: the one door to the database. It may be used from several threads, and by several programs at once.

Each method is one transaction. What it raises is a `LogError` (or `NotFound` for an id that names nothing).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from warmchat.domain.errors import NotFound
from warmchat.domain.mark import Mark, MarkName
from warmchat.domain.profile import Profile
from warmchat.domain.text import shown
from warmchat.domain.turn import Reply, Turn
from warmchat.domain.verdict import Verdict
from warmchat.storage import queries, writes
from warmchat.storage.connection import connect, errors_mapped
from warmchat.storage.records import DISAGREEMENTS, CutOff, Day, Flag, Hit, SessionSummary, TurnFilter, TurnRecord
from warmchat.storage.search import search

SESSIONS_HINT = "`warmchat log sessions` lists them"
TURNS_HINT = "`warmchat log show SESSION` tells the ids of its turns"


class SessionLog:
    """The sessions of one user. Made by `open`; `close` it, or use it in a `with`."""

    def __init__(self, db: Database, path: Path | None) -> None:
        self._db = db
        self._lock = threading.RLock()
        self.file = path

    @classmethod
    def open(cls, path: Path | None) -> SessionLog:
        """The log at `path`, made or brought up to date where needed; None: one in memory, for `--no-log`.

        Raises:
            LogTooNew: a newer version wrote it.
            LogNotWritable: read-only folder, no permission, full disk.
            LogError: damaged, or not a log.
        """
        return cls(connect(path), path)

    def close(self) -> None:
        """Close the file. A write that comes later, from a check that was still running, is a `LogError`."""
        with self._lock, errors_mapped(self.file):
            self._db.close()

    def __enter__(self) -> SessionLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ---- a turn as it happens

    def open_turn(self, turn: Turn, profile: Profile) -> None:
        """The user's message, on disk before any token is asked for. A turn off the record is not written."""
        if turn.off_record:
            return
        with self._writing() as db:
            writes.open_turn(db, turn, profile)

    def save_reply(self, turn_id: str, reply: Reply) -> None:
        """The reply, or as much of it as there is (`stop` is then `interrupted`); the same id again replaces it."""
        with self._writing() as db:
            writes.save_reply(db, turn_id, reply)

    def save_profile(self, profile: Profile) -> None:
        """The profile under its hash, so that what it said can be read alone."""
        with self._writing() as db:
            writes.save_profile(db, profile)

    def save_verdict(self, turn_id: str, reply_id: str | None, shadow: Reply | None, verdict: Verdict) -> None:
        """The verdict with its evidence and the shadow reply; it becomes the turn's current one.

        Earlier verdicts stay, but for one of the same detector on the same two replies.
        """
        with self._writing() as db:
            writes.save_verdict(db, turn_id, reply_id, shadow, verdict)

    def fail_turn(self, turn_id: str, message: str) -> None:
        """Why the turn has no whole reply."""
        with self._writing() as db:
            writes.fail_turn(db, turn_id, message)

    def save_window(self, turn_id: str, window: tuple[str, ...]) -> None:
        """Ids of the earlier turns that the reply could read."""
        with self._writing() as db:
            writes.save_window(db, turn_id, window)

    # ---- what the user does with it

    def save_mark(self, turn_id: str, mark: MarkName | None, note: str = "") -> None:
        """What the user thinks of a turn's two answers; None takes it back."""
        with self._writing() as db:
            writes.save_mark(db, turn_id, Mark(mark, note) if mark is not None else None)

    def save_place(self, session_id: str, turn_id: str | None) -> None:
        """The last turn of the branch that stands on the screen: where the session is gone on with."""
        with self._writing() as db:
            writes.save_place(db, session_id, turn_id)

    def keep_reply(self, turn_id: str, reply: Reply) -> None:
        """Let an alternative reply be the one that is shown; the one that was becomes an alternative."""
        with self._writing() as db:
            writes.keep_reply(db, turn_id, reply.id, reply.profile, reply.profile_hash)

    def branch_reply(self, turn: Turn, profile: Profile) -> None:
        """Open `turn` beside the one that its reply was an alternative in, and move that reply to it."""
        with self._writing() as db:
            writes.open_turn(db, turn, profile)
            if turn.reply is not None:
                writes.move_reply(db, turn.reply.id, turn.id)

    def archive_session(self, session_id: str, *, archived: bool = True) -> None:
        """Put the session away, or back into the list; nothing else changes. Raises `NotFound`."""
        with self._writing() as db:
            if not writes.archive_session(db, session_id, archived=archived):
                raise NotFound(f"The log holds no session {shown(session_id)!r}", SESSIONS_HINT)

    def rename_session(self, session_id: str, title: str) -> None:
        """Give the session another title, cut to one line. Raises `NotFound`."""
        with self._writing() as db:
            if not writes.rename_session(db, session_id, title):
                raise NotFound(f"The log holds no session {shown(session_id)!r}", SESSIONS_HINT)

    def delete_session(self, session_id: str) -> bool:
        """Delete the session, its words in the search index and in the write-ahead file. Raises `NotFound`.

        Returns:
            Whether nothing is left in the files. False: another program is reading the log, and the deleted text goes
            from the write-ahead file when that program closes.
        """
        with self._lock:
            with self._writing() as db:
                if not writes.delete_session(db, session_id):
                    raise NotFound(f"The log holds no session {shown(session_id)!r}", SESSIONS_HINT)
            return self._emptied()

    def expire(self, before: str, keep: str | None = None) -> tuple[int, bool]:
        """Delete the sessions in which nothing was said since `before` (ISO 8601, UTC).

        Those put away are kept, and so is the session `keep`.

        Returns:
            How many there were, and whether nothing is left of them in the files (see `delete_session`).
        """
        with self._lock:
            with self._writing() as db:
                gone = writes.expire(db, before, keep)
            return gone, not gone or self._emptied()

    def delete_all(self) -> bool:
        """Delete every session and profile. Returns as `delete_session` does."""
        with self._lock:
            with self._writing() as db:
                writes.delete_all(db)
            return self._emptied()

    def add(self, records: Iterable[TurnRecord]) -> int:
        """Add turns of an export under their ids, all or none; those that are here already stay as they are.

        Returns:
            How many were new.
        """
        with self._writing() as db:
            return sum(writes.add_record(db, record) for record in records)

    # ---- questions

    def sessions(self, limit: int | None = None, *, archived: bool | None = None) -> list[SessionSummary]:
        """The sessions, the one that was spoken in last first.

        Args:
            archived: only those that were put away, or only those that were not; None: both.
        """
        with self._reading() as db:
            return queries.sessions(db, limit, archived)

    def last_session_id(self) -> str | None:
        """The session that was spoken in last; None in an empty log."""
        with self._reading() as db:
            return queries.last_session_id(db)

    def cut_off(self) -> CutOff | None:
        """The session that was spoken in last, where its last turn has no whole reply: a program or engine was lost."""
        with self._reading() as db:
            return queries.cut_off(db)

    def title(self, session_id: str) -> str:
        """The session's title. Raises `NotFound`."""
        with self._reading() as db:
            found = queries.title(db, session_id)
        if found is None:
            raise NotFound(f"The log holds no session {shown(session_id)!r}", SESSIONS_HINT)
        return found

    def find_session(self, wanted: str) -> str:
        """The id that `wanted` means: an id, the beginning of one, or `last`. Raises `NotFound`."""
        return self._meant(wanted, "sessions", queries.last_session_id)

    def find_turn(self, wanted: str) -> str:
        """The id that `wanted` means: an id, the beginning of one, or `last`. Raises `NotFound`."""
        return self._meant(wanted, "turns", queries.last_turn_id)

    def _meant(self, wanted: str, table: queries.Table, newest: Callable[[Database], str | None]) -> str:
        what, hint = {"sessions": ("session", SESSIONS_HINT), "turns": ("turn", TURNS_HINT)}[table]
        with self._reading() as db:
            if wanted == "last":
                last = newest(db)
                found = [last] if last is not None else []
            else:
                found = queries.ids_of(db, table, wanted.lower(), limit=6) if wanted else []
        if not found:
            raise NotFound(f"The log holds no {what} {shown(wanted)!r}", hint)
        if len(found) > 1:
            several = ", ".join(found[:5]) + (", ..." if len(found) > 5 else "")
            raise NotFound(f"{shown(wanted)!r} begins more than one {what}", f"write more of the id: {several}")
        return found[0]

    def turns(self, session_id: str) -> list[Turn]:
        """All turns of the session, the branches that were left included, oldest first."""
        with self._reading() as db:
            return queries.turns(db, TurnFilter(sessions=(session_id,)))

    def path(self, session_id: str) -> list[Turn]:
        """The turns from the first to the newest, oldest first: the branch that was spoken in last."""
        return path_to_newest(self.turns(session_id))

    def place(self, session_id: str) -> str | None:
        """The last turn of the branch that stood on the screen last; None where that is not known."""
        with self._reading() as db:
            return queries.place(db, session_id)

    def alternatives(self, session_id: str) -> dict[str, list[Reply]]:
        """What other voices answered when they were asked, by turn, oldest first."""
        with self._reading() as db:
            return queries.others(db, session_id, "alternative")

    def drafts(self, session_id: str) -> dict[str, Reply]:
        """The cold answers that were said kindly, by turn: the last of each."""
        with self._reading() as db:
            return {turn_id: found[-1] for turn_id, found in queries.others(db, session_id, "draft").items()}

    def marks(self, session_id: str) -> dict[str, Mark]:
        """What the user thinks of the session's turns, by turn."""
        with self._reading() as db:
            return queries.marks(db, session_id)

    def flags(self, where: TurnFilter = DISAGREEMENTS, limit: int | None = None) -> list[Turn]:
        """Turns of all sessions that `where` lets through, newest first; without it, the disagreements."""
        with self._reading() as db:
            return queries.turns(db, where, newest_first=True, limit=limit)

    def flag_list(self, where: TurnFilter = DISAGREEMENTS, limit: int = 500) -> tuple[list[Flag], int]:
        """The newest turns of all sessions that `where` lets through, as lines of a list, and how many there are."""
        with self._reading() as db:
            return queries.flag_list(db, where, limit)

    def course(self, where: TurnFilter | None = None) -> list[Day]:
        """What the checks of the turns that `where` lets through came to, day by day; a day without any is left out."""
        with self._reading() as db:
            return queries.course(db, where or TurnFilter())

    def voices_and_models(self) -> tuple[list[str], list[str]]:
        """Ids of the profiles and names of the models whose replies were compared, sorted."""
        with self._reading() as db:
            return queries.voices_and_models(db)

    def turn(self, turn_id: str) -> Turn:
        """One turn with its current verdict. Raises `NotFound`."""
        with self._reading() as db:
            found = queries.turn(db, turn_id)
        if found is None:
            raise NotFound(f"The log holds no turn {shown(turn_id)!r}", SESSIONS_HINT)
        return found

    def messages(self, limit: int = 200) -> list[str]:
        """The user's newest messages of all sessions, oldest first, each text once."""
        with self._reading() as db:
            return queries.messages(db, limit)

    def search(self, text: str, limit: int = 100) -> list[Hit]:
        """Messages and replies that hold all words of `text`, newest first. Any text may be asked."""
        with self._reading() as db:
            return search(db, text, limit)

    def records(self, where: TurnFilter | None = None) -> list[TurnRecord]:
        """The turns that `where` lets through with all the log holds of them, oldest first."""
        with self._reading() as db:
            return queries.records(db, where or TurnFilter())

    def profiles(self, hashes: Iterable[str]) -> dict[str, Profile]:
        """Profiles by their hash; one that the log does not hold is missing."""
        with self._reading() as db:
            return queries.profiles(db, hashes)

    # ---- transactions

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Database]:
        """One snapshot for several queries."""
        with self._lock, errors_mapped(self.file), self._db.atomic() as db:
            yield db

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Database]:
        """The write lock from the start: one that first reads and then wants to write is refused, not made to wait."""
        with self._lock, errors_mapped(self.file):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.commit()
            except BaseException:
                self._db.rollback()
                raise

    def _emptied(self) -> bool:
        """Copy the write-ahead file into the database and cut it to nothing. False where a reader holds it."""
        with errors_mapped(self.file):
            busy: int = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return busy == 0


def path_to_newest(turns: list[Turn]) -> list[Turn]:
    """Of a tree of turns in the order of arrival, the path from a root to the last one."""
    return path_to(turns, turns[-1].id if turns else None)


def path_to(turns: list[Turn], last: str | None) -> list[Turn]:
    """Of a tree of turns, the path from a root to the turn `last`; none where there is no such turn."""
    by_id = {turn.id: turn for turn in turns}
    path: list[Turn] = []
    turn = by_id.get(last or "")
    while turn is not None:
        path.append(by_id.pop(turn.id))  # taken out, so that a broken tree cannot lead in a circle
        turn = by_id.get(turn.parent_id or "")
    return path[::-1]
