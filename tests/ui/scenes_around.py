"""Scenes for the pictures: lists, forms and what stands beside a turn."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests.ui.test_other_voice import WordGate
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
    world.app.screen.query(Input).first().value = "talk.md"
    await pilot.press("tab", "space")


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


CODE = """A function that adds, and how to run it:

```python
def add(a: int, b: int) -> int:
    \"\"\"Add two numbers.\"\"\"
    return a + b  # the sum
```

1. Save it as `add.py`.
2. Read [the docs](https://docs.example.org/add) or [the source](https://code.example.org/add).

| a | b | sum |
|---|---|-----|
| 1 | 2 | 3   |
"""


async def _say(world: World, pilot: Pilot[None], answer: str) -> None:
    world.engine.script = lambda _: answer
    await world.say(pilot, "How do I add in Python?")


async def code(world: World, pilot: Pilot[None]) -> None:
    """A reply with code, a list, links and a table."""
    await _say(world, pilot, CODE)


async def code_blocks(world: World, pilot: Pilot[None]) -> None:
    """Which of several blocks of code is copied."""
    await _say(world, pilot, CODE + "\n```sh\npython add.py\n```\n")
    await pilot.press("alt+g")
    await until(pilot, lambda: "Copy which block" in drawn(world))


async def links(world: World, pilot: Pilot[None]) -> None:
    """Which of several links is followed."""
    await _say(world, pilot, CODE)
    await pilot.press("alt+o")
    await until(pilot, lambda: "Follow which link" in drawn(world))


async def replying(world: World, pilot: Pilot[None]) -> None:
    """A reply on its way."""
    await pilot.press("f2")
    await world.say(pilot, "Are you sure?")
    world.engine.gate = words = WordGate()
    world.prompt.put("What is the capital of Australia?")
    await pilot.press("enter")
    words.let_through(8)
    await until(pilot, lambda: "hear you. The capital of" in drawn(world) and "Esc stops" in drawn(world))


async def checking(world: World, pilot: Pilot[None]) -> None:
    """A reply is there, its check is not."""
    await pilot.press("f2")
    world.engine.gate = words = WordGate()
    world.prompt.put("Are you sure?")
    await pilot.press("enter")
    words.let_through(8)
    await until(pilot, lambda: "Checking: the oracle" in drawn(world))


async def starting(world: World, pilot: Pilot[None]) -> None:
    """The first paint: nothing but the window is there yet."""
    await until(pilot, lambda: "Starting …" in drawn(world))


async def model_failed(world: World, pilot: Pilot[None]) -> None:
    """The model could not be loaded."""
    await until(pilot, lambda: "could not be loaded" in drawn(world))
    world.app.clear_notifications()
    await pilot.pause()


async def hourly(world: World, pilot: Pilot[None]) -> None:
    """How the replies of a long talk fared, at most once an hour; off the record meanwhile."""
    await pilot.press("f2", "f9")
    for _ in range(5):
        await world.say(pilot, "What is the capital of Australia?")
    await until(pilot, lambda: "has replied 5 times" in drawn(world))
    world.app.clear_notifications()
    await pilot.pause()


async def rename(world: World, pilot: Pilot[None]) -> None:
    """Another title for a session."""
    tell(world.log, "garden", TALKS["garden"], turns=6)
    await pilot.press("f7")
    await until(pilot, lambda: "When do roses bloom?" in drawn(world))
    await pilot.press("f2")
    await until(pilot, lambda: "Rename the session" in drawn(world))
    _still(world)


async def put_away(world: World, pilot: Pilot[None]) -> None:
    """The sessions that were put away."""
    tell(world.log, "garden", TALKS["garden"], turns=6)
    world.log.archive_session("garden", archived=True)
    await pilot.press("f7", "tab")
    _still(world)
    await until(pilot, lambda: "When do roses bloom?" in drawn(world))


async def imported(world: World, pilot: Pilot[None]) -> None:
    """A role of another program as a draft, and what was left out of it."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "pirate.md")
        file.write_text("---\nmodel: gpt\ntemperature: 0.9\nuse_tools: web\n---\nYou are a pirate.\n", "utf-8")
        await pilot.press("f6", "i")
        await until(pilot, lambda: "Import a role" in drawn(world))
        world.app.screen.query_one(Input).value = str(file)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(world.app.screen, ProfileEditor) and "left out" in drawn(world))
    world.app.screen.query_one(TextArea).cursor_blink = False
    world.app.clear_notifications()
    await pilot.pause()


SCENES_AROUND = {
    "code": code,
    "code_blocks": code_blocks,
    "links": links,
    "replying": replying,
    "checking": checking,
    "starting": starting,
    "model_failed": model_failed,
    "hourly": hourly,
    "rename": rename,
    "put_away": put_away,
    "imported": imported,
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
