"""The window over a long session, and where the reader stands in it."""

from __future__ import annotations

import asyncio
import gc
from typing import TypeVar

import pytest
from textual._styles_cache import StylesCache
from textual.widget import Widget

from tests.ui.world import World, drawn, finished_turns, until
from warmchat.ui.chat.transcript import FIRST, MOST, STEP
from warmchat.ui.chat.turn_view import TurnView

T = TypeVar("T")


def long_world(turns: int) -> World:
    return World(resumed=finished_turns(turns))


async def test_only_the_newest_turns_are_mounted_and_the_end_is_shown() -> None:
    world = long_world(100)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await until(pilot, lambda: "Reply number 100." in drawn(world))
        assert len(world.app.chat.transcript.views) == FIRST


async def paged(world: World, direction: int) -> None:
    """A page up or down, and all that comes of it. Pressing the key would wait for the whole machine to be idle."""
    await world.app.chat.transcript.page(direction)
    await refreshed(world)


async def refreshed(world: World) -> None:
    """Turns that come are laid out, and the reader is held where they were; and once again."""
    for _ in range(6):
        drawn_anew = asyncio.Event()
        world.app.chat.transcript.call_after_refresh(drawn_anew.set)
        await drawn_anew.wait()


def questions(world: World) -> set[int]:
    """The numbers of the questions in sight."""
    return {int(line.split()[-1]) for line in lines(world) if "Question number" in line}


def lines(world: World) -> list[str]:
    """What is written on the screen, without the scroll bar."""
    return [line[:-1].rstrip() for line in drawn(world).splitlines()]


async def test_earlier_turns_come_before_the_top_is_reached_and_the_reader_stays_at_the_line() -> None:
    world = long_world(45)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        transcript = world.app.chat.transcript
        await until(pilot, lambda: "Reply number 45." in drawn(world))
        seen = questions(world)
        await paged(world, -1)
        seen |= questions(world)
        before = lines(world)
        await transcript.load_earlier()
        await refreshed(world)
        assert len(transcript.views) == FIRST + STEP
        assert lines(world) == before
        for _ in range(24):
            await paged(world, -1)
            seen |= questions(world)
        assert seen == set(range(1, 46)), "nothing is skipped on the way up"


async def test_on_the_way_down_nothing_is_skipped_and_what_is_far_goes() -> None:
    world = long_world(100)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        transcript = world.app.chat.transcript
        await until(pilot, lambda: "Reply number 100." in drawn(world))
        await transcript.go_to("t20")
        await until(pilot, lambda: "Question number 20" in drawn(world))
        seen: set[int] = set()
        for _ in range(42):
            seen |= questions(world)
            assert len(transcript.views) <= MOST + STEP
            await paged(world, 1)
        assert set(range(20, 101)) <= seen
        assert "Reply number 100." in drawn(world)


@pytest.mark.parametrize("key", ["ctrl+end", "escape"])
async def test_one_key_leads_from_far_up_to_the_newest_turn(key: str) -> None:
    world = long_world(200)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await until(pilot, lambda: "Reply number 200." in drawn(world))
        await world.app.chat.transcript.go_to("t20")
        await until(pilot, lambda: "Question number 20" in drawn(world))
        await pilot.press(key)
        await until(pilot, lambda: "Reply number 200." in drawn(world))


async def test_what_is_sent_from_far_up_is_seen() -> None:
    world = long_world(200)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await until(pilot, lambda: "Reply number 200." in drawn(world))
        await world.app.chat.transcript.go_to("t20")
        await until(pilot, lambda: "Question number 20" in drawn(world))
        await world.say(pilot, "What is the capital of Australia?")
        await until(pilot, lambda: "The capital of Australia is Canberra." in drawn(world))
        assert world.app.chat.transcript.views[-1].turn_id == world.session.turns[-1].id


