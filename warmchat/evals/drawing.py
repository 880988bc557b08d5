"""Drawing the replies of one voice: many talks side by side, each a generator of jobs, their jobs computed together."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from warmchat.domain.conversation import split_thinking
from warmchat.domain.errors import EngineError
from warmchat.domain.profile import Sampling
from warmchat.domain.turn import Origin
from warmchat.engine.bulk import in_bulk
from warmchat.engine.protocol import Engine, Finished, Handle, Job, Priority
from warmchat.evals.material import Ask
from warmchat.evals.voice import EvalVoice
from warmchat.voices.direct import direct_job

R = TypeVar("R")
Talk = Generator[Job, Finished, R]
"""Yields a job, is sent how it ended, and returns what came of it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One reply.

    Attributes:
        text: without thinking.
        tokens, seconds: of all jobs that it took.
    """

    text: str
    stop: str
    tokens: int
    seconds: float
    sampling: Sampling
    origin: Origin


def drawn(engine: Engine, voice: EvalVoice, asks: Iterable[Ask]) -> Generator[tuple[Ask, Drawn]]:
    """This voice's reply to each, as they come. To stop iterating cancels what is under way.

    Raises:
        EngineError: a reply could not be made.
    """
    yield from driven(engine, ((ask, _talk(voice, ask)) for ask in asks))


def driven(engine: Engine, talks: Iterable[tuple[Ask, Talk[R]]]) -> Generator[tuple[Ask, R]]:
    """Drive many talks side by side; what each came to, about in the order of the talks."""
    ahead = max(4, 2 * engine.describe().capabilities.batched)
    waiting: deque[tuple[Ask, Talk[R], Handle]] = deque()
    coming = iter(talks)
    try:
        while True:
            while len(waiting) < ahead and (new := next(coming, None)) is not None:
                ask, talk = new
                waiting.append((ask, talk, engine.submit(in_bulk(next(talk)))))
            if not waiting:
                return
            ask, talk, handle = waiting[0]
            end = _end(handle)
            waiting.popleft()
            try:
                job = talk.send(end)
            except StopIteration as over:
                yield ask, over.value
            else:
                waiting.append((ask, talk, engine.submit(in_bulk(job))))
    finally:
        for _, _, handle in waiting:
            handle.cancel()


def _talk(voice: EvalVoice, ask: Ask) -> Talk[Drawn]:
    """The strategy of the voice's profile, with the sampling as it is measured."""
    own = voice.profile.sampling
    sampling = replace(own, max_tokens=min(own.max_tokens, ask.most), seed=ask.seed if own.temperature > 0 else 0)
    job = direct_job(
        replace(voice.profile, sampling=sampling), ask.before, ask.text,
        sequence="bulk", priority=Priority.BULK, adapters=voice.setting.adapters,
    )  # fmt: skip
    end = yield replace(job, bare=voice.bare)
    text = split_thinking(end.text)[1].strip()
    return Drawn(text, end.stop, end.usage.reply_tokens, end.timings.reply_s, sampling, end.origin)


def _end(handle: Handle) -> Finished:
    last = None
    for event in handle:
        last = event
    if isinstance(last, Finished):
        return last
    raise EngineError("The engine gave no end to a job")
