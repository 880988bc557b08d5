"""Asking another voice about a past turn: beside the reply, stopped, compared, kept."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.ui.test_hostile_text import HOSTILE, safe
from tests.ui.world import COMPANION, ORACLE, Shelf, World, drawn, until, warm_or_plain
from warmchat.domain.errors import EngineError
from warmchat.engine.protocol import Job, Priority
from warmchat.engine.scripted import Answer
from warmchat.ui.disagreement.other import OtherPanel
from warmchat.ui.pickers.picker import Picker

CAPITAL = "What is the capital of Australia?"
CURT = replace(ORACLE, id="curt", name="Curt", system_prompt="Be curt.", accent="#b48ef0")


class WordGate(threading.Event):
    """A gate of the scripted engine that lets so many words through."""

    def __init__(self) -> None:
        super().__init__()
        self._words = threading.Semaphore(0)

    def let_through(self, words: int) -> None:
        self._words.release(words)

    def wait(self, timeout: float | None = None) -> bool:
        return self._words.acquire(timeout=timeout)


async def asked_oracle(world: World, pilot: Pilot[None]) -> OtherPanel:
    """An oracle's turn, and the companion asked about it."""
    await world.ready(pilot)
    await world.say(pilot, CAPITAL)
    await pilot.press("alt+a")
    await answered(world, pilot)
    return panel(world)


async def answered(world: World, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(world.app.screen, OtherPanel) and "keeps it" in drawn(world))
    await until(pilot, lambda: not world.app.threads.running and "Looking where" not in drawn(world))
    await pilot.pause()


def panel(world: World) -> OtherPanel:
    screen = world.app.screen
    assert isinstance(screen, OtherPanel)
    return screen


async def test_one_key_asks_the_other_voice_about_a_turn_of_the_oracle() -> None:
    world = World()
    async with world.app.run_test(size=(100, 30)) as pilot:
        screen = await asked_oracle(world, pilot)
        left, right = screen.query(".side")
        assert left.region.y == right.region.y
        seen = drawn(world)
        assert "Oracle  the reply · 1 keeps it" in seen
        assert "Companion  asked by you · 2 keeps it" in seen
        assert "≠ The two part · contradiction 0.92" in seen
        assert "1 of 1: “Canberra” here, “Sydney” there · contradiction" in seen
        assert "would have said otherwise" not in seen, "it is no check"
        assert world.session.turns[0].verdict is None
        await pilot.press("escape")
        await until(pilot, lambda: "⇄ Companion answered too" in drawn(world))


