"""A job on its way through the remote engine, and the handle by which its caller follows it."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator

from warmchat.domain.errors import WarmchatError
from warmchat.domain.turn import Origin, Timings, Usage
from warmchat.engine.protocol import EngineEvent, Finished, Fragment, Job, Priority
from warmchat.engine.remote.reply import RemoteReply


class Work:
    """One job. The engine's thread alone changes it; the mailbox is the way out.

    The text of a job that may be cut off and started anew is held back until it is whole: nobody reads the same
    beginning twice. Only visible replies are never cut off.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.mailbox: queue.SimpleQueue[EngineEvent | WarmchatError] = queue.SimpleQueue()
        self.reply: RemoteReply | None = None
        self.done = False
        self.leaving = False
        self._handed_in = time.monotonic()
        self._held: list[str] = []

    @property
    def priority(self) -> Priority:
        return self.job.priority

    @property
    def waited_s(self) -> float:
        """Seconds since the job was handed in."""
        return time.monotonic() - self._handed_in

    def tell(self, event: EngineEvent) -> None:
        """Pass an event on."""
        if self.done:
            return
        if isinstance(event, Fragment) and self.priority is not Priority.VISIBLE:
            self._held.append(event.text)
        else:
            self.mailbox.put(event)

    def end(self, how: Finished | WarmchatError) -> None:
        """The last word, told once."""
        if self.done:
            return
        if self._held:
            self.mailbox.put(Fragment("".join(self._held)))
        self.done = True
        self.mailbox.put(how)

    def cancelled(self) -> None:
        """End it with what has come."""
        origin = Origin(sampling=self.job.sampling)
        nothing = Finished("", "cancelled", Usage(), Timings(queued_s=self.waited_s), origin)
        self.end(self.reply.finished("cancelled") if self.reply is not None else nothing)

    def put_back(self) -> None:
        """Forget what has come: it will start anew."""
        self.reply = None
        self._held.clear()


class RemoteHandle:
    """A job that was handed in. Letting go of its iterator cancels it: somebody may be paying for the rest."""

    def __init__(self, work: Work, cancel: Callable[[Work], None]) -> None:
        self._work = work
        self._cancel = cancel

    def cancel(self) -> None:
        self._cancel(self._work)

    def __iter__(self) -> Iterator[EngineEvent]:
        try:
            while True:
                event = self._work.mailbox.get()
                if isinstance(event, WarmchatError):
                    raise event
                yield event
                if isinstance(event, Finished):
                    return
        finally:
            self.cancel()
