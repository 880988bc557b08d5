"""What the rest of the program asks of an engine. It knows nothing of llama.cpp, sessions or screens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, Protocol

from warmchat.domain.conversation import Message
from warmchat.domain.profile import Sampling
from warmchat.domain.scores import TokenScore
from warmchat.domain.turn import Origin, StopReason, Timings, Usage


class Priority(IntEnum):
    """Who goes next; a lower number goes first and pushes the others aside within one decode step."""

    VISIBLE = 0
    ASKED = 1
    SHADOW = 2
    NOISE = 3
    PRIMING = 4
    BULK = 5  # evaluations, data: hours of it; reading ahead is short and spares the reader a wait


@dataclass(frozen=True, slots=True)
class AdapterSpec:
    """An adapter in force: which file, how strongly.

    Attributes:
        strength: raw: what a control vector's directions are multiplied by, or a LoRA's scale. 0 is off.
        layers: first and last layer of a control vector, both inclusive; None for all that the file has.
    """

    kind: Literal["control_vector", "lora"]
    name: str
    path: str
    strength: float
    layers: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One reply to be made, or one text to be read.

    Attributes:
        messages: what the voice reads, system prompt included, ending with a user message.
        sequence: name of the token sequence that should hold this text, such as ``companion/visible``. Jobs of one
            sequence find what earlier jobs have read; a name never met before costs a full reading.
        continue_from: the beginning of the reply, to go on from; empty for a new one. It is not repeated in the events.
        adapters: in force for this text. What was read under other adapters or strengths is read anew.
        task: `reply` makes one. `read` only reads the messages (which may end with an assistant's), so that a later
            job of this sequence finds them read. `score` reads them with `continue_from` as the reply, and gives the
            log-probability of each of its tokens in `Finished.scores`. `hidden` reads the same, and gives what the
            model computed on the way in `Finished.hidden`.
        raw: for `score` and `hidden`: this text stands before `continue_from` instead of the messages, as it is, with
            no chat template.
        pool: for `hidden`: the state at the last token, or the mean over the tokens of `continue_from`.
        batched: nothing read for it need be kept for later, so the engine may compute it together with other batched
            jobs of equal priority and adapters; `sequence` is then ignored. Hand in many, then iterate their handles in
            any order. Their fragments come rarely.
        bare: where the messages hold no system prompt, leave out the one that the model's template puts in itself. (A
            server renders messages as it likes.)
    """

    messages: tuple[Message, ...]
    sampling: Sampling = field(default_factory=Sampling)
    sequence: str = "main"
    priority: Priority = Priority.VISIBLE
    continue_from: str = ""
    adapters: tuple[AdapterSpec, ...] = ()
    task: Literal["reply", "read", "score", "hidden"] = "reply"
    raw: str | None = None
    pool: Literal["last", "mean"] = "last"
    batched: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` prompt tokens are read (those kept from before count as read)."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Fragment:
    """More text, whole characters only."""

    text: str


@dataclass(frozen=True, slots=True)
class HiddenStates:
    """The residual stream of one text after each of the model's layers, first layer first.

    Attributes:
        layers, width: how many vectors there are, and how many numbers each has.
        data: layers x width float32, little-endian.
    """

    layers: int
    width: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a job. ``text`` is everything that was made, thinking included; ``scores`` is for a `score` job,
    ``hidden`` for a `hidden` one."""

    text: str
    stop: StopReason
    usage: Usage
    timings: Timings
    origin: Origin
    scores: tuple[TokenScore, ...] = ()
    hidden: HiddenStates | None = None


EngineEvent = Progress | Fragment | Finished


class Handle(Protocol):
    """A job that was handed in. Iterating blocks; the last event is a `Finished`, or an `EngineError` is raised."""

    def __iter__(self) -> Iterator[EngineEvent]: ...

    def cancel(self) -> None:
        """Stop as soon as possible, from any thread: the iterator ends with ``Finished(stop="cancelled")``."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this engine can do beyond making text.

    Attributes:
        parallel: jobs that run side by side, each at its own pace.
        batched: most jobs marked `batched` that are computed together; 1 where they go one after the other.
    """

    adapters: bool = False
    hidden_states: bool = False
    scores: bool = False
    parallel: int = 1
    batched: int = 1


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What is loaded and how.

    Attributes:
        model: identity of the model (hash of metadata, tensor table and size), as in `Origin`.
        n_ctx: tokens that one sequence can hold. n_ctx_train: what the model was trained for.
        notes: sentences that the user should see, such as "this model has no chat template".
        base: what this model's adapters are filed under, the same for every quantisation of it.
        sequences: voices whose texts are kept read at once. lane_bytes: memory that each of them takes.
        flash_attention, mmap: `on`, `off`, or `auto` where llama.cpp decides; empty for a server.
        reasons: for each value that was chosen (`n_ctx`, `threads`, `kv_type`, `flash_attention`, `gpu_layers`, `mmap`,
            `lanes`), why, in plain words.
        machine: what the library computes with here, as far as it may change the last bits: kinds of instructions.
        own_system: where a profile has no system prompt, the model's template puts in one of its own (but `Job.bare`).
    """

    model: str
    model_name: str
    path: str
    architecture: str
    quantisation: str
    n_params: int
    size_bytes: int
    n_ctx: int
    n_ctx_train: int
    template: str
    threads: int
    kv_type: str
    versions: dict[str, str]
    sequences: int
    load_s: float
    notes: tuple[str, ...] = ()
    own_system: bool = False
    base: str = ""
    flash_attention: str = ""
    gpu_layers: int = 0
    mmap: str = ""
    lane_bytes: int = 0
    machine: str = ""
    reasons: dict[str, str] = field(default_factory=dict)
    capabilities: Capabilities = field(default_factory=Capabilities)


class Engine(Protocol):
    """Makes text from messages. All methods may be called from any thread and block; there is no async twin."""

    def describe(self) -> EngineInfo:
        """What is loaded; waits until it is. Raises `ModelError` or `EngineError` where loading failed."""

    def count(self, messages: Sequence[Message]) -> int:
        """Tokens of these messages as a prompt, template included."""

    def submit(self, job: Job) -> Handle:
        """Hand in a job; it waits its turn by priority. Returns at once."""

    def close(self) -> None:
        """End all jobs and free everything. Further calls raise `EngineLost`."""
