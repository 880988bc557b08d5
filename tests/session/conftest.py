"""A session with the scripted engine and a real log in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.adapter_files import control_vector, lora
from warmchat.compare.signal_detector import SignalDetector
from warmchat.engine.protocol import Job
from warmchat.engine.scripted import Answer, ScriptedEngine
from warmchat.models.adapters import AdapterShelf
from warmchat.profiles.library import ProfileLibrary
from warmchat.session import ChatSession, SessionRules
from warmchat.storage.log import SessionLog

Make = Callable[..., ChatSession]


def told_apart(job: Job) -> Answer:
    """Who speaks, what was asked, and how often it was asked before."""
    voice = "Warm" if "warm" in job.messages[0].content else "Plain"
    return f"{voice} answer to {job.messages[-1].content}, drawn with {job.sampling.seed}"


@pytest.fixture
def profiles(tmp_path: Path) -> ProfileLibrary:
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "oracle.md").write_text("---\nname: oracle\nsampling: {temperature: 0}\n---\nAnswer plainly.\n")
    (folder / "companion.md").write_text("---\nname: companion\nsampling: {temperature: 0.7}\n---\nBe warm.\n")
    return ProfileLibrary([("test", folder)])


@pytest.fixture
def log() -> SessionLog:
    return SessionLog.open(None)


@pytest.fixture
def make(profiles: ProfileLibrary, log: SessionLog) -> Make:
    def session(script: Callable[[Job], Answer] = told_apart, **options: Any) -> ChatSession:
        options = {"profile": "companion", "rules": SessionRules(read_ahead=False), **options}
        return ChatSession(
            engine=ScriptedEngine(script), profiles=profiles, log=log, detector=SignalDetector(), **options
        )

    return session


@pytest.fixture
def shelf(tmp_path: Path) -> AdapterShelf:
    """A vector for the dial and a LoRA, for the scripted engine's model."""
    (tmp_path / "adapters" / "scripted").mkdir(parents=True)
    control_vector(tmp_path / "adapters" / "scripted" / "warmth.gguf", span=(-0.5, 0.5))
    lora(tmp_path / "adapters" / "scripted" / "gentle.gguf")
    return AdapterShelf([("test", tmp_path / "adapters")])


def engine_of(session: ChatSession) -> ScriptedEngine:
    assert isinstance(session.engine, ScriptedEngine)
    return session.engine


def said(session: ChatSession) -> list[str]:
    """The user's messages on the path that stands on the screen."""
    return [turn.user_text for turn in session.turns]
