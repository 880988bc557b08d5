"""What a chat on a screen or line by line runs on: session, engine and log, each made when it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from warmchat.domain.errors import LogError
from warmchat.profiles.library import ProfileLibrary
from warmchat.settings import Settings
from warmchat.wiring import is_remote, open_engine, open_evals, open_log, open_session

if TYPE_CHECKING:
    from warmchat.engine.protocol import Engine
    from warmchat.evals.report import Report
    from warmchat.models.find import FoundModel
    from warmchat.session import ChatSession
    from warmchat.storage.log import SessionLog
    from warmchat.storage.records import TurnFilter
    from warmchat.ui.services import ExportAsked, Services

LAST = "last"  # stands for the session that was spoken in last


def write_export(log: SessionLog, session_id: str, asked: ExportAsked) -> Path:
    """Export one session. Raises `ExportError`."""
    from warmchat.storage.records import TurnFilter

    return write_turns(log, TurnFilter(sessions=(session_id,)), asked)


def write_turns(log: SessionLog, where: TurnFilter, asked: ExportAsked) -> Path:
    """Export the turns that `where` lets through. Raises `ExportError`."""
    from warmchat.storage.exports.files import write_file
    from warmchat.storage.exports.formats import FORMATS

    records = log.records(where)
    if asked.redact:
        from warmchat.storage.exports.redaction.records import redacted
        from warmchat.storage.exports.redaction.rules import rules_of

        records = redacted(records, rules_of(asked.redact))
    write_file(asked.path, FORMATS[asked.form](records), force=asked.replace)
    return asked.path


def write_eval_page(report: Report, path: Path, *, force: bool) -> None:
    """A report as one page. Raises `ExportError`."""
    from warmchat.evals.page.write import eval_page
    from warmchat.storage.exports.files import write_file

    write_file(path, eval_page(report), force=force)


def last_report(settings: Settings, model: str) -> Report | None:
    """The last run of this model, counted; None where none was made. Raises `LogError`."""
    from warmchat.evals.report import report

    if not settings.evals_file.exists():  # to look is no reason to make it
        return None
    with open_evals(settings) as store:
        record = store.last_run(model)
        return report(record, store.replies(record.id)) if record is not None else None


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
    from warmchat.session.start import begin_with
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

    def asked_for() -> str | None:
        """The session that the chat opens with, which stays whatever its age."""
        return session or (log()[0].last_session_id() if settings.start == LAST else None)

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
        export=lambda session_id, asked: write_export(log()[0], session_id, asked),
        log=lambda: log()[0],
        flags=lambda: log()[0],
        profile_files=ProfileFiles(profiles),
        messages=messages,
        export_turns=lambda where, asked: write_turns(log()[0], where, asked),
        initial_model=model,
        initial_session=session or (LAST if settings.start == LAST else None),
        check_model=check_model,
        start_notes=lambda: begin_with(log()[0], settings.keep_days, asked_for()),
        log_problem=lambda: log()[1],
        last_report=lambda model: last_report(settings, model),
    )
