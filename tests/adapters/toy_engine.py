"""An engine in a few lines whose model is known: warmth is one direction, and too much of it breaks the language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warmchat.domain.errors import WarmchatError
from warmchat.domain.scores import TokenScore
from warmchat.domain.turn import Origin, Timings, Usage
from warmchat.engine.protocol import Capabilities, EngineEvent, EngineInfo, Finished, Handle, HiddenStates, Job
from warmchat.engine.scripted import Script, ScriptedEngine
from warmchat.measures.warmth import WARM

LAYERS, WIDTH = 6, 12
WARM_PROMPT, COLD_PROMPT = "You are warm and kind.", "Answer factually and concisely."
KIND = ("dear", "love", "glad", "sorry", "proud", "happy", "friend", "wonderful", "kind")
TRUTH = np.random.default_rng(7).normal(size=(LAYERS, WIDTH)).astype(np.float32)
BREAKS = 0.9  # strength from which it says the same again and again


@dataclass
class ToyEngine(ScriptedEngine):
    """Attributes:
    hidden: it shows hidden states. fail_at: job number at which it raises `failure`. asked: what was handed in.
    """

    script: Script = str  # never asked: jobs are answered by their task
    hidden: bool = True
    failure: BaseException | None = None
    fail_at: int = -1
    asked: list[Job] = field(default_factory=list)
    cancelled: int = 0

    def describe(self) -> EngineInfo:
        return replace(
            super().describe(), architecture="llama", base="toy-1m", model="abcd", model_name="toy",
            capabilities=Capabilities(adapters=True, hidden_states=self.hidden, scores=True),
        )  # fmt: skip

    def submit(self, job: Job) -> Handle:
        self.asked.append(job)
        return _ToyHandle(self, job, len(self.asked) - 1)


@dataclass
class _ToyHandle:
    engine: ToyEngine
    job: Job
    number: int

    def cancel(self) -> None:
        self.engine.cancelled += 1

    def __iter__(self) -> Iterator[EngineEvent]:
        if self.number == self.engine.fail_at and self.engine.failure is not None:
            raise self.engine.failure
        ends = {"hidden": _hidden, "score": _scored, "reply": _reply}
        yield ends[self.job.task](self.job)


def _end(text: str = "", *, scores: tuple[TokenScore, ...] = (), hidden: HiddenStates | None = None) -> Finished:
    return Finished(text, "end", Usage(), Timings(), Origin(), scores, hidden)


def _warmth(text: str) -> float:
    return float(sum(word.strip(".,!'\"") in KIND for word in text.lower().split()))


def _hidden(job: Job) -> Finished:
    text = repr(job.messages) + job.continue_from
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    states: NDArray[np.float32] = 0.3 * np.random.default_rng(seed).normal(size=(LAYERS, WIDTH)).astype(np.float32)
    states += TRUTH * (job.messages[0].content == WARM_PROMPT)
    states += 0.4 * TRUTH * min(3.0, _warmth(job.continue_from))
    return _end(hidden=HiddenStates(LAYERS, WIDTH, states.astype("<f4").tobytes()))


def _scored(job: Job) -> Finished:
    """Warm words are likelier from a friend, and under a warm vector; repetition is unlikely after a chat."""
    strength = sum(a.strength for a in job.adapters)
    each = -1.0 + 0.02 * _warmth(job.continue_from) * ((job.raw in WARM) + strength) - 0.1 * strength**2
    return _end(scores=tuple(TokenScore(word, each) for word in job.continue_from.split()))


def _reply(job: Job) -> Finished:
    strength = sum(a.strength for a in job.adapters)
    if strength and not Path(job.adapters[0].path).is_file():
        raise WarmchatError("the vector's file is gone")
    prompted = job.messages[0].content == WARM_PROMPT
    asked = job.messages[-1].content
    if abs(strength) > BREAKS:
        return _end("so so so so so so " * 8)
    said = f"You wrote of {asked.split()[0]} and {asked.split()[-1]}, which is a thing to think about for a while."
    if strength > 0.3 or prompted:
        said = "My dear friend, I am so happy and glad. " + said
    if strength < -0.3:
        said = "State the facts of the case in order. " + said
    return _end(said)
