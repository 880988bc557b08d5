"""What stands on the screen before the program behind it is there, and what becomes of what was written meanwhile."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.world import COMPANION, ORACLE, Found, Shelf, World, drawn, until
from warmchat.domain.errors import LogError, SettingsError
from warmchat.settings import Settings
from warmchat.ui.glance import Glance


def test_the_first_paint_imports_nothing_that_reads_settings_profiles_or_models() -> None:
    heavy = "pydantic", "yaml", "sqlite3", "jinja2", "psutil", "markdown_it", "warmchat.settings", "warmchat.session"
    asked = (
        "import sys, warmchat.cli.main, warmchat.cli.chat, warmchat.cli.glance, warmchat.ui.app\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_what_is_written_before_the_program_is_there_stays_and_is_sent() -> None:
    world = World()
    world.may_start.clear()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        first = drawn(world)
        assert "ORACLE" in first
        assert "Starting …" in first
        assert "You can write already." in first
        assert "no model" not in first.lower()
        await pilot.press(*"what is the capital?", "enter")
        assert "sent as soon as the session is open" in world.notices[-1]
        await pilot.press(*"and then")
        assert not world.opened
        world.may_start.set()
        await until(pilot, lambda: world.app.session is not None and len(world.session.turns) == 1)
        await world.settled(pilot)
        assert world.session.turns[0].user_text == "what is the capital?"
        assert world.prompt.text == "and then"
        assert "Canberra" in drawn(world)


async def test_keys_pressed_too_early_wait_or_say_why() -> None:
    world = World(found=[Found(Path("/models/good.gguf"), "good", 95_000_000, "starter")])
    world.may_start.clear()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("alt+e")
        assert world.notices[-1] == "There is no message to edit yet"
        await pilot.press("f3")
        await until(pilot, lambda: "Looking …" in drawn(world))
        world.may_start.set()
        await until(pilot, lambda: "95 MB" in drawn(world))
        await pilot.press("escape")
        await world.ready(pilot)
        assert world.models_opened == [Path("model.gguf")]


@pytest.mark.parametrize("before", [None, "what is the capital?"], ids=["nothing written", "a message written"])
async def test_the_voice_switched_before_the_session_is_there_is_the_one_that_speaks(before: str | None) -> None:
    world = World()
    world.may_start.clear()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2")
        assert world.notices[-1] == "Kept: it is done as soon as the session is open"
        if before is not None:
            await pilot.press(*before, "enter")
        world.may_start.set()
        await until(pilot, lambda: "COMPANION" in drawn(world))
        await world.ready(pilot)
        if before is not None:
            await until(pilot, lambda: len(world.session.turns) == 1)
            await world.settled(pilot)
            assert world.session.turns[0].profile == "companion"


async def test_keys_of_ones_own_count_from_the_first_paint_on() -> None:
    keys = {"switch-voice": "f3", "choose-a-model": "f2"}
    world = World(settings=Settings(keys=keys), glance=Glance(keys=keys))
    world.may_start.clear()
    async with world.app.run_test(size=(80, 24)) as pilot:
        assert "F3 voice" in drawn(world)
        await pilot.press("f3")
        world.may_start.set()
        await world.ready(pilot)
        await until(pilot, lambda: world.session.profile.id == "companion")
        assert world.app.screen is world.app.chat


async def test_keys_that_cannot_be_are_left_to_the_reading_of_the_settings() -> None:
    world = World(glance=Glance(keys={"switch-voice": "no such key"}))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        await until(pilot, lambda: world.session.profile.id == "companion")


async def test_every_key_press_before_the_session_is_there_counts() -> None:
    world = World()
    world.may_start.clear()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2", "f2", "f2")
        world.may_start.set()
        await world.ready(pilot)
        await until(pilot, lambda: world.session.profile.id == "companion")


@pytest.mark.parametrize(
    ("key", "seen"),
    [("f6", "Short and plain"), ("f7", "Search"), ("alt+m", "measured"), ("ctrl+l", "adapters"), ("f12", "greements")],
)
async def test_a_list_asked_for_before_the_program_is_there_comes_with_it(key: str, seen: str) -> None:
    world = World()
    world.may_start.clear()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await pilot.press(*"abc")
        world.may_start.set()
        await until(pilot, lambda: world.app.screen is not world.app.chat and seen in drawn(world))


async def test_what_is_done_while_another_session_is_opened_is_meant_for_that_one() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        first = world.session
        world.may_open.clear()
        await pilot.press("ctrl+n", "f2", *"what is the capital?", "enter")
        assert world.session is first
        assert world.app.chat.prompt.text == ""
        world.may_open.set()
        await until(pilot, lambda: world.session is not first and len(world.session.turns) == 1)
        await world.settled(pilot)
        assert world.session.turns[0].profile == "companion"
        assert first.profile.id == "oracle"
        assert not first.turns


async def test_of_two_sessions_asked_for_at_once_the_later_one_stands_there() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.may_open.clear()
        world.app.open_session(None)
        world.app.open_session("later")
        world.may_open.set()
        await until(pilot, lambda: world.session.id == "later")
        await until(pilot, lambda: len(world.opened) == 3)
        await pilot.pause(0.1)
        assert world.session.id == "later"


async def test_a_message_comes_back_where_no_session_could_be_opened() -> None:
    world = World(session_error=LogError("The log cannot be read", "free the disk"))
    world.may_start.clear()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"hello", "enter", "f2")
        world.may_start.set()
        await until(pilot, lambda: "No session is open" in "\n".join(world.notices))
        assert world.prompt.text == "hello"
        world.session_error = None
        await pilot.press("ctrl+n")
        await world.ready(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: len(world.session.turns) == 1)


async def test_a_model_asked_for_meanwhile_is_the_one_that_is_loaded() -> None:
    world = World()
    world.may_start.clear()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"/model /x/mine.gguf", "enter")
        await until(pilot, lambda: "loading mine.gguf" in drawn(world))
        world.may_start.set()
        await world.ready(pilot)
        assert world.models_opened == [Path("/x/mine.gguf")]


async def test_a_start_that_fails_ends_the_app_with_the_reason() -> None:
    error = SettingsError("warmchat.toml cannot be read", "mend the line")
    world = World(start_error=error)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: world.app.start_error is not None)
    assert world.app.start_error is error
    assert not world.opened


async def test_what_was_not_known_at_a_glance_is_put_right() -> None:
    world = World(
        settings=Settings(profile="companion", theme="light", log=False), glance=Glance(),
        shelf=Shelf(ORACLE, COMPANION),
    )  # fmt: skip
    world.may_start.clear()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "ORACLE" in drawn(world)
        assert "OFF THE RECORD" not in drawn(world)
        world.may_start.set()
        await world.ready(pilot)
        top = drawn(world).split("\n")[0]
        assert "COMPANION" in top
        assert "OFF THE RECORD" in top
        assert world.app.theme == "warmchat-light"
        await world.say(pilot, "hello")
        assert world.session.turns[0].off_record


async def test_off_the_record_before_the_program_is_there_stays_off() -> None:
    world = World()
    world.may_start.clear()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        assert "OFF THE RECORD" in drawn(world)
        world.may_start.set()
        await world.ready(pilot)
        await world.say(pilot, "hello")
        assert world.session.turns[0].off_record


async def test_a_glance_shows_the_voice_in_its_colour() -> None:
    world = World(settings=Settings(profile="companion"), glance=Glance("companion", "Companion", "warm"))
    world.may_start.clear()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "COMPANION" in drawn(world)
        assert world.app.chat.has_class("-warm")
        world.may_start.set()
        await world.ready(pilot)
        assert world.app.chat.has_class("-warm")