async def test_the_number_of_mounted_turns_is_bounded_both_ways() -> None:
    world = long_world(100)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        transcript = world.app.chat.transcript
        await pilot.press("pageup")
        oldest = 100 - MOST - STEP + 1
        while int(transcript.views[0].turn_id[1:]) > oldest:
            await transcript.load_earlier()
            await pilot.pause()
        expected = [f"t{oldest + place}" for place in range(MOST)]
        await until(pilot, lambda: [view.turn_id for view in transcript.views] == expected)
        await world.say(pilot, "sure?")
        assert "Noted" in drawn(world) or "Canberra" in drawn(world)
        assert transcript.views[-1].turn_id == world.session.turns[-1].id
        ids = [view.turn_id for view in transcript.views]
        assert ids == [t.id for t in world.session.turns][-len(ids) :]


async def test_nothing_of_the_turns_that_were_seen_stays_with_the_screen() -> None:
    world = long_world(200)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await until(pilot, lambda: "Reply number 200." in drawn(world))
        transcript = world.app.chat.transcript
        for number in range(1, (MOST - FIRST) // FIRST + 1):  # as many as go until what went is cleared away
            await transcript.go_to(f"t{20 * number}")
            await refreshed(world)
        assert len(living(TurnView)) <= 2 * FIRST, "the last that went may still be on their way"
        here = {id(widget._styles_cache) for widget in living(Widget)}
        kept = [each for each in living(StylesCache) if id(each) not in here]
        assert len(kept) <= FIRST, "with all the lines that they have drawn"


def living(kind: type[T]) -> list[T]:
    return [each for each in gc.get_objects() if issubclass(type(each), kind)]


async def test_a_reader_who_scrolled_up_is_left_alone_while_a_reply_comes() -> None:
    world = World(script=lambda job: "\n".join(f"line {n}" for n in range(60)), resumed=finished_turns(10))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.engine.gate.clear()
        world.prompt.put("count")
        await pilot.press("enter")
        await until(pilot, lambda: len(world.engine.jobs) == 1)
        await pilot.press("pageup", "pageup")
        await pilot.pause()
        before = world.app.chat.transcript.scroll_y
        world.engine.gate.set()
        await world.settled(pilot)
        assert world.app.chat.transcript.scroll_y == before
        await pilot.press("ctrl+end")
        await until(pilot, lambda: "line 59" in drawn(world))


async def test_the_end_is_followed_while_the_reader_is_there() -> None:
    world = World(script=lambda job: "\n".join(f"line {n}" for n in range(60)))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "count")
        assert "line 59" in drawn(world)
        await world.say(pilot, "count")
        assert "line 59" in drawn(world)


async def test_walking_chooses_turns_and_loads_earlier_ones() -> None:
    world = long_world(30)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        transcript = world.app.chat.transcript
        await until(pilot, lambda: len(transcript.views) == FIRST)
        await pilot.press("ctrl+up")
        assert transcript.chosen is transcript.views[-1]
        for _ in range(FIRST):
            await pilot.press("ctrl+up")
        assert transcript.chosen is not None
        assert transcript.chosen.turn_id == f"t{30 - FIRST}"
        await until(pilot, lambda: f"Question number {30 - FIRST}" in drawn(world))
        await pilot.press("escape")
        assert not transcript.query(".-chosen")
        await until(pilot, lambda: "Reply number 30." in drawn(world))


async def test_a_turn_that_was_never_checked_says_so_after_a_resume() -> None:
    from dataclasses import replace

    turn = replace(finished_turns(1)[0], verdict=None, shadow=None)
    world = World(resumed=[turn])
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await until(pilot, lambda: "– Not compared: no check was made" in drawn(world))
        await pilot.press("f5")
        await world.settled(pilot)
        assert world.label(0) == "unsure"


async def test_only_what_is_near_the_reader_takes_part_in_a_layout() -> None:
    world = long_world(60)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        transcript = world.app.chat.transcript
        await pilot.press("pageup")
        while len(transcript.views) < 30:
            await transcript.load_earlier()
            await pilot.pause()
        await world.say(pilot, "What is the capital of Australia?")
        await refreshed(world)
        far = [view for view in transcript.views if view.out_of_sight]
        assert len(far) > 15
        placed = world.app.chat._compositor.full_map
        assert all(view in placed for view in far)
        assert not [widget for view in far for widget in view.query("*") if widget in placed]
        seen: set[int] = set()
        for _ in range(12):
            await paged(world, -1)
            seen |= questions(world)
        assert set(range(40, 60)) <= seen, "they are back before they are seen"
