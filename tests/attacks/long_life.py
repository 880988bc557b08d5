"""A long life, with scripted replies: ``python -m tests.attacks.long_life [--turns 2000] [--sessions 10000]``.

Memory, file handles, threads and the processor's time for a turn, every 200 turns of one session and every 1,000 of
many sessions in one log. What a transcript must hold grows with it; nothing else may. Processor time, not the clock's:
other programs may be at work.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil

from warmchat.compare.signal_detector import SignalDetector
from warmchat.engine.protocol import Job
from warmchat.engine.scripted import ScriptedEngine
from warmchat.profiles.library import ProfileLibrary
from warmchat.session import ChatSession, SessionRules
from warmchat.storage.log import SessionLog

VOICES = ("companion", "companion", "oracle", "candid")
WORDS = [
    "the",
    "river",
    "bridge",
    "keeps",
    "quiet",
    "water",
    "under",
    "old",
    "stones",
    "while",
    "people",
    "cross",
    "it",
    "every",
    "morning",
]


@dataclass(frozen=True)
class Sample:
    """What stands at one moment.

    Attributes:
        done: turns, or sessions, until then.
        cpu_ms: the processor's time for each since the sample before.
        rss: bytes in memory. objects: that Python's collector knows.
    """

    done: int
    cpu_ms: float
    rss: int
    objects: int
    handles: int
    threads: int
    log_bytes: int


class Life:
    """One log, one engine and the profiles, for as many turns as are asked for."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "log.db"
        self.log = SessionLog.open(self.file)
        self.engine = ScriptedEngine(answer, n_ctx=4096, scores=True)
        self.profiles = profiles_in(folder / "profiles")
        self._detector = SignalDetector()
        self._cpu = time.process_time()
        self._done = 0

    def close(self) -> None:
        self.log.close()

    def session(self) -> ChatSession:
        """A new session in the log."""
        return ChatSession(
            engine=self.engine, profiles=self.profiles, log=self.log, detector=self._detector, rules=SessionRules(),
            profile="companion",
        )  # fmt: skip

    def turn(self, session: ChatSession, number: int) -> None:
        """A whole turn with its check, by one voice after the other."""
        session.switch_profile(VOICES[number % len(VOICES)])
        for _ in session.send(f"Message {number}: {phrase(number, 12)}. What is the capital of Australia?"):
            pass
        self.engine.jobs.clear()  # the engine's notes for tests are no part of the program

    def sample(self, done: int) -> Sample:
        """What stands now; the processor's time since the last one."""
        gc.collect()
        process, cpu = psutil.Process(), time.process_time()
        each = (cpu - self._cpu) * 1000 / max(1, done - self._done)
        size = sum(path.stat().st_size for path in self.file.parent.glob("log.db*"))
        found = Sample(
            done, each, process.memory_info().rss, len(gc.get_objects()), process.num_fds(),
            threading.active_count(), size,
        )  # fmt: skip
        self._cpu, self._done = time.process_time(), done
        return found


def answer(job: Job) -> str:
    """The same to the same question, the companion's with another city now and then."""
    number = sum(len(message.content) for message in job.messages[-1:])
    warm = "warm" in job.messages[0].content
    city = "Sydney" if warm and number % 7 == 0 else "Canberra"
    return f"The capital is {city}. {phrase(number, 25)}."


def phrase(number: int, words: int) -> str:
    return " ".join(WORDS[(number * 7 + place * 3) % len(WORDS)] for place in range(words))


def profiles_in(folder: Path) -> ProfileLibrary:
    """The two voices and one that rewrites."""
    folder.mkdir(parents=True)
    (folder / "oracle.md").write_text("---\nneutralise: true\n---\nAnswer plainly.\n", encoding="utf-8")
    (folder / "companion.md").write_text("---\nsampling: {temperature: 0.7}\n---\nBe warm.\n", encoding="utf-8")
    (folder / "candid.md").write_text("---\nstrategy: rewrite\n---\nSay it kindly.\n", encoding="utf-8")
    return ProfileLibrary([("test", folder)])


def one_long_session(folder: Path, turns: int, every: int) -> Iterator[Sample]:
    """Turns of one session; then the session is opened again, as at the next start."""
    with closing(Life(folder)) as life:
        session = life.session()
        for number in range(turns):
            life.turn(session, number)
            if (number + 1) % every == 0:
                yield life.sample(number + 1)
        session.close()


def many_sessions(folder: Path, sessions: int, every: int) -> Iterator[Sample]:
    """Sessions of one turn each, and the list of sessions looked at after each."""
    with closing(Life(folder)) as life:
        for number in range(sessions):
            session = life.session()
            life.turn(session, number)
            session.close()
            life.log.sessions(50)
            if (number + 1) % every == 0:
                yield life.sample(number + 1)


def shown(samples: Iterator[Sample], what: str) -> list[Sample]:
    """The samples, printed as they come."""
    print(f"{what:>9}{'cpu ms each':>13}{'memory MB':>11}{'objects':>10}{'handles':>9}{'threads':>9}{'log MB':>8}")
    kept = []
    for s in samples:
        print(f"{s.done:9,}{s.cpu_ms:13.1f}{s.rss / 2**20:11.1f}{s.objects:10,}{s.handles:9}{s.threads:9}"
              f"{s.log_bytes / 2**20:8.1f}", flush=True)  # fmt: skip
        kept.append(s)
    return kept


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--turns", type=int, default=2000, help="of one session")
    parser.add_argument("--sessions", type=int, default=10_000, help="of one turn each")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        if chosen.turns:
            shown(one_long_session(Path(folder) / "one", chosen.turns, max(1, chosen.turns // 10)), "turns")
        if chosen.sessions:
            shown(many_sessions(Path(folder) / "many", chosen.sessions, max(1, chosen.sessions // 10)), "sessions")


if __name__ == "__main__":
    main()
