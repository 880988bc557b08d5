"""What a chat on a screen is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.storage.examples import tell, turn
from warmchat.screens import screen_services
from warmchat.settings import Settings, load_settings
from warmchat.ui.services import Services
from warmchat.wiring import open_log, open_profiles


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
