"""The turns on the screen, as one thread-safe list of frozen values."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from warmchat.domain.turn import Turn


class Transcript:
    """One path through the tree of turns, oldest first. A turn changes by being replaced."""

    def __init__(self, turns: Sequence[Turn] = ()) -> None:
        self._lock = threading.RLock()
        self._turns: list[Turn] = list(turns)

    @property
    def turns(self) -> tuple[Turn, ...]:
        with self._lock:
            return tuple(self._turns)

    def add(self, turn: Turn) -> None:
        with self._lock:
            self._turns.append(turn)

    def turn(self, turn_id: str) -> Turn:
        """The turn as it is now. Raises `KeyError`."""
        for turn in self.turns:
            if turn.id == turn_id:
                return turn
        raise KeyError(turn_id)

    def update(self, turn_id: str, **changes: object) -> Turn:
        """Replace fields of a turn; returns it as it is now."""
        with self._lock:
            turn = replace(self.turn(turn_id), **changes)  # type: ignore[arg-type]  # names are checked by tests
            self._turns[[t.id for t in self._turns].index(turn_id)] = turn
            return turn

    def before(self, turn_id: str) -> list[Turn]:
        """The turns before this one."""
        turns = self.turns
        return list(turns[: [t.id for t in turns].index(turn_id)])

    def parent_for(self, *, off_record: bool) -> str | None:
        """What a new turn hangs on: a logged one never on an unlogged one."""
        candidates = [t for t in self.turns if off_record or not t.off_record]
        return candidates[-1].id if candidates else None
