"""The turns of a session as a tree, and the path through it that stands on the screen: thread-safe, frozen values."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from warmchat.domain.turn import Reply, Turn
from warmchat.session.kept import Sharing


class Transcript:
    """A tree of turns and one path through it, oldest first. A turn changes by being replaced.

    What a turn comes after is kept here and not read from `Turn.parent_id`: a logged turn hangs on a logged one, though
    turns off the record may stand between the two on the screen.

    Args:
        turns: the path.
        others: turns on other branches, each after the turn that it hangs on.
    """

    def __init__(self, turns: Sequence[Turn] = (), others: Sequence[Turn] = ()) -> None:
        self._lock = threading.RLock()
        self._sharing = Sharing()
        self._turns: dict[str, Turn] = {}
        self._before: dict[str, str | None] = {}
        self._following: dict[str | None, list[str]] = {}  # in the order of arrival
        self._left_at: dict[str | None, str] = {}  # where there is a fork: the turn that was gone on with last
        # The path; beside it what is asked for several times in a turn, which must not cost more in a long session.
        self._path: list[str] = []
        self._shown: list[Turn] = []
        self._place: dict[str, int] = {}
        path = [turn.id for turn in turns]
        known = {*path, *(turn.id for turn in others)}
        before = {turn.id: turn.parent_id if turn.parent_id in known else None for turn in others}
        before |= dict(zip(path, [None, *path], strict=False))
        # Ids sort by time, so branches of a resumed session stand in the order in which they were opened.
        for turn in sorted((*turns, *others), key=lambda turn: (turn.created_at, turn.id)):
            self._put(turn, before[turn.id])
        self._lead(path)
        for turn_id, turn in self._turns.items():
            self._turns[turn_id] = self._kept(turn)
        self._lead(path)

    def _kept(self, turn: Turn) -> Turn:
        return self._sharing.turn(turn, self._path, self._place)

    def kept(self, reply: Reply) -> Reply:
        """A reply that is kept beside a turn, in the little memory that those in the turns take."""
        with self._lock:
            return self._sharing.reply(reply, self._path, self._place)

    def _put(self, turn: Turn, before: str | None) -> None:
        self._turns[turn.id] = turn
        self._before[turn.id] = before
        self._following.setdefault(before, []).append(turn.id)

    def _lead(self, path: list[str]) -> None:
        self._path = path
        self._shown = [self._turns[turn_id] for turn_id in path]
        self._place = {turn_id: place for place, turn_id in enumerate(path)}

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The path, oldest first."""
        with self._lock:
            return tuple(self._shown)

    def add(self, turn: Turn) -> None:
        """A new turn at the end of the path."""
        with self._lock:
            turn = self._kept(turn)
            self._put(turn, self._path[-1] if self._path else None)
            self._place[turn.id] = len(self._path)
            self._path.append(turn.id)
            self._shown.append(turn)

    def add_beside(self, turn: Turn, other_id: str) -> None:
        """A new turn at the place of another one; the path stays as it is."""
        with self._lock:
            self._put(self._kept(turn), self._before[other_id])

    def turn(self, turn_id: str) -> Turn:
        """The turn as it is now, on whatever branch. Raises `KeyError`."""
        with self._lock:
            return self._turns[turn_id]

    def update(self, turn_id: str, **changes: object) -> Turn:
        """Replace fields of a turn; returns it as it is now."""
        with self._lock:
            turn = self._kept(replace(self._turns[turn_id], **changes))  # type: ignore[arg-type]  # tests check names
            self._turns[turn_id] = turn
            if turn_id in self._place:
                self._shown[self._place[turn_id]] = turn
            return turn

    def before(self, turn_id: str) -> list[Turn]:
        """The turns before this one on its own branch, oldest first."""
        with self._lock:
            if turn_id in self._place:
                return self._shown[: self._place[turn_id]]
            return [self._turns[each] for each in self._path_to(turn_id)[:-1]]

    def parent_for(self, *, off_record: bool) -> str | None:
        """What a new turn hangs on: a logged one never on an unlogged one."""
        return _last_logged(self.turns, off_record=off_record)

    def parent_beside(self, turn_id: str, *, off_record: bool) -> str | None:
        """What a new turn at the place of this one hangs on."""
        return _last_logged(self.before(turn_id), off_record=off_record)

    # ---- branches

    def branches(self, turn_id: str) -> tuple[str, ...]:
        """Ids of the turns at the place of this one, itself included, oldest first."""
        with self._lock:
            return tuple(self._following[self._before[turn_id]])

    def followed(self, turn_id: str) -> bool:
        """Whether something was said after this turn, on whatever branch."""
        with self._lock:
            return turn_id in self._following

    def go_back(self, turn_id: str) -> None:
        """Let the path end before this turn: the next one takes its place."""
        with self._lock:
            self._remember()
            self._lead(self._path_to(turn_id)[:-1])

    def show_branch(self, turn_id: str) -> None:
        """Let the path lead through this turn, and on as it was left last, else to the newest turn."""
        with self._lock:
            self._remember()
            path = self._path_to(turn_id)
            while (after := self._after(path[-1])) is not None:
                path.append(after)
            self._lead(path)

    def _remember(self) -> None:
        for turn_id in self._path:
            self._left_at[self._before[turn_id]] = turn_id

    def _after(self, turn_id: str) -> str | None:
        following = self._following.get(turn_id, [])
        left = self._left_at.get(turn_id)
        return left if left in following else following[-1] if following else None

    def _path_to(self, turn_id: str) -> list[str]:
        path: list[str] = []
        each: str | None = turn_id
        while each is not None and each not in path[-1:]:
            path.append(each)
            each = self._before[each]
        return path[::-1]


def _last_logged(turns: Sequence[Turn], *, off_record: bool) -> str | None:
    return next((turn.id for turn in reversed(turns) if off_record or not turn.off_record), None)
