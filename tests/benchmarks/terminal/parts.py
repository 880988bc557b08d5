"""The measurements: the program in a pseudo-terminal, typed into as by a user."""

from __future__ import annotations

import json
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from tests.benchmarks import long_log
from tests.benchmarks.terminal.texts import END, KINDS
from warmchat.bench.program import Screen
from warmchat.storage.log import SessionLog
from warmchat.ui.chat.transcript import FIRST, MOST

PROGRAM = "tests.benchmarks.terminal.program"
LETTERS = [chr(code) for code in (*range(0x0410, 0x0450), *range(0x0391, 0x03A2), *range(0x03B1, 0x03CA))]
# of which none stands on the screen otherwise, nor in what a terminal is told
RATE = 40.0
CYCLE = MOST - FIRST + 1  # turns from one time at which the screen lets go of many to the next
MIB = 1 << 20
MEGABYTE = 1_000_000
Table = dict[str, float]


@dataclass
class Terminal:
    """What is measured, and with which log.

    Attributes:
        scratch: a folder for what the programs write; its folder ``long`` gets the log of 100,000 messages.
        turns: how many the memory is watched over.
    """

    scratch: Path
    turns: int

    # ---- the start

    def start(self) -> Table:
        """Start of the real program, of which the files have been read before, to its first paint."""
        paints, spent = [], []
        for _ in range(6):
            screen = Screen(["--data-dir", str(self.scratch / "start")])
            try:
                paints.append(screen.wait_for("ORACLE"))
                spent.append(_cpu(screen.pid))
            finally:
                screen.close()
        return {"first_paint_s": statistics.median(paints[1:]), "first_paint_cpu_s": statistics.median(spent[1:])}

    # ---- a reply that comes

    def streaming(self) -> Table:
        """The share of a core that 40 words a second take, laying the whole reply out at the end included."""
        table: Table = {}
        for kind in KINDS:
            with self._program("stream", "--rate", str(RATE)) as (screen, marks):
                screen.wait_for("Oracle")
                screen.drain(1.5)
                _say(screen, kind)
                screen.wait_for(END)
                screen.drain(2.5)
            seen = {mark["what"]: mark for mark in marks()}
            first, last, after = seen["first"], seen["last"], seen["after"]
            took = last["at"] - first["at"]
            table[f"streaming_{kind}_share"] = (after["cpu"] - first["cpu"]) / took
            table[f"streaming_{kind}_words_per_s"] = last["words"] / took
        return table

    # ---- a long session

    def keys(self) -> Table:
        """From a key to its letter on the screen, in a session of 1,000 messages: at rest and while a reply comes."""
        shutil.copytree(self.scratch / "long", self.scratch / "keys")  # what is said here is not for the other parts
        with self._program("keys", "--session", "long", "--rate", str(RATE), "--beats") as (screen, marks):
            screen.wait_for(long_log.LAST_WORDS)
            screen.drain(1.0)
            before = _cpu(screen.pid)
            rest = [_key(screen, letter) for letter in LETTERS]
            spent = (_cpu(screen.pid) - before) / len(LETTERS)
            screen.type("\r")
            screen.wait_for("Ende-")
            screen.drain(1.0)
            begun = time.monotonic()
            for _ in range(40):
                screen.type("\x1b[5~")
                screen.drain(0.1)
            screen.drain(1.0)
            paging = _longest(marks(), begun)
            screen.type("\x1b[1;5F")
            screen.drain(1.0)
            _say(screen, "list")
            screen.wait_for("Item 3")
            before, begun = _cpu(screen.pid), time.monotonic()
            coming = [_key(screen, letter) for letter in LETTERS[:40]]
            beside, beside_s = _cpu(screen.pid) - before, time.monotonic() - begun
        return {
            "key_to_paint_p95_ms": _p95(rest),
            "key_to_paint_median_ms": statistics.median(rest),
            "key_to_paint_cpu_ms": 1000 * spent,
            "key_while_a_reply_comes_p95_ms": _p95(coming),
            "key_while_a_reply_comes_cpu_ms": 1000 * beside / 40,
            "key_while_a_reply_comes_share": beside / beside_s,
            **{f"page_up_{name}": value for name, value in paging.items()},
        }

    def resuming(self) -> Table:
        """From Enter in the list of sessions to the last reply of one with 1,000 messages; and from the shell."""
        inside, spent, outside = [], [], []
        for _ in range(3):
            with self._program("long") as (screen, _):
                screen.wait_for("Oracle")
                screen.drain(1.5)
                screen.type("\x1b[18~")
                screen.wait_for(long_log.LONG_TITLE)
                screen.drain(1.0)
                before, cpu = time.monotonic(), _cpu(screen.pid)
                screen.type("\r")
                screen.wait_for(long_log.LAST_WORDS)
                inside.append(time.monotonic() - before)
                screen.drain(1.0)
                spent.append(_cpu(screen.pid) - cpu)
            with self._program("long", "--session", "long") as (screen, _):
                outside.append(screen.wait_for(long_log.LAST_WORDS))
        return {
            "resume_s": statistics.median(inside),
            "resume_cpu_s": statistics.median(spent),
            "start_and_resume_s": statistics.median(outside),
        }

    def searching(self) -> Table:
        """Search over 100,000 messages: the slowest of several questions; and typed into the list of sessions."""
        with SessionLog.open(self.scratch / "long" / "log.db") as log:
            asked = [long_log.timed(partial(log.search, text, 200))[0] for text in long_log.QUESTIONS.values()]
        return {"search_ms": max(asked)}

    # ---- a big paste

    def pasting(self) -> Table:
        """The longest time at which nothing else was done while a megabyte is pasted, sent and answered."""
        line = "The quick brown fox jumps over the lazy dog, and so on and on. "
        text = "\n".join([line * 2] * (MEGABYTE // (2 * len(line))))
        with self._program("paste", "--beats", "--n-ctx", str(MEGABYTE)) as (screen, marks):
            screen.wait_for("Oracle")
            screen.drain(1.5)
            begun = time.monotonic()
            screen.type(f"\x1b[200~{text}\x1b[201~")
            screen.wait_for("[paste 1")
            pasted = time.monotonic()
            screen.drain(0.5)
            sent = time.monotonic()
            screen.type("\r")
            screen.wait_for("Ende-")
            screen.drain(2.0)
            seen = marks()
        return {
            "paste_s": pasted - begun,
            **{f"paste_{name}": value for name, value in _longest(seen, begun, sent).items()},
            **{f"paste_sent_{name}": value for name, value in _longest(seen, sent).items()},
        }

    # ---- a long evening

    def memory(self) -> Table:
        """What the program holds after a fifth of the turns, and what came to it till the last; all are checked.

        Turns are taken from the screen many at once, and what it holds rises until then: so what is compared is the
        mean over all the turns between two such times.
        """
        with self._program("evening", "--profile", "companion") as (screen, _):
            screen.wait_for("Companion")
            screen.drain(2.0)
            sizes, begun = [], time.monotonic()
            for turn in range(1, self.turns + 1):
                _say(screen, f"How tall is the tower of town {turn}? turn-{turn}")
                screen.wait_for(f"Ende-turn-{turn}")
                if not screen.seen("Enter sends"):  # what is sent before the reply has ended is refused
                    screen.wait_for("Enter sends")
                screen.drain(0.1)
                sizes.append(psutil.Process(screen.pid).memory_info().rss / MIB)
            took = time.monotonic() - begun
        early, between = self.turns // 5, self.turns - self.turns // 5 - CYCLE
        first, last = statistics.mean(sizes[early : early + CYCLE]), statistics.mean(sizes[-CYCLE:])
        return {
            "memory_early_mib": first,
            "memory_late_mib": last,
            "memory_most_mib": max(sizes),
            "memory_growth_mib_per_100_turns": 100 * (last - first) / between,
            "turn_s": took / self.turns,
        }

    # ---- helping hands

    @contextmanager
    def _program(self, folder: str, *arguments: str) -> Iterator[tuple[Screen, Callable[[], list[dict[str, Any]]]]]:
        marks = self.scratch / f"{folder}-{time.monotonic_ns()}.jsonl"
        data = str(self.scratch / folder)
        screen = Screen(["--data-dir", data, "--marks", str(marks), *arguments], module=PROGRAM)

        def told() -> list[dict[str, Any]]:
            lines = marks.read_text(encoding="utf-8").splitlines() if marks.exists() else []
            return [json.loads(line) for line in lines]

        try:
            yield screen, told
        finally:
            screen.close()


def _say(screen: Screen, text: str) -> None:
    screen.type(text + "\r")


def _key(screen: Screen, letter: str) -> float:
    """Milliseconds from a key to its letter on the screen."""
    before = time.monotonic()
    screen.type(letter)
    screen.wait_for(letter)
    return 1000 * (time.monotonic() - before)


def _longest(marks: Sequence[dict[str, Any]], begun: float, end: float = float("inf")) -> Table:
    """The longest freeze that was noted between two times, and the most that was computed in one; milliseconds."""
    seen = [m for m in marks if m["what"] == "freeze" and begun < m["at"] <= end]
    return {
        "freeze_ms": 1000 * max((m["seconds"] for m in seen), default=0.0),
        "freeze_cpu_ms": 1000 * max((m["busy"] for m in seen), default=0.0),
    }


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _cpu(pid: int) -> float:
    """Seconds of a core that a program has taken, in steps of a hundredth."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system
