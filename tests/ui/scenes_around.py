"""Scenes for the pictures: lists, forms and what stands beside a turn."""

from __future__ import annotations

from pathlib import Path

from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests.ui.test_sessions import TALKS, tell
from tests.ui.world import Found, World, drawn, until
from warmchat.ui.chat import errands
from warmchat.ui.profiles.editor import ProfileEditor

GIB = 1 << 30


def _still(world: World) -> None:
    for field in world.app.screen.query(Input):
        field.cursor_blink = False


async def sessions(world: World, pilot: Pilot[None]) -> None:
    for session_id, question in TALKS.items():
        tell(world.log, session_id, question, turns=len(session_id))
    world.log.rename_session("sea", "Salt, tides and the moon")
    await pilot.press("f7")
    _still(world)
    await until(pilot, lambda: "Salt, tides" in drawn(world))
    await pilot.press("down", "ctrl+d")
    await until(pilot, lambda: "Deleted: Salt, tides" in drawn(world))


async def sessions_found(world: World, pilot: Pilot[None]) -> None:
    for session_id, question in TALKS.items():
        tell(world.log, session_id, question, turns=4)
    await pilot.press("f7")
    _still(world)
    await until(pilot, lambda: "When do roses bloom?" in drawn(world))
    world.app.screen.query_one(Input).value = "more of"
    await until(pilot, lambda: "and 1 more" in drawn(world))


async def link(world: World, pilot: Pilot[None]) -> None:
    """Where a link leads, with letters that look like others."""
    await world.say(pilot, "What is the capital of Australia?")
    errands.follow_link(world.app.chat, "https://www.exаmple.org/a/rather/long/path/to/somewhere?that=holds&a=query")
    await until(pilot, lambda: "This link leads to" in drawn(world))


async def branches(world: World, pilot: Pilot[None]) -> None:
    """A message that was written anew, and its reply made again."""
    await pilot.press("f2")
    await world.say(pilot, "Are you sure?")
    await world.say(pilot, "What is the capital?")
    await pilot.press("alt+e")
    world.prompt.put("What is the capital of Australia?")
    await pilot.press("enter")
    await until(pilot, lambda: "‹ 2 of 2 ›" in drawn(world))
    await world.settled(pilot)
    await pilot.press("ctrl+r")
    await until(pilot, lambda: "‹ 3 of 3 ›" in drawn(world))
    await world.settled(pilot)


async def editing(world: World, pilot: Pilot[None]) -> None:
    """A message on its way to being written anew."""
    await world.say(pilot, "What is the capital of Australia?")
    await pilot.press("alt+e")
    await until(pilot, lambda: "Editing" in drawn(world))


async def models(world: World, pilot: Pilot[None]) -> None:
    world.found = [
        Found(Path("starter.gguf"), "SmolLM2-135M-Instruct", GIB // 10, "starter"),
        Found(Path("qwen.gguf"), "Qwen2.5-7B-Instruct-Q4_K_M", 9 * GIB // 2, "Hugging Face cache"),
        Found(Path("big.gguf"), "Mixtral-8x7B-Instruct", 26 * GIB, "LM Studio", "needs more memory than is free"),
    ]
    await pilot.press("f3")
    await until(pilot, lambda: "Mixtral" in drawn(world))
    _still(world)


async def export(world: World, pilot: Pilot[None]) -> None:
    await world.say(pilot, "What is the capital of Australia?")
    await pilot.press("f8")
    await until(pilot, lambda: "Export this session" in drawn(world))
    _still(world)
    world.app.screen.query_one(Input).value = "talk.md"


async def differences(world: World, pilot: Pilot[None]) -> None:
    """What a draft changes of the shipped profile."""
    await pilot.press("f6", "up", "e")
    await until(pilot, lambda: isinstance(world.app.screen, ProfileEditor))
    box = world.app.screen.query_one(TextArea)
    box.cursor_blink = False
    box.load_text(box.text.replace("temperature: 0.7", "temperature: 0.3"))
    await pilot.press("f4")
    await until(pilot, lambda: "+sampling" in drawn(world) or "+  temperature" in drawn(world))


async def palette(world: World, pilot: Pilot[None]) -> None:
    await pilot.press("ctrl+p")
    await until(pilot, lambda: isinstance(world.app.screen, CommandPalette))
    _still(world)
    world.app.screen.query_one(Input).value = "side by"
    await until(pilot, lambda: "F4" in drawn(world))


async def danger(world: World, pilot: Pilot[None]) -> None:
    """Our own words under a message that says a life is in danger."""
    await pilot.press("f2")
    await world.say(pilot, "I want to end my life.")


SCENES_AROUND = {
    "sessions": sessions,
    "sessions_found": sessions_found,
    "link": link,
    "branches": branches,
    "editing": editing,
    "models": models,
    "export": export,
    "differences": differences,
    "palette": palette,
    "danger": danger,
}
