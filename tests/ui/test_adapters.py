"""The adapters of the active voice on the screen: what stands there, and changing a strength live."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.world import COMPANION, ORACLE, Shelf, World, click_actions, drawn, shelf_with_loras, until
from warmchat.domain.profile import AdapterRef
from warmchat.settings import Settings
from warmchat.ui.adapters.panel import AdaptersPanel
from warmchat.ui.adapters.rows import adapter_row, scale

STEERED = replace(
    COMPANION,
    adapters=(
        AdapterRef("control_vector", "warmth", 1.0), AdapterRef("lora", "warm", 0.5), AdapterRef("lora", "kind", 1.0),
    ),
)  # fmt: skip


def steered(tmp_path: Path, **options: object) -> World:
    """The companion with a vector, a LoRA, and one that this model has no file for."""
    return World(adapters=shelf_with_loras(tmp_path), shelf=Shelf(ORACLE, STEERED),
                 settings=Settings(profile="companion"), **options)  # type: ignore[arg-type]  # fmt: skip


async def opened(world: World, pilot: Pilot[None]) -> None:
    await world.ready(pilot)
    await pilot.press("ctrl+l")
    await until(pilot, lambda: isinstance(world.app.screen, AdaptersPanel))
    await until(pilot, lambda: "from the next reply" in drawn(world))


def line_of(world: World, word: str, after: int = 0) -> str:
    """The line of the screen that begins with a word, or one below it."""
    lines = [line.strip(" │") for line in drawn(world).split("\n")]
    at = next(i for i, line in enumerate(lines) if line.startswith(word))
    return " ".join(lines[at + after].split())


def used(world: World, turn: int) -> dict[str, float]:
    reply = world.session.turns[turn].reply
    assert reply is not None
    return {adapter["name"]: adapter["strength"] for adapter in reply.origin.adapters}


async def test_the_list_says_what_is_in_force_what_could_be_and_what_is_missing_and_why(tmp_path: Path) -> None:
    world = steered(tmp_path)
    async with world.app.run_test(size=(100, 40)) as pilot:
        await opened(world, pilot)
        assert line_of(world, "warmth") == "warmth control vector · the warmth dial moves it"
        assert line_of(world, "warmth", 1) == f"+1 -2 {scale(0.25)} +4 dial +0.25 file +1"
        assert line_of(world, "warm ") == "warm LoRA · range not measured"
        assert line_of(world, "warm ", 1) == f"+0.5 -1 {scale(0.5)} +1 file +0.5"
        assert line_of(world, "kind", 1) == "left out: There is no lora called 'kind' for scripted"
        assert line_of(world, "kind", 2) == "warmchat adapters train makes one for this model"
        assert line_of(world, "gentle") == "gentle LoRA · not in this profile · range not measured"
        assert line_of(world, "gentle", 1).startswith("off")


async def test_arrows_and_numbers_change_the_next_reply_and_the_file_comes_back(tmp_path: Path) -> None:
    world = steered(tmp_path)
    async with world.app.run_test(size=(100, 40), notifications=True) as pilot:
        await opened(world, pilot)
        await pilot.press("right")
        await until(pilot, lambda: "dial +0.375" in drawn(world))
        assert line_of(world, "warmth").endswith(" · changed")
        await pilot.press("down", *"0.75", "enter")
        await until(pilot, lambda: line_of(world, "warm ", 1).startswith("+0.75"))
        await pilot.press("down", "right", "5")
        await until(pilot, lambda: "There is no file for it, so there is nothing to change" in drawn(world))
        await pilot.press("down", "minus", "comma", "2", "5", "enter")
        await until(pilot, lambda: line_of(world, "gentle", 1).startswith("-0.25"))
        await pilot.press("escape")
        assert world.app.screen is world.app.chat
        await until(pilot, lambda: "+0.375" in drawn(world).split("\n")[0])
        await world.say(pilot, "hello")
        assert used(world, 0) == {"warmth": 1.5, "warm": 0.75, "gentle": -0.25}
        assert "Companion  warmth +0.375 · warm +0.75 · gentle -0.25" in drawn(world)

        await opened(world, pilot)
        await pilot.press("r")
        await until(pilot, lambda: line_of(world, "warmth", 1).endswith("dial +0.25 file +1"))
        assert "changed" not in line_of(world, "warmth")
        assert line_of(world, "warm ").endswith(" · changed")
        await pilot.press("R")
        await until(pilot, lambda: "changed" not in drawn(world))
        assert "From the next reply on: the companion reads its" in drawn(world)
        await pilot.press("ctrl+l")
        await world.say(pilot, "hello again")
        assert used(world, 1) == {"warmth": 1.0, "warm": 0.5}


async def test_a_strength_that_cannot_be_is_refused_with_the_range_and_changes_nothing(tmp_path: Path) -> None:
    world = steered(tmp_path)
    async with world.app.run_test(size=(100, 40)) as pilot:
        await opened(world, pilot)
        await pilot.press(*"9", "enter")
        await until(pilot, lambda: "The strength of warmth goes from -2 to +4, not to 9" in drawn(world))
        assert "that is the range its maker measured; 0 is off" in drawn(world)
        await pilot.press("backspace", "4", "minus", "r", "left", "enter")
        await until(pilot, lambda: "4- is no number" in drawn(world))
        await pilot.press("escape")
        await until(pilot, lambda: "no number" not in drawn(world))
        assert isinstance(world.app.screen, AdaptersPanel), "the first Esc leaves the number alone"
        assert line_of(world, "warmth", 1).startswith("+1 ")
        await pilot.press("enter", "enter")
        assert line_of(world, "warmth", 1).startswith("+1 "), "nothing typed, nothing changed"


async def test_the_oracle_with_an_adapter_changed_is_named_so_and_checked(tmp_path: Path) -> None:
    world = World(adapters=shelf_with_loras(tmp_path))
    async with world.app.run_test(size=(120, 40)) as pilot:
        await opened(world, pilot)
        await pilot.press("down", *"1", "enter", "escape")
        await until(pilot, lambda: " ORACLE, CHANGED " in drawn(world).split("\n")[0])
        await world.say(pilot, "What is the capital?")
        assert world.label(0) == "agree"
        assert "Oracle, changed  gentle +1" in drawn(world)
        assert "second answer" not in drawn(world)


async def test_the_command_and_the_palette_open_it_and_it_explains_its_keys(tmp_path: Path) -> None:
    world = steered(tmp_path)
    async with world.app.run_test(size=(100, 40)) as pilot:
        await world.ready(pilot)
        world.prompt.put("/adapters")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(world.app.screen, AdaptersPanel))
        await pilot.press("f1")
        await until(pilot, lambda: "As the profile’s file says" in drawn(world))
        assert "Send the message" not in drawn(world)
        await pilot.press("escape", "escape", "ctrl+p", *"adapters")
        await until(pilot, lambda: "/adapters" in drawn(world))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(world.app.screen, AdaptersPanel))


async def test_it_waits_for_the_model_and_says_so(tmp_path: Path) -> None:
    world = steered(tmp_path)
    world.may_load.clear()
    async with world.app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: world.app.session is not None)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: "The model is still loading" in drawn(world))
        world.may_load.set()
        await until(pilot, lambda: "the warmth dial moves it" in drawn(world))


async def test_on_a_server_it_says_what_cannot_be_and_the_header_says_it_quietly(tmp_path: Path) -> None:
    world = steered(tmp_path, remote=True)
    async with world.app.run_test(size=(100, 40), notifications=True) as pilot:
        await world.ready(pilot)
        assert " COMPANION  a program, checked  no dial, no scores " in drawn(world).split("\n")[0]
        await pilot.press("ctrl+l")
        await until(pilot, lambda: "The model runs on a server, which takes no adapters from here" in drawn(world))
        await until(pilot, lambda: line_of(world, "warm ", 1) == "left out file +0.5")
        assert "gentle" not in drawn(world)
        await pilot.press("right", "escape", "alt+plus")
        await until(pilot, lambda: any("There is no warmth dial" in n for n in world.notices))
        await world.say(pilot, "hello")
        assert used(world, 0) == {}


async def test_without_a_model_it_says_so() -> None:
    world = World(model=None)
    async with world.app.run_test(size=(100, 40)) as pilot:
        await world.ready(pilot)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: "There is no model to steer: F3 chooses one." in drawn(world))


@pytest.mark.parametrize("size", [(100, 40), (40, 10), (28, 7)])
async def test_a_name_that_is_markup_does_no_harm_and_no_window_is_too_small(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    shelf = shelf_with_loras(tmp_path)
    (tmp_path / "scripted" / "warm.gguf").rename(tmp_path / "scripted" / "[@click=app.quit]x[\x1b]7m.gguf")
    world = World(adapters=shelf)
    async with world.app.run_test(size=size) as pilot:
        await world.ready(pilot)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(world.app.screen, AdaptersPanel))
        await until(pilot, lambda: world.app.chat.steering.setting is not None)
        await pilot.press("down", "right", *"1", "enter")
        assert "\x1b" not in drawn(world)
        assert "app.quit" not in click_actions(world)


def test_a_strength_beyond_the_scale_is_said_to_be_and_narrow_rows_keep_the_numbers(tmp_path: Path) -> None:
    from warmchat.voices.setting import NONE, setting_for

    loud = replace(STEERED, adapters=(AdapterRef("control_vector", "warmth", 9.0),))
    (state,) = setting_for(loud, NONE, shelf_with_loras(tmp_path), "scripted").states
    assert "beyond -2 to +4" in adapter_row(state, 80).plain
    narrow = adapter_row(state, 40).plain.split("\n")[1]
    assert narrow.split() == ["+9", "dial", "+1.00", "-2", "to", "+4"]
