"""Kill -9 at random moments of real turns, of the app, the engine or both, and look at what is left.

``python -m tests.attacks.kill --runs 200`` takes an hour on a busy machine with two cores. All runs share one log, so
that each start meets what the last one left. The exit code is 1 where anything was found; its files are then kept.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.attacks import looks
from tests.attacks.victims import LONG_TURN_S, Kind, Victim, start, until

KINDS: tuple[Kind, ...] = ("real", "real", "real", "scripted", "real", "lines", "real", "screen")
TARGETS = ("app", "app", "engine", "both")
LOST_S = 1.0  # text that was streamed longer ago must be in the log
ORPHAN_S = 10.0
OFFER = "The last chat was cut off"
MESSAGE = "I feel sad. Tell me a long story about a river and a bridge."


@dataclass
class Tally:
    """What was tried and what was found.

    Attributes:
        looked: how often each thing was looked at. found: what was wrong, in words.
        oldest_lost_s: greatest age of streamed text that the log lacked.
    """

    runs: Counter[str] = field(default_factory=Counter)
    looked: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)
    oldest_lost_s: float = 0.0

    def check(self, what: str, true: bool, detail: object = "") -> None:
        self.looked[what] += 1
        if not true:
            self.found.append(f"{what}: {detail}")
            print(f"FOUND {what}: {detail}", flush=True)


class Attack:
    """Runs on one log.

    Args:
        data: the log's folder. scratch: for copies.
    """

    def __init__(self, data: Path, scratch: Path, seed: int, kinds: tuple[Kind, ...] = KINDS) -> None:
        self._data, self._scratch, self._kinds = data, scratch, kinds
        self._chance = random.Random(seed)
        self._expected: str | None = None  # the session that the next start must offer
        self.tally = Tally()

    def run(self, number: int) -> None:
        """One victim from its start to what is left of it."""
        kind = self._kinds[number % len(self._kinds)]
        target = self._chance.choice(TARGETS) if kind != "scripted" else "app"
        moment = self._chance.choice(("start", "turn", "turn", "streaming", "streaming"))
        name = f"run-{number}"
        self.tally.runs[f"{kind}, {target}, {moment}"] += 1
        victim = start(kind, self._data, name, self._session())
        try:
            self._bring_to(victim, moment)
            self._copy(name)
            died = victim.kill(target)
            if target == "engine":
                died = self._outlives(victim, name)
            self._no_orphans(victim, name)
            self._look(victim, died, name)
        except AssertionError as error:
            self.tally.check("goes on", False, f"{name}, {kind}, {target}, {moment}: {error} {victim.text[-600:]}")
        finally:
            victim.forget()

    def _session(self) -> str:
        """Now and then the session that was cut off is gone on with."""
        return self._expected if self._expected is not None and self._chance.random() < 0.5 else "new"

    def _bring_to(self, victim: Victim, moment: str) -> None:
        if moment == "start":
            time.sleep(self._chance.uniform(0, 3))
            return
        self._offered(victim)
        if victim.master >= 0:
            victim.write(MESSAGE)
            time.sleep(0.3)
            victim.write("\r")
        elif moment == "streaming":
            until(lambda: bool(victim.heard("fragment")) or victim.process.poll() is not None, "a word")
        else:
            until(lambda: bool(victim.heard("opened")) or victim.process.poll() is not None, "a turn")
        time.sleep(self._chance.uniform(0, 6 if moment == "turn" else 3))

    def _offered(self, victim: Victim) -> None:
        """Wait until it is up; it must offer to go on with what was cut off."""
        if victim.master < 0:
            until(lambda: bool(victim.heard("start")), "the start")
            said = victim.heard("start")[0]["cut"]
            self.tally.check("next start offers to go on", said == self._expected, (said, self._expected))
            return
        if victim.kind == "lines":
            until(lambda: "Companion>" in victim.text, "the prompt")
        else:
            until(lambda: "COMPANION" in victim.text, "the screen")
            if self._expected is not None:
                until(lambda: OFFER in victim.text, f"on the screen: {OFFER}", 30)
            else:
                time.sleep(2)
        offered = OFFER in victim.text
        self.tally.check("next start offers to go on", offered == (self._expected is not None), victim.kind)

    def _copy(self, name: str) -> None:
        """The files as they are at this moment, while the program writes."""
        if not (self._data / "log.db").exists():
            return
        copy = looks.copied(self._data, self._scratch / f"{name}-live")
        self.tally.check("copy of the running log opens clean", not (found := looks.faults(copy)), (name, found))
        if not found:
            shutil.rmtree(copy)

    def _outlives(self, victim: Victim, name: str) -> float:
        """The engine is gone: the app must answer again, and end when it is told to."""
        if victim.master < 0:
            before = len(victim.heard("opened"))

            def answered() -> bool:
                later = {said["turn"] for said in victim.heard("opened")[before:]}
                return any(said["turn"] in later for said in victim.heard("replied"))

            until(answered, f"{name}: a reply to what was asked after the engine was killed", LONG_TURN_S)
        victim.end()
        code = victim.process.returncode
        self.tally.check("app outlives its engine", code in (0, 1), (name, victim.kind, code))
        return time.monotonic()

    def _no_orphans(self, victim: Victim, name: str) -> None:
        try:
            until(lambda: not victim.family(), "an end of all processes", ORPHAN_S)
        except AssertionError:
            left = [" ".join(process.cmdline()[-2:]) for process in victim.family()]
            self.tally.check("no orphan", not left, (name, left))
        else:
            self.tally.check("no orphan", True)

    def _look(self, victim: Victim, died: float, name: str) -> None:
        copy = looks.copied(self._data, self._scratch / f"{name}-dead")
        found = looks.faults(copy)
        self.tally.check("database opens, integrity_check ok", not found, (name, found))
        if found:
            return
        for said in victim.heard("opened"):
            kept = looks.rows(copy, "SELECT user_text FROM turns WHERE id = ?", said["turn"])
            self.tally.check("committed message is there", kept == [(said["text"],)], (name, said, kept))
        self._streamed(victim, copy, died, name)
        self._failed(victim, copy, name)
        for (session,) in looks.rows(copy, "SELECT DISTINCT session_id FROM turns ORDER BY n DESC LIMIT 1"):
            mute = looks.silent(copy, session)
            self.tally.check("interrupted turn says so", not mute, (name, mute))
        self._expected = looks.cut_off(copy)
        shutil.rmtree(copy)

    def _streamed(self, victim: Victim, copy: Path, died: float, name: str) -> None:
        """Of the last turn, what was streamed more than a second before the kill is in the log."""
        opened = victim.heard("opened")
        if not opened:
            return
        turn = opened[-1]["turn"]
        found = looks.rows(copy, "SELECT text FROM replies WHERE turn_id = ? AND role = 'shown'", turn)
        kept = len(found[0][0]) if found else 0
        missing = [said for said in victim.heard("fragment") if said["turn"] == turn and said["streamed"] > kept]
        if victim.heard("replied") and victim.heard("replied")[-1]["turn"] == turn:
            self.tally.check("whole reply is there", bool(found), (name, turn))
            return  # a whole reply is stripped
        lost_s = died - missing[0]["t"] if missing else 0.0
        self.tally.oldest_lost_s = max(self.tally.oldest_lost_s, lost_s)
        self.tally.check("at most a second of text is missing", lost_s <= LOST_S, (name, round(lost_s, 2)))

    def _failed(self, victim: Victim, copy: Path, name: str) -> None:
        """Of turns whose engine was killed, all that was streamed is in the log, and why there is no more."""
        for said in victim.heard("failed"):
            streamed = max((s["streamed"] for s in victim.heard("fragment") if s["turn"] == said["turn"]), default=0)
            error, kept = looks.rows(
                copy,
                "SELECT error, (SELECT length(text || thinking) FROM replies WHERE turn_id = t.id AND role = 'shown')"
                " FROM turns AS t WHERE id = ?",
                said["turn"],
            )[0]
            whole = bool(error) and (kept or 0) >= streamed
            self.tally.check("turn of a killed engine is kept and says why", whole, (name, error, kept, streamed))


def told(tally: Tally) -> str:
    """The tally as a table."""
    lines = [f"{sum(tally.runs.values())} runs"]
    lines += [f"  {count:4} {run}" for run, count in sorted(tally.runs.items())]
    lines.append("looked at, found")
    for what, count in tally.looked.items():
        lines.append(f"  {count:5} {sum(found.startswith(what) for found in tally.found):3}  {what}")
    lines.append(f"oldest text that was streamed and is missing: {tally.oldest_lost_s:.2f} s")
    return "\n".join([*lines, *tally.found])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default=",".join(KINDS))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="warmchat-kill-"))
    attack = Attack(folder / "data", folder, options.seed, tuple(options.kinds.split(",")))
    for number in range(options.runs):
        attack.run(number)
        if number % 10 == 9:
            print(f"{number + 1} runs, {len(attack.tally.found)} found", flush=True)
    print(told(attack.tally))
    if attack.tally.found:
        print(f"files: {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
