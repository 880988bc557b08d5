"""What the log is asked and what it answers, beside the turns themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from warmchat.domain.mark import Mark, MarkName
from warmchat.domain.profile import Profile
from warmchat.domain.turn import Reply, ReplyRole, Turn
from warmchat.domain.verdict import Direction, Kind, Label, Verdict


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One line of the list of sessions.

    Attributes:
        last_at: when its newest turn was opened.
        checked: turns whose reply was compared (`agree`, `disagree` or `unsure`).
        disagreements: turns whose current verdict is `disagree`.
        models: names of the models that replied, each once.
        profiles: ids of the profiles that were asked to reply, each once.
        archived_at: when it was put away; None while it stands in the list.
    """

    id: str
    title: str
    started_at: str
    last_at: str
    turns: int
    checked: int
    disagreements: int
    models: tuple[str, ...]
    profiles: tuple[str, ...]
    archived_at: str | None = None


@dataclass(frozen=True, slots=True)
class TurnFilter:
    """Which turns; what is empty or None lets all through, several values of one field mean any of them.

    Attributes:
        model: part of the model's name, or the beginning of its identity.
        since: not older than this; ISO 8601 with offset, like `Turn.created_at`.
        until: older than this.
        min_score: the verdict's score is at least this.
        marks: what the user thought of the answers; "" is a turn without a mark.
        high_stakes: only messages about health, money, law or safety (`domain.stakes`).
    """

    sessions: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    kinds: tuple[Kind, ...] = ()
    profiles: tuple[str, ...] = ()
    model: str = ""
    since: str | None = None
    until: str | None = None
    min_score: float | None = None
    directions: tuple[Direction, ...] = ()
    marks: tuple[MarkName | Literal[""], ...] = ()
    high_stakes: bool = False


DISAGREEMENTS = TurnFilter(labels=("disagree",))


@dataclass(frozen=True, slots=True)
class Flag:
    """A compared turn as a line in a list of all sessions. ``mark`` is "" where the user made none."""

    turn_id: str
    session_id: str
    session_title: str
    created_at: str
    profile: str
    model_name: str
    user_text: str
    label: Label
    kind: Kind | None
    direction: Direction | None
    score: float | None
    mark: MarkName | Literal[""]


@dataclass(frozen=True, slots=True)
class Day:
    """What checks came to on one day of the user's clock.

    Attributes:
        day: ISO 8601 date.
        checked: replies that were compared with the reference's.
        flagged: of those, where the reference would have said otherwise.
        went_along: of those, where the reply took up a claim or plan of the user's that the reference rejected.
    """

    day: str
    checked: int
    flagged: int
    went_along: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A message or reply that a search found. ``role`` is `user` or the reply's role; ``snippet`` the words around."""

    session_id: str
    session_title: str
    turn_id: str
    role: Literal["user"] | ReplyRole
    profile: str
    created_at: str
    snippet: str


@dataclass(frozen=True, slots=True)
class CutOff:
    """A session whose last turn has no whole reply. ``said``: some of the reply is there, so it can be gone on with."""

    session_id: str
    user_text: str
    said: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with what it is about. The ids are None where there was no such reply."""

    reply_id: str | None
    shadow_id: str | None
    judged_at: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """All that the log holds of one turn: what an export writes, and an import reads.

    Attributes:
        turn: with its shown reply, shadow reply and current verdict.
        others: its other replies: samples, drafts, alternatives, earlier ones.
        judgements: all its verdicts, oldest first; the current one is among them.
        profiles: the profiles that spoke in it, by hash; one that was never saved is missing.
        redacted: what was taken out of this copy, in words; the log's own records have nothing taken out.
    """

    session_title: str
    session_started_at: str
    turn: Turn
    others: tuple[Reply, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    mark: Mark | None = None
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    redacted: tuple[str, ...] = ()
