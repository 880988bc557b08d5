"""Processes to be killed: the talker, the chat by lines, and the screen; those two have a terminal of their own."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import psutil

Kind = Literal["real", "scripted", "lines", "screen"]
MARK = "WARMCHAT_ATTACK"  # in the environment of a victim and of all its children: nobody else's are touched
PATIENCE_S = 120.0
LONG_TURN_S = 300.0  # the check of the turn before, then 512 tokens, on a machine that others use too
ROWS, COLUMNS = 40, 120


@dataclass
class Victim:
    """One process, and what it said.

    Attributes:
        events: what the talker said. text: what came out of a terminal.
    """

    kind: Kind
    process: subprocess.Popen[bytes]
    run: str
    master: int = -1
    events: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""

    def heard(self, event: str) -> list[dict[str, Any]]:
        """The talker's events of this name."""
        return [said for said in list(self.events) if said["ev"] == event]

    def write(self, text: str) -> None:
        """Type into the terminal."""
        with suppress(OSError):
            os.write(self.master, text.encode())

    def family(self) -> list[psutil.Process]:
        """All processes that came of this victim and still run, itself included."""
        found = []
        for process in psutil.process_iter(["pid", "status"]):
            with suppress(psutil.Error):
                if process.environ().get(MARK) == self.run and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def engines(self) -> list[int]:
        """Process ids of its engines."""
        found = []
        for process in self.family():
            with suppress(psutil.Error):
                if "warmchat.engine.child" in process.cmdline():
                    found.append(process.pid)
        return found

    def kill(self, target: str) -> float:
        """Kill the app, the engine or both; returns when, on the monotonic clock, the app was killed."""
        engines = self.engines() if target != "app" else []
        if target != "engine":
            self.process.kill()
        when = time.monotonic()
        for pid in engines:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if target != "engine":
            self.process.wait()
        return when

    def end(self) -> None:
        """Let it end as a user would; by force where it does not."""
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()
        end = time.monotonic() + (LONG_TURN_S if self.master < 0 else 60)  # the talker ends after its turn
        while time.monotonic() < end:  # it may not listen yet
            self.write("\x11" if self.kind == "screen" else "\x03/quit\n")
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(2)
                return
        self.process.kill()
        self.process.wait()

    def forget(self) -> None:
        """Kill all that is left of it."""
        for process in self.family():
            with suppress(psutil.Error):
                process.kill()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        if self.master >= 0:
            with suppress(OSError):
                os.close(self.master)
            self.master = -1


def start(kind: Kind, data: Path, run: str, session: str = "new") -> Victim:
    """Start a victim on the log in `data`."""
    environment = {**os.environ, MARK: run, "TERM": "xterm-256color", "PYTHONUNBUFFERED": "1"}
    if kind in ("real", "scripted"):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.attacks.talker", str(data), kind, session, run],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
        )  # fmt: skip
        victim = Victim(kind, process, run)
        threading.Thread(target=_hear, args=(victim,), daemon=True).start()
        return victim
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    plain = ["--plain"] if kind == "lines" else []
    process = subprocess.Popen(
        [sys.executable, "-m", "warmchat", "--data-dir", str(data), "--ctx", "2048", "--threads", "1", *plain, "chat",
         "-p", "companion"],
        stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    victim = Victim(kind, process, run, master=master)
    threading.Thread(target=_watch, args=(victim, master), daemon=True).start()
    return victim


def _hear(victim: Victim) -> None:
    assert victim.process.stdout is not None
    for line in victim.process.stdout:
        with suppress(ValueError):  # a line that the kill has cut
            victim.events.append(json.loads(line))


def _watch(victim: Victim, master: int) -> None:
    with suppress(OSError):  # the other side is closed
        while piece := os.read(master, 65536):
            victim.text += piece.decode("utf-8", "replace")


def until(true: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
    """Wait for something. Raises `AssertionError` where it does not come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)
