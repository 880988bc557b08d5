"""One reply in the making: read the prompt in chunks, then draw a token a step. It can rest between any two steps."""

from __future__ import annotations

import hashlib
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace

from warmchat.domain.errors import WarmchatError
from warmchat.domain.turn import Origin, StopReason, Timings, Usage
from warmchat.engine.llama.detokenize import TextStream
from warmchat.engine.llama.lanes import Lane
from warmchat.engine.llama.native import Context, Model
from warmchat.engine.llama.prompt import Prompt
from warmchat.engine.llama.sampler import Sampler
from warmchat.engine.protocol import EngineEvent, Finished, Fragment, Job, Priority, Progress

FLUSH_S = 0.1  # fragments come at most ten times a second: each wakes the reader's process on a core we want
BATCHED_FLUSH_S = 2.0  # nobody looks on there, and there are many

Sink = Callable[[EngineEvent | WarmchatError], None]


def ids_digest(ids: Sequence[int]) -> str:
    """Sixteen hex digits over token ids: the same text may have been read as other tokens."""
    return hashlib.sha256(array("q", ids).tobytes()).hexdigest()[:16]


class Work:
    """The state of one job.

    Attributes:
        ids: all tokens of the text so far; the last one drawn has not been read yet.
        done: it has said its last word to the sink.
        alone: though its job is batched, it is run by itself, as there is no room to do it with others.
    """

    def __init__(
        self, job: Job, prompt: Prompt, *, model: Model, origin: Origin, n_ctx: int, chunk: int, sink: Sink,
        stops: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.job = job
        self.ids = list(prompt.ids)
        self.done = False
        self.alone = False
        self._prompt_size = len(self.ids)
        self._model = model
        self._origin = origin
        self._n_ctx = n_ctx
        self._chunk = chunk
        self._sink = sink
        self._sampler: Sampler | None = None  # made when it first draws: thousands may wait in the queue
        self._stream = TextStream(stops)
        self._text: list[str] = []
        self._unsent = "" if job.continue_from else prompt.opened
        self._flush_s = BATCHED_FLUSH_S if job.batched else FLUSH_S
        self._sent_at = 0.0
        self._evaluated = 0
        self._queued_at = time.monotonic()
        self._started_at: float | None = None
        self._first_at: float | None = None

    @property
    def priority(self) -> Priority:
        return self.job.priority

    @property
    def drawn(self) -> list[int]:
        """The reply's tokens, the end token not among them."""
        return self.ids[self._prompt_size :]

    @property
    def text(self) -> str:
        """The reply's text as it was given out."""
        return "".join(self._text)

    @property
    def reading_prompt(self) -> bool:
        return self._first_at is None

    @property
    def need(self) -> int:
        """The most tokens that its text can come to have in memory."""
        return min(self._prompt_size + max(1, self.job.sampling.max_tokens), self._n_ctx)

    def begin(self) -> None:
        """It is its turn."""
        if self._started_at is None:
            self._started_at = time.monotonic()

    def step(self, lane: Lane[Context]) -> None:
        """One chunk of the prompt, or one token of the reply. Nothing is lost where the abort flag stops it."""
        self.begin()
        if lane.owner is not self:  # new here, or someone used the lane meanwhile
            lane.align(self.ids)
            lane.owner = self
        at = len(lane.ids)
        chunk = self.ids[at : at + self._chunk]
        if not lane.read(chunk):
            return
        self.has_read(lane.context, at + len(chunk), len(chunk))

    def has_read(self, context: Context, at: int, count: int, index: int = -1) -> None:
        """The text is in memory up to `at`, the last `count` tokens by the last decode; draw if that is all of it.

        Args:
            index: which token of the decode was this text's last one.
        """
        if self.reading_prompt:
            self._evaluated += count
            self._sink(Progress(at, self._prompt_size))
        if at == len(self.ids):
            self._sampler = self._sampler or Sampler(self._model, self.job.sampling)
            self._take(self._sampler.draw(context, index))

    def _take(self, token: int) -> None:
        if self._first_at is None:
            self._first_at = time.monotonic()
        if self._model.is_end(token):
            self.finish("end")
            return
        self.ids.append(token)
        self._say(self._stream.push(self._model.piece(token)))
        if self._stream.stopped:
            self.finish("end")
        elif len(self.ids) - self._prompt_size >= self.job.sampling.max_tokens:
            self.finish("length")
        elif len(self.ids) >= self._n_ctx:
            self.finish("window")

    def _say(self, text: str, *, now: bool = False) -> None:
        self._unsent += text
        moment = time.monotonic()
        if self._unsent and (now or moment - self._sent_at >= self._flush_s):
            self._text.append(self._unsent)
            self._sink(Fragment(self._unsent))
            self._unsent, self._sent_at = "", moment

    def finish(self, stop: StopReason) -> None:
        """Say what is left and how it ended; frees the sampler."""
        self._say(self._stream.finish(), now=True)
        end = time.monotonic()
        started = self._started_at or end
        self._close()
        self._sink(
            Finished(
                text=self.text,
                stop=stop,
                usage=Usage(self._prompt_size, self._evaluated, len(self.drawn)),
                timings=Timings(
                    queued_s=started - self._queued_at,
                    first_token_s=(self._first_at or end) - started,
                    reply_s=end - started,
                ),
                origin=replace(self._origin, engine={"tokens": ids_digest(self.ids[: self._prompt_size])}),
            )
        )

    def fail(self, error: WarmchatError) -> None:
        """End with an error; frees the sampler."""
        self._close()
        self._sink(error)

    def _close(self) -> None:
        self.done = True
        if self._sampler is not None:
            self._sampler.close()
