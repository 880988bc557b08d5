"""How far the words of each reply have a counterpart in the other, by the vectors of the words alone.

After BERTScore (Zhang et al. 2020), with two changes: the question's words count nothing, and the vectors are those
that go into the network, before context; they tell agreeing pairs about as well as those that come out of it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from warmchat.compare.cross_encoder.cutting import Piece

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FIRST_WORD = 1996  # "the": from here BERT's vocabulary is ordered by how common a word is
_NOTHING = 1e-6


def aligned(piece: Piece, a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """The mean of both directions, about 0..1; 0 where a reply is empty.

    Args:
        piece: what was read.
        a, b: the vectors of its replies' tokens, shape (tokens, width).
    """
    import numpy as np

    if not piece.a or not piece.b:
        return 0.0
    asked = frozenset(piece.question)
    near = _unit(a) @ _unit(b).T
    directions = ((near.max(axis=1), piece.a), (near.max(axis=0), piece.b))
    return float(np.mean([np.average(best, weights=_weights(ids, asked)) for best, ids in directions]))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    found: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), _NOTHING)
    return found


def _weights(ids: tuple[int, ...], asked: frozenset[int]) -> list[float]:
    """The rarer a word the more it counts, by its place in the vocabulary; marks and the question's words hardly."""
    return [_NOTHING + (0.0 if i in asked else 0.05 if i < _FIRST_WORD else math.log(i - _FIRST_WORD + 2)) for i in ids]
