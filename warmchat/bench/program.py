"""The whole program as a user meets it: started in a pseudo-terminal, typed into, and read from its log."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from warmchat.domain.errors import WarmchatError
from warmchat.domain.turn import Reply

PATIENCE_S = 120.0


class Screen:
    """The TUI in a pseudo-terminal of 100 x 30."""

    def __init__(self, arguments: Sequence[str]) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self._begun = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "warmchat", *arguments], stdin=theirs, stdout=theirs, stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color"}, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)

    def wait_for(self, text: str) -> float:
        """Seconds from the start until the screen has written `text`."""
        seen = b""
        while text.encode() not in seen:
            seen = (seen + self._read(PATIENCE_S))[-100_000:]
        return time.monotonic() - self._begun

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def drain(self, seconds: float) -> None:
        """Go on reading what it writes, as a terminal does."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self._ours], [], [], 0.05)[0]:
                self._read(1)

    def close(self) -> None:
        """Quit; by force where it does not."""
        with suppress(OSError, WarmchatError):  # it ends while we read: that is what we asked for
            self.type("\x11")
            self.drain(1.0)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._ours)

    def _read(self, timeout: float) -> bytes:
        if not select.select([self._ours], [], [], timeout)[0]:
            raise WarmchatError("The screen wrote nothing for two minutes", "does `warmchat` start here?")
        try:
            return os.read(self._ours, 65536)
        except OSError as error:  # Linux: the other end is closed
            raise WarmchatError("The program ended while it was measured", "does `warmchat` start here?") from error


def first_words_of_ask(arguments: Sequence[str]) -> float:
    """Seconds from the start of ``warmchat ask`` to the first byte of its answer."""
    begun = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "warmchat", *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.read(1)
        took = time.monotonic() - begun
        process.stdout.read()
    return took


def reply_in(log_file: Path, number: int, screen: Screen) -> Reply:
    """The reply of the session's turn `number`, once it is finished and in the log."""
    from warmchat.storage.log import SessionLog

    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        screen.drain(0.2)
        if log_file.exists():
            with SessionLog.open(log_file) as log:
                last = log.last_session_id()
                turns = log.turns(last) if last else []
            if len(turns) > number and (reply := turns[number].reply) and reply.stop in ("end", "length"):
                return reply
    raise WarmchatError("No reply came in two minutes", "does the chat work here?")
