"""Lanes: one llama context for each voice's text, over weights that are loaded once.

A context of its own for every text, where sequences of one context were possible, because attention then never walks
over another voice's tokens, graphs are kept between steps, and adapters (which llama.cpp sets per context) can differ.
Its price is the KV memory alone, paid when the voice first speaks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

Token = int


class Reader(Protocol):
    """What of a native context a lane needs."""

    def decode(self, tokens: Sequence[int], position: int, *, keep_all: bool = False) -> bool: ...
    def cut(self, length: int) -> bool: ...
    def clear(self) -> None: ...
    def close(self) -> None: ...


R = TypeVar("R", bound=Reader)


def common_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    """Length of the longest common beginning."""
    limit = min(len(a), len(b))
    if list(a[:limit]) == list(b[:limit]):  # the usual case, compared in C
        return limit
    return next(i for i in range(limit) if a[i] != b[i])


class Lane(Generic[R]):
    """A context and the ids that it has read. ``ids`` is always exactly what the context's memory holds.

    Attributes:
        owner: the job that is using it; another job finds out by this that it must align the lane to its own text.
        setting: the adapters under which everything in memory was read.
    """

    def __init__(self, name: str, context: R) -> None:
        self.name = name
        self.context = context
        self.ids: list[Token] = []
        self.owner: object | None = None
        self.setting: object = ()

    def set_up(self, setting: object, apply: Callable[[R], None]) -> None:
        """Read under this setting from now on. What was read under another is forgotten: another model read it."""
        if setting == self.setting:
            return
        self.context.clear()
        self.ids.clear()
        self.setting = None  # until it is in force: a failure must not leave a lane that claims it
        apply(self.context)
        self.setting = setting

    def align(self, ids: Sequence[Token], at_most: int | None = None) -> int:
        """Keep the common beginning with `ids`, forget the rest; at least one token stays to be read, for its logits.

        Args:
            at_most: keep no more than this many, as what follows is to be read again (to be scored).

        Returns:
            The number of tokens kept.
        """
        kept = min(common_prefix(self.ids, ids), len(ids) - 1)
        if at_most is not None:
            kept = min(kept, at_most)
        if kept < len(self.ids) and not self.context.cut(kept):
            self.context.clear()  # this kind of memory cannot be cut: read everything anew
            kept = 0
        del self.ids[kept:]
        return kept

    def read(self, tokens: Sequence[Token], *, keep_all: bool = False) -> bool:
        """Read more tokens. False where it was stopped: then nothing of them is kept."""
        whole = False
        try:
            whole = self.context.decode(tokens, len(self.ids), keep_all=keep_all)
        finally:
            if not whole:  # stopped or failed: memory goes back to what `ids` says
                self.context.cut(len(self.ids))
        if whole:
            self.ids.extend(tokens)
        return whole


class Lanes(Generic[R]):
    """The lanes of one model, made on first use; the one that was used longest ago gives way to a new name.

    Args:
        make: makes a context.
        limit: how many may be alive.
        has_room: whether memory allows one more.
    """

    def __init__(self, make: Callable[[], R], *, limit: int, has_room: Callable[[], bool]) -> None:
        self._make = make
        self._limit = limit
        self._has_room = has_room
        self._lanes: OrderedDict[str, Lane[R]] = OrderedDict()
        self._spare: R | None = None

    def prepare(self) -> None:
        """Make the first context now, for whichever name comes first: its cost and its failure belong to loading."""
        self._spare = self._make()

    def lane(self, name: str) -> Lane[R]:
        """The lane of this name."""
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._new(name)
        self._lanes.move_to_end(name)
        return lane

    def close(self) -> None:
        for lane in self._lanes.values():
            lane.context.close()
        self._lanes.clear()
        if self._spare is not None:
            self._spare.close()
            self._spare = None

    def __len__(self) -> int:
        return len(self._lanes)

    def _new(self, name: str) -> Lane[R]:
        if self._spare is not None:
            lane, self._spare = Lane(name, self._spare), None
        elif self._lanes and (len(self._lanes) >= self._limit or not self._has_room()):
            _, oldest = self._lanes.popitem(last=False)
            oldest.context.clear()
            lane = Lane(name, oldest.context)
            lane.setting = oldest.setting
        else:
            lane = Lane(name, self._make())
        self._lanes[name] = lane
        return lane
