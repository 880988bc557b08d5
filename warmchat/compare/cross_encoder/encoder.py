"""The network at run time: onnxruntime on one thread, loaded with the first question, given back with `close`."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from warmchat.compare.cross_encoder.alignment import aligned
from warmchat.compare.cross_encoder.cutting import PADDING, REPLY_A, REPLY_B, Cutter, Piece
from warmchat.domain.errors import ModelError
from warmchat.shipped import shipped_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDER = "cross-encoder"  # in the shipped `models`
MODEL, TOKENIZER = "model.onnx", "tokenizer.json"
ROWS = 16  # read together; bounds the memory to about 40 MiB
_MOST_SURE = 30.0  # logits beyond would become a probability of 1, which has no logit
_NEEDED = ("onnxruntime", "tokenizers")

Item = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the network says of a pair.

    Attributes:
        disagreement: the probability 0..1 that the replies disagree.
        alignment: how far the words of each have a counterpart in the other, about 0..1; see `alignment.aligned`.
    """

    disagreement: float
    alignment: float


def why_missing(folder: Path | None = None) -> str:
    """Why the cross-encoder cannot be used, in plain words; empty where it can."""
    absent = [name for name in _NEEDED if find_spec(name) is None]
    if absent:
        return f"the package {' and '.join(absent)} is not installed"
    folder = folder or shipped_folder("models") / FOLDER
    gone = [name for name in (MODEL, TOKENIZER) if not (folder / name).is_file()]
    return f"{folder / gone[0]} is not there" if gone else ""


def from_shipped() -> CrossEncoder | None:
    """The shipped cross-encoder, not loaded yet; None where `why_missing` has a reason."""
    return None if why_missing() else CrossEncoder(shipped_folder("models") / FOLDER)


class CrossEncoder:
    """Says how likely two replies to a question disagree.

    Safe in any thread; one computes at a time. About 100 MB while loaded.
    """

    def __init__(self, folder: Path) -> None:
        """Name the folder of `MODEL` and `TOKENIZER`; nothing is read yet."""
        self._folder = folder
        self._lock = threading.RLock()
        self._loaded: tuple[Any, Cutter] | None = None

    @property
    def name(self) -> str:
        """Name and version, as the log keeps it."""
        return "cross-encoder/1"

    def load(self) -> None:
        """Read the files now, if they are not loaded; about half a second.

        Raises:
            ModelError: a package or file is missing, or a file cannot be read.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = self._open()

    def _open(self) -> tuple[Any, Cutter]:
        missing = why_missing(self._folder)
        if missing:
            raise ModelError(f"The cross-encoder cannot be used: {missing}", "install warmchat anew")
        # Since 1.29 its builds report to their maker over the network, unless told not to before they are loaded.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime
        from tokenizers import Tokenizer

        onnxruntime.disable_telemetry_events()  # some Windows builds heed this alone
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # The 8-bit weights become 32-bit ones once, at loading, not anew with each reading.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        try:
            session = onnxruntime.InferenceSession(
                str(self._folder / MODEL), options, providers=["CPUExecutionProvider"]
            )
            cutter = Cutter(Tokenizer.from_file(str(self._folder / TOKENIZER)))
        except Exception as error:  # both libraries raise bare classes of their own
            raise ModelError(f"The cross-encoder in {self._folder} cannot be read", "install warmchat anew") from error
        return session, cutter

    def scores(self, items: Sequence[Item]) -> list[float]:
        """`Seen.disagreement` of each item; see `see`."""
        return [seen.disagreement for seen in self.see(items)]

    def see(self, items: Sequence[Item], glanced: Sequence[Seen] = ()) -> list[Seen]:
        """Read each (question, reply, other reply).

        The replies are read in both orders and the logits averaged, so exchanging them changes nothing. Any text is
        taken; what is read of a long one, see `cutting`. Of an empty reply the figures mean nothing.

        Args:
            glanced: what `glance` said of the same items; then only the order that it left out is read.

        Raises:
            ModelError: as `load`.
        """
        first = glanced or self.glance(items)
        second = self._read([(question, max(a, b), min(a, b)) for question, a, b in items])
        return [
            Seen(probability((logit(x.disagreement) + logit(y.disagreement)) / 2), x.alignment)
            for x, y in zip(first, second, strict=True)
        ]

    def glance(self, items: Sequence[Item]) -> list[Seen]:
        """The same in one order of the replies, whichever way they are given: half the time, and a little less sure.

        Its logits lay .34 from those of both orders (standard deviation, 119 development pairs), at most 1.1.

        Raises:
            ModelError: as `load`.
        """
        return self._read([(question, min(a, b), max(a, b)) for question, a, b in items])

    def _read(self, items: Sequence[Item]) -> list[Seen]:
        """Read each in the order given."""
        with self._lock:
            self.load()
            assert self._loaded is not None
            session, cutter = self._loaded
            return _seen(session, [cutter.piece(*item) for item in items])

    def close(self) -> None:
        """Give the memory back; the next question loads anew."""
        with self._lock:
            self._loaded = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def probability(logit: float) -> float:
    """The logistic of a logit."""
    return 1 / (1 + math.exp(-max(-_MOST_SURE, min(_MOST_SURE, logit))))


def logit(probability: float) -> float:
    """The logit of a probability."""
    return math.log(probability / (1 - probability))


def _seen(session: Any, pieces: Sequence[Piece]) -> list[Seen]:
    """Read the pieces in batches of like length."""
    out: dict[int, Seen] = {}
    order = sorted(range(len(pieces)), key=lambda i: len(pieces[i]))
    for begin in range(0, len(order), ROWS):
        chosen = order[begin : begin + ROWS]
        ids, sides = _arrays([pieces[i] for i in chosen])
        logits, words = session.run(["logit", "words"], {"ids": ids, "sides": sides})
        for row, place in enumerate(chosen):
            a, b = (words[row][sides[row] == side] for side in (REPLY_A, REPLY_B))
            out[place] = Seen(probability(float(logits[row])), aligned(pieces[place], a, b))
    return [out[i] for i in range(len(pieces))]


def _arrays(pieces: Sequence[Piece]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ids and sides, shape (pieces, tokens of the longest)."""
    import numpy as np

    longest = max(map(len, pieces))
    ids = np.zeros((len(pieces), longest), np.int64)
    sides = np.full((len(pieces), longest), PADDING, np.int64)
    for row, piece in enumerate(pieces):
        ids[row, : len(piece)] = piece.ids()
        sides[row, : len(piece)] = piece.sides()
    return ids, sides
