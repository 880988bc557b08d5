"""Who goes next: jobs by priority in the engine, checks by age in the session."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from warmchat.engine.protocol import Priority


class Prioritised(Protocol):
    """What a `JobQueue` needs to know of a job."""

    @property
    def priority(self) -> Priority: ...


J = TypeVar("J", bound=Prioritised)


class JobQueue(Generic[J]):
    """Jobs that want the engine. `first` is asked before every decode step: a better job waits one step at most.

    Within one priority the oldest goes first. Not thread-safe: the engine's thread alone touches it.
    """

    def __init__(self) -> None:
        self._lanes: dict[Priority, deque[J]] = {priority: deque() for priority in Priority}

    def push(self, job: J) -> None:
        self._lanes[job.priority].append(job)

    def first(self) -> J | None:
        """The job that goes next; it stays in the queue until it is removed."""
        return next((lane[0] for lane in self._lanes.values() if lane), None)

    def remove(self, job: J) -> None:
        """Take a job out; one that is not there is no error (it may have ended meanwhile)."""
        lane = self._lanes[job.priority]
        if job in lane:
            lane.remove(job)

    def __iter__(self) -> Iterator[J]:
        for lane in self._lanes.values():
            yield from list(lane)

    def __len__(self) -> int:
        return sum(len(lane) for lane in self._lanes.values())


class CheckLine:
    """The line in which turns wait for their shadow reply: one at a time, oldest first, at most `cap` waiting.

    The order matters: a shadow reply reads the shadow replies before it. When the line is full its oldest waiting turn
    is sent away (deferred), for the newest are what the reader looks at.
    """

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._changed = threading.Condition()
        self._waiting: deque[str] = deque()
        self._served: str | None = None
        self._closed = False

    @contextmanager
    def place(self, turn_id: str) -> Iterator[Place]:
        """A place at the end of the line, given up at the end of the block."""
        with self._changed:
            self._waiting.append(turn_id)
            if len(self._waiting) > self._cap:
                self._waiting.popleft()
                self._changed.notify_all()
        try:
            yield Place(self, turn_id)
        finally:
            with self._changed:
                if turn_id in self._waiting:
                    self._waiting.remove(turn_id)
                if self._served == turn_id:
                    self._served = None
                self._changed.notify_all()

    def close(self) -> None:
        """Send everyone away."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def wait(self, turn_id: str) -> bool:
        """Block until it is this turn's go (True) or it was sent away (False)."""
        with self._changed:
            while True:
                if self._closed or turn_id not in self._waiting:
                    return False
                if self._served is None and self._waiting[0] == turn_id:
                    self._served = self._waiting.popleft()
                    return True
                self._changed.wait()


class Place:
    """One turn's place in a `CheckLine`."""

    def __init__(self, line: CheckLine, turn_id: str) -> None:
        self._line = line
        self._turn_id = turn_id

    def wait(self) -> bool:
        """Block until it is this turn's go (True) or it was sent away (False)."""
        return self._line.wait(self._turn_id)
