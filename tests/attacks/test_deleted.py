"""What was deleted is in no byte of the data folder, however it was written and by whatever way it was deleted."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.storage.examples import COMPANION, ORACLE, disagreement, reply, shadow, turn
from tests.ui import world as screens
from warmchat.cli.main import main
from warmchat.storage.log import SessionLog

OLD = "2020-01-01T10:00:00.000+00:00"
WORD = re.compile(rb"zq[a-z]{10}")


class Talk:
    """Sessions of words that stand nowhere else; replies come in pieces, so rows grow and pages split."""

    def __init__(self, data: Path, seed: int) -> None:
        self.file = data / "log.db"
        self.said: dict[str, set[bytes]] = {}
        self._chance = random.Random(seed)

    def write(self, turns: int, sessions: int) -> None:
        with SessionLog.open(self.file) as log:
            log.save_profile(ORACLE)
            for number in range(turns):
                self._turn(log, number, f"s{self._chance.randrange(sessions)}")

    def _turn(self, log: SessionLog, number: int, session: str) -> None:
        asked, other = self._words(session, 3, 60, 400), self._words(session, 3, 20, 150)
        said = self._words(session, 3, 150, 900)
        log.open_turn(replace(turn(f"t{number}", asked, session=session), created_at=OLD), COMPANION)
        for end in (len(said) // 3, len(said) // 2, len(said)):
            log.save_reply(f"t{number}", reply(f"r{number}", said[:end]))
        log.save_verdict(f"t{number}", f"r{number}", shadow(f"x{number}", other), disagreement(said[:12], other[:12]))

    def _words(self, session: str, *counts: int) -> str:
        letters = "abcdefghijklmnopqrstuvwxyz"
        words = ["zq" + "".join(self._chance.choices(letters, k=10)) for _ in range(self._chance.choice(counts))]
        self.said.setdefault(session, set()).update(word.encode() for word in words)
        return " ".join(words)

    def on_the_disk(self, session: str) -> int:
        """How many of the session's words stand in any file of the data folder."""
        return len(words_in(self.file.parent) & self.said[session])


def words_in(folder: Path) -> set[bytes]:
    return {word for file in folder.rglob("*") if file.is_file() for word in WORD.findall(file.read_bytes())}


READER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
if sys.argv[2] == "reading":
    db.execute("BEGIN")
db.execute("SELECT count(*) FROM turns").fetchone()
print("ready", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_program(file: Path, state: str) -> Iterator[subprocess.Popen[bytes]]:
    """It has the log open: `idle`, or `reading` in the middle of a transaction."""
    command = [sys.executable, "-c", READER, str(file), state]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.stdin.close()


@pytest.fixture
def data(tmp_path: Path, in_folder: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def talk(data: Path) -> Talk:
    talk = Talk(data, seed=3)
    talk.write(turns=24, sessions=4)
    assert all(talk.on_the_disk(session) > len(words) // 2 for session, words in talk.said.items()), "the test looks"
    return talk


def test_what_the_shell_deletes(talk: Talk, data: Path) -> None:
    for gone in ("s0", "s1", "s2"):
        with another_program(talk.file, "idle"):
            assert main(["--data-dir", str(data), "log", "delete", gone, "--yes"]) == 0
            assert talk.on_the_disk(gone) == 0, gone
    assert talk.on_the_disk("s3") > 0
    assert main(["--data-dir", str(data), "log", "delete", "--all", "--yes"]) == 0
    assert words_in(data) == set()


@pytest.mark.parametrize("killed", [False, True], ids=["closed", "killed"])
def test_a_program_that_is_reading_is_told_of_and_waited_for(
    talk: Talk, data: Path, killed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with another_program(talk.file, "reading") as reader:
        assert main(["--data-dir", str(data), "log", "delete", "s0", "--yes"]) == 0
        assert "leaves the disk when that program closes" in capsys.readouterr().err
        if killed:
            reader.kill()
    if killed:  # it tidied nothing up: the next that opens the log does
        assert main(["--data-dir", str(data), "log", "sessions"]) == 0
    assert talk.on_the_disk("s0") == 0
    assert talk.on_the_disk("s1") > 0


def test_what_is_too_old(talk: Talk, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SessionLog.open(talk.file) as log:
        for session in talk.said:
            log._db.execute("UPDATE sessions SET started_at = ? WHERE id = ?", [OLD, session])
        log.archive_session("s1")
    monkeypatch.setenv("WARMCHAT_KEEP_DAYS", "30")
    chat = [sys.executable, "-m", "warmchat", "--data-dir", str(data), "chat", "--plain"]
    subprocess.run(chat, input="/quit\n", capture_output=True, text=True, timeout=120, check=True)
    assert {session for session in talk.said if talk.on_the_disk(session)} == {"s1"}


async def test_what_the_screen_deletes(talk: Talk) -> None:
    world = screens.World()
    world.log.close()
    world.log = SessionLog.open(talk.file)
    async with world.app.run_test(size=(100, 30), notifications=True) as pilot:
        await world.ready(pilot)
        await pilot.press("f7")
        await screens.until(pilot, lambda: "zq" in screens.drawn(world))
        await pilot.press("ctrl+d", "escape")
        await screens.until(pilot, lambda: "Deleted 1 session" in world.notices)
    world.log.close()
    assert sum(talk.on_the_disk(session) == 0 for session in talk.said) == 1
