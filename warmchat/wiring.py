"""The only place that picks concrete classes: which engine, log, detector and screens make up this program.

Each is imported where it is made: the screens paint before SQLite, the detector and the engine's parts are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from warmchat.domain.errors import LogError
from warmchat.profiles.library import ProfileLibrary, default_folders
from warmchat.settings import Settings

if TYPE_CHECKING:
    from warmchat.compare.detector import Detector
    from warmchat.domain.turn import Turn
    from warmchat.engine.config import EngineConfig
    from warmchat.engine.protocol import Engine
    from warmchat.gguf.header import GGUFHeader
    from warmchat.models.find import FoundModel
    from warmchat.session import ChatSession
    from warmchat.storage.log import SessionLog
    from warmchat.storage.records import TurnFilter
    from warmchat.ui.services import Services

LAST = "last"  # stands for the session that was spoken in last


def chosen_model(settings: Settings) -> Path | None:
    """What to run: the server where one is set (its place, as a path that names no file), else a model file."""
    if settings.remote_url:
        from warmchat.engine.remote import checked_address

        return Path(checked_address(settings.remote_url).place)
    from warmchat.models.find import resolve_model

    return resolve_model(settings)


def is_remote(settings: Settings, model: Path) -> bool:
    """This model is the server's."""
    return bool(settings.remote_url) and model == chosen_model(settings)


def _remote_engine(settings: Settings) -> Engine:
    import os

    from warmchat.engine.remote import RemoteConfig, RemoteEngine

    return RemoteEngine(
        RemoteConfig(
            base_url=settings.remote_url,
            model=settings.remote_model,
            api_key=os.environ.get(settings.remote_key_variable, ""),
            key_variable=settings.remote_key_variable,
            n_ctx=settings.n_ctx,
            parallel=settings.remote_parallel,
            first_token_s=settings.remote_timeout,
        )
    )


def engine_config(settings: Settings, header: GGUFHeader) -> EngineConfig:
    """What the engine is told of this model file."""
    from warmchat.engine.config import EngineConfig
    from warmchat.models.adapters import base_name

    return EngineConfig(
        path=str(header.path),
        identity=header.identity,
        base=base_name(header),
        n_ctx=settings.n_ctx,
        threads=settings.threads,
        gpu_layers=settings.gpu_layers,
        kv_type=settings.kv_type,
        flash_attention=settings.flash_attention,
        mmap=settings.mmap,
        kv_width=header.kv_width,
        head_sizes=(header.key_length, header.value_length),
        heads=header.head_count,
    )


def open_engine(settings: Settings, model: Path, *, native_log: Path | None = None) -> Engine:
    """The engine for one model file, loading in a process of its own, or the one that asks a server. Returns at once.

    Args:
        native_log: where llama.cpp's talk goes instead of the data folder.

    Raises:
        ModelError: the file is no chat model that could be loaded, as its header shows.
    """
    if is_remote(settings, model):
        return _remote_engine(settings)
    from warmchat.engine.process import ProcessEngine
    from warmchat.gguf.header import chat_model

    config = engine_config(settings, chat_model(model))
    return ProcessEngine(config, native_log or (settings.native_log if settings.log else None))


def open_profiles(settings: Settings, *, local: bool = True) -> ProfileLibrary:
    """The profiles of this run, by search order; `local` False leaves the current folder's out."""
    return ProfileLibrary(default_folders(settings, local=local))


def open_log(settings: Settings) -> SessionLog:
    """The session log; in memory alone where nothing is to be written. Raises `LogError`."""
    from warmchat.storage.log import SessionLog

    return SessionLog.open(settings.log_file if settings.log else None)


def make_detector() -> Detector:
    """The detector that judges."""
    from warmchat.compare.signal_detector import SignalDetector

    return SignalDetector()


def open_session(
    settings: Settings,
    *,
    engine: Engine | None,
    profiles: ProfileLibrary,
    log: SessionLog,
    session_id: str | None = None,
    profile: str | None = None,
    read_ahead: bool = True,
) -> ChatSession:
    """A new session, or the one with this id, with its transcript."""
    from warmchat.models.adapters import AdapterShelf, default_adapter_folders
    from warmchat.session import ChatSession, SessionRules

    turns, others = tree_of(log, session_id) if session_id is not None else ([], [])
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
            samples=settings.shadow_samples,
            read_ahead=read_ahead,
        ),
        adapters=AdapterShelf(default_adapter_folders(settings)),
        profile=profile or _last_voice(turns, profiles) or settings.profile,
        session_id=session_id,
        turns=turns,
        others=others,
        alternatives=log.alternatives(session_id) if session_id is not None else {},
        marks=log.marks(session_id) if session_id is not None else {},
    )


