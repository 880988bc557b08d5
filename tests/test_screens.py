"""What a chat on a screen is given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.storage.examples import COMPANION, ORACLE, disagreement, reply, shadow, tell, turn
from warmchat.domain.errors import ExportError
from warmchat.screens import screen_services, write_export, write_turns
from warmchat.settings import Settings, load_settings
from warmchat.storage.log import SessionLog
from warmchat.storage.records import TurnFilter
from warmchat.ui.services import ExportAsked, Services
from warmchat.wiring import open_log, open_profiles

SAID = "I am Anna Smith, anna@example.org, and Anna's key is sk-abcdefghijklmnopqrstuvwx."


def services_of(settings: Settings, session: str | None = None) -> Services:
    profiles = open_profiles(settings, local=False)
    return screen_services(settings, profiles=profiles, model=None, session=session)


@pytest.mark.parametrize(
    ("start", "asked_for", "left"), [("new", None, []), ("last", None, ["s2"]), ("new", "s1", ["s1"])]
)
def test_the_session_that_is_gone_on_with_is_never_too_old(
    start: str, asked_for: str | None, left: list[str], tmp_path: Path
) -> None:
    settings = load_settings(local_file=False, data_dir=tmp_path, keep_days=30, start=start)
    with open_log(settings) as log:
        for number in ("1", "2"):
            tell(log, turn(f"t{number}", session=f"s{number}"))
        for column, table in (("started_at", "sessions"), ("created_at", "turns")):
            log._db.execute(f"UPDATE {table} SET {column} = '2020-01-01T10:00:00.000+00:00'")
        log._db.commit()
    services = services_of(settings, asked_for)
    notes = services.start_notes()
    assert notes is not None
    assert notes.expired == 2 - len(left)
    assert [session.id for session in services.log().sessions()] == left


@pytest.fixture
def log() -> SessionLog:
    log = SessionLog.open(None)
    log.save_profile(ORACLE)
    for session in ("s1", "s2"):
        log.open_turn(turn(f"t-{session}", f"{session}: {SAID}", session=session), COMPANION)
        log.save_reply(f"t-{session}", reply(f"r-{session}", f"Hello Anna Smith! {SAID}"))
        log.save_verdict(f"t-{session}", f"r-{session}", shadow(f"x-{session}", SAID), disagreement())
    return log


@pytest.mark.parametrize("form", ["md", "html", "jsonl", "csv"])
def test_an_export_takes_out_what_is_asked(log: SessionLog, form: str, tmp_path: Path) -> None:
    whole = write_export(log, "s1", ExportAsked(form, tmp_path / "whole")).read_text()
    assert "anna@example.org" in whole
    assert "s2: " not in whole
    asked = ExportAsked(form, tmp_path / "less", ("all", "name:Anna Smith"))
    everything = replace(asked, path=tmp_path / "everything")
    for less in (write_export(log, "s1", asked), write_turns(log, TurnFilter(), everything)):
        text = less.read_text()
        assert not any(gone in text for gone in ("anna@example.org", "Anna Smith", "sk-abcdef"))
        assert "e-mail" in text
        assert less.stat().st_mode & 0o777 == 0o600
    assert SAID in log.turns("s1")[0].user_text, "the log keeps it"


def test_a_file_is_replaced_where_that_was_said(log: SessionLog, tmp_path: Path) -> None:
    there = tmp_path / "there.md"
    there.write_text("mine")
    with pytest.raises(ExportError, match="exists"):
        write_export(log, "s1", ExportAsked("md", there))
    assert there.read_text() == "mine"
    write_export(log, "s1", ExportAsked("md", there, replace=True))
    assert "Anna" in there.read_text()
