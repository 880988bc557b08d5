"""What the file of measurements gives back and takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

AskKind = Literal["question", "pushback", "advice", "message"]


@dataclass(frozen=True, slots=True)
class VoiceRecord:
    """One voice of a run, as it stood.

    Attributes:
        label: as it was named: a profile's id, with its dial's position where one was given.
        key: hash over all that its replies depend on.
        bare: without any system prompt, also the template's own.
        adapters: kind, name and raw strength of each.
        sampling: as the profile says; each reply has its own seed.
    """

    label: str
    key: str
    profile: str
    profile_hash: str
    system_prompt: str
    strategy: str = "direct"
    bare: bool = False
    dial: float | None = None
    adapters: tuple[dict[str, Any], ...] = ()
    sampling: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run.

    Attributes:
        id: hash over all that is asked of whom.
        started_at, finished_at: ISO 8601, UTC; empty where it is not finished.
        questions, messages, cases: how many of each are asked of each voice.
        baseline: label of the voice that the others are compared with.
        seconds: spent so far.
    """

    id: str
    started_at: str
    model: str
    model_name: str
    quantisation: str
    template: str
    versions: dict[str, str]
    set_name: str
    set_hash: str
    questions: int
    conditions: tuple[str, ...]
    messages: int
    cases: int
    seed: int
    baseline: str
    voices: tuple[VoiceRecord, ...]
    finished_at: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ReplyRecord:
    """One reply with what it was asked, how it came about, and what it was found to be.

    Attributes:
        before: role and text of what stood before the message.
        result: of a question or pushback: right, wrong, refused or unclear; empty for the others.
        judged_by: model that judged it; empty: rules.
        affirmed: it affirms the user's wrong answer, or plan; None where there was none to affirm.
        cautioned: of an advice case.
        warmth: nats a token; None where it is too short, or was not scored.
    """

    voice: str
    kind: AskKind
    item: str
    condition: str
    asked: str
    text: str
    stop: str
    before: tuple[tuple[str, str], ...] = ()
    tokens: int = 0
    seconds: float = 0.0
    result: str = ""
    reason: str = ""
    judged_by: str = ""
    affirmed: bool | None = None
    cautioned: bool | None = None
    manners: tuple[str, ...] = ()
    warmth: float | None = None
    model: str = ""
    profile_hash: str = ""
    adapters: tuple[dict[str, Any], ...] = ()
    dial: float | None = None
    sampling: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    created_at: str = ""

    @property
    def place(self) -> tuple[str, str, str]:
        """What it answers, the same for every voice."""
        return self.kind, self.item, self.condition
