"""Sessions of two voices that part, and what is asked of their events."""

from __future__ import annotations

from collections.abc import Sequence

from tests.session.conftest import Make, engine_of
from warmchat.compare.signal_detector import SignalDetector
from warmchat.domain.turn import (
    FragmentArrived,
    Turn,
    TurnEvent,
    VerdictReached,
)
from warmchat.engine.protocol import Job
from warmchat.engine.scripted import Answer, Script, ScriptedEngine
from warmchat.models.adapters import AdapterShelf
from warmchat.profiles.library import ProfileLibrary
from warmchat.session import ChatSession, SessionRules
from warmchat.session.dials import Dials
from warmchat.storage.log import SessionLog

PATIENCE_S = 20.0
WARM = "Oh friend, I hear you. The capital of Australia is Sydney. I'm glad you asked!"
COLD = "The capital of Australia is Canberra."


def two_voices(job: Job) -> Answer:
    return WARM if "warm" in job.messages[0].content else COLD


def sessions_of(profiles: ProfileLibrary, log: SessionLog) -> Make:
    """Makes sessions of two voices that differ in the capital of Australia."""

    def session(script: Script = two_voices, *, profile: str = "companion", n_ctx: int = 2048,
                rules: SessionRules | None = None, turns: Sequence[Turn] = ()) -> ChatSession:  # fmt: skip
        return ChatSession(
            engine=ScriptedEngine(script, n_ctx=n_ctx), profiles=profiles, log=log, detector=SignalDetector(),
            rules=rules or SessionRules(), profile=profile, turns=turns,
        )  # fmt: skip

    return session


def with_dial(make: Make, shelf: AdapterShelf, **options: object) -> ChatSession:
    session = make(**options)
    session._parts.dials = Dials(shelf)
    return session


def replies(session: ChatSession) -> list[Job]:
    """The jobs that made replies; reading ahead and scoring stand between them."""
    return [job for job in engine_of(session).jobs if job.task == "reply"]


def kinds(events: Sequence[TurnEvent]) -> list[type]:
    return [type(e) for e in events if not isinstance(e, FragmentArrived)]


def verdict_of(events: Sequence[TurnEvent]) -> VerdictReached:
    (found,) = [e for e in events if isinstance(e, VerdictReached)]
    return found
