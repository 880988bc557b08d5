"""Marking which of two answers is right: in the panel, in the chat, on the screen of disagreements."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.ui.test_flags import open_flags, remembered
from tests.ui.test_hostile_text import HOSTILE, safe
from tests.ui.world import World, drawn, until
from warmchat.domain.errors import SettingsError
from warmchat.domain.mark import Mark
from warmchat.ui.disagreement.panel import DisagreementPanel
from warmchat.ui.marks import marked_words, typed_mark
from warmchat.ui.pickers.mark_form import MarkForm

CAPITAL = "What is the capital of Australia?"


async def parted(world: World, pilot: Pilot[None]) -> str:
    """A companion's turn that parts from the oracle; its id."""
    await world.ready(pilot)
    await pilot.press("f2")
    await world.say(pilot, CAPITAL)
    return world.session.turns[-1].id


def logged(world: World, turn_id: str) -> Mark | None:
    return world.log.marks(world.session.id).get(turn_id)


async def test_the_panel_marks_with_a_note_and_the_transcript_shows_it() -> None:
    world = World()
    async with world.app.run_test(size=(80, 30)) as pilot:
        turn_id = await parted(world, pilot)
        await pilot.press("f4", "w")
        await until(pilot, lambda: isinstance(world.app.screen, MarkForm))
        assert "The companion is right" in drawn(world)
        assert "No mark" not in drawn(world)
        await pilot.press("down", "up", *"I looked it up", "enter")
        await until(pilot, lambda: "✎ You: the oracle is right: I looked it up" in drawn(world))
        assert isinstance(world.app.screen, DisagreementPanel)
        await until(pilot, lambda: logged(world, turn_id) is not None)
        found = logged(world, turn_id)
        assert found is not None
        assert (found.mark, found.note) == ("oracle_right", "I looked it up")
        await pilot.press("escape")
        await until(pilot, lambda: "✎ You: the oracle is right: I looked it up" in drawn(world))


async def test_a_mark_is_changed_and_taken_back() -> None:
    world = World()
    async with world.app.run_test(size=(80, 30)) as pilot:
        turn_id = await parted(world, pilot)
        await pilot.press("alt+w", "down", "down", "enter")
        await until(pilot, lambda: "✎ You: both are fine" in drawn(world))
        await pilot.press("alt+w")
        await until(pilot, lambda: "No mark" in drawn(world))
        await pilot.press("escape")
        assert world.session.beside.mark(turn_id) == Mark("both_fine")
        await pilot.press("alt+w", "down", "enter")
        await until(pilot, lambda: "both are wrong" in drawn(world))
        await pilot.press("alt+w", "down", "enter")
        await until(pilot, lambda: world.session.beside.mark(turn_id) is None)
        await until(pilot, lambda: "✎" not in drawn(world))
        assert logged(world, turn_id) is None


async def test_a_command_marks_the_chosen_turn() -> None:
    world = World()
    async with world.app.run_test(size=(80, 40), notifications=True) as pilot:
        first = await parted(world, pilot)
        await world.say(pilot, CAPITAL)
        await pilot.press("ctrl+up", "ctrl+up")
        world.prompt.put("/mark Companion on second thoughts")
        await pilot.press("enter")
        await until(pilot, lambda: "✎ You: the companion is right: on second thoughts" in drawn(world))
        assert world.session.beside.mark(first) == Mark("companion_right", "on second thoughts")
        world.prompt.put("/mark nobody")
        await pilot.press("enter")
        await until(pilot, lambda: any("'nobody' is no mark" in notice for notice in world.notices))


async def test_there_must_be_a_reply_to_mark() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await pilot.press("alt+w")
        await until(pilot, lambda: any("no reply to mark" in notice for notice in world.notices))


async def test_off_the_record_a_mark_stands_on_the_screen_alone() -> None:
    world = World()
    async with world.app.run_test(size=(80, 30)) as pilot:
        await world.ready(pilot)
        await pilot.press("f9")
        turn_id = await parted(world, pilot)
        await pilot.press("alt+w", "enter")
        await until(pilot, lambda: "✎ You: the oracle is right" in drawn(world))
        await world.settled(pilot)
        assert logged(world, turn_id) is None


async def test_a_disagreement_of_another_session_is_marked_in_the_list_and_in_the_panel() -> None:
    world = remembered(World())
    async with world.app.run_test(size=(140, 45)) as pilot:
        screen = await open_flags(world, pilot)
        await pilot.press("down", "down")
        flag = screen._chosen
        assert flag is not None
        await pilot.press("w")
        await until(pilot, lambda: isinstance(world.app.screen, MarkForm))
        await pilot.press(*"checked", "enter")
        await until(pilot, lambda: "✎ You: the oracle is right: checked" in drawn(world))
        assert screen._chosen is not None
        assert screen._chosen.turn_id == flag.turn_id, "the reader stays where they were"
        assert screen._chosen.mark == "oracle_right"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(world.app.screen, DisagreementPanel))
        await until(pilot, lambda: "✎ You: the oracle is right: checked" in drawn(world))
        await pilot.press("w", "down", "enter")
        await until(pilot, lambda: "✎ You: the companion is right: checked" in drawn(world))
        await pilot.press("escape")
        await until(pilot, lambda: screen._chosen is not None and screen._chosen.mark == "companion_right")
        marked = world.log.marks(flag.session_id)[flag.turn_id]
        assert (marked.mark, marked.note) == ("companion_right", "checked")


async def test_marking_goes_on_down_a_list_of_what_is_not_marked_yet() -> None:
    world = remembered(World())
    async with world.app.run_test(size=(140, 45)) as pilot:
        screen = await open_flags(world, pilot)
        await pilot.press("r")
        await until(pilot, lambda: "none yet" in drawn(world) and len(screen._flags) == 19)
        await pilot.press("down", "down")
        after = screen._flags[3].turn_id
        await pilot.press("w")
        await until(pilot, lambda: isinstance(world.app.screen, MarkForm))
        await pilot.press("enter")
        await until(pilot, lambda: len(screen._flags) == 18)
        assert screen._chosen is not None
        assert screen._chosen.turn_id == after


async def test_a_note_is_shown_as_text_alone() -> None:
    world = World()
    async with world.app.run_test(size=(80, 30)) as pilot:
        turn_id = await parted(world, pilot)
        list(world.session.beside.set_mark(turn_id, Mark("both_wrong", HOSTILE)))
        world.app.chat.transcript.show_asides()
        await pilot.pause()
        assert "both are wrong" in safe(world)
        await pilot.press("f4", "w")
        await until(pilot, lambda: isinstance(world.app.screen, MarkForm))
        safe(world)


def test_marks_as_they_are_typed() -> None:
    assert typed_mark("fine") == Mark("both_fine")
    assert typed_mark(" Wrong  both forget Perth ") == Mark("both_wrong", "both forget Perth")
    assert typed_mark("none") is None
    with pytest.raises(SettingsError, match="is no mark"):
        typed_mark("")
    assert marked_words(None, voice="companion", reference="oracle") == ""
