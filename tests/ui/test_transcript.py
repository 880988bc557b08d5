"""The window over a long session, and where the reader stands in it."""

from __future__ import annotations

from tests.ui.world import World, drawn, finished_turns, until
from warmchat.ui.chat.transcript import FIRST, MOST, STEP


def long_world(turns: int) -> World:
    return World(resumed=finished_turns(turns))


async def test_only_the_newest_turns_are_mounted_and_the_end_is_shown() -> None:
    world = long_world(100)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await until(pilot, lambda: "Reply number 100." in drawn(world))
        assert len(world.app.chat.transcript.views) == FIRST


async def test_earlier_turns_come_on_scrolling_up_and_the_reader_stays_at_the_line() -> None:
    world = long_world(100)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        transcript = world.app.chat.transcript
        await until(pilot, lambda: "Reply number 100." in drawn(world))
        for _ in range(60):
            await pilot.press("pageup")
            await pilot.pause()
            if len(transcript.views) > FIRST:
                break
        await pilot.pause()
        assert len(transcript.views) == FIRST + STEP
        assert "Question number 81" in drawn(world)  # the first that was mounted is still in sight
        await pilot.press("ctrl+end")
        await until(pilot, lambda: "Reply number 100." in drawn(world))


async def test_the_number_of_mounted_turns_is_bounded_both_ways() -> None:
    world = long_world(100)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        transcript = world.app.chat.transcript
        for _ in range(5):
            await transcript.load_earlier()
            await pilot.pause()
        assert len(transcript.views) == MOST
        assert transcript.views[0].turn_id == "t31"
        await world.say(pilot, "sure?")
        assert "Noted" in drawn(world) or "Canberra" in drawn(world)
        assert transcript.views[-1].turn_id == world.session.turns[-1].id
        ids = [view.turn_id for view in transcript.views]
        assert ids == [t.id for t in world.session.turns][-len(ids) :]


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
        assert transcript.chosen.turn_id == "t10"
        await until(pilot, lambda: "Question number 10" in drawn(world))
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
