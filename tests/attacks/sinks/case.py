"""What is tried: texts by class, a log in which every text is hostile, and a terminal that keeps what it was sent."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.attacks.hostile import CLASSES, acting
from tests.storage.examples import COMPANION, ORACLE, ORIGIN, disagreement, reply, turn
from warmchat.domain.errors import WarmchatError
from warmchat.domain.profile import AdapterRef, Profile
from warmchat.domain.turn import Reply, ReplyRole, Turn
from warmchat.domain.verdict import Evidence, Span, Verdict
from warmchat.storage.log import SessionLog
from warmchat.storage.records import TurnFilter, TurnRecord
from warmchat.storage.rows import storable_text

SMALL = tuple(name for name in CLASSES if name not in ("nested", "huge"))
DEEP = (
    ">" * 10_000 + " deep",
    "- " * 10_000 + "x",
    "[" * 10_000 + "x" + "]" * 10_000,
    "![" * 10_000 + "](" * 10_000,
    "*" * 10_000 + "x" + "*" * 10_000,
    "~~~\n" * 5_000,
    "- x\n" * 5_000,
    "".join("  " * n + "- x\n" for n in range(300)),
    "".join(">" * n + " x\n\n" for n in range(300)),
    "|a" * 2_000 + "|\n" + "|-" * 2_000 + "|\n" + "|x" * 2_000 + "|\n",
    "|a|b|\n|-|-|\n" + "|x|y|\n" * 10_000,
    "```json\n" + '{"a":[' * 10_000 + "\n```\n",
    "```python\n" + "def f(x): return x + 1  # add\n" * 30_000 + "```\n",
    "[a](http://x.y) **b** `c` " * 20_000,
    "word " * 200_000,
    "word\n" * 200_000,
    "\n" * 100_000 + "x",
    "W" * 1_000_000,
)
"""What only the whole matrix tries."""


@dataclass(frozen=True)
class Sink:
    """A place where text comes out. ``send`` lets a text go there, and fails where it acts or breaks something. It may
    give back for how long it held the screen, in seconds."""

    name: str
    send: Callable[[str, Path], object]


def texts(name: str) -> tuple[str, ...]:
    """The strings of a class, each alone."""
    return CLASSES[name]


def all_in_one(name: str) -> str:
    """The strings of a class as one text, so that it costs little to try them all; very long ones are cut."""
    return " § ".join(text[:2_000] for text in CLASSES[name])


def harmless(text: str, *, where: str = "") -> str:
    """The text, after looking that no terminal would obey any of it. Raises `AssertionError`."""
    found = acting(text, allowed="\n\t\r")
    assert not found, f"{where}: {sorted(map(hex, map(ord, found)))}"
    assert "\x1b" not in text
    return text


def refused(do: Callable[[], object]) -> str:
    """What the program says where it refuses; empty where it does not. Any other error comes through."""
    try:
        do()
    except WarmchatError as error:
        return error.message
    return ""


# ---- what is hostile in a log


def hostile_profile(text: str, profile: Profile = COMPANION) -> Profile:
    """A profile of which every text is hostile, as one stands in a log that was changed by hand."""
    return replace(
        profile, name=text, description=text, system_prompt=text, source=text,
        adapters=(AdapterRef("lora", text, 0.5),),
    )  # fmt: skip


def hostile_reply(name: str, text: str, *, role: ReplyRole = "shown", profile: Profile = COMPANION) -> Reply:
    """A reply of which every text is hostile."""
    adapters: tuple[dict[str, object], ...] = ({"kind": "lora", "name": text, "strength": 0.5, "path": text},)
    origin = replace(ORIGIN, model_name=text, adapters=adapters, versions={text: text}, engine={"machine": text})
    made = reply(name, text, role=role, profile=profile)
    return replace(made, thinking=text, asked=text, origin=origin)


def hostile_turn(text: str, *, number: int = 1, session: str = "s1") -> tuple[Turn, Reply, Reply, Verdict]:
    """A turn with both replies and a disagreement, all their texts hostile."""
    shown = hostile_reply(f"r{number}", text)
    shadow = hostile_reply(f"x{number}", text, role="shadow", profile=ORACLE)
    whole = Span(0, len(text), text)
    middle = Span(len(text) // 3, len(text) // 2, text[len(text) // 3 : len(text) // 2])  # may cut a sequence in two
    verdict = replace(
        disagreement(), reason=text, detector=text, signals={text[:50]: 1.0},
        evidence=(Evidence(whole, middle, "contradiction", 0.9), Evidence(None, whole, "omission", 0.5)),
    )  # fmt: skip
    parent = f"t{number - 1}" if number > 1 else None
    return turn(f"t{number}", text, session=session, parent=parent, minute=number), shown, shadow, verdict


def tell_hostile(log: SessionLog, text: str, *, number: int = 1, session: str = "s1") -> None:
    """Write a whole hostile turn into a log, with a mark and a title."""
    told, shown, shadow, verdict = hostile_turn(text, number=number, session=session)
    log.open_turn(told, hostile_profile(text))
    log.save_reply(told.id, shown)
    log.save_profile(hostile_profile(text, ORACLE))
    log.save_verdict(told.id, shown.id, shadow, verdict)
    log.save_mark(told.id, "oracle_right", text)
    log._db.execute("UPDATE sessions SET title = ? WHERE id = ?", [storable_text(text), session])  # as no one names it


def hostile_log(folder: Path, text: str) -> Path:
    """A data folder with a log of two hostile sessions: whole turns, and one that failed."""
    folder.mkdir(parents=True, exist_ok=True)
    with SessionLog.open(folder / "log.db") as log:
        _tell_all(log, text)
    return folder


def _tell_all(log: SessionLog, text: str) -> None:
    tell_hostile(log, text)
    log.open_turn(turn("t2", text, parent="t1", minute=2), COMPANION)
    log.fail_turn("t2", text)
    tell_hostile(log, text, number=3, session="s2")
    log._db.execute("UPDATE turns SET profile = ?, error = ? WHERE id = 't2'", [storable_text(text)] * 2)


def hostile_memory(text: str) -> SessionLog:
    """The same log without a file."""
    log = SessionLog.open(None)
    _tell_all(log, text)
    return log


def hostile_records(text: str) -> list[TurnRecord]:
    """What exports are made of."""
    with hostile_memory(text) as log:
        return log.records(TurnFilter())


# ---- a terminal


SGR = re.compile(r"\x1b\[[0-9;]*m")


class Terminal:
    """A pseudo terminal of which everything that is written is kept."""

    def __init__(self) -> None:
        self._master, slave = pty.openpty()
        self.stream = open(slave, "w", encoding="utf-8", errors="backslashreplace", newline="")  # noqa: PTH123, SIM115
        self._bytes = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # the other side is closed
            while piece := os.read(self._master, 65_536):
                self._bytes += piece

    def close(self) -> str:
        """What was written, as text; C1 bytes that are no UTF-8 stay what they are."""
        self.stream.flush()
        self.stream.close()
        self._reader.join(10)
        os.close(self._master)
        try:
            return self._bytes.decode()
        except UnicodeDecodeError:
            return self._bytes.decode("latin-1")


@contextlib.contextmanager
def on_a_terminal() -> Iterator[Callable[[], str]]:
    """Let stdout and stderr be terminals without colours; the function that is given tells what came, once, at the
    end."""
    out, err = Terminal(), Terminal()
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "dumb")
        patch.setenv("NO_COLOR", "1")
        with contextlib.redirect_stdout(out.stream), contextlib.redirect_stderr(err.stream):
            yield lambda: told[0]
    told.append(out.close() + err.close())


def run_on_terminal(*arguments: str) -> str:
    """Run the command line on a terminal; gives what came, after looking that nothing of it acts."""
    from warmchat.cli.main import main

    with on_a_terminal() as told:
        try:
            code = main(list(arguments))
        except WarmchatError as error:  # pragma: no cover  main maps them all
            raise AssertionError("an error that came through") from error
    assert code in (0, 1, 2)
    return harmless(told(), where=" ".join(arguments)[:200])
