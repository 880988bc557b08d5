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
    """The TUI in a pseudo-terminal of 100 x 30.

    Args:
        module: what is run; a benchmark may have a program of its own.
    """

    def __init__(self, arguments: Sequence[str], *, module: str = "warmchat") -> None:
        import fcntl
        import pty
        import struct
        import termios

        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self._begun = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], stdin=theirs, stdout=theirs, stderr=theirs,
            env={**_environment(), "TERM": "xterm-256color"}, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self._seen = b""
        self._closed = False

    @property
    def pid(self) -> int:
        """Of the program."""
        return self._process.pid

    def wait_for(self, text: str) -> float:
        """Seconds from the start until the screen has written `text` since it was last waited for."""
        self._seen = b""
        end = time.monotonic() + PATIENCE_S  # a blinking cursor is something written, too
        while not self.seen(text):
            self._seen = (self._seen + self._read(max(0.0, end - time.monotonic())))[-100_000:]
        return time.monotonic() - self._begun

    def seen(self, text: str) -> bool:
        """Whether this was among what the last `wait_for` read."""
        return text.encode() in self._seen

    def wait_for_end(self) -> tuple[int, str]:
        """The exit code and all that was written from here to the end of the program."""
        seen = b""
        while select.select([self._ours], [], [], PATIENCE_S)[0]:
            try:
                seen += os.read(self._ours, 65536)
            except OSError:  # the other end is closed
                break
        return self._process.wait(PATIENCE_S), seen.decode(errors="replace")

    def type(self, text: str) -> None:
        """Type or paste. What the program writes meanwhile is read, or a long paste would block both."""
        left = text.encode()
        while left:
            readable, writable, _ = select.select([self._ours], [self._ours], [], PATIENCE_S)
            if readable:
                self._read(1)
            if writable:
                left = left[os.write(self._ours, left[:1024]) :]

    def drain(self, seconds: float) -> None:
        """Go on reading what it writes, as a terminal does."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self._ours], [], [], 0.05)[0]:
                self._read(1)

    def close(self) -> None:
        """Quit; by force where it does not."""
        if self._closed:
            return
        self._closed = True
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
            raise WarmchatError("What was waited for did not come in two minutes", "does `warmchat` start here?")
        try:
            return os.read(self._ours, 65536)
        except OSError as error:  # Linux: the other end is closed
            raise WarmchatError("The program ended while it was measured", "does `warmchat` start here?") from error


def _environment() -> dict[str, str]:
    """As a user has it: an installed program keeps its bytecode, and does not compile itself at every start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def first_words_of_ask(arguments: Sequence[str]) -> float:
    """Seconds from the start of ``warmchat ask`` to the first byte of its answer."""
    begun = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "warmchat", *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(),
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
