"""Reading without replying: so that a later job finds a text read, or to score a given reply token by token."""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable, Sequence

from warmchat.domain.errors import WarmchatError
from warmchat.domain.scores import TokenScore
from warmchat.domain.turn import Origin, StopReason, Timings, Usage
from warmchat.engine.llama.lanes import Lane
from warmchat.engine.llama.native import SCORED, Context
from warmchat.engine.protocol import EngineEvent, Finished, Job, Priority

Sink = Callable[[EngineEvent | WarmchatError], None]


class Reading:
    """The state of a job that reads. It can rest between any two steps, like `Work`.

    Args:
        ids: the text.
        scored_from: index of the first token to score; None scores nothing.
        piece: the bytes that a token adds.
    """

    def __init__(
        self,
        job: Job,
        ids: Sequence[int],
        *,
        scored_from: int | None,
        piece: Callable[[int], bytes],
        origin: Origin,
        chunk: int,
        sink: Sink,
    ) -> None:
        self.job = job
        self.ids = list(ids)
        self.done = False
        self.text = ""
        self.reading_prompt = True  # always: whatever is better may stop it in the middle of a step
        self._scored_from = scored_from
        self._piece = piece
        self._origin = origin
        self._chunk = chunk
        self._sink = sink
        self._scores: dict[int, float] = {}  # by index of the token
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
        """Read one chunk."""
        if self._started_at is None:
            self._started_at = time.monotonic()
        if lane.owner is not self:
            # A token's score comes with the token before it, so reading begins there at the latest.
            lane.align(self.ids, None if self._scored_from is None else self._scored_from - 1)
            lane.owner = self
        at = len(lane.ids)
        scoring = self._scored_from is not None and at >= self._scored_from - 1
        limit = len(self.ids) if scoring or self._scored_from is None else self._scored_from - 1
        chunk = self.ids[at : min(limit, at + (SCORED if scoring else self._chunk))]
        if not lane.read(chunk, keep_all=scoring):
            return
        self._evaluated += len(chunk)
        if scoring:
            following = self.ids[at + 1 : at + 1 + len(chunk)]
            for index, logprob in enumerate(lane.context.logprobs(following)):
                self._scores[at + 1 + index] = logprob
        if at + len(chunk) == len(self.ids):
            self.finish("end")

    def finish(self, stop: StopReason) -> None:
        """Say how it ended."""
        self.done = True
        end = time.monotonic()
        started = self._started_at or end
        scores = self._token_scores()
        timings = Timings(queued_s=started - self._queued_at, reply_s=end - started)
        self._sink(
            Finished("", stop, Usage(len(self.ids), self._evaluated, 0), timings, self._origin, scores)
        )

    def _token_scores(self) -> tuple[TokenScore, ...]:
        """The scores with the text of each token: a character that two tokens share belongs to the one that ends it."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        places = sorted(self._scores)
        return tuple(
            TokenScore(decoder.decode(self._piece(self.ids[i]), final=i == places[-1]), self._scores[i]) for i in places
        )

    def fail(self, error: WarmchatError) -> None:
        """End with an error."""
        self.done = True
        self._sink(error)
