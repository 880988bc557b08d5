"""A turn, its replies, and the events by which the rest of the program hears of them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from warmchat.domain.conversation import ShadowHistory
from warmchat.domain.mark import Mark
from warmchat.domain.profile import Sampling
from warmchat.domain.scores import TokenScore
from warmchat.domain.verdict import Verdict

ReplyRole = Literal["shown", "shadow", "sample", "draft", "alternative"]
ReplyWay = Literal["direct", "rewritten", "retried", "cold"]
# direct: as the model drew it. rewritten: a cold draft, said kindly. retried: the same, the second rewriting was taken.
# cold: no rewriting kept what the draft says, so it is the draft itself with a kind sentence of ours before it.
Stage = Literal["neutralising", "answering", "rewriting"]
StopReason = Literal["end", "length", "window", "cancelled", "interrupted"]
# end: the model closed its reply. length: max_tokens reached. window: the context was full.
# cancelled: the user stopped it. interrupted: the engine was lost.

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """A new id: 16 characters that sort by time (9 of milliseconds, 7 of chance)."""
    number = (time.time_ns() // 1_000_000) << 35 | secrets.randbits(35)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(75, -1, -5))


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one generation: the whole prompt, the part of it that had to be read anew, the reply."""

    prompt_tokens: int = 0
    evaluated_tokens: int = 0
    reply_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds. ``queued_s``: waiting for other jobs; ``first_token_s``: from the start of reading to the first token;
    ``reply_s``: from the start of reading to the end."""

    queued_s: float = 0.0
    first_token_s: float = 0.0
    reply_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Origin:
    """All that is needed to know how a reply came about, and to ask for it again.

    Attributes:
        model: identity of the model file (hash of metadata, tensor table and size).
        template: hash of the chat template.
        adapters: names, raw strengths and hashes of the files in force, JSON values; what the profile asks for and was
            switched off stands there with strength 0.
        dial: position of the warmth dial, -1..+1; None where the profile has none.
        seed: the seed that was used (0 where temperature 0 made none necessary).
        window: ids of the earlier turns that were read; None where nobody kept it, as before version 4 of the log.
        prompt: hash of the messages that were read; empty as above.
        cuts: where the reply had been cut and was gone on with, in characters made until then.
        engine: how the engine stood: `n_ctx`, `flash_attention`, `gpu_layers`, `mmap`, `machine`; and a hash of the
            token ids that were read, `tokens`.
    """

    model: str = ""
    model_name: str = ""
    template: str = ""
    adapters: tuple[dict[str, Any], ...] = ()
    dial: float | None = None
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 0
    threads: int = 0
    kv_type: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    window: Sequence[str] | None = None
    prompt: str = ""
    cuts: tuple[int, ...] = ()
    engine: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What one voice said in one turn.

    Attributes:
        text: the answer. thinking: the folded block before it.
        scores: how likely the reference would have said each token of the answer; empty where it was not asked.
        way: how the text came about from what the model drew.
        asked: what was answered where that is not the user's message to the letter: the bare question.
    """

    id: str
    role: ReplyRole
    profile: str
    profile_hash: str
    text: str
    stop: StopReason
    thinking: str = ""
    usage: Usage = field(default_factory=Usage)
    timings: Timings = field(default_factory=Timings)
    origin: Origin = field(default_factory=Origin)
    scores: Sequence[TokenScore] = ()
    way: ReplyWay = "direct"
    asked: str = ""


def as_made(reply: Reply) -> str:
    """The reply as the model made it, its thinking in front; a block that was cut stays open."""
    if not reply.thinking:
        return reply.text
    return f"<think>\n{reply.thinking}\n</think>\n\n{reply.text}" if reply.text else f"<think>\n{reply.thinking}"


@dataclass(frozen=True, slots=True)
class Turn:
    """One user message with its reply, shadow reply and verdict.

    Attributes:
        parent_id: the turn before it; None for the first. Turns form a tree.
        created_at: ISO 8601, UTC, milliseconds.
        window: ids of the earlier turns that the reply could read (a full window drops the oldest).
        off_record: nothing of this turn is written to the log.
    """

    id: str
    session_id: str
    parent_id: str | None
    user_text: str
    created_at: str
    profile: str
    shadow_history: ShadowHistory = "own"
    window: Sequence[str] = ()
    off_record: bool = False
    reply: Reply | None = None
    shadow: Reply | None = None
    verdict: Verdict | None = None
    error: str = ""


