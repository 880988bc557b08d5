"""Every hostile string at every sink, each alone, and what is deeper and longer than the tests try.

    python -m tests.attacks.sinks                              # all: some thousands of cases, about an hour
    python -m tests.attacks.sinks --sink screens --class deep  # some of them (or several); commands, talk, screens,
                                                               # files, pages and model are groups of sinks

The exit code is 1 where something acted or broke; such a case is told with its string.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.attacks.fuzz.case import own_home
from tests.attacks.hostile import CLASSES
from tests.attacks.sinks import commands, files, model, pages, screens, talk
from tests.attacks.sinks.case import DEEP, Sink

ROOMS = (commands, talk, screens, files, pages, model)
SINKS: dict[str, Sink] = {sink.name: sink for room in ROOMS for sink in room.SINKS}
GROUPS = {room.__name__.rpartition(".")[2]: tuple(sink.name for sink in room.SINKS) for room in ROOMS}
STRINGS: dict[str, tuple[str, ...]] = {**CLASSES, "deep": DEEP}


def main() -> int:
    """Try what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.sinks", description=__doc__.splitlines()[0])
    parser.add_argument("--sink", action="append", choices=sorted({*SINKS, *GROUPS}), help="only these, or this group")
    parser.add_argument("--class", dest="classes", action="append", choices=sorted(STRINGS), help="only these")
    given = parser.parse_args()
    tried: Counter[tuple[str, str]] = Counter()
    broke: Counter[tuple[str, str]] = Counter()
    began = time.monotonic()
    chosen = [sink for wanted in given.sink or SINKS for sink in GROUPS.get(wanted, (wanted,))]
    for sink in dict.fromkeys(chosen):
        for name in given.classes or STRINGS:
            held = 0.0
            for text in STRINGS[name]:
                tried[sink, name] += 1
                told = _try(SINKS[sink], name, text)
                broke[sink, name] += told is None
                held = max(held, told or 0.0)
            long = f", held the screen for at most {held:.2f} s" if held else ""
            _say(f"{sink:28} {name:10} {tried[sink, name]:4} tried {broke[sink, name]:3} broke{long}")
    _say(f"{tried.total()} tried, {broke.total()} broke, {time.monotonic() - began:.0f} s")
    return 1 if broke.total() else 0


def _try(sink: Sink, name: str, text: str) -> float | None:
    """For how many seconds it held the screen, where it is one; None: it acted or broke."""
    with tempfile.TemporaryDirectory() as place:
        own_home(Path(place))
        (Path(place) / "case").mkdir()
        try:
            told = sink.send(text, Path(place) / "case")
        except Exception:
            _say(f"{sink.name}, {name}: {text[:100]!a} ({len(text):,} characters)\n{traceback.format_exc()[-3000:]}")
            return None
        finally:
            os.chdir("/")  # out of the folder that goes
    return told if isinstance(told, float) else 0.0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
