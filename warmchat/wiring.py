"""The only place that picks concrete classes: which engine, log, detector and screens make up this program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from warmchat.compare.signal_detector import SignalDetector
from warmchat.engine.config import EngineConfig
from warmchat.engine.process import ProcessEngine
from warmchat.engine.protocol import Engine
from warmchat.models.gguf_header import chat_model
from warmchat.profiles.library import ProfileLibrary, default_folders
from warmchat.session import ChatSession, SessionRules
from warmchat.settings import Settings
from warmchat.storage.log import SessionLog

if TYPE_CHECKING:
    from warmchat.compare.detector import Detector


def open_engine(settings: Settings, model: Path) -> Engine:
    """The engine for one model file, loading in a process of its own. Returns at once.

    Raises:
        ModelError: the file is no chat model that could be loaded, as its header shows.
    """
    header = chat_model(model)
    config = EngineConfig(
        path=str(model),
        identity=header.identity,
        n_ctx=settings.n_ctx,
        threads=settings.threads,
        gpu_layers=settings.gpu_layers,
    )
    return ProcessEngine(config, settings.native_log if settings.log else None)


def open_profiles(settings: Settings) -> ProfileLibrary:
    """The profiles of this run, by search order."""
    return ProfileLibrary(default_folders(settings))


def open_log(settings: Settings) -> SessionLog:
    """The session log; in memory alone where nothing is to be written. Raises `LogError`."""
    return SessionLog.open(settings.log_file if settings.log else None)


def make_detector() -> Detector:
    """The detector that judges."""
    return SignalDetector()


def open_session(
    settings: Settings,
    *,
    engine: Engine | None,
    profiles: ProfileLibrary,
    log: SessionLog,
    session_id: str | None = None,
    profile: str | None = None,
) -> ChatSession:
    """A new session, or the one with this id, with its transcript."""
    turns = log.path(session_id) if session_id is not None else []
    return ChatSession(
        engine=engine,
        profiles=profiles,
        log=log,
        detector=make_detector(),
        rules=SessionRules(
            reference=settings.reference,
            shadow=settings.shadow,
            shadow_history=settings.shadow_history,
            backlog=settings.shadow_backlog,
        ),
        profile=profile or settings.profile,
        session_id=session_id,
        turns=turns,
    )
