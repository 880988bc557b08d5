"""Turns run in threads; the screen hears of them over a queue that it empties by a timer.

A queue and a timer, because calling into the screen from the thread makes the model wait for every repaint.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from warmchat.domain.errors import WarmchatError

if TYPE_CHECKING:
    from warmchat.domain.turn import TurnEvent


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The thread has nothing more to say."""


Heard: TypeAlias = "tuple[str, TurnEvent | TurnEnded]"


class TurnThreads:
    """One thread for each turn or check that runs; several may run at once."""

    def __init__(self) -> None:
        self._heard: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self._threads: dict[str, threading.Thread] = {}

    def start(self, key: str, events: Callable[[], Iterator[TurnEvent]], *, turn_id: str = "") -> None:
        """Run `events` in a new thread.

        Args:
            key: comes with every event, so that the first ones can be told apart before a turn has its id.
            turn_id: the turn, where it is known already: its reply stands, and only the check can fail.
        """
        thread = threading.Thread(target=self._run, args=(key, events, turn_id), name=f"turn-{key}", daemon=True)
        self._threads[key] = thread
        thread.start()

    def drain(self) -> list[Heard]:
        """What was heard since the last call, in order."""
        out: list[Heard] = []
        while True:
            try:
                item = self._heard.get_nowait()
            except queue.Empty:
                return out
            if isinstance(item[1], TurnEnded):
                self._threads.pop(item[0], None)
            out.append(item)

    @property
    def running(self) -> bool:
        """Whether a thread runs or left something unheard."""
        return bool(self._threads) or not self._heard.empty()

    def join(self, seconds: float) -> None:
        """Wait for the threads to end, at most so long in all."""
        end = time.monotonic() + seconds
        for thread in list(self._threads.values()):
            thread.join(max(0.0, end - time.monotonic()))

    def _run(self, key: str, events: Callable[[], Iterator[TurnEvent]], turn_id: str) -> None:
        from warmchat.domain.turn import ReplyFinished, TurnOpened

        replied = bool(turn_id)
        try:
            for event in events():
                if isinstance(event, TurnOpened):
                    turn_id = event.turn_id
                replied = replied or isinstance(event, ReplyFinished)
                self._heard.put((key, event))
        except Exception as error:  # whatever it is, the input must be unlocked and the user told
            self._heard.put((key, _failure(error, turn_id, replied)))
        finally:
            self._heard.put((key, TurnEnded()))


def _failure(error: Exception, turn_id: str, replied: bool) -> TurnEvent:
    from warmchat.domain.turn import TurnFailed, VerdictReached
    from warmchat.domain.verdict import unjudged

    if isinstance(error, WarmchatError):
        message, hint = error.message, error.hint
    else:
        message = f"Something went wrong inside warmchat: {type(error).__name__}: {error}"
        hint = "send the message again; if it comes back, report it"
    if replied:
        return VerdictReached(turn_id, unjudged(f"the check failed: {message}"), None)
    return TurnFailed(turn_id, message, hint)
