"""The profiles on the screen, with real files: choose, edit, check, compare, try, make, bring in, give out."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests.ui.test_hostile_text import HOSTILE, safe
from tests.ui.world import World, drawn, until
from warmchat.engine.protocol import Job
from warmchat.places import config_folder
from warmchat.profiles.library import ProfileLibrary, default_folders
from warmchat.settings import Settings
from warmchat.ui.profiles.editor import ProfileEditor
from warmchat.ui.profiles.screen import ProfilesScreen
from warmchat.ui.profiles.trial import TrialScreen

pytestmark = pytest.mark.usefixtures("in_folder")

WIDE, NARROW = (120, 36), (80, 24)


def prompt_said(job: Job) -> str:
    """The voice says which prompt it was given."""
    return f"I was told: {job.messages[0].content.splitlines()[0]}"


def with_files(**more: object) -> World:
    return World(library=ProfileLibrary(default_folders(Settings())), **more)  # type: ignore[arg-type]


def mine(profile_id: str) -> Path:
    return config_folder() / "system_prompts" / f"{profile_id}.md"


async def open_profiles(world: World, pilot: Pilot[None]) -> ProfilesScreen:
    await world.ready(pilot)
    await pilot.press("f6")
    await until(pilot, lambda: isinstance(world.app.screen, ProfilesScreen))
    await pilot.pause()
    screen = world.app.screen
    assert isinstance(screen, ProfilesScreen)
    return screen


async def open_editor(world: World, pilot: Pilot[None], *keys: str) -> TextArea:
    await pilot.press(*keys)
    await until(pilot, lambda: isinstance(world.app.screen, ProfileEditor))
    await pilot.pause()
    return world.app.screen.query_one(TextArea)


async def answer(pilot: Pilot[None], world: World, text: str) -> None:
    """Type into the form that is open, and take it."""
    await until(pilot, lambda: bool(world.app.screen.query(Input)))
    world.app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await pilot.pause()


async def test_a_profile_is_read_and_chosen() -> None:
    world = with_files()
    async with world.app.run_test(size=WIDE) as pilot:
        await open_profiles(world, pilot)
        assert "Answer factually and concisely." in drawn(world), "the one that speaks is the chosen one"
        await pilot.press("up")
        assert "You are a warm, supportive friend." in drawn(world)
        assert "temperature 0.7" in drawn(world)
        await pilot.press("enter")
        await until(pilot, lambda: world.session.profile.id == "companion")


async def test_an_edit_of_a_shipped_profile_becomes_your_own_copy_and_speaks_at_once() -> None:
    world = with_files(script=prompt_said)
    async with world.app.run_test(size=WIDE) as pilot:
        await open_profiles(world, pilot)
        box = await open_editor(world, pilot, "e")
        box.load_text(box.text.replace("Answer factually", "Reply factually"))
        await until(pilot, lambda: "not saved" in drawn(world))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "not saved" not in drawn(world))
        assert "Reply factually" in mine("oracle").read_text()
        box.load_text(box.text.replace("Reply factually", "Speak factually"))
        await pilot.press("f2", "escape", "escape")
        assert "Speak factually" in mine("oracle").read_text(), "the second save replaces the copy"
        await until(pilot, lambda: world.app.screen is world.app.chat)
        await world.say(pilot, "hello")
        assert "Speak factually" in drawn(world)


async def test_a_mistake_is_said_while_it_is_written_with_its_line() -> None:
    world = with_files()
    async with world.app.run_test(size=WIDE) as pilot:
        await open_profiles(world, pilot)
        box = await open_editor(world, pilot, "up", "e")
        assert "can be used as it stands" in drawn(world)
        box.load_text(box.text.replace("temperature: 0.7", "temperature: 9"))
        await until(pilot, lambda: "line 5: temperature cannot be 9" in drawn(world))
        assert "a number from 0" in drawn(world)
        await pilot.press("f8")
        assert box.cursor_location == (4, 0)
        await pilot.press("f5")
        await until(pilot, lambda: "cannot be tried yet" in drawn(world))
        await pilot.press("ctrl+s")
        assert not mine("companion").exists(), "asked first"
        assert "line 5: temperature cannot be 9" in drawn(world), "what is wrong stands there still"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: mine("companion").exists() and "Saved to" in drawn(world))
        assert not any("Saved" in notice for notice in world.notices), "it would lie upon the text"
        box.load_text(box.text.replace("temperature: 9", "temprature: 0.5"))
        await until(pilot, lambda: "did you mean temperature" in drawn(world))
        assert "Saved to" not in drawn(world)
        await pilot.press("escape")
        assert "once more leaves it" in drawn(world), "asked first"
        await pilot.press("escape")
        assert isinstance(world.app.screen, ProfilesScreen)
        assert "temperature cannot be 9" in " ".join(drawn(world).split()), "the list says what is wrong with the file"


async def test_a_profile_with_adapters_says_where_they_stand() -> None:
    world = with_files()
    mine("kind").parent.mkdir(parents=True)
    mine("kind").write_text("---\nstrategy: rewrite\nadapters:\n  - {control_vector: warmth, dial: 0.5}\n"
                            "  - {lora: gentle, scale: 0.75}\n---\nBe kind.\n")  # fmt: skip
    async with world.app.run_test(size=WIDE) as pilot:
        await open_profiles(world, pilot)
        await pilot.press("up")
        await until(pilot, lambda: "control vector warmth at dial +0.50" in drawn(world))
        assert "LoRA gentle at +0.75" in drawn(world)
        assert "strategy rewrite" in drawn(world)


async def test_a_file_changed_meanwhile_is_not_overwritten() -> None:
    world = with_files()
    mine("oracle").parent.mkdir(parents=True)
    mine("oracle").write_text("---\nname: Mine\n---\nOne.\n")
    async with world.app.run_test(size=WIDE) as pilot:
        await open_profiles(world, pilot)
        box = await open_editor(world, pilot, "e")
        mine("oracle").write_text("---\nname: Mine\n---\nTwo.\n")
        box.load_text(box.text.replace("One.", "Three."))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "changed by another program" in drawn(world))
        assert "Two." in mine("oracle").read_text()


async def test_a_draft_is_tried_beside_what_is_saved_and_nothing_of_it_is_kept() -> None:
    world = with_files(script=prompt_said)
    async with world.app.run_test(size=WIDE) as pilot:
        await open_profiles(world, pilot)
        box = await open_editor(world, pilot, "up", "e")
        box.load_text(box.text.replace("You are a warm", "You are a stern"))
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(world.app.screen, TrialScreen))
        await answer(pilot, world, "hello")
        await until(pilot, lambda: "told: You are a stern" in drawn(world) and "told: You are a warm" in drawn(world))
        assert "The draft" in drawn(world)
        assert "As it is saved" in drawn(world)
        draft, saved = world.engine.jobs[-2:]
        assert draft.sampling.seed == saved.sampling.seed
        await pilot.press("escape")
        assert isinstance(world.app.screen, ProfileEditor)
        assert world.session.turns == ()
        assert world.log.sessions() == []


async def test_leaving_a_trial_stops_it() -> None:
    world = with_files(script=prompt_said)
    async with world.app.run_test(size=NARROW) as pilot:
        await open_profiles(world, pilot)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(world.app.screen, TrialScreen))
        world.engine.gate.clear()
        await answer(pilot, world, "hello")
        await until(pilot, lambda: bool(world.engine.jobs))
        await pilot.press("escape")
        assert isinstance(world.app.screen, ProfilesScreen)
        world.engine.gate.set()


async def test_differences_from_the_shipped_one() -> None:
    world = with_files()
    mine("companion").parent.mkdir(parents=True)
    mine("companion").write_text("---\nname: Companion\naccent: warm\n---\nYou are kind.\n")
    async with world.app.run_test(size=WIDE) as pilot:
        await open_profiles(world, pilot)
        await pilot.press("up", "d")
        await until(pilot, lambda: "+You are kind." in drawn(world))
        assert "-You are a warm, supportive friend." in drawn(world)
        await pilot.press("escape", "down", "d")
        await until(pilot, lambda: "says the same as the shipped file" in drawn(world))


async def test_new_and_duplicate_are_drafts_until_they_are_saved() -> None:
    world = with_files()
    async with world.app.run_test(size=WIDE) as pilot:
        await open_profiles(world, pilot)
        await pilot.press("n")
        await answer(pilot, world, "My Voice!")
        await until(pilot, lambda: isinstance(world.app.screen, ProfileEditor))
        assert "my-voice.md" in drawn(world)
        assert not mine("my-voice").exists()
        await pilot.press("ctrl+s", "escape")
        assert "name: My Voice!" in mine("my-voice").read_text()
        await until(pilot, lambda: "My Voice!" in drawn(world))
        box = await open_editor(world, pilot, "c")
        assert "name: My Voice! 2" in box.text
        await pilot.press("ctrl+s", "escape")
        assert mine("my-voice-2").exists()


async def test_an_import_says_what_was_left_out_and_is_a_draft_first(tmp_path: Path) -> None:
    world = with_files()
    card = tmp_path / "card.json"
    card.write_text(json.dumps({"name": f"Mira {HOSTILE}", "description": HOSTILE, "first_mes": f"Hi {HOSTILE}"}))
    async with world.app.run_test(size=WIDE) as pilot:
        await open_profiles(world, pilot)
        await pilot.press("i")
        await answer(pilot, world, str(card))
        await until(pilot, lambda: isinstance(world.app.screen, ProfileEditor))
        await until(pilot, lambda: "left out: first_mes: Hi" in safe(world))
        assert not list(config_folder().rglob("*.md"))
        await pilot.press("ctrl+s", "escape")
        assert len(list(config_folder().rglob("mira*.md"))) == 1
        await until(pilot, lambda: "Mira" in safe(world))
        await pilot.press("i")
        await answer(pilot, world, str(tmp_path / "none.json"))
        await until(pilot, lambda: any("is not a file" in notice for notice in world.notices))


async def test_an_export_says_what_was_left_out(tmp_path: Path) -> None:
    world = with_files()
    async with world.app.run_test(size=WIDE) as pilot:
        await open_profiles(world, pilot)
        for name, says in (("role.exe", "ending says"), ("role.md", "left out"), ("role.md", "cannot be written")):
            await pilot.press("x")
            await answer(pilot, world, str(tmp_path / name))
            await until(pilot, lambda: any(says in notice for notice in world.notices))  # noqa: B023
        assert "Answer factually" in (tmp_path / "role.md").read_text()


async def test_without_a_model_nothing_is_tried() -> None:
    world = with_files(model=None)
    async with world.app.run_test(size=WIDE) as pilot:
        await open_profiles(world, pilot)
        await pilot.press("t")
        await until(pilot, lambda: any("no model to try" in notice for notice in world.notices))


async def test_a_terminal_that_cannot_be_lent_is_said() -> None:
    world = with_files()
    async with world.app.run_test(size=WIDE) as pilot:
        await open_profiles(world, pilot)
        await pilot.press("E")
        await until(pilot, lambda: any("cannot be lent" in notice for notice in world.notices))


@pytest.mark.parametrize(("does", "kept"), [("pass", False), ("f.write_text(f.read_text() + 'Be brief.')", True)])
async def test_ones_own_editor_makes_a_copy_only_of_what_it_changed(
    does: str, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "editor.py"
    script.write_text(f"import sys, pathlib\nf = pathlib.Path(sys.argv[-1])\n{does}\n")
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    monkeypatch.delenv("VISUAL", raising=False)
    world = with_files()
    monkeypatch.setattr(world.app, "suspend", nullcontext)
    async with world.app.run_test(size=WIDE) as pilot:
        await open_profiles(world, pilot)
        await pilot.press("up", "E")
        await until(pilot, lambda: ("Be brief." in drawn(world)) if kept else bool(script.stat()))
        await pilot.pause()
        assert mine("companion").exists() is kept
        await pilot.press("enter")
        await until(pilot, lambda: world.session.profile.id == "companion")


async def test_a_draft_that_is_left_leads_back_to_the_profile_that_was_chosen() -> None:
    world = with_files()
    async with world.app.run_test(size=WIDE) as pilot:
        screen = await open_profiles(world, pilot)
        await pilot.press("down")
        chosen = screen._now
        assert chosen is not None
        await open_editor(world, pilot, "c")
        await pilot.press("x", "escape", "escape")
        await until(pilot, lambda: world.app.screen is screen)
        assert screen._now is not None
        assert screen._now.id == chosen.id
