"""One hostile file and what the program does with it: what counts as surviving, and what is a finding."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import signal
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.attacks.hostile import acting
from warmchat.domain.errors import WarmchatError

SECONDS = 20.0  # for one case; most take milliseconds
GROWTH = 512 << 20  # bytes that one case may add to the most this process ever held
LONGEST_MESSAGE = 2_000


_refused: list[str] = []  # what commands of this case said that refused


class TooSlowError(Exception):
    """The program did not come to an end in time."""


class UnclearError(Exception):
    """It survived, but what it said is no message: not printable, endless, or without a hint."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads files from elsewhere.

    Attributes:
        make: writes a hostile file into the folder, and says which.
        use: what the program does with it. It may refuse with a `WarmchatError`.
        seconds: that one case may take.
        batch: cases that one process tries before the next takes over.
    """

    name: str
    make: Callable[[Random, Path], Path]
    use: Callable[[Path], object]
    seconds: float = SECONDS
    batch: int = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """`taken`, `refused`, or a `finding` whose `sign` says which: the same for the same mistake in the program."""

    kind: str
    sign: str = ""
    told: str = ""


def random_of(target: Target, seed: str, number: int) -> Random:
    """The chance of one case: the same seed and number make the same file."""
    return Random(f"{seed}/{target.name}/{number}")


def try_case(target: Target, file: Path) -> Outcome:
    """Let the program read the file."""
    before = _peak()
    _refused.clear()
    try:
        with _time_limit(target.seconds):
            target.use(file)
    except WarmchatError as error:
        unclear = unclear_in(error)
        if unclear:
            return Outcome("finding", f"unclear: {type(error).__name__}: {unclear}", str(error)[:LONGEST_MESSAGE])
        kind = "refused"
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        return Outcome("finding", sign_of(error), "".join(traceback.format_exception(error))[-6000:])
    else:
        kind = "refused" if _refused else "taken"
    grown = _peak() - before
    if grown > GROWTH:
        return Outcome("finding", f"memory in {target.name}", f"grew by {grown >> 20} MiB")
    return Outcome(kind)


def unclear_in(error: WarmchatError) -> str:
    """What keeps an error from being a clear message; empty for one that is."""
    said = error.message + error.hint
    if not error.message.strip():
        return "no message"
    if acting(error.message):
        return f"control characters {sorted(acting(error.message))!r}"
    return f"{len(said)} characters" if len(said) > LONGEST_MESSAGE else ""


def sign_of(error: BaseException) -> str:
    """The type of the error and the last line of the program that it came through."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/warmchat/" in f.filename]
    ours = [f for f in frames if "/tests/" not in f.filename and "/site-packages/" not in f.filename]
    where = f"{Path(ours[-1].filename).name}:{ours[-1].name}" if ours else "outside"
    return f"{type(error).__name__} in {where}"


def run_cli(*arguments: str) -> tuple[int, str, str]:
    """The command line in this process: exit code, stdout, stderr. What is no `WarmchatError` comes through.

    Raises:
        UnclearError: something on stderr could act on a terminal, or stdout of a listing could.
    """
    from warmchat.cli.main import main

    written = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(into, "utf-8", newline="", write_through=True) for into in written)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(arguments))
    said, talk = (into.getvalue().decode("utf-8", "replace") for into in written)
    if acting(talk):
        raise UnclearError(f"stderr holds {sorted(acting(talk))!r}")
    if code not in (0, 1, 2):
        raise UnclearError(f"exit code {code}")
    if code == 1 and not talk.strip():
        raise UnclearError("it failed without a word")
    if len(talk) > 100 * LONGEST_MESSAGE:
        raise UnclearError("stderr has no end")
    _refused.extend([talk] * (code == 1))
    return code, said, talk


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def ring(_number: int, _frame: Any) -> None:
        raise TooSlowError(f"more than {seconds:g} s")

    old = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def own_home(folder: Path) -> None:
    """Let this process have no file of the user's, and stand in a folder of its own."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        os.environ[name] = str(folder / name.lower())
    for name in [name for name in os.environ if name.startswith(("WARMCHAT_", "HF_", "OLLAMA_"))]:
        del os.environ[name]
    here = folder / "here"
    here.mkdir(parents=True, exist_ok=True)
    os.chdir(here)
