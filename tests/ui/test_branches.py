"""Editing a message, making a reply again, going on with a cut one, walking between branches."""

from __future__ import annotations

from dataclasses import replace

from textual.pilot import Pilot

from tests.ui.world import World, drawn, finished_turns, until
from warmchat.engine.protocol import Job
from warmchat.ui.chat.transcript import FIRST


def counted(job: Job) -> str:
    """Every reply is another one."""
    return f"Answer to {job.messages[-1].content}, seed {job.sampling.seed}."


def shown(world: World) -> list[str]:
    """The messages of the mounted turns."""
    by_id = {turn.id: turn.user_text for turn in world.session.turns}
    return [by_id[view.turn_id] for view in world.app.chat.transcript.views]


async def chosen(pilot: Pilot[None], world: World, steps: int) -> str:
    """Walk to an earlier turn; its id."""
    await pilot.press(*["ctrl+up"] * steps)
    assert world.app.chat.transcript.chosen is not None
    return world.app.chat.transcript.chosen.turn_id


async def test_an_earlier_message_is_edited_and_both_branches_can_be_walked() -> None:
    world = World(script=counted)
    async with world.app.run_test(size=(80, 40)) as pilot:
        await world.ready(pilot)
        for text in ("one", "two", "three"):
            await world.say(pilot, text)
        await chosen(pilot, world, 2)
        await pilot.press("alt+e")
        assert world.prompt.text == "two"
        assert "Editing: Enter sends it" in drawn(world)
        await pilot.press(*", better", "enter")
        await until(pilot, lambda: world.session.turns[-1].user_text == "two, better")
        await world.settled(pilot)
        assert shown(world) == ["one", "two, better"]
        assert "‹ 2 of 2 ›" in drawn(world)
        assert "Editing" not in drawn(world)
        await pilot.press("alt+left")
        await until(pilot, lambda: shown(world) == ["one", "two", "three"])
        assert "‹ 1 of 2 ›" in drawn(world)
        await world.settled(pilot)
        assert world.log.place(world.session.id) == world.session.turns[-1].id
        await pilot.press("alt+right")
        await until(pilot, lambda: shown(world) == ["one", "two, better"])


async def test_an_edit_can_be_left_and_changes_nothing() -> None:
    world = World(script=counted)
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "one")
        await pilot.press("alt+e", "x", "escape")
        assert world.prompt.text == ""
        await world.say(pilot, "two")
        assert shown(world) == ["one", "two"]
        world.prompt.put("unsent")
        await pilot.press("alt+e")
        assert world.prompt.text == "unsent"
        assert any("something written" in n for n in world.notices)


async def test_a_reply_is_made_again_on_a_branch_with_another_draw() -> None:
    world = World(script=counted)
    async with world.app.run_test(size=(80, 30)) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "Why?")
        first = world.session.turns[0]
        await pilot.press("ctrl+r")
        await until(pilot, lambda: world.session.turns[0].id != first.id)
        await world.settled(pilot)
        (again,) = world.session.turns
        assert first.reply is not None
        assert again.reply is not None
        assert again.reply.text != first.reply.text
        assert "‹ 2 of 2 ›" in drawn(world)
        assert again.reply.text in drawn(world)


async def test_a_cut_reply_is_gone_on_with_in_its_place() -> None:
    world = World(script=lambda job: " and **more** of it." if job.continue_from else "`x` began")
    async with world.app.run_test(size=(80, 30), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "Go")
        await pilot.press("alt+c")
        assert any("by itself" in n for n in world.notices)
        turn = world.session.turns[0]
        assert turn.reply is not None
        world.session._parts.transcript.update(turn.id, reply=replace(turn.reply, stop="length"))
        await world.app.chat.transcript.replace_view(world.session.turns[0])
        await until(pilot, lambda: "cut off" in drawn(world))
        await pilot.press("alt+c")
        await until(pilot, lambda: "and more of it" in drawn(world))
        await world.settled(pilot)
        assert "cut off" not in drawn(world)
        assert drawn(world).count("began") == 1
        reply = world.session.turns[0].reply
        assert reply is not None
        assert reply.text == "`x` began and **more** of it."


async def test_the_first_mounted_turn_of_a_long_session_is_edited() -> None:
    world = World(script=counted, resumed=finished_turns(50))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await until(pilot, lambda: len(world.app.chat.transcript.views) == FIRST)
        await chosen(pilot, world, FIRST)
        await pilot.press("alt+e", "enter")
        before = 50 - FIRST
        await until(pilot, lambda: len(world.session.turns) == before + 1)
        await world.settled(pilot)
        assert shown(world)[-2:] == [f"Question number {before}", f"Question number {before + 1}"]
        assert len(shown(world)) == len(world.app.chat.transcript.views)


async def test_branching_waits_for_the_reply_that_is_coming() -> None:
    world = World(script=counted)
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "one")
        world.engine.gate.clear()
        world.prompt.put("two")
        await pilot.press("enter")
        await until(pilot, lambda: world.app.chat.flow.replying)
        await pilot.press("alt+e", "ctrl+r", "alt+left", "alt+c")
        await pilot.pause()
        assert world.prompt.text == ""
        assert any("still coming" in n for n in world.notices)
        world.engine.gate.set()
        await world.settled(pilot)
        assert shown(world) == ["one", "two"]
