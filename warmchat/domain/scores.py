"""How likely each token of a text was found: what an engine says of one, and of a whole reply in little memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import overload


@dataclass(frozen=True, slots=True)
class TokenScore:
    """A token of a given text: the text it adds, and its natural log-probability given all before it."""

    text: str
    logprob: float


class KeptScores(Sequence[TokenScore]):
    """The scores of a reply as a session keeps them: a long one holds thousands of replies, and an object for every
    token would be most of what it holds. Equal to any other sequence of the same scores."""

    __slots__ = ("_ends", "_logprobs", "_text")

    def __init__(self, scores: Iterable[TokenScore]) -> None:
        known = tuple(scores)
        self._text = "".join(score.text for score in known)
        self._ends = array("L", accumulate(len(score.text) for score in known))
        self._logprobs = array("d", (score.logprob for score in known))

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> TokenScore: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[TokenScore, ...]: ...
    def __getitem__(self, place: int | slice) -> TokenScore | tuple[TokenScore, ...]:
        if isinstance(place, slice):
            return tuple(self[each] for each in range(*place.indices(len(self))))
        at = range(len(self))[place]  # counts from the end where it is negative; raises IndexError
        begin = self._ends[at - 1] if at else 0
        return TokenScore(self._text[begin : self._ends[at]], self._logprobs[at])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and not isinstance(other, str) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"KeptScores({list(self)!r})"
