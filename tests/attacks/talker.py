"""A process that chats by itself and says on stdout what happens when: the victim of which most is known.

``python -m tests.attacks.talker DATA_DIR real|scripted SESSION|new MARK`` sends messages until its stdin closes or it
is killed. Every line is a JSON object with "t", the seconds of the machine's monotonic clock, and "ev".
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from warmchat.domain.turn import (
    FragmentArrived,
    LogCaughtUp,
    LogFailed,
    ReplyFinished,
    TurnFailed,
    TurnOpened,
    VerdictReached,
)
from warmchat.engine.protocol import Engine, Job
from warmchat.engine.scripted import ScriptedEngine
from warmchat.session.start import begin_with
from warmchat.settings import load_settings
from warmchat.shipped import starter_model
from warmchat.storage.log import SessionLog
from warmchat.wiring import open_engine, open_profiles, open_session

SCRIPTED_WORD_S = 0.01
ASKED = (
    "Tell me a long story about a river, a bridge and the people beside it.",
    "I had a hard day. I believe Saturn is the largest planet. What is the largest planet in the solar system?",
    "What is the capital of Australia?",
    "I feel lonely today, and I think spiders have six legs, right?",
)


def say(event: str, **more: Any) -> None:
    """One line, whole and at once."""
    sys.stdout.write(json.dumps({"t": time.monotonic(), "ev": event, **more}) + "\n")
    sys.stdout.flush()


class TimedLog(SessionLog):
    """A log that knows how long its longest write took, waiting for other programs included."""

    longest_s = 0.0

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Database]:
        began = time.perf_counter()
        try:
            with super()._writing() as db:
                yield db
        finally:
            self.longest_s = max(self.longest_s, time.perf_counter() - began)


def answer(job: Job) -> str:
    """A long reply, other for each message."""
    asked = job.messages[-1].content
    return " ".join(f"{asked} word{n}." for n in range(6))


def engine_for(kind: str) -> Engine:
    """The starter model in its process, or the scripted engine."""
    if kind == "scripted":
        return ScriptedEngine(answer)
    model = starter_model()
    assert model is not None
    return open_engine(load_settings(data_dir=DATA, n_ctx=2048, threads=1), model)


def talk(kind: str, session_id: str | None, mark: str, stopped: Callable[[], bool]) -> None:
    """Chat until it is enough."""
    settings = load_settings(data_dir=DATA, profile="companion", shadow_samples=1)
    log = TimedLog.open(settings.log_file)
    assert isinstance(log, TimedLog)
    cut = begin_with(log, 0, None).cut_off
    say("start", cut=cut.session_id if cut is not None else None)
    engine = engine_for(kind)
    session = open_session(settings, engine=engine, profiles=open_profiles(settings), log=log, session_id=session_id)
    number = 0
    while not stopped():
        number += 1
        asked = f"{ASKED[number % len(ASKED)]} ({mark}, message {number})"
        streamed = 0
        for event in session.send(asked):
            match event:
                case TurnOpened(turn):
                    say("opened", turn=turn.id, text=asked, session=session.id)
                case FragmentArrived(turn_id, text):
                    streamed += len(text)
                    say("fragment", turn=turn_id, streamed=streamed)
                    if kind == "scripted":
                        time.sleep(SCRIPTED_WORD_S)
                case ReplyFinished(turn_id, reply):
                    say("replied", turn=turn_id, text=reply.text)
                case VerdictReached(turn_id):
                    say("judged", turn=turn_id)
                case TurnFailed(turn_id, message):
                    say("failed", turn=turn_id, message=message)
                case LogFailed(_, message):
                    say("log failed", message=message)
                case LogCaughtUp():
                    say("log caught up")
    session.close()
    say("closed", unsaved=session.unsaved, longest_s=log.longest_s)
    log.close()
    engine.close()


if __name__ == "__main__":
    DATA = Path(sys.argv[1])
    over = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=wait, daemon=True).start()
    talk(sys.argv[2], None if sys.argv[3] == "new" else sys.argv[3], sys.argv[4], over.is_set)
