"""A terminal that goes away without a signal ends the program, as one with a signal does."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from warmchat.ui.terminal_gone import is_gone, open_terminal

PATIENCE_S = 120.0


def test_a_closed_terminal_is_seen() -> None:
    mine, its = pty.openpty()
    try:
        assert not is_gone(its)
        os.write(mine, b"hello\n")
        assert not is_gone(its), "what is typed is no end"
        os.close(mine)
        assert is_gone(its)
    finally:
        os.close(its)


def test_what_is_no_terminal_is_not_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr(sys, "__stdin__", nothing)
        assert open_terminal() is None
    monkeypatch.setattr(sys, "__stdin__", None)
    assert open_terminal() is None


def test_the_program_ends_in_order_when_its_terminal_is_gone(tmp_path: Path) -> None:
    mine, its = pty.openpty()
    command = [sys.executable, "-m", "warmchat", "--data-dir", str(tmp_path), "chat"]
    program = subprocess.Popen(
        command, stdin=its, stdout=its, stderr=its, start_new_session=True, env={**os.environ, "TERM": "xterm-256color"}
    )
    os.close(its)
    try:
        seen = bytearray()
        threading.Thread(target=_read_all, args=(mine, seen), daemon=True).start()
        end = time.monotonic() + PATIENCE_S
        while b"ORACLE" not in seen and time.monotonic() < end:
            time.sleep(0.1)
        assert b"ORACLE" in seen, "it never painted"
        os.close(mine)
        assert program.wait(PATIENCE_S) == 0
    finally:
        program.kill()
        program.wait()


def _read_all(terminal: int, into: bytearray) -> None:
    try:
        while part := os.read(terminal, 65536):
            into += part
    except OSError:
        pass
