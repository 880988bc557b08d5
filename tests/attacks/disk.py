"""The disk is full in the middle of a chat: the chat goes on, says so, and all of it is in the log when there is room.

``python -m tests.attacks.disk`` sets the greatest size of a file for the running process and, in further runs, fills a
small file system of its own and lets one become read-only, as the kernel does with a broken disk. For these it needs
the right to mount. The exit code is 1 where something was missing.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.attacks import looks
from tests.attacks.victims import LONG_TURN_S, Kind, Victim, start, until

Switch = Callable[[], object]
KINDS: tuple[Kind, ...] = ("scripted", "real")


def attack(data: Path, kind: Kind, make_full: Callable[[Victim], Switch], *, turns: int = 2) -> list[str]:
    """Chat, fill the disk, chat on, make room. Returns what was wrong.

    Args:
        make_full: fills it for this victim, and returns what makes room again.
    """
    victim, patience = start(kind, data, f"disk-{data.parent.name}"), turns * LONG_TURN_S
    try:
        until(lambda: bool(victim.heard("replied")), "a first reply", LONG_TURN_S)
        make_room = make_full(victim)
        until(lambda: bool(victim.heard("log failed")), "that the log cannot be written", LONG_TURN_S)
        before = len(victim.heard("replied"))
        until(lambda: len(victim.heard("replied")) >= before + turns, "replies with a full disk", patience)
        make_room()
        until(lambda: bool(victim.heard("log caught up")), "that the log is written again", LONG_TURN_S)
        victim.end()
        until(lambda: bool(victim.heard("closed")), "an end")
        return [*looks.faults(data), *missing(victim, data)]
    finally:
        victim.forget()


def attack_read_only(data: Path, kind: Kind, make_read_only: Callable[[], object], *, turns: int = 2) -> list[str]:
    """Chat, let the file system become read-only for good, chat on. Returns what was wrong."""
    victim, patience = start(kind, data, f"read-only-{data.parent.name}"), turns * LONG_TURN_S
    try:
        until(lambda: len(victim.heard("judged")) > 0, "a first turn", LONG_TURN_S)
        before = len(victim.heard("judged"))
        make_read_only()
        until(lambda: bool(victim.heard("log failed")), "that the log cannot be written", LONG_TURN_S)
        more = len(victim.heard("replied")) + turns
        until(lambda: len(victim.heard("replied")) >= more, "replies, read-only", patience)
        victim.end()
        until(lambda: bool(victim.heard("closed")), "an end")
        with tempfile.TemporaryDirectory(prefix="warmchat-disk-") as name:
            copy = looks.copied(data, Path(name) / "copy")
            wrong, kept = looks.faults(copy), {row[0] for row in looks.rows(copy, "SELECT turn_id FROM verdicts")}
        wrong += [f"turn {event['turn']}" for event in victim.heard("judged")[:before] if event["turn"] not in kept]
        return wrong + ["that turns are kept nowhere was not said"] * (not victim.heard("closed")[0]["unsaved"])
    finally:
        victim.forget()


def missing(victim: Victim, data: Path) -> list[str]:
    """What a talker said or heard and the log does not hold."""
    said = {event["turn"]: event["text"] for event in victim.heard("opened")}
    heard = {event["turn"]: event["text"] for event in victim.heard("replied")}
    session = victim.heard("opened")[0]["session"]
    kept = dict(looks.rows(data, "SELECT id, user_text FROM turns WHERE session_id = ?", session))
    replies = dict(looks.rows(data, "SELECT turn_id, text FROM replies WHERE role = 'shown'"))
    judged = {row[0] for row in looks.rows(data, "SELECT turn_id FROM verdicts")}
    wrong = [f"message {text}" for turn, text in said.items() if kept.get(turn) != text]
    wrong += [f"not of this session: {text}" for turn, text in kept.items() if turn not in said]
    wrong += [f"reply to {said[turn]}" for turn, text in heard.items() if replies.get(turn) != text]
    wrong += [f"verdict on {said[e['turn']]}" for e in victim.heard("judged") if e["turn"] not in judged]
    return wrong + ["unsaved at the end"] * victim.heard("closed")[0]["unsaved"]


def file_size_limit(victim: Victim) -> Switch:
    """No file of the victim may grow beyond a page."""
    process = psutil.Process(victim.process.pid)
    before = process.rlimit(psutil.RLIMIT_FSIZE)
    process.rlimit(psutil.RLIMIT_FSIZE, (4096, before[1]))
    return lambda: process.rlimit(psutil.RLIMIT_FSIZE, before)


def filled(folder: Path) -> Callable[[Victim], Switch]:
    """A file that takes all room of the file system."""

    def fill(_: Victim) -> Switch:
        file = folder / "filler"
        with file.open("wb", buffering=0) as opened:
            while True:
                try:
                    opened.write(b"x" * 4096)
                except OSError:
                    break
        return file.unlink

    return fill


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[bool]:
    """A small file system in a folder; gives whether this process may mount one."""
    done = subprocess.run(["mount", *options, str(folder)], check=False, capture_output=True)
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            time.sleep(0.5)
            subprocess.run(["umount", folder], check=True)


def full(kind: Kind, place: Path) -> list[str] | None:
    """A file system without room; None: not permitted here."""
    with mounted(place, "-t", "tmpfs", "-o", "size=2m", "none") as may:
        return attack(place / "data", kind, filled(place)) if may else None


def read_only(kind: Kind, place: Path) -> list[str] | None:
    """A file system that the kernel makes read-only while files are open; None: not permitted here."""
    image = place.with_name(f"{place.name}.img")
    try:
        with image.open("wb") as file:
            file.truncate(16 << 20)
        if subprocess.run(["mkfs.ext4", "-q", image], check=False).returncode:
            return None
        with mounted(place, "-o", "loop", str(image)) as may:
            abort = ["mount", "-o", "remount,abort", str(place)]
            return attack_read_only(place / "data", kind, lambda: subprocess.run(abort, check=True)) if may else None
    except FileNotFoundError:  # no mkfs here
        return None
    finally:
        image.unlink(missing_ok=True)


def limited(kind: Kind, place: Path) -> list[str] | None:
    """No file may grow."""
    return attack(place / "data", kind, file_size_limit)


def main() -> int:
    wrong: list[str] = []
    tries = {"greatest size of a file": limited, "full file system": full, "read-only file system": read_only}
    for kind in KINDS:
        for name, tried in tries.items():
            with tempfile.TemporaryDirectory(prefix="warmchat-disk-") as place:
                found = tried(kind, Path(place))
            told = "not permitted here" if found is None else found or "nothing found"
            print(f"{kind}, {name}: {told}", flush=True)
            wrong += found or []
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
