"""The engine in a child process, behind the same protocol. If the child dies, jobs fail clearly and it starts anew."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO

from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError, EngineLost, ModelError, WarmchatError
from warmchat.domain.text import one_line
from warmchat.domain.turn import Origin, Timings, Usage
from warmchat.engine import wire
from warmchat.engine.config import EngineConfig
from warmchat.engine.protocol import EngineEvent, EngineInfo, Finished, Handle, Job

COUNT_TIMEOUT_S = 30.0  # counting is milliseconds; a template that takes this long is an attack or a bug
LOG_LIMIT = 4 << 20  # bytes of native log that are kept
ANEW = "it starts anew with your next message"
AGAIN = (
    "it ended so before, without a word: the model or an adapter may be damaged; `warmchat models check FILE` tries a"
    " model, /adapters or Ctrl+L switches adapters off"
)
Mailbox = queue.SimpleQueue[EngineEvent | WarmchatError | int]


class ProcessEngine:
    """Runs `warmchat.engine.child`. Starting returns at once; `describe` waits until the model is loaded.

    Args:
        config: what to load.
        native_log: where llama.cpp's talk goes; None throws it away.
    """

    def __init__(self, config: EngineConfig, native_log: Path | None = None) -> None:
        self._config = config
        self._native_log = native_log
        self._lock = threading.Lock()
        self._closed = False
        self._child = _Child(config, native_log)

    def describe(self) -> EngineInfo:
        return self._alive().info()

    def count(self, messages: Sequence[Message]) -> int:
        child = self._alive()
        child.info()
        mailbox: Mailbox = queue.SimpleQueue()
        number = child.send({"op": "count", "messages": [asdict(m) for m in messages]}, mailbox)
        try:
            answer = mailbox.get(timeout=COUNT_TIMEOUT_S)
        except queue.Empty:
            child.kill()
            raise EngineError("The model's chat template did not come to an end", "try another GGUF of it") from None
        finally:
            child.forget(number)
        if isinstance(answer, int):
            return answer
        raise answer if isinstance(answer, WarmchatError) else EngineLost("The engine answered nonsense")

    def submit(self, job: Job) -> Handle:
        return _RemoteHandle(self._alive(), job)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._child.close()

    @property
    def pid(self) -> int:
        """Process id of the child that is in use, for tests and `doctor`."""
        return self._child.pid

    def _alive(self) -> _Child:
        """The child; a new one where the last was lost after it had once been ready, or was killed while it loaded. One
        that could not load stays failed: its error says why, and trying the same again would only take time."""
        with self._lock:
            if self._closed:
                raise EngineLost("The engine is closed")
            if self._child.lost and (self._child.was_ready or self._child.was_killed):
                self._child.close()
                fell = self._child.was_ready and not self._child.was_killed and not self._child.was_useful
                self._child = _Child(self._config, self._native_log, hint=AGAIN if fell else ANEW)
            return self._child


class _Child:
    """One child process from start to end. ``hint``: what to say where it is lost."""

    def __init__(self, config: EngineConfig, native_log: Path | None, *, hint: str = ANEW) -> None:
        self._log_path = native_log
        self._hint = hint
        self._name = one_line(Path(config.path).name)
        self.was_useful = False  # it has finished a job
        self._mailboxes: dict[int, Mailbox] = {}
        self._lock = threading.Lock()
        self._number = 0
        self._ready = threading.Event()  # loaded, failed or lost
        self._info: EngineInfo | None = None
        self._failure: WarmchatError | None = None
        self.lost = False
        with _opened_log(native_log) as log:
            self._process = subprocess.Popen(
                # -P: the current folder must not be able to put modules of its own in the way
                [sys.executable, "-P", "-m", "warmchat.engine.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for us, not for it
            )
        self._write({"op": "load", "config": asdict(config)})
        threading.Thread(target=self._listen, name="engine-events", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def was_ready(self) -> bool:
        return self._info is not None

    @property
    def was_killed(self) -> bool:
        """From outside: by the user, or by the system for its memory."""
        return self._process.poll() in (-signal.SIGKILL, -signal.SIGTERM)

    def info(self) -> EngineInfo:
        """Wait until it is loaded. Raises what kept it from loading."""
        self._ready.wait()
        if self._info is not None:
            return self._info
        raise self._failure or EngineLost("The engine's process ended")

    def send(self, line: wire.Line, mailbox: Mailbox) -> int:
        """Send an order under a new number; its answers come to the mailbox."""
        with self._lock:
            self._number += 1
            number = self._number
            self._mailboxes[number] = mailbox
            useless = self.lost or self._failure is not None
        if useless or not self._write({**line, "id": number}):
            mailbox.put(self._loss())
        return number

    def cancel(self, number: int) -> None:
        self._write({"op": "cancel", "id": number})

    def forget(self, number: int) -> None:
        with self._lock:
            self._mailboxes.pop(number, None)

    def kill(self) -> None:
        """End it by force; everything that waits for it hears of the loss."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def close(self) -> None:
        """Let it go: closing its stdin ends it; by force where that does not help within two seconds."""
        with suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()

    def _write(self, line: wire.Line) -> bool:
        stdin = self._process.stdin
        assert stdin is not None
        try:
            with self._lock:
                stdin.write(wire.encode(line))
                stdin.flush()
        except (OSError, ValueError):
            return False
        return True

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for raw in stream:
                with suppress(KeyError, TypeError, ValueError):  # a torn last line of a dying child
                    self._handle(json.loads(raw))
        self._process.wait()
        with self._lock:
            self.lost = True
            if self._info is None and self._failure is None and self.was_killed:
                self._failure = EngineLost(
                    f"The engine was killed while it loaded {self._name}{self._last_words()}",
                    "it starts anew with your next message; where memory is short, take a smaller model or --ctx",
                )
            if self._info is None and self._failure is None:
                self._failure = ModelError(
                    f"llama.cpp ended while loading {self._name}{self._last_words()}",
                    "the file may be damaged: fetch it again, or another GGUF of the model",
                )
            waiting = list(self._mailboxes.values())
        self._ready.set()
        for mailbox in waiting:
            mailbox.put(self._failure or self._loss())

    def _handle(self, line: wire.Line) -> None:
        if line["ev"] == "ready":
            self._info = wire.info_from(line["info"])
            self._ready.set()
            return
        number = line["id"]
        if number == 0:  # loading failed
            with self._lock:
                self._failure = wire.error_from(line["error"])
                waiting = list(self._mailboxes.values())
            self._ready.set()
            for mailbox in waiting:
                mailbox.put(self._failure)
            return
        with self._lock:
            found = self._mailboxes.get(number)
        if found is not None:
            event = line["count"] if line["ev"] == "counted" else wire.event_from(line)
            self.was_useful = self.was_useful or isinstance(event, Finished)
            found.put(event)

    def _loss(self) -> WarmchatError:
        return self._failure or EngineLost(
            f"The engine's process ended{self._last_words()}", self._hint
        )

    def _last_words(self) -> str:
        code = self._process.poll()
        if code is None or code == 0:
            return ""
        return f" (signal {-code})" if code < 0 else f" (exit code {code})"


class _RemoteHandle:
    """A job in the child."""

    def __init__(self, child: _Child, job: Job) -> None:
        self._child = child
        self._job = job
        self._mailbox: Mailbox = queue.SimpleQueue()
        self._number = child.send(wire.job_to_line(0, job), self._mailbox)

    def cancel(self) -> None:
        if not self._child.was_ready:  # nothing has begun, and the child reads no orders while it loads
            self._mailbox.put(
                Finished("", "cancelled", Usage(), Timings(), Origin(sampling=self._job.sampling))
            )
        self._child.cancel(self._number)

    def __iter__(self) -> Iterator[EngineEvent]:
        try:
            while True:
                event = self._mailbox.get()
                if isinstance(event, WarmchatError):
                    raise event
                if isinstance(event, int):
                    continue
                yield event
                if isinstance(event, Finished):
                    return
        finally:
            self._child.forget(self._number)


def _opened_log(path: Path | None) -> IO[bytes]:
    """The native log, for appending; emptied when it has grown large. Nowhere where it cannot be written."""
    if path is not None:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if path.exists() and path.stat().st_size > LOG_LIMIT:
                path.unlink()
            return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
    return Path(os.devnull).open("ab")
