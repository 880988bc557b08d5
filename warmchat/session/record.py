"""Keeping turns in the log. A log that fails stops no chat: what it missed is written when a write works again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from warmchat.domain.errors import LogError
from warmchat.domain.mark import Mark
from warmchat.domain.profile import Profile
from warmchat.domain.turn import LogFailed, Reply, Turn

if TYPE_CHECKING:  # the screens start without SQLite: it comes when the session is opened
    from warmchat.storage.log import SessionLog


class TurnRecorder:
    """Writes turns to the log, in the order in which they happen. May be used from several threads.

    Args:
        log: where to.
        current: a turn as the session knows it now, for writing again what was missed.
    """

    def __init__(self, log: SessionLog, current: Callable[[str], Turn]) -> None:
        self._log = log
        self._current = current
        self._lock = threading.Lock()
        self._profiles: dict[str, Profile] = {}  # by turn
        self._missed: dict[str, None] = {}  # turns, in order
        self._failing = False

    def opened(self, turn: Turn, profile: Profile) -> Iterator[LogFailed]:
        """The user's message, before anything is asked of the engine."""
        self._profiles[turn.id] = profile
        return self._written(turn, lambda: self._log.open_turn(turn, profile))

    def said(self, turn: Turn, reply: Reply) -> Iterator[LogFailed]:
        """The shown reply, or as much of it as there is."""
        return self._written(turn, lambda: self._log.save_reply(turn.id, reply))

    def drafted(self, turn: Turn, draft: Reply, profile: Profile) -> Iterator[LogFailed]:
        """The cold answer that is going to be said kindly."""
        return self.answered_by_other(turn, draft, profile)

    def gone_on(self, turn: Turn, reply: Reply) -> Iterator[LogFailed]:
        """The shown reply after it was gone on with, and whether anything is still wrong with it."""

        def write() -> None:
            self._log.save_reply(turn.id, reply)
            self._log.fail_turn(turn.id, turn.error)

        return self._written(turn, write)

    def answered_by_other(self, turn: Turn, reply: Reply, profile: Profile) -> Iterator[LogFailed]:
        """What another voice said in the turn, with that voice's profile."""

        def write() -> None:
            self._log.save_profile(profile)
            self._log.save_reply(turn.id, reply)

        return self._written(turn, write)

    def kept(self, turn: Turn, reply: Reply) -> Iterator[LogFailed]:
        """An alternative reply is the shown one now."""
        return self._written(turn, lambda: self._log.keep_reply(turn.id, reply))

    def branched(self, turn: Turn, profile: Profile) -> Iterator[LogFailed]:
        """An alternative reply is the shown one of a turn of its own."""
        self._profiles[turn.id] = profile
        return self._written(turn, lambda: self._log.branch_reply(turn, profile))

    def marked(self, turn: Turn, mark: Mark | None) -> Iterator[LogFailed]:
        """What the user thinks of a turn's answers."""
        name, note = (mark.mark, mark.note) if mark is not None else (None, "")
        return self._written(turn, lambda: self._log.save_mark(turn.id, name, note))

    def placed(self, turn: Turn) -> Iterator[LogFailed]:
        """The last turn of the branch that stands on the screen."""
        return self._written(turn, lambda: self._log.save_place(turn.session_id, turn.id))

    def window_moved(self, turn: Turn, window: tuple[str, ...]) -> Iterator[LogFailed]:
        """What the reply could read."""
        return self._written(turn, lambda: self._log.save_window(turn.id, window))

    def failed(self, turn: Turn) -> Iterator[LogFailed]:
        """The turn's error and verdict."""
        return self._written(turn, lambda: self._save_outcome(turn))

    def concluded(self, turn: Turn, reference: Profile | None) -> Iterator[LogFailed]:
        """The turn's verdict and shadow reply; `reference` is the profile that made the latter."""

        def write() -> None:
            if reference is not None:
                self._log.save_profile(reference)
            self._save_outcome(turn)

        return self._written(turn, write)

    def _written(self, turn: Turn, write: Callable[[], None]) -> Iterator[LogFailed]:
        """Do it unless the turn is off the record. The first failure in a row is told."""
        if turn.off_record:
            return
        with self._lock:
            try:
                if not self._missed:
                    write()
                self._write_missed()
            except LogError as error:
                self._missed[turn.id] = None
                told, self._failing = self._failing, True
                if not told:
                    yield LogFailed(turn.id, error.message, error.hint)
            else:
                self._failing = False

    def _write_missed(self) -> None:
        for turn_id in list(self._missed):
            turn = self._current(turn_id)
            if turn_id in self._profiles:  # opened in this run
                self._log.open_turn(turn, self._profiles[turn_id])
            if turn.reply is not None:
                self._log.save_reply(turn_id, turn.reply)
            self._save_outcome(turn)
            del self._missed[turn_id]

    def _save_outcome(self, turn: Turn) -> None:
        if turn.error:
            self._log.fail_turn(turn.id, turn.error)
        if turn.verdict is not None:
            reply_id = turn.reply.id if turn.reply is not None else None
            self._log.save_verdict(turn.id, reply_id, turn.shadow, turn.verdict)
