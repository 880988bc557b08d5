"""Short samples of `python -m tests.attacks.disk` and `python -m tests.attacks.together`."""

from __future__ import annotations

from pathlib import Path

from tests.attacks import disk, together
from tests.ui.world import WordDetector
from warmchat.domain.turn import LogCaughtUp, LogFailed, ReplyFinished
from warmchat.engine.scripted import ScriptedEngine
from warmchat.profiles.library import ProfileLibrary, default_folders
from warmchat.session import ChatSession, SessionRules
from warmchat.settings import Settings
from warmchat.storage.log import SessionLog


def test_a_chat_goes_on_with_a_full_disk_and_is_whole_in_the_log_afterwards(tmp_path: Path) -> None:
    assert disk.attack(tmp_path / "data", "scripted", disk.file_size_limit, turns=1) == []


def test_two_programs_on_one_log_lose_and_mix_nothing(tmp_path: Path) -> None:
    wrong, longest = together.attack(tmp_path / "data", ("scripted", "scripted"), 2, disturb=True)
    assert [found for found in wrong if "a write took" not in found] == [], "times are measured on demand"
    assert len(longest) == 2


def test_a_chat_goes_on_where_the_log_may_only_be_read(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    with SessionLog.open(settings.log_file) as log:
        session = ChatSession(
            engine=ScriptedEngine(lambda _: "Canberra."), profiles=ProfileLibrary(default_folders(settings)), log=log,
            detector=WordDetector(), rules=SessionRules(), profile="companion",
        )  # fmt: skip
        events = session.send("What is the capital of Australia?")
        said = []
        for event in events:
            said.append(type(event))
            if len(said) == 2:  # in the middle of the turn
                log._db.execute("PRAGMA query_only = ON")  # what a read-only file system answers, for root too
        assert LogFailed in said
        assert ReplyFinished in said
        assert session._parts.record.waiting
        log._db.execute("PRAGMA query_only = OFF")
        assert [type(event) for event in session.catch_up()] == [LogCaughtUp]
        assert not session.unsaved
        assert log.turns(session.id) == list(session.turns)