def scores_as(kind: Callable[[Sequence[TokenScore]], Sequence[TokenScore]], reply: Reply) -> Reply:
    """The reply with its scores in another kind of sequence: writers of JSON know tuples and lists alone."""
    return replace(reply, scores=kind(reply.scores))


def all_scores_as(kind: Callable[[Sequence[TokenScore]], Sequence[TokenScore]], turn: Turn) -> Turn:
    """The turn, and so both of its replies."""
    reply, shadow = (each and scores_as(kind, each) for each in (turn.reply, turn.shadow))
    return replace(turn, reply=reply, shadow=shadow)


# Events, in the order in which a turn gives them. Every one names its turn.


@dataclass(frozen=True, slots=True)
class TurnOpened:
    """The user's message is in the log; nothing has been asked of the engine yet."""

    turn: Turn

    @property
    def turn_id(self) -> str:
        return self.turn.id


@dataclass(frozen=True, slots=True)
class WindowMoved:
    """The window was full: the oldest turns are no longer read. ``dropped`` are their ids."""

    turn_id: str
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something about this turn that the user should know, such as an adapter that this model has no file for."""

    turn_id: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class ReplyScored:
    """The reference has read the shown reply: `Reply.scores` says how likely it found each token."""

    turn_id: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class PromptRead:
    """The engine has read ``done`` of ``total`` prompt tokens."""

    turn_id: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class FragmentArrived:
    """More text of the shown reply, thinking included."""

    turn_id: str
    text: str


@dataclass(frozen=True, slots=True)
class StageReached:
    """What is being done for the shown reply, where it takes more than drawing it: its text comes later."""

    turn_id: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class DraftFinished:
    """The cold answer that is going to be rewritten; it is in the log and not shown."""

    turn_id: str
    draft: Reply


@dataclass(frozen=True, slots=True)
class ReplyFinished:
    """The shown reply is whole and in the log: the user may write again."""

    turn_id: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class ShadowStarted:
    """The turn waits for its shadow reply: its verdict is pending."""

    turn_id: str


@dataclass(frozen=True, slots=True)
class VerdictReached:
    """The turn's verdict, with the shadow reply where there is one."""

    turn_id: str
    verdict: Verdict
    shadow: Reply | None


@dataclass(frozen=True, slots=True)
class OtherFragment:
    """More text of what another voice answers when it is asked about a past turn."""

    turn_id: str
    text: str


@dataclass(frozen=True, slots=True)
class OtherFinished:
    """Another voice's answer is whole and in the log, beside the reply."""

    turn_id: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class OtherFailed:
    """Another voice's answer could not be made, or not to its end; what came of it was told as finished before."""

    turn_id: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class ReplyKept:
    """An answer that stood beside a reply is the shown one now.

    Attributes:
        turn: as it is now; where something was said after the turn, a new one beside it, on a branch of its own.
    """

    turn_id: str
    turn: Turn


@dataclass(frozen=True, slots=True)
class TurnMarked:
    """What the user thinks of the turn's answers; None: nothing any more."""

    turn_id: str
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class TurnFailed:
    """The reply could not be made. What came of it is kept."""

    turn_id: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class LogFailed:
    """The log could not be written; the chat goes on in memory."""

    turn_id: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class LogCaughtUp:
    """All that could not be written is in the log now. ``turn_id``: the turn it came with, "" where with none."""

    turn_id: str


TurnEvent = (
    TurnOpened
    | WindowMoved
    | Noticed
    | PromptRead
    | FragmentArrived
    | StageReached
    | DraftFinished
    | ReplyFinished
    | ShadowStarted
    | ReplyScored
    | VerdictReached
    | OtherFragment
    | OtherFinished
    | OtherFailed
    | ReplyKept
    | TurnMarked
    | TurnFailed
    | LogFailed
    | LogCaughtUp
)
