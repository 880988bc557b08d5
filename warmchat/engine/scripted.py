"""An engine that says what it was told to say: for tests of flow and screens, and for trying the UI without a model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineLost, WarmchatError
from warmchat.domain.scores import TokenScore
from warmchat.domain.turn import Origin, StopReason, Timings, Usage
from warmchat.engine.protocol import Capabilities, EngineEvent, EngineInfo, Finished, Fragment, Handle, Job, Progress

Answer = str | WarmchatError
Script = Callable[[Job], Answer]


@dataclass
class ScriptedEngine:
    """Answers each job with ``script(job)``, word by word; raises it where it is an error.

    Attributes:
        gate: tests clear it to hold every job before its next word, and set it to let them go on.
        jobs: every job that was handed in, in order.
        scores: it can say how likely a given text is (-1 nat a word).
        fail_after_words: lose the engine in the middle of the next reply, after so many words.
    """

    script: Script
    n_ctx: int = 2048
    load_error: WarmchatError | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    jobs: list[Job] = field(default_factory=list)
    fail_after_words: int | None = None
    closed: bool = False
    scores: bool = False

    def __post_init__(self) -> None:
        self.gate.set()

    def describe(self) -> EngineInfo:
        if self.load_error is not None:
            raise self.load_error
        return EngineInfo(
            model="scripted", model_name="scripted", path="", architecture="scripted", quantisation="", n_params=0,
            size_bytes=0, n_ctx=self.n_ctx, n_ctx_train=self.n_ctx, template="scripted", threads=1, kv_type="",
            versions={}, sequences=4, load_s=0.0, base="scripted",
            capabilities=Capabilities(adapters=True, scores=self.scores),
        )  # fmt: skip

    def count(self, messages: Sequence[Message]) -> int:
        """One token a word and four a message."""
        return sum(len(m.content.split()) + 4 for m in messages)

    def submit(self, job: Job) -> Handle:
        if self.closed:
            raise EngineLost("The engine is closed")
        self.jobs.append(job)
        return _ScriptedHandle(self, job)

    def close(self) -> None:
        self.closed = True
        self.gate.set()


@dataclass
class _ScriptedHandle:
    engine: ScriptedEngine
    job: Job
    cancelled: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        self.cancelled.set()

    def _read(self, prompt: int) -> Finished:
        words = self.job.continue_from.split() if self.job.task == "score" else []
        scores = tuple(TokenScore(word, -1.0) for word in words)
        origin = Origin(model="scripted", model_name="scripted", sampling=self.job.sampling)
        return Finished("", "end", Usage(prompt, prompt, 0), Timings(), origin, scores)

    def __iter__(self) -> Iterator[EngineEvent]:
        prompt = self.engine.count(self.job.messages)
        yield Progress(prompt, prompt)
        if self.job.task != "reply":
            yield self._read(prompt)
            return
        answer = self.engine.script(self.job)
        if isinstance(answer, WarmchatError):
            raise answer
        words = answer.split(" ")
        said: list[str] = []
        stop: StopReason = "end"
        fail_after, self.engine.fail_after_words = self.engine.fail_after_words, None
        for index, word in enumerate(words):
            while not self.engine.gate.wait(0.01) and not self.cancelled.is_set():
                pass
            if self.cancelled.is_set():
                stop = "cancelled"
                break
            if fail_after is not None and index >= fail_after:
                raise EngineLost("The engine process ended", "send the message again")
            piece = word if index == 0 else " " + word
            said.append(piece)
            yield Fragment(piece)
        yield Finished(
            text="".join(said),
            stop=stop,
            usage=Usage(prompt, prompt, len(said)),
            timings=Timings(),
            origin=Origin(model="scripted", model_name="scripted", sampling=self.job.sampling,
                          seed=self.job.sampling.seed or 0, adapters=tuple(asdict(a) for a in self.job.adapters)),
        )  # fmt: skip
