"""What a session keeps of its turns in little memory: a long evening holds thousands of them, most out of sight.

Each value is equal to the plain one that it stands for.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar, overload

V = TypeVar("V")


class KeptWindow(Sequence[str]):
    """The ids from `start` to `stop` of a list that only grows at its end: a path that many turns have read parts of.

    A tuple of its own for each turn would grow with the length of the talk, and all of them with its square.
    """

    __slots__ = ("_path", "_start", "_stop")

    def __init__(self, path: Sequence[str], start: int, stop: int) -> None:
        self._path = path
        self._start = start
        self._stop = stop

    def __len__(self) -> int:
        return self._stop - self._start

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        whole = range(self._start, self._stop)
        if isinstance(place, slice):
            return tuple(self._path[at] for at in whole[place])
        return self._path[whole[place]]

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and not isinstance(other, str) and self[:] == tuple(other)

    def __hash__(self) -> int:
        return hash(self[:])

    def __repr__(self) -> str:
        return f"KeptWindow({list(self)!r})"


class KeptMapping(Mapping[str, V]):
    """A small mapping of which many others have the same keys: these are kept once.

    Args:
        names: the keys, shared with the other mappings.
        values: one for each of them.
    """

    __slots__ = ("_names", "_values")

    def __init__(self, names: tuple[str, ...], values: Sequence[V]) -> None:
        self._names = names
        self._values = values

    def __getitem__(self, name: str) -> V:
        try:
            return self._values[self._names.index(name)]
        except ValueError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"KeptMapping({dict(self)!r})"


def kept_numbers(numbers: Mapping[str, float], names: tuple[str, ...]) -> KeptMapping[float]:
    """These numbers, whose names are `names` in this order."""
    return KeptMapping(names, array("d", numbers.values()))
