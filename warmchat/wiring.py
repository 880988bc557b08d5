"""The only place that picks concrete classes: which engine, log, detector and screens make up this program.

Each is imported where it is made: the screens paint before SQLite, the detector and the engine's parts are needed.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from warmchat.domain.errors import NO_MODEL_HINT, ModelError, NoModel, SettingsError, WarmchatError
from warmchat.domain.paths import typed_path
from warmchat.profiles.library import ProfileLibrary, default_folders
from warmchat.settings import Settings

if TYPE_CHECKING:
    from warmchat.compare.detector import Detector
    from warmchat.compare.judging.judge import Judge
    from warmchat.domain.turn import Turn
    from warmchat.engine.config import EngineConfig
    from warmchat.engine.protocol import Engine
    from warmchat.gguf.header import GGUFHeader
    from warmchat.session import ChatSession
    from warmchat.session.others import OtherModel
    from warmchat.storage.evals.store import EvalStore
    from warmchat.storage.log import SessionLog

JUDGE_KEY = "WARMCHAT_JUDGE_KEY"  # environment variable of the key for a server that only judges
_SMALL_WINDOW = 4096  # tokens: two long replies with what was said before, or a draft and its rewriting


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


def open_evals(settings: Settings) -> EvalStore:
    """The file of measurements. Raises `LogError`."""
    from warmchat.storage.evals.store import EvalStore

    return EvalStore.open(settings.evals_file)


def make_detector(settings: Settings | None = None) -> Detector:
    """The detector that judges: with the cross-encoder where it is installed (the first check loads it), and with the
    judge model of the settings where that one has passed its trial here.

    One that has not, or cannot be had, is left out: `judge_refusal` says why.
    """
    from warmchat.compare.cross_encoder import from_shipped
    from warmchat.compare.signal_detector import SignalDetector

    signals = SignalDetector(from_shipped())
    if settings is None or not settings.judge_model:
        return signals
    try:
        seat = judge_seat(settings)
    except WarmchatError:
        return signals
    from warmchat.compare.judging.detector import JudgedDetector
    from warmchat.compare.judging.record import kept_trial

    trial = kept_trial(settings.judges_file, seat.identity, signals.name)
    return JudgedDetector(signals, _judge(seat), trial) if trial is not None and trial.passed else signals


def judge_refusal(settings: Settings) -> WarmchatError | None:
    """Why the judge model of the settings is not asked; None where it is, or where none is named."""
    if not settings.judge_model:
        return None
    try:
        seat = judge_seat(settings)
    except WarmchatError as error:
        return error
    from warmchat.compare.judging.record import kept_trial

    trial = kept_trial(settings.judges_file, seat.identity, make_detector().name)
    if trial is None:
        return WarmchatError(
            f"{seat.shown} may not judge yet: it was not tried on this machine beside {make_detector().name}",
            f"warmchat compare --calibrate --judge {shlex.quote(settings.judge_model)}",
        )
    if trial.passed:
        return None
    return WarmchatError(f"{seat.shown} may not judge here: {trial.told()}", "name another model, or none")


@dataclass(frozen=True, slots=True)
class JudgeSeat:
    """A model that is to judge.

    Attributes:
        identity: which it is: of a file as in `Origin.model`, of a server its address and the model's name.
        shown: what people call it.
    """

    identity: str
    shown: str
    open: Callable[[], Engine]


def judge_seat(settings: Settings) -> JudgeSeat:
    """The judge model of the settings, else the one that chats. Nothing is loaded, no server is asked.

    Raises:
        ModelError, SettingsError: it cannot be had.
    """
    named = settings.judge_model.strip()
    if not named and settings.remote_url:
        named = f"{settings.remote_url}#{settings.remote_model}"
    # Also what only resembles an address: said to be no file, a password in it would be repeated.
    if "://" in named or (":" in named.partition("@")[0] and "@" in named and not typed_path(named).exists()):
        return _remote_judge(settings, named)
    header, window = _beside(settings, named)
    return JudgeSeat(header.identity, header.path.name, lambda: open_engine(window, header.path))


def _beside(settings: Settings, named: str) -> tuple[GGUFHeader, Settings]:
    """A model file that is to work beside the one that chats, and the settings to open it with. Raises `ModelError`."""
    from warmchat.gguf.header import chat_model
    from warmchat.models.find import resolve_model

    file = resolve_model(settings.model_copy(update={"model": typed_path(named)} if named else {}))
    if file is None:
        raise NoModel("There is no model to judge", NO_MODEL_HINT)
    header = chat_model(file)
    n_ctx = min(_SMALL_WINDOW, header.context_length or _SMALL_WINDOW)
    return header, settings.model_copy(update={"n_ctx": n_ctx, "remote_url": ""})


def other_model(settings: Settings, named: str) -> OtherModel:
    """A model that a profile names beside the chat's own: a file, or a name that `find_models` gives.

    Raises:
        ModelError: it cannot be had, as its header shows. Opening it, where it does not fit into what is free.
    """
    from warmchat.models.adapters import base_name
    from warmchat.session.others import OtherModel

    header, window = _beside(settings, named)

    def opened() -> Engine:
        from warmchat.models.memory import memory_need

        need = memory_need(header, wanted_ctx=window.n_ctx, kv_type=window.kv_type)
        if not need.fits:
            raise ModelError(
                f"There is no room for {header.path.name} beside the model that answers: it takes "
                f"{need.total / 1e9:.1f} GB, and {need.free / 1e9:.1f} GB are free",
                "name a smaller model, or leave rewriter: out of the profile: then the loaded one rewrites",
            )
        return open_engine(window, header.path)

    return OtherModel(header.identity, base_name(header), opened)


def _remote_judge(settings: Settings, named: str) -> JudgeSeat:
    from warmchat.engine.remote import checked_address

    url, _, model = named.partition("#")
    address = checked_address(url)
    if not model:
        raise SettingsError(
            "A server's model that is to judge needs its name: another one there was not tried",
            f"{address.base}#NAME",
        )
    own = bool(settings.remote_url) and checked_address(settings.remote_url).base == address.base
    key = settings.remote_key_variable if own else JUDGE_KEY  # no server is sent the key of another
    changes = {"remote_url": address.base, "remote_model": model, "remote_key_variable": key, "n_ctx": 0}
    there = settings.model_copy(update=changes)
    return JudgeSeat(f"{address.base}#{model}", f"{model} at {address.place}", lambda: _remote_engine(there))


@cache
def _judges() -> dict[str, Judge]:
    """The judges of this run: sessions share them, and the last to end is the program."""
    import atexit

    judges: dict[str, Judge] = {}

    def close() -> None:
        for judge in judges.values():
            judge.close()

    atexit.register(close)
    return judges


def _judge(seat: JudgeSeat) -> Judge:
    from warmchat.compare.judging.judge import Judge

    return _judges().setdefault(seat.identity, Judge(seat.open))


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
        detector=make_detector(settings),
        rules=SessionRules(
            reference=settings.reference,
            shadow=settings.shadow,
            shadow_history=settings.shadow_history,
            backlog=settings.shadow_backlog,
            samples=settings.shadow_samples,
            read_ahead=read_ahead,
        ),
        adapters=AdapterShelf(default_adapter_folders(settings)),
        other_model=lambda name: other_model(settings, name),
        profile=profile or _last_voice(turns, profiles) or settings.profile,
        session_id=session_id,
        turns=turns,
        others=others,
        alternatives=log.alternatives(session_id) if session_id is not None else {},
        drafts=log.drafts(session_id) if session_id is not None else {},
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
