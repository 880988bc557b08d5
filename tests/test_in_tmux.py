"""The program as a user meets it: in a terminal, with the starter model, typed into."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from warmchat.storage.log import SessionLog

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed: nothing to start a terminal with"),
]
PATIENCE_S = 120.0
SIGNS = ("≠", "=", "≈", "–")  # of a strip


class Terminal:
    """One window of a tmux server that is started for it under a name of its own, and ended with it."""

    def __init__(self) -> None:
        self._server = f"warmchat-test-{os.getpid()}"

    def tmux(self, *arguments: str) -> str:
        command = ["tmux", "-L", self._server, "-f", os.devnull, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout

    def start(self, command: list[str]) -> None:
        # The window stays when the program has ended, so that what it left there can be read.
        line = f"{shlex.join(command)}; echo ended:$?; cat"
        self.tmux("new-session", "-d", "-x", "100", "-y", "30", line)

    @property
    def text(self) -> str:
        return self.tmux("capture-pane", "-p")

    def type(self, text: str) -> None:
        self.tmux("send-keys", "-l", text)

    def press(self, key: str) -> None:
        self.tmux("send-keys", key)

    def until(self, seen: Callable[[str], bool]) -> str:
        """The screen, once it is so. Fails with what stood there where it never is."""
        end = time.monotonic() + PATIENCE_S
        while not seen(text := self.text):
            if time.monotonic() > end:
                pytest.fail(f"what was waited for did not come; the screen says:\n{text}")
            time.sleep(0.2)
        return text


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.tmux("kill-server")


def test_a_companion_turn_in_a_terminal(terminal: Terminal, starter: Path, tmp_path: Path, in_folder: Path) -> None:
    data = tmp_path / "data"
    terminal.start([sys.executable, "-m", "warmchat", "--model", str(starter), "--data-dir", str(data)])
    terminal.until(lambda text: "ORACLE" in text)
    terminal.press("F2")  # at the first paint, when neither session nor model is there
    terminal.until(lambda text: "COMPANION" in text)
    terminal.type("What is the capital of France?")
    terminal.until(lambda text: "What is the capital of France?" in text)
    terminal.press("Enter")
    shown = terminal.until(lambda text: any(f"▌ {sign} " in text for sign in SIGNS) and "Esc stops" not in text)
    assert "COMPANION" in shown  # whose head a long reply moves out of sight
    terminal.press("C-q")
    terminal.until(lambda text: "ended:0" in text)

    with SessionLog.open(data / "log.db") as log:
        session = log.last_session_id()
        assert session is not None
        (turn,) = log.turns(session)
    assert turn.user_text == "What is the capital of France?"
    assert turn.profile == "companion"
    assert turn.reply is not None
    assert turn.reply.text.strip()
    assert re.findall(r"\w+", turn.reply.text)[-1] in shown
    assert turn.shadow is not None
    assert turn.verdict is not None
    assert turn.verdict.detector
