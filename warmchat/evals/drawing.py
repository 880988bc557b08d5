"""Drawing the replies of one voice: many talks side by side, each a generator of jobs, their jobs computed together."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from warmchat.compare.signal_detector import SignalDetector
from warmchat.domain.conversation import split_thinking
from warmchat.domain.errors import EngineError
from warmchat.domain.profile import Sampling
from warmchat.domain.turn import Origin, ReplyWay
from warmchat.engine.bulk import in_bulk
from warmchat.engine.protocol import Engine, Finished, Handle, Job, Priority
from warmchat.evals.material import Ask
from warmchat.evals.voice import EvalVoice
from warmchat.voices.rewrite import Check
from warmchat.voices.speaking import speak
from warmchat.voices.strategy import Said, Speaker

BLOCK = 4  # times as many replies as are computed together
DETECTOR = SignalDetector()  # checks what is rewritten
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
    way: ReplyWay = "direct"


def drawn(engine: Engine, voice: EvalVoice, asks: Iterable[Ask]) -> Generator[tuple[Ask, Drawn]]:
    """This voice's reply to each, as they come. To stop iterating cancels what is under way.

    Raises:
        EngineError: a reply could not be made.
    """
    yield from driven(engine, ((ask, _talk(voice, ask)) for ask in asks))


def blocks(engine: Engine, asks: Sequence[Ask], open_: Container[Ask]) -> Iterator[Sequence[Ask]]:
    """What to draw of these, block by block, so that the open ones are answered.

    Texts that are computed together may part at near ties when their company changes. So where they are, blocks are
    cut once and for all, and one that was left half done is drawn again as a whole: what is open in it then comes out
    as if the run had never been stopped. Elsewhere the open ones are all there is to draw.
    """
    together = engine.describe().capabilities.batched
    if together < 2:
        yield [ask for ask in asks if ask in open_]
        return
    for at in range(0, len(asks), BLOCK * together):
        block = asks[at : at + BLOCK * together]
        if any(ask in open_ for ask in block):
            yield block


def driven(engine: Engine, talks: Iterable[tuple[Ask, Talk[R]]]) -> Generator[tuple[Ask, R]]:
    """Drive many talks side by side; what each came to, about in the order of the talks."""
    ahead = max(4, BLOCK * engine.describe().capabilities.batched)
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


DRAFT_ROOM = 4  # times the longest reply: a draft that is cut off is not rewritten


def _talk(voice: EvalVoice, ask: Ask) -> Talk[Drawn]:
    """The strategy of the voice's profile, with the sampling as it is measured."""
    reference = _speaker(voice.reference, ask, DRAFT_ROOM * ask.most) if voice.reference is not None else None
    speaker = _speaker(voice, ask, (1 if reference is None else DRAFT_ROOM) * ask.most)
    strategy = speak(speaker, reference, ask.text, Check(ask.text, ask.before, DETECTOR), Priority.BULK)
    ends = []
    try:
        step = next(strategy)
        while True:
            ends.append((yield replace(step.job, bare=voice.bare)))
            step = strategy.send(ends[-1])
    except StopIteration as over:
        said: Said = over.value
    text = split_thinking(said.text)[1].strip()
    tokens, seconds = sum(e.usage.reply_tokens for e in ends), sum(e.timings.reply_s for e in ends)
    return Drawn(text, said.finished.stop, tokens, seconds, speaker.profile.sampling, said.finished.origin, said.way)


def _speaker(voice: EvalVoice, ask: Ask, most: int) -> Speaker:
    own = voice.profile.sampling
    sampling = replace(own, max_tokens=min(own.max_tokens, most), seed=ask.seed if own.temperature > 0 else 0)
    return Speaker(replace(voice.profile, sampling=sampling), ask.before, "bulk", voice.setting.adapters)


def _end(handle: Handle) -> Finished:
    last = None
    for event in handle:
        last = event
    if isinstance(last, Finished):
        return last
    raise EngineError("The engine gave no end to a job")
