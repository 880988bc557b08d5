"""Keeping turns in the log. A log that fails stops no chat: what it missed is written when a write works again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from warmchat.domain.errors import LogError, LogHeld, LogNotWritable
from warmchat.domain.mark import Mark
from warmchat.domain.profile import Profile
from warmchat.domain.turn import LogCaughtUp, LogFailed, Reply, Turn

if TYPE_CHECKING:  # the screens start without SQLite: it comes when the session is opened
    from warmchat.storage.log import SessionLog


HELD_WAIT_S = 2.0  # a write waits up to 0.8 s for another program: not again with every piece of a reply
LATER = (LogNotWritable, LogHeld)  # what may pass: a full disk, a file system that is read-only, another program

LogEvent = LogFailed | LogCaughtUp


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A write that is still to be done. ``anew``: where the log has lost the turn, all of it is written again."""

    turn_id: str
    write: Callable[[], None]
    anew: bool = False


class TurnRecorder:
    """Writes turns to the log, in the order in which they happen. May be used from several threads.

    A write that fails because the log cannot be written now waits, and all that come later wait behind it; each goes
    into the log with the next that works, or with `catch_up`. One that can never work is told and passed over, so that
    it keeps nothing else from the log.

    Args:
        log: where to.
        current: a turn as the session knows it now, for writing it again where the log has lost it.
    """

    def __init__(self, log: SessionLog, current: Callable[[str], Turn]) -> None:
        self._log = log
        self._current = current
        self._lock = threading.Lock()
        self._profiles: dict[str, Profile] = {}  # by turn
        self._waiting: dict[str, _Waiting] = {}  # by what is written, in order
        self._numbers = count(1)
        self._failing = False
        self._lost = False  # something was passed over since it began to fail
        self._again_at = 0.0

    @property
    def waiting(self) -> bool:
        """Whether something of the session is not in the log yet."""
        return bool(self._waiting)

    def catch_up(self) -> Iterator[LogEvent]:
        """Try to write what waits."""
        with self._lock:
            events = self._write_waiting("")
        yield from events

    def opened(self, turn: Turn, profile: Profile) -> Iterator[LogEvent]:
        """The user's message, before anything is asked of the engine."""
        self._profiles[turn.id] = profile
        return self._written(turn, lambda: self._log.open_turn(turn, profile))

    def said(self, turn: Turn, reply: Reply) -> Iterator[LogEvent]:
        """The shown reply, or as much of it as there is."""
        return self._written(turn, lambda: self._log.save_reply(turn.id, reply), what=f"reply {reply.id}", anew=True)

    def drafted(self, turn: Turn, draft: Reply, profile: Profile) -> Iterator[LogEvent]:
        """The cold answer that is going to be said kindly."""
        return self.answered_by_other(turn, draft, profile)

    def gone_on(self, turn: Turn, reply: Reply) -> Iterator[LogEvent]:
        """The shown reply after it was gone on with, and whether anything is still wrong with it."""

        def write() -> None:
            self._log.save_reply(turn.id, reply)
            self._log.fail_turn(turn.id, turn.error)

        return self._written(turn, write)

    def answered_by_other(self, turn: Turn, reply: Reply, profile: Profile) -> Iterator[LogEvent]:
        """What another voice said in the turn, with that voice's profile."""

        def write() -> None:
            self._log.save_profile(profile)
            self._log.save_reply(turn.id, reply)

        return self._written(turn, write)

    def kept(self, turn: Turn, reply: Reply) -> Iterator[LogEvent]:
        """An alternative reply is the shown one now."""
        return self._written(turn, lambda: self._log.keep_reply(turn.id, reply))

    def branched(self, turn: Turn, profile: Profile) -> Iterator[LogEvent]:
        """An alternative reply is the shown one of a turn of its own."""
        self._profiles[turn.id] = profile
        return self._written(turn, lambda: self._log.branch_reply(turn, profile))

    def marked(self, turn: Turn, mark: Mark | None) -> Iterator[LogEvent]:
        """What the user thinks of a turn's answers."""
        name, note = (mark.mark, mark.note) if mark is not None else (None, "")
        return self._written(turn, lambda: self._log.save_mark(turn.id, name, note))

    def placed(self, turn: Turn) -> Iterator[LogEvent]:
        """The last turn of the branch that stands on the screen."""
        return self._written(turn, lambda: self._log.save_place(turn.session_id, turn.id))

    def window_moved(self, turn: Turn, window: tuple[str, ...]) -> Iterator[LogEvent]:
        """What the reply could read."""
        return self._written(turn, lambda: self._log.save_window(turn.id, window))

    def failed(self, turn: Turn) -> Iterator[LogEvent]:
        """The turn's error and verdict."""
        return self._written(turn, lambda: self._save_outcome(turn))

    def concluded(self, turn: Turn, reference: Profile | None) -> Iterator[LogEvent]:
        """The turn's verdict and shadow reply; `reference` is the profile that made the latter."""

        def write() -> None:
            if reference is not None:
                self._log.save_profile(reference)
            self._save_outcome(turn)

        return self._written(turn, write)

    def _written(
        self, turn: Turn, write: Callable[[], None], *, what: str = "", anew: bool = False
    ) -> Iterator[LogEvent]:
        """Do it unless the turn is off the record. The first failure in a row is told, and the end of it.

        Args:
            what: where it waits, it takes the place of an earlier write of the same.
            anew: see `_Waiting`.
        """
        if turn.off_record:
            return
        with self._lock:
            self._waiting[what or f"write {next(self._numbers)}"] = _Waiting(turn.id, write, anew)
            events = self._write_waiting(turn.id)
        yield from events

    def _write_waiting(self, turn_id: str) -> list[LogEvent]:
        """All that waits, oldest first, until one fails that may work later."""
        if time.monotonic() < self._again_at:
            return []
        failed: LogError | None = None
        while self._waiting:
            what, waiting = next(iter(self._waiting.items()))
            try:
                self._write(waiting)
            except LATER as error:
                self._again_at = time.monotonic() + HELD_WAIT_S if isinstance(error, LogHeld) else 0.0
                failed = error
                break
            except LogError as error:
                failed, self._lost = error, True
            del self._waiting[what]
        return self._told(turn_id, failed)

    def _write(self, waiting: _Waiting) -> None:
        try:
            waiting.write()
        except LATER:
            raise
        except LogError:
            profile = self._profiles.get(waiting.turn_id)
            # The session was deleted by another program. Who is being answered in this one goes on with it; a check
            # that ends after that must not bring back what the user has deleted.
            if profile is None or not waiting.anew:
                raise
            turn = self._current(waiting.turn_id)
            self._log.open_turn(turn, profile)
            if turn.reply is not None:
                self._log.save_reply(turn.id, turn.reply)
            waiting.write()

    def _told(self, turn_id: str, failed: LogError | None) -> list[LogEvent]:
        was, self._failing = self._failing, failed is not None
        if failed is not None:
            return [] if was else [LogFailed(turn_id, failed.message, failed.hint)]
        lost, self._lost = self._lost, False
        return [LogCaughtUp(turn_id)] if was and not lost else []

    def _save_outcome(self, turn: Turn) -> None:
        if turn.error:
            self._log.fail_turn(turn.id, turn.error)
        if turn.verdict is not None:
            reply_id = turn.reply.id if turn.reply is not None else None
            self._log.save_verdict(turn.id, reply_id, turn.shadow, turn.verdict)