def tree_of(log: SessionLog, session_id: str) -> tuple[list[Turn], list[Turn]]:
    """The turns of the branch that stood on the screen last, and those of the others."""
    from warmchat.storage.log import path_to, path_to_newest

    turns = log.turns(session_id)
    path = path_to(turns, log.place(session_id)) or path_to_newest(turns)
    shown = {turn.id for turn in path}
    return path, [turn for turn in turns if turn.id not in shown]


def _last_voice(turns: Sequence[Turn], profiles: ProfileLibrary) -> str | None:
    """Who spoke last in a session that is resumed, where that profile still exists."""
    return turns[-1].profile if turns and turns[-1].profile in profiles.ids() else None


def write_export(log: SessionLog, session_id: str, form: str, path: Path) -> Path:
    """Export one session as ``md``, ``html``, ``jsonl`` or ``csv``. Raises `ExportError`; nothing is overwritten."""
    from warmchat.storage.records import TurnFilter

    return write_turns(log, TurnFilter(sessions=(session_id,)), form, path)


def write_turns(log: SessionLog, where: TurnFilter, form: str, path: Path) -> Path:
    """Export the turns that `where` lets through. Raises `ExportError`; nothing is overwritten."""
    from warmchat.storage.exports.files import write_file
    from warmchat.storage.exports.formats import FORMATS

    write_file(path, FORMATS[form](log.records(where)))
    return path


def screen_services(
    settings: Settings,
    *,
    profiles: ProfileLibrary,
    model: Path | None,
    session: str | None = None,
    warmth: float | None = None,
    read_ahead: bool = True,
) -> Services:
    """What a chat runs on, on a screen or line by line. A log that cannot be used does not keep it from opening.

    Args:
        session: id of the session to resume, as `SessionLog.find_session` gives it.
        warmth: where the first voice's dial stands at the start of a session; None: as its file says.
        read_ahead: silent voices read the transcript in idle time.
    """
    from warmchat.profiles.files import ProfileFiles
    from warmchat.ui import keymap
    from warmchat.ui.services import Services

    keymap.use(settings.keys)  # a key that cannot be is said in the shell, not on a screen

    @cache
    def log() -> tuple[SessionLog, str]:
        """The log and, where it cannot be used, why; opened with the first session, after the first paint."""
        try:
            return open_log(settings), ""
        except LogError as error:
            from warmchat.storage.log import SessionLog

            return SessionLog.open(None), f"{error.message}: nothing of this chat will be kept. {error.hint}"

    def open_one(session_id: str | None) -> ChatSession:
        if session_id == LAST:
            session_id = log()[0].last_session_id()
        opened = open_session(
            settings, engine=None, profiles=profiles, log=log()[0], session_id=session_id, read_ahead=read_ahead
        )
        if warmth is not None:
            opened.turn_dial(warmth)
        return opened

    def engine_for(path: Path) -> Engine:
        from warmchat.models.state import remember_model

        engine = open_engine(settings, path)
        if not is_remote(settings, path):
            remember_model(settings, path)
        return engine

    def check_model(path: Path) -> None:
        from warmchat.gguf.header import chat_model

        if not is_remote(settings, path):
            chat_model(path)

    def messages() -> Sequence[str]:
        return log()[0].messages()

    def models() -> Sequence[FoundModel]:
        from warmchat.models.find import find_models, places_of

        return find_models(places_of(settings))

    return Services(
        settings=settings,
        profiles=profiles,
        open_session=open_one,
        open_engine=engine_for,
        find_models=models,
        export=lambda session_id, form, path: write_export(log()[0], session_id, form, path),
        log=lambda: log()[0],
        flags=lambda: log()[0],
        profile_files=ProfileFiles(profiles),
        messages=messages,
        export_turns=lambda where, form, path: write_turns(log()[0], where, form, path),
        initial_model=model,
        initial_session=session or (LAST if settings.start == LAST else None),
        check_model=check_model,
        log_problem=lambda: log()[1],
    )
