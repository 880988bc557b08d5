"""Hidden states: what stands in the residual stream after each layer, seen through llama.cpp's callback.

llama.cpp names the output of layer N ``l_out-N``; it is where a control vector's ``direction.N`` is added. A callback
in Python for every tensor slows a decode down, so this is done in a context of its own, which is freed afterwards.
"""

from __future__ import annotations

import ctypes
import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from warmchat.domain.errors import EngineError, WarmchatError
from warmchat.domain.turn import Origin, StopReason, Timings, Usage
from warmchat.engine.llama.bindings import bindings
from warmchat.engine.llama.lanes import Lane
from warmchat.engine.llama.native import SCORED, Context
from warmchat.engine.protocol import EngineEvent, Finished, HiddenStates, Job, Priority, Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]

Sink = Callable[[EngineEvent | WarmchatError], None]
_LAYER_OUTPUT = re.compile(rb"l_out-(\d{1,4})")
_F32 = 0  # the number of that type in ggml
MOST_TOKENS = 2048  # what the context of its own holds: chat messages with a reply, not books


class Watch:
    """Collects the layers' outputs of the decode that runs while it is `open`.

    Attributes:
        rows: layer -> (tokens, width) float32, of the last decode; fewer rows where llama.cpp left some out.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._open = False
        self._last_only = False
        self.rows: dict[int, Rows] = {}
        self._ggml: Any = None  # the library, bound on first use
        self.callback = bindings.ggml_backend_sched_eval_callback(self._see)

    def open(self, *, last_only: bool) -> None:
        """Collect from the next decode on; `last_only` of its last token alone."""
        self._ggml = self._ggml or _ggml()
        self.rows.clear()
        self._open, self._last_only = True, last_only

    def shut(self) -> None:
        self._open = False

    def _see(self, tensor: int, ask: bool, _data: object) -> bool:
        """llama.cpp asks whether we want to see a tensor, and shows it once it is computed. True: go on."""
        if not self._open:
            return not ask
        named = _LAYER_OUTPUT.fullmatch(self._ggml.ggml_get_name(tensor))
        if named is None or ask:
            return named is not None or not ask
        self._copy(int(named.group(1)), tensor)
        return True

    def _copy(self, layer: int, tensor: int) -> None:
        import numpy as np

        size = self._ggml.ggml_nbytes(tensor)
        row = self._width * 4
        if ctypes.c_int.from_address(tensor).value != _F32 or size % row or size == 0:
            return  # a form that we do not know: the layer counts as missing
        wanted = row if self._last_only else size
        buffer = np.empty(wanted // 4, dtype=np.float32)
        self._ggml.ggml_backend_tensor_get(tensor, buffer.ctypes.data, size - wanted, wanted)
        self.rows[layer] = buffer.reshape(-1, self._width)


def _ggml() -> ctypes.CDLL:
    """The library of tensors below llama.cpp, and of it what a callback needs."""
    library: ctypes.CDLL = bindings.load_shared_library("ggml-base", bindings._base_path)
    library.ggml_get_name.restype = ctypes.c_char_p
    library.ggml_get_name.argtypes = [ctypes.c_void_p]
    library.ggml_nbytes.restype = ctypes.c_size_t
    library.ggml_nbytes.argtypes = [ctypes.c_void_p]
    library.ggml_backend_tensor_get.restype = None
    library.ggml_backend_tensor_get.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t]
    return library


class WatchedLane:
    """The context of its own in which hidden states are read: made when it is asked for, kept while such jobs wait.

    Args:
        width: numbers in the residual stream.
        make: makes a context with this callback.
    """

    def __init__(self, width: int, make: Callable[[object], Context]) -> None:
        self.watch = Watch(width)
        self._make = make
        self._lane: Lane[Context] | None = None

    @property
    def is_open(self) -> bool:
        """The context is there, and costs memory."""
        return self._lane is not None

    def lane(self) -> Lane[Context]:
        if self._lane is None:
            self._lane = Lane("hidden", self._make(self.watch.callback))
        return self._lane

    def close(self) -> None:
        """Free the context; it is made anew when it is asked for."""
        if self._lane is not None:
            self._lane.context.close()
            self._lane = None


class HiddenReading:
    """The state of a job that reads a text for its hidden states. It can rest between any two steps, like `Work`.

    Args:
        ids: the text.
        start: index of the first token of the part whose mean is wanted.
        watch: sees what the lane's context computes.
    """

    def __init__(
        self, job: Job, ids: Sequence[int], *, start: int, watch: Watch, origin: Origin,
        chunk: int, sink: Sink,
    ) -> None:  # fmt: skip
        self.job = job
        self.ids = list(ids)
        self.done = False
        self.text = ""
        self.reading_prompt = True  # always: whatever is better may stop it in the middle of a step
        self._start = min(start, len(self.ids) - 1) if job.pool == "mean" else len(self.ids) - 1
        self._watch = watch
        self._origin = origin
        self._chunk = chunk
        self._sink = sink
        self._sums: dict[int, Rows] = {}
        self._evaluated = 0
        self._queued_at = time.monotonic()
        self._started_at: float | None = None

    @property
    def priority(self) -> Priority:
        return self.job.priority

    @property
    def drawn(self) -> list[int]:
        """Nothing is drawn here."""
        return []

    def step(self, lane: Lane[Context]) -> None:
        """Read one chunk; `lane` is the watched one."""
        if self._started_at is None:
            self._started_at = time.monotonic()
        if lane.owner is not self:
            lane.align(self.ids, self._start)
            lane.owner = self
            self._sums.clear()
        at = len(lane.ids)
        wanted = at >= self._start
        chunk = self.ids[at : at + SCORED] if wanted else self.ids[at : min(self._start, at + self._chunk)]
        if not (self._read_seen(lane, chunk) if wanted else lane.read(chunk)):
            return
        self._evaluated += len(chunk)
        self._sink(Progress(at + len(chunk), len(self.ids)))
        if at + len(chunk) == len(self.ids):
            self.finish("end")

    def _read_seen(self, lane: Lane[Context], chunk: Sequence[int]) -> bool:
        """Read with the watch open, and add up what it saw. The last layer computes only what it must give out."""
        watch = self._watch
        watch.open(last_only=self.job.pool == "last")
        try:
            if not lane.read(chunk, keep_all=self.job.pool == "mean"):
                return False
        finally:
            watch.shut()
        for layer, rows in watch.rows.items():
            total = rows.sum(axis=0)
            self._sums[layer] = self._sums[layer] + total if layer in self._sums else total
        return True

    def finish(self, stop: StopReason) -> None:
        """Say how it ended."""
        hidden = self._hidden() if stop == "end" else None  # an error leaves the job to be failed
        self.done = True
        end = time.monotonic()
        started = self._started_at or end
        timings = Timings(queued_s=started - self._queued_at, reply_s=end - started)
        self._sink(
            Finished("", stop, Usage(len(self.ids), self._evaluated, 0), timings, self._origin, hidden=hidden)
        )

    def _hidden(self) -> HiddenStates:
        import numpy as np

        layers = next((n for n in range(len(self._sums) + 1) if n not in self._sums), 0)
        if layers < 2:
            raise EngineError(
                "The hidden states of this model cannot be read: llama.cpp does not name its layers' outputs",
                "a control vector cannot be made for its architecture; the system prompt still works",
            )
        count = len(self.ids) - self._start
        states = np.stack([self._sums[layer] for layer in range(layers)]) / count
        return HiddenStates(layers, states.shape[1], states.astype("<f4").tobytes())

    def fail(self, error: WarmchatError) -> None:
        """End with an error."""
        self.done = True
        self._sink(error)
