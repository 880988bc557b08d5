"""Several programs on one log at once, real processes: nobody waits for a second, nothing is lost, nothing is mixed.

``python -m tests.attacks.together --seconds 60``: two chats with the scripted engine and one with the starter model,
while a fourth process imports, searches and deletes. The exit code is 1 where something was found.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.attacks import looks
from tests.attacks.disk import missing
from tests.attacks.victims import Kind, Victim, start, until
from tests.storage.examples import COMPANION, reply, turn
from warmchat.storage.exports.jsonl import jsonl
from warmchat.storage.log import SessionLog

LONGEST_S = 1.0
TURNS = 200  # of the session that comes and goes


def _has_said(victim: Victim, what: str) -> bool:
    return bool(victim.heard(what))


def attack(data: Path, kinds: tuple[Kind, ...], seconds: float, *, disturb: bool) -> tuple[list[str], list[float]]:
    """Let them chat. Returns what was wrong, and the longest write of each, in seconds.

    Args:
        disturb: meanwhile sessions are imported, searched and deleted.
    """
    victims = [start(kind, data, f"together-{number}") for number, kind in enumerate(kinds)]
    try:
        for victim in victims:
            until(partial(_has_said, victim, "replied"), "a reply of each")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if disturb:
                _disturb(data)
            else:
                time.sleep(0.1)
        for victim in victims:
            victim.end()
        wrong = looks.faults(data)
        for victim in victims:
            until(partial(_has_said, victim, "closed"), "an end")
            wrong += missing(victim, data)
        longest = [victim.heard("closed")[0]["longest_s"] for victim in victims]
        return wrong + [f"a write took {s:.2f} s" for s in longest if s > LONGEST_S], longest
    finally:
        for victim in victims:
            victim.forget()


def _disturb(data: Path) -> None:
    """Another session comes and goes."""
    with tempfile.TemporaryDirectory() as name, SessionLog.open(None) as log:
        for number in range(TURNS):
            told = replace(turn(f"disturbing{number}", f"A story, number {number}."), session_id="disturbing")
            log.open_turn(told, COMPANION)
            log.save_reply(told.id, reply(f"disturbing-r{number}", text=f"Once there was a story, number {number}."))
        file = Path(name) / "turns.jsonl"
        file.write_text("".join(jsonl(log.records())))
        _warmchat(data, "log", "import", str(file))
    _warmchat(data, "log", "search", "story")
    _warmchat(data, "log", "delete", "disturbing", "--yes")


def _warmchat(data: Path, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "warmchat", "--data-dir", str(data), *arguments], check=True, capture_output=True
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="warmchat-together-") as name:
        kinds: tuple[Kind, ...] = ("scripted", "scripted", "real")
        wrong, longest = attack(Path(name) / "data", kinds, options.seconds, disturb=True)
        turns = looks.rows(Path(name) / "data", "SELECT count(*) FROM turns")[0][0]
    print(f"{turns} turns, longest writes {', '.join(f'{s:.3f} s' for s in longest)}: {wrong or 'nothing found'}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
