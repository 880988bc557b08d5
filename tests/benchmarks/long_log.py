"""How fast a long log is searched and listed, and a long session opened: python -m tests.benchmarks.long_log

A log of 50,000 turns in 500 sessions (100,000 messages and replies) is written to a temporary folder. Words are drawn
by Zipf's law from 20,000, so that some are in nearly every message and most are rare, as in speech.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from warmchat.settings import Settings
from warmchat.storage.log import SessionLog
from warmchat.wiring import open_profiles, open_session

SESSIONS, TURNS = 500, 100  # of each
WORDS = 30  # of each message
VOCABULARY = 20_000
LONG = 500  # turns of the session that is opened: 1,000 messages
LONG_TITLE, LAST_WORDS = "The long talk", "The-last-words-of-all"
SYLLABLES = ("ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "za")


def word(number: int) -> str:
    """A word that can be said, another for each number."""
    said = ""
    while number:
        number, rest = divmod(number, len(SYLLABLES))
        said += SYLLABLES[rest]
    return said or "a"


QUESTIONS = {
    "in nearly every message": word(1),
    "a common beginning, two letters": "ba*",
    "a beginning of three letters": "kel*",
    "rare": word(19_999),
    "three words, the last a beginning": f"{word(1)} {word(2)} ke*",
}


def write(file: Path) -> str:
    """Write the log; returns the id of the long session, the newest. Plain SQL: the session's own way takes minutes.

    Some replies of the long session hold lists and code, as replies do.
    """
    rng = random.Random(1)
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    words = [word(number) for number in range(VOCABULARY)]

    def text() -> str:
        return " ".join(rng.choices(words, cum_weights=cumulative, k=WORDS))

    cumulative = [sum(weights[:1])]
    for weight in weights[1:]:
        cumulative.append(cumulative[-1] + weight)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with SessionLog.open(file) as log, log._writing() as db:
        db.execute("INSERT INTO profiles (hash, id, name) VALUES ('h', 'oracle', 'Oracle')")
        for session, turns in [*((f"s{n:04}", TURNS) for n in range(SESSIONS)), ("long", LONG)]:
            begun = (start := start + timedelta(hours=1)).isoformat(timespec="milliseconds")
            title = LONG_TITLE if session == "long" else text()[:60]
            db.execute("INSERT INTO sessions (id, title, started_at) VALUES (?, ?, ?)", [session, title, begun])
            parent = None
            for number in range(turns):
                turn = f"{session}-{number:04}"
                db.execute(
                    "INSERT INTO turns (id, session_id, parent_turn_id, user_text, created_at, profile, shadow_history)"
                    " VALUES (?, ?, ?, ?, ?, 'oracle', 'own')",
                    [turn, session, parent, text(), begun],
                )
                db.execute(
                    "INSERT INTO replies (id, turn_id, role, profile, profile_hash, text, stop)"
                    " VALUES (?, ?, 'shown', 'oracle', 'h', ?, 'end')",
                    [f"r-{turn}", turn, _reply(number, text) if session == "long" else text()],
                )
                parent = turn
    return "long"


def _reply(number: int, text: Callable[[], str]) -> str:
    """What a model might say: every third reply a list, every fifth code."""
    if number + 1 == LONG:
        return f"{text()} {LAST_WORDS}"
    if number % 5 == 1:
        return f"{text()}\n\n```python\nfor word in words:\n    print(word)\n```\n\n{text()}"
    if number % 3 == 1:
        return f"{text()}\n\n" + "\n".join(f"- **{text()[:12]}**: {text()[:60]}" for _ in range(5))
    return text()


def timed(deed: Callable[[], object], times: int = 20) -> tuple[float, float]:
    """Median and slowest, in milliseconds."""
    taken = []
    for _ in range(times):
        before = time.perf_counter()
        deed()
        taken.append((time.perf_counter() - before) * 1000)
    return statistics.median(taken), max(taken)


def measured(file: Path, long: str) -> Iterator[tuple[str, float, float]]:
    """What was measured: its name, the median and the slowest in milliseconds."""
    settings = Settings(data_dir=file.parent)
    profiles = open_profiles(settings, local=False)
    with SessionLog.open(file) as log:
        for name, text in QUESTIONS.items():
            found = len(log.search(text, 200))
            yield f"search: {name} ({found} shown)", *timed(partial(log.search, text, 200))
        yield "list of the 200 newest sessions", *timed(lambda: log.sessions(200), 5)
        yield (
            "open the session of 1,000 messages",
            *timed(lambda: open_session(settings, engine=None, profiles=profiles, log=log, session_id=long), 5),
        )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.db"
        long = write(file)
        print(f"{'':52}{'median':>9}{'slowest':>9}  ms")
        for name, median, slowest in measured(file, long):
            print(f"{name:52}{median:9.1f}{slowest:9.1f}")


if __name__ == "__main__":
    main()
