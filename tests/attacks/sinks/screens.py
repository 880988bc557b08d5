"""Sinks that are screens: every place of the app where text from outside is drawn, with all of it hostile at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from tests.attacks.hostile import acting
from tests.attacks.sinks.case import Sink, hostile_profile, tell_hostile
from tests.ui.world import COMPANION, ORACLE, Found, WordDetector, World, drawn, until
from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError
from warmchat.domain.text import printable
from warmchat.domain.verdict import Evidence, Span, Verdict
from warmchat.engine.protocol import EngineInfo, Job
from warmchat.engine.scripted import Answer, Script, ScriptedEngine
from warmchat.storage.rows import storable_text

SIZE = (100, 40)
OURS = ("scroll", "toggle", "link(")  # what a click on our own screens does; a link is asked about first


class HostileDetector(WordDetector):
    """A verdict whose every text is hostile; a span may cut a sequence in two."""

    def __init__(self, text: str) -> None:
        self._text = text

    def detect(
        self, question: str, history: Sequence[Message], reply: str, shadow: str, *, scores: Sequence[float] = ()
    ) -> Verdict:
        third, half = len(shadow) // 3, len(shadow) // 2
        spans = Span(0, len(reply), reply), Span(third, half, shadow[third:half])
        return Verdict(
            "disagree", self._text, kind="added", score=0.5, evidence=(Evidence(*spans, "added", 0.5),),
            signals={self._text[:60]: 1.0}, detector=self._text,
        )  # fmt: skip


class HostileWorld(World):
    """A world in which every text is hostile: names, replies, verdicts, what the log holds."""

    def __init__(self, text: str, *, fails: bool = False) -> None:
        def answer(job: Job) -> Answer:
            return EngineError(text, text) if fails else f"<think>{text}</think>{text}"

        name = storable_text(text).replace("\x00", "")
        found = [Found(Path("/m") / name.replace("/", "∕")[:200], text, 1, text, text)]
        super().__init__(script=answer, found=found, log_problem=text)
        self.engine = _engine(text, answer)
        for profile in (ORACLE, COMPANION):
            spoken = replace(hostile_profile(text, profile), adapters=(), accent=profile.accent)
            self.shelf.profiles[profile.id] = spoken
        self.shelf.said = [text]
        tell_hostile(self.log, text, session="past")


def _engine(text: str, answer: Script) -> ScriptedEngine:
    class Engine(ScriptedEngine):
        def describe(self) -> EngineInfo:
            return replace(super().describe(), model_name=text, notes=(text,))

    return Engine(answer)


def look(world: World) -> str:
    """What is drawn, after looking that none of it acts: no control characters, no links of the terminal's, no actions
    but our own."""
    text = drawn(world)
    found = acting(text, allowed="\n")
    assert not found, sorted(map(hex, map(ord, found)))
    for strip in world.app.screen._compositor.render_strips():
        for segment in strip:
            style = segment.style
            if style is None:
                continue
            assert style.link is None, style.link
            for key, value in style.meta.items():
                assert not key.startswith("@") or not any(word in str(value) for word in ("quit", "app.")), value
    return text


def sayable(text: str) -> str:
    """The text as a message: of what shows nothing none is made, and a slash at the beginning makes a command."""
    said = printable(text).strip()
    return text if said and not said.startswith("/") else f"hello {text}"


async def chat_and_check(text: str, *, everywhere: bool = True) -> None:
    """A message, its reply, its check, both answers side by side; and, `everywhere`, the lists that hold them."""
    world = HostileWorld(text)
    async with world.app.run_test(size=SIZE, notifications=True) as pilot:
        await world.ready(pilot)
        world.session._checker._detector = HostileDetector(text)
        look(world)
        await pilot.press("f2")
        await world.say(pilot, sayable(text))
        look(world)
        await pilot.press("ctrl+up", "enter")
        await pilot.pause()
        look(world)
        await _panel(world, pilot)
        if everywhere:
            await _lists(world, pilot)
            await _palette(world, pilot)
        world.app.tell(text, text, severity="error")
        await pilot.pause()
        look(world)
        assert world.app.is_running
        world.app.copy_to_clipboard(text)
        await pilot.press("ctrl+v")
        await pilot.pause()
        look(world)


async def _panel(world: World, pilot: Pilot[None]) -> None:
    await pilot.press("f4")
    await pilot.pause()
    look(world)
    await pilot.press("s", "n", "h")
    await pilot.pause()
    look(world)
    await pilot.press("escape")


async def _lists(world: World, pilot: Pilot[None]) -> None:
    for key in ("f3", "f6", "f7", "f12", "ctrl+l", "alt+a", "alt+o"):
        await pilot.press(key)
        await until(pilot, lambda: "Looking" not in drawn(world) and "Reading the log" not in drawn(world))
        await pilot.pause()
        look(world)
        if key == "f7":
            await pilot.press("ctrl+r")  # rename: the title stands in a field
            await pilot.pause()
            look(world)
        for _ in range(3):
            if world.app.screen is not world.app.chat:
                await pilot.press("escape")
                await pilot.pause()


async def _palette(world: World, pilot: Pilot[None]) -> None:
    await pilot.press("ctrl+p")
    await until(pilot, lambda: bool(world.app.screen.query(Input)))
    world.app.screen.query_one(Input).value = "Speak"
    await pilot.pause(0.3)
    look(world)
    await pilot.press("escape")
    await pilot.pause()


async def fail_and_tell(text: str) -> None:
    """A reply that fails with hostile words."""
    world = HostileWorld(text, fails=True)
    async with world.app.run_test(size=SIZE, notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        look(world)


async def _holding(play: Awaitable[None]) -> float:
    """The longest time for which the screen's thread computed without looking for keys, in seconds of its own: what
    else the machine does is not counted."""
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        before = time.thread_time()
        while True:
            await asyncio.sleep(0.01)
            longest, before = max(longest, time.thread_time() - before), time.thread_time()

    beating = asyncio.create_task(beat())
    try:
        await play
    finally:
        beating.cancel()
    return longest


def on_the_screen(text: str, folder: Path) -> float:
    """All of it, one app after the other; gives the longest time for which the screen was held, in seconds."""
    return max(asyncio.run(_holding(chat_and_check(text))), asyncio.run(_holding(fail_and_tell(text))))


SINKS = (Sink("screens", on_the_screen),)
