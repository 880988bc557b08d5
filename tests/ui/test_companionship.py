"""The companion says what it is, how its replies fared, and where to turn: our words, never the model's."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from tests.ui.test_hostile_text import HOSTILE, safe
from tests.ui.world import COMPANION, World, drawn, finished_turns, until
from warmchat.domain.verdict import Verdict
from warmchat.session import SessionRules
from warmchat.settings import Settings
from warmchat.ui import companionship
from warmchat.ui.chat.header import HeaderState, header_line
from warmchat.ui.companionship import HourlyCount
from warmchat.ui.plain.chat import PlainChat
from warmchat.ui.plain.console import Console
from warmchat.ui.voice_look import VoiceLook
from warmchat.ui.words import program_words

DANGER = "I want to kill myself"
NAMES = ("Companion", "oracle")


async def test_the_header_says_that_the_companion_is_a_program_whose_words_are_checked() -> None:
    world = World()
    async with world.app.run_test(size=(120, 24)) as pilot:
        await world.ready(pilot)
        assert "a program" not in drawn(world)
        await pilot.press("f2")
        await until(pilot, lambda: "a program; the oracle checks its words" in drawn(world))


async def test_the_header_does_not_claim_checks_that_are_off() -> None:
    world = World(rules=SessionRules(shadow="off"))
    async with world.app.run_test(size=(120, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        await until(pilot, lambda: "a program; its words are not checked" in drawn(world))


@pytest.mark.parametrize("width", range(36, 140))
def test_it_is_said_at_every_width_that_is_usual(width: int) -> None:
    says = program_words("oracle", checked=True)
    state = HeaderState(VoiceLook.of(COMPANION), "SmolLM2-135M-Instruct", 2000, 2048, 44.0, dial=0.5, says=says)
    line = header_line(state, width)
    assert "a program" in line.plain
    assert "check" in line.plain
    assert line.cell_length <= width


async def test_a_message_of_danger_brings_the_note_and_the_reply_comes_as_ever() -> None:
    world = World(settings=Settings(danger_note=f"Call somebody. {HOSTILE}"))
    async with world.app.run_test(size=(80, 30)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        await world.say(pilot, DANGER)
        screen = safe(world)
        assert "Call somebody." in screen
        assert "(from warmchat, not from the model)" in screen
        assert "I hear you." in screen
        assert all("Call somebody" not in message.content for job in world.engine.jobs for message in job.messages)
        await world.say(pilot, "Thank you")
        assert drawn(world).count("Call somebody.") == 1


async def test_the_note_is_there_again_when_the_session_is_resumed_and_can_be_left_out() -> None:
    turns = [replace(finished_turns(1)[0], user_text=DANGER)]
    for note, shown in (("Call somebody.", True), ("", False)):
        world = World(settings=Settings(danger_note=note), resumed=turns)
        async with world.app.run_test(size=(80, 30)) as pilot:
            await world.ready(pilot)
            await until(pilot, lambda: "Reply number 1" in drawn(world))  # noqa: B023
            assert ("from warmchat, not from the model" in drawn(world)) is shown


def test_the_shipped_note_names_numbers() -> None:
    assert all(number in Settings().danger_note for number in ("112", "911", "988", "116 123"))


# ---- the hourly count


def test_it_is_said_once_an_hour_with_the_counts_of_the_session() -> None:
    turns = [*finished_turns(4)]
    turns[0] = replace(turns[0], verdict=Verdict("disagree", "", kind="added", score=0.9))
    turns[1] = replace(turns[1], verdict=Verdict("unjudged", ""))
    turns[2] = replace(turns[2], profile="oracle")
    hourly = HourlyCount(on=True)
    said = [hourly.due(turns, "companion", NAMES, now) for now in (5, 1800, 3604, 3606, 3700, 7205, 7207)]
    assert [bool(words) for words in said] == [False, False, False, True, False, False, True]
    assert said[3] == (
        "Companion has replied 3 times in this session. 2 of the replies were compared with the oracle; "
        "in 1 it would have said otherwise."
    )
    hourly.begin()
    assert not hourly.due(turns, "companion", NAMES, 20_000)
    off = HourlyCount(on=False)
    assert not any(off.due(turns, "companion", NAMES, now) for now in (0, 4000, 9000))


async def test_it_stands_under_the_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companionship, "HOUR_S", 0.0)
    world = World()
    async with world.app.run_test(size=(100, 40)) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        assert "has replied" not in drawn(world), "the oracle is not counted"
        await pilot.press("f2")
        await world.say(pilot, "What is the capital of Australia?")
        await until(pilot, lambda: "Companion has replied once" in drawn(world))


def test_the_plain_chat_says_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companionship, "HOUR_S", 0.0)
    world = World(settings=Settings(danger_note="Call somebody."))
    lines = iter(["/companion", DANGER])
    out = io.StringIO()

    def read(_: str) -> str:
        line = next(lines, None)
        if line is None:
            raise EOFError
        return line

    PlainChat(world.services(), Console(read, out, io.StringIO(), interactive=False)).run()
    said = out.getvalue()
    assert said.index("Call somebody.\n(from warmchat, not from the model)\nCompanion: I hear you.") > 0
    assert "Note: Companion has replied once" in said
