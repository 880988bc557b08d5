"""Turns as a session keeps them: what many of them have alike is held once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from warmchat.domain.kept import KeptMapping, KeptWindow, kept_numbers
from warmchat.domain.turn import Origin, Reply, Turn
from warmchat.domain.verdict import Verdict

T = TypeVar("T")
OWN_FACT = "tokens"  # of an engine, which no two replies have alike
MOST = 500  # different values; a session has a handful, but a seed or an adapter may change with every turn


class Sharing:
    """The values that turns have alike, each once. Not thread-safe: the transcript's lock is held."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def turn(self, turn: Turn, path: Sequence[str], place: Mapping[str, int]) -> Turn:
        """The turn, equal to what it was, in less memory.

        Args:
            path: ids of the turns on the screen; only its end may change. place: where on it each stands.
        """
        window = self._window(turn.window, path, place)
        return replace(
            turn,
            window=window,
            reply=turn.reply and self.reply(turn.reply, path, place),
            shadow=turn.shadow and self.reply(turn.shadow, path, place),
            verdict=turn.verdict and self._verdict(turn.verdict),
        )

    def reply(self, reply: Reply, path: Sequence[str], place: Mapping[str, int]) -> Reply:
        """The same for a reply."""
        origin = reply.origin
        if isinstance(origin.engine, KeptMapping):  # it was kept before
            return reply
        window = None if origin.window is None else self._window(origin.window, path, place)
        return replace(reply, origin=self._origin(replace(origin, window=window)))

    def _origin(self, origin: Origin) -> Origin:
        facts = tuple(fact if name == OWN_FACT else self._once(fact) for name, fact in origin.engine.items())
        return replace(
            origin,
            adapters=self._once(origin.adapters),
            sampling=self._once(origin.sampling),
            versions=self._once(origin.versions),
            engine=KeptMapping(self._names(origin.engine), facts),
        )

    def _verdict(self, verdict: Verdict) -> Verdict:
        if isinstance(verdict.signals, KeptMapping):
            return verdict
        return replace(verdict, signals=kept_numbers(verdict.signals, self._names(verdict.signals)))

    def _window(self, window: Sequence[str], path: Sequence[str], place: Mapping[str, int]) -> Sequence[str]:
        if isinstance(window, KeptWindow) or not window:
            return window
        start = place.get(window[0], len(path))
        stop = start + len(window)
        return KeptWindow(path, start, stop) if tuple(path[start:stop]) == tuple(window) else window

    def _names(self, mapping: Mapping[str, Any]) -> tuple[str, ...]:
        return self._once(tuple(mapping))

    def _once(self, value: T) -> T:
        if len(self._known) > MOST:
            self._known.clear()
        found: T = self._known.setdefault(repr(value), value)
        return found