async def test_the_chosen_turn_is_answered_with_what_its_reply_could_read() -> None:
    world = World()
    async with world.app.run_test(size=(80, 30)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        await world.say(pilot, "Hello")
        await world.say(pilot, CAPITAL)
        await pilot.press("ctrl+up", "ctrl+up", "alt+a")
        await answered(world, pilot)
        job = next(job for job in world.engine.jobs if job.priority is Priority.ASKED)
        assert [m.content for m in job.messages][1:] == ["Hello"]
        assert panel(world).turn.user_text == "Hello"
        assert world.session.beside.answers(world.session.turns[0].id)[0].profile == "oracle"


async def test_it_comes_word_by_word_and_is_stopped_by_a_key() -> None:
    world = World()
    async with world.app.run_test(size=(80, 30), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, CAPITAL)
        world.engine.gate = words = WordGate()
        await pilot.press("alt+a")
        await until(pilot, lambda: "answering…" in drawn(world))
        assert "answers the same words with the same seed" in drawn(world)
        await pilot.press("2")
        await until(pilot, lambda: any("still coming" in notice for notice in world.notices))
        turn = world.session.turns[0]
        words.let_through(3)
        await until(pilot, lambda: "Oh friend, I" in drawn(world))
        await pilot.press("escape")
        await answered(world, pilot)
        (answer,) = world.session.beside.answers(turn.id)
        assert (answer.text, answer.stop) == ("Oh friend, I", "cancelled")
        assert "(stopped by you)" in drawn(world)
        assert world.session.turns[0] == turn
        await pilot.press("escape")
        await until(pilot, lambda: world.app.screen is world.app.chat)


async def test_stopped_before_the_first_word_and_left_at_once_nothing_is_changed() -> None:
    world = World()
    async with world.app.run_test(size=(80, 30)) as pilot:
        await world.ready(pilot)
        await world.say(pilot, CAPITAL)
        world.engine.gate.clear()
        await pilot.press("alt+a", "escape", "escape")
        await until(pilot, lambda: world.app.screen is world.app.chat)
        await until(pilot, lambda: not world.app.threads.running)
        assert world.session.beside.answers(world.session.turns[0].id) == ()
        world.engine.gate.set()
        await world.say(pilot, "And now?")
        assert "Noted." in drawn(world)


async def test_what_fails_is_said_and_can_be_asked_again() -> None:
    fail = [True]

    def script(job: Job) -> Answer:
        if job.priority is Priority.ASKED and fail.pop():
            return EngineError("The engine choked", "try again")
        return warm_or_plain(job)

    world = World(script=script)
    async with world.app.run_test(size=(80, 30), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, CAPITAL)
        await pilot.press("alt+a")
        await until(pilot, lambda: "– No answer: The engine choked" in drawn(world))
        assert any("The engine choked" in notice for notice in world.notices)
        await pilot.press("2")
        await until(pilot, lambda: any("no answer to keep" in notice for notice in world.notices))
        fail.append(False)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(world.app.screen, Picker) and "Warm and supportive" in drawn(world))
        await pilot.press("enter")
        await answered(world, pilot)
        assert "The two part" in drawn(world)


async def test_a_lost_engine_leaves_what_came() -> None:
    world = World()
    async with world.app.run_test(size=(80, 30), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, CAPITAL)
        world.engine.fail_after_words = 3
        await pilot.press("alt+a")
        await until(pilot, lambda: "Oh friend, I" in drawn(world) and "interrupted" in drawn(world))
        assert any("The engine process ended" in notice for notice in world.notices)


async def test_the_answer_is_kept_in_place_and_checked_like_every_reply() -> None:
    world = World()
    async with world.app.run_test(size=(80, 30)) as pilot:
        await asked_oracle(world, pilot)
        before = world.session.turns[0]
        await pilot.press("2")
        await until(pilot, lambda: world.app.screen is world.app.chat)
        await until(pilot, lambda: world.label(0) == "disagree")
        await world.settled(pilot)
        turn = world.session.turns[0]
        assert (turn.id, turn.profile) == (before.id, "companion")
        assert "The capital of Australia is Sydney" in drawn(world)
        assert "The oracle would have said otherwise" in drawn(world)
        assert "⇄ Oracle answered too" in drawn(world)
        await pilot.press("alt+a")
        await answered(world, pilot)
        await pilot.press("2")
        await until(pilot, lambda: world.session.turns[0].profile == "oracle")
        await until(pilot, lambda: "⇄ Companion answered too" in drawn(world))
        assert world.session.turns[0].reply == before.reply


async def test_the_answer_is_kept_on_a_branch_where_something_came_after() -> None:
    world = World()
    async with world.app.run_test(size=(80, 40), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, CAPITAL)
        await world.say(pilot, "Thank you")
        first, second = world.session.turns
        await pilot.press("ctrl+up", "ctrl+up", "alt+a")
        await answered(world, pilot)
        await pilot.press("2")
        await until(pilot, lambda: any("Alt+Left leads back" in notice for notice in world.notices))
        await until(pilot, lambda: world.app.screen is world.app.chat and len(world.session.turns) == 1)
        await world.settled(pilot)
        assert "‹ 2 of 2 ›" in drawn(world)
        assert "Thank you" not in drawn(world)
        await pilot.press("alt+left")
        await until(pilot, lambda: [t.id for t in world.session.turns] == [first.id, second.id])
        assert world.session.turns[0].reply == first.reply


