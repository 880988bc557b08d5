"""The real program in which a scripted engine answers at a set pace: what is measured is the screen, not a model.

``python -m tests.benchmarks.terminal.program --data-dir D --marks FILE [--rate 40] [--session ID] [--profile P]``
opens the chat. Everything but the engine is real: settings, profiles, log on the disk, detector. It writes to `marks` a
JSON line at the first and last word of every visible reply, `AFTER_S` after the last, and for every time at which the
event loop did nothing else for `FREEZE_S`, with what its thread computed meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.terminal.texts import reply_to
from warmchat.engine.protocol import EngineEvent, Finished, Fragment, Handle, Job, Priority
from warmchat.engine.scripted import ScriptedEngine
from warmchat.ui.app import WarmchatApp
from warmchat.ui.glance import Glance

if TYPE_CHECKING:
    from warmchat.ui.services import Services

AFTER_S = 1.5  # in which the whole reply is laid out as Markdown
BEAT_S = 0.005
FREEZE_S = 0.02


class Marks:
    """A file of what happened when; times are of the clock that all processes of the machine share."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, what: str, **values: float) -> None:
        line = {"what": what, "at": time.monotonic(), "cpu": time.process_time(), **values}
        with self._file.open("a", encoding="utf-8") as opened:
            opened.write(json.dumps(line) + "\n")


@dataclass
class PacedEngine(ScriptedEngine):
    """The scripted engine, a visible reply of which comes at `rate` words a second. 0: as fast as can be."""

    rate: float = 0.0
    marks: Marks | None = None

    def submit(self, job: Job) -> Handle:
        handle = super().submit(job)
        self.jobs.clear()  # the engine's notes for tests, each with all that was read, are no part of the program
        visible = job.task == "reply" and job.priority is Priority.VISIBLE
        return _PacedHandle(handle, self) if visible and self.rate else handle


@dataclass
class _PacedHandle:
    handle: Handle
    engine: PacedEngine

    def cancel(self) -> None:
        self.handle.cancel()

    def __iter__(self) -> Iterator[EngineEvent]:
        begun, words, marks = 0.0, 0, self.engine.marks
        assert marks is not None
        for event in self.handle:
            if isinstance(event, Fragment):
                if not words:
                    begun = time.monotonic()
                    marks.add("first")
                time.sleep(max(0.0, begun + words / self.engine.rate - time.monotonic()))
                words += 1
            elif isinstance(event, Finished):
                marks.add("last", words=words)
                threading.Timer(AFTER_S, marks.add, ["after"]).start()
            yield event


class MeasuredApp(WarmchatApp):
    """The app; it notes how long its event loop was kept from everything else."""

    CSS_PATH = [str(Path(__file__).parents[3] / "warmchat" / "ui" / name) for name in WarmchatApp.CSS_PATH]  # noqa: RUF012
    marks: Marks
    beats = False

    def on_ready(self) -> None:
        if self.beats:
            self._beating = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            before, spent = time.monotonic(), time.thread_time()
            await asyncio.sleep(BEAT_S)
            took = time.monotonic() - before
            if took > FREEZE_S:
                self.marks.add("freeze", seconds=took, busy=time.thread_time() - spent)


def main() -> None:
    options = _options()
    marks = Marks(options.marks)
    gc.set_threshold(50_000)  # all of this as `warmchat` does it
    gc.disable()

    def load() -> Services:
        gc.freeze()
        gc.enable()
        return _services(options, marks)

    MeasuredApp.marks, MeasuredApp.beats = marks, options.beats
    MeasuredApp(Glance(options.profile, options.profile.title()), load).run()


def _services(options: argparse.Namespace, marks: Marks) -> Services:
    from warmchat.screens import screen_services
    from warmchat.settings import load_settings
    from warmchat.wiring import open_profiles

    settings = load_settings(local_file=False, data_dir=options.data_dir, profile=options.profile)
    services = screen_services(settings, profiles=open_profiles(settings, local=False), model=Path("scripted"),
                               session=options.session)  # fmt: skip
    engine = PacedEngine(reply_to, n_ctx=options.n_ctx, rate=options.rate, marks=marks)
    return replace(services, open_engine=lambda _: engine, check_model=lambda _: None)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--marks", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--n-ctx", type=int, default=8192, help="words that the engine can read")
    parser.add_argument("--session")
    parser.add_argument("--profile", default="oracle")
    parser.add_argument("--beats", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
