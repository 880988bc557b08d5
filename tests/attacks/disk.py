"""The disk is full in the middle of a chat: the chat goes on, says so, and all of it is in the log when there is room.

``python -m tests.attacks.disk`` fills a small file system of its own (it needs the right to mount one) and, in a second
run, sets the greatest size of a file for the running process. The exit code is 1 where something was missing.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.attacks import looks
from tests.attacks.victims import Kind, Victim, start, until

Switch = Callable[[], object]


def attack(data: Path, kind: Kind, make_full: Callable[[Victim], Switch], *, turns: int = 2) -> list[str]:
    """Chat, fill the disk, chat on, make room. Returns what was wrong.

    Args:
        make_full: fills it for this victim, and returns what makes room again.
    """
    victim = start(kind, data, f"disk-{data.parent.name}")
    try:
        until(lambda: bool(victim.heard("replied")), "a first reply")
        make_room = make_full(victim)
        until(lambda: bool(victim.heard("log failed")), "that the log cannot be written")
        before = len(victim.heard("replied"))
        until(lambda: len(victim.heard("replied")) >= before + turns, "replies with a full disk")
        make_room()
        until(lambda: bool(victim.heard("log caught up")), "that the log is written again")
        victim.end()
        until(lambda: bool(victim.heard("closed")), "an end")
        return [*looks.faults(data), *missing(victim, data)]
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


def main() -> int:
    wrong: list[str] = []
    for kind in ("scripted", "real"):
        with tempfile.TemporaryDirectory(prefix="warmchat-disk-") as name:
            found = attack(Path(name) / "data", kind, file_size_limit)
            print(f"{kind}, greatest size of a file: {found or 'nothing found'}", flush=True)
            wrong += found
        with tempfile.TemporaryDirectory(prefix="warmchat-disk-") as name:
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", name], check=False)
            if mounted.returncode:
                print("a file system of its own: not permitted here")
                continue
            try:
                found = attack(Path(name) / "data", kind, filled(Path(name)))
                print(f"{kind}, full file system: {found or 'nothing found'}", flush=True)
                wrong += found
            finally:
                time.sleep(0.5)
                subprocess.run(["umount", name], check=True)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