async def test_the_first_key_keeps_the_reply_and_the_answer_stays_beside_it() -> None:
    world = World()
    async with world.app.run_test(size=(80, 30)) as pilot:
        await asked_oracle(world, pilot)
        turn, jobs = world.session.turns[0], len(world.engine.jobs)
        await pilot.press("1")
        await until(pilot, lambda: world.app.screen is world.app.chat)
        assert world.session.turns[0] == turn
        await pilot.press("alt+a")
        await answered(world, pilot)
        assert "Companion  asked by you" in drawn(world)
        assert len([j for j in world.engine.jobs[jobs:] if j.priority is Priority.ASKED]) == 0, "it is not asked twice"


async def test_several_voices_are_asked_and_walked() -> None:
    world = World(shelf=Shelf(ORACLE, COMPANION, CURT))
    async with world.app.run_test(size=(120, 30), notifications=True) as pilot:
        await asked_oracle(world, pilot)
        await pilot.press("escape")
        world.prompt.put("/other curt")
        await pilot.press("enter")
        await answered(world, pilot)
        assert "Curt  asked by you · 2 of 2 · 2 keeps it" in drawn(world)
        assert "Nothing was found in which the two part" in drawn(world)
        await pilot.press("a")
        await until(pilot, lambda: "Companion  asked by you · 1 of 2" in drawn(world))
        await pilot.press("a")
        await until(pilot, lambda: "Curt  asked by you · 2 of 2" in drawn(world))
        await pilot.press("escape")
        await until(pilot, lambda: "⇄ Companion, Curt answered too" in drawn(world))


async def test_a_mark_is_about_the_reference_and_another() -> None:
    world = World(shelf=Shelf(ORACLE, COMPANION, CURT))
    async with world.app.run_test(size=(100, 30), notifications=True) as pilot:
        await asked_oracle(world, pilot)
        await pilot.press("w", "down", "enter")
        await until(pilot, lambda: "✎ You: the companion is right" in drawn(world))
        await pilot.press("escape")
        await until(pilot, lambda: "✎ You: the companion is right" in drawn(world))
        await pilot.press("f2")
        await world.say(pilot, "Hello")
        world.prompt.put("/other curt")
        await pilot.press("enter")
        await answered(world, pilot)
        await pilot.press("w")
        await until(pilot, lambda: any("A mark is about the oracle" in notice for notice in world.notices))


@pytest.mark.parametrize(
    ("typed", "says"),
    [("/other nobody", "no profile 'nobody'"), ("/other oracle", "The oracle spoke here")],
)
async def test_whoever_cannot_be_asked_is_said(typed: str, says: str) -> None:
    world = World()
    async with world.app.run_test(size=(80, 30), notifications=True) as pilot:
        await world.ready(pilot)
        await pilot.press("alt+a")
        await until(pilot, lambda: any("no turn to ask" in notice for notice in world.notices))
        await world.say(pilot, CAPITAL)
        world.prompt.put(typed)
        await pilot.press("enter")
        await until(pilot, lambda: any(says in notice for notice in world.notices))
        assert world.app.screen is world.app.chat


async def test_an_answer_waits_until_the_check_is_done_before_it_is_kept() -> None:
    world = World()
    async with world.app.run_test(size=(80, 30), notifications=True) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        await world.say(pilot, CAPITAL)
        await pilot.press("alt+a")
        await answered(world, pilot)
        world.app.chat.transcript.pending.add(world.session.turns[0].id)
        await pilot.press("2")
        await until(pilot, lambda: any("still being checked" in notice for notice in world.notices))
        world.app.chat.transcript.pending.clear()
        await pilot.press("2")
        await until(pilot, lambda: world.session.turns[0].profile == "oracle")


async def test_an_answer_is_shown_as_text_alone() -> None:
    world = World(script=lambda job: HOSTILE if job.priority is Priority.ASKED else "Fine.")
    async with world.app.run_test(size=(80, 30)) as pilot:
        await asked_oracle(world, pilot)
        safe(world)
