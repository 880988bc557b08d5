"""The flow of turns through the screen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.ui.world import ORACLE, Shelf, World, drawn, until, warm_or_plain
from warmchat.domain.errors import NotEnoughMemory
from warmchat.domain.turn import PromptRead, TurnEvent
from warmchat.engine.protocol import Job, Priority
from warmchat.session import SessionRules


async def test_a_message_is_answered_by_the_oracle_and_not_checked() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "What is the capital of Australia?")
        view = world.app.chat.transcript.views[-1]
        assert view.turn_id == world.session.turns[0].id
        assert not view.strip.display
        assert "The capital of Australia is Canberra." in drawn(world)
        assert world.prompt.text == ""


async def test_the_companion_is_checked_and_the_parting_is_shown() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        await world.say(pilot, "What is the capital of Australia?")
        assert world.app.chat.transcript.views[-1].strip.has_class("-disagree")
        screen = drawn(world)
        assert "≠ The oracle would have said otherwise · contradiction 0.92" in screen
        assert "“Sydney” here, “Canberra” there" in screen
        assert "wrong" not in screen
        assert "verified" not in screen


async def test_agreement_is_said_as_such() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        await world.say(pilot, "Are you sure?")
        assert "= Agrees with the oracle’s own answer" in drawn(world)


async def test_the_next_message_does_not_wait_for_the_check_of_the_last() -> None:
    oracle_may_answer = threading.Event()

    def script(job: Job) -> str:
        if job.priority is Priority.SHADOW:
            oracle_may_answer.wait(10)
        return str(warm_or_plain(job))

    world = World(script=script)
    async with world.app.run_test(size=(80, 40)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        for text in ("capital?", "sure?"):
            world.prompt.put(text)
            await pilot.press("enter")
            await until(pilot, lambda: not world.app.chat.flow.replying and world.prompt.text == "")
            await until(pilot, lambda: world.app.chat.transcript.views[-1].strip.has_class("-pending"))
        assert drawn(world).count("Checking: the oracle is answering the same message") == 2
        oracle_may_answer.set()
        await world.settled(pilot)
        first, second = world.app.chat.transcript.views
        assert first.strip.has_class("-disagree")
        assert second.strip.has_class("-agree")
        assert not world.app.chat.transcript.pending


async def test_enter_is_refused_while_a_reply_comes_and_what_was_written_stays() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.engine.gate.clear()
        world.prompt.put("capital?")
        await pilot.press("enter")
        await until(pilot, lambda: len(world.session.turns) == 1)
        world.prompt.put("too early")
        await pilot.press("enter")
        await until(pilot, lambda: any("still coming" in n for n in world.notices))
        assert world.prompt.text == "too early"
        world.engine.gate.set()
        await world.settled(pilot)
        assert len(world.session.turns) == 1


async def test_escape_stops_the_reply_and_keeps_what_came() -> None:
    world = World(script=lambda job: " ".join(f"word{n}" for n in range(2000)))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.engine.gate.clear()
        world.prompt.put("count")
        await pilot.press("enter")
        await until(pilot, lambda: len(world.engine.jobs) == 1)
        assert "Esc stops the reply" in drawn(world)
        await pilot.press("escape")
        await world.settled(pilot)
        reply = world.session.turns[0].reply
        assert reply is not None
        assert reply.stop == "cancelled"
        assert "stopped by you" in drawn(world)
        assert "Enter sends" in drawn(world)
        world.engine.gate.set()
        await world.say(pilot, "again")
        assert len(world.session.turns) == 2


async def test_a_stopped_companion_reply_is_not_compared_until_asked() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        world.engine.fail_after_words = 11  # the shown reply is lost after "Sydney."
        await world.say(pilot, "What is the capital of Australia?")
        assert world.label(0) == "unjudged"
        await pilot.press("f5")
        await world.settled(pilot)
        assert world.label(0) == "disagree"
        assert world.app.chat.transcript.views[0].strip.has_class("-disagree")


async def test_an_engine_lost_in_a_reply_keeps_its_part_and_the_next_message_works() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.engine.fail_after_words = 3
        await world.say(pilot, "What is the capital of Australia?")
        screen = drawn(world)
        assert "The capital of" in screen
        assert "interrupted" in screen
        assert "The engine process ended" in screen
        await world.say(pilot, "What is the capital of Australia?")
        assert "The capital of Australia is Canberra." in drawn(world)


async def test_any_exception_in_the_thread_fails_the_turn_and_unlocks_the_prompt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)

        def broken(text: str) -> Iterator[TurnEvent]:
            if text:
                raise RuntimeError("[/x] a bug")
            yield PromptRead("", 0, 0)

        with monkeypatch.context() as patch:
            patch.setattr(world.session, "send", broken)
            world.prompt.put("hello")
            await pilot.press("enter")
            await until(pilot, lambda: any("a bug" in n for n in world.notices))
        assert world.prompt.text == "hello"  # the turn was never opened, so nothing may be lost
        assert not world.app.chat.transcript.views
        await pilot.press("enter")
        await until(pilot, lambda: len(world.session.turns) == 1)
        await world.settled(pilot)


async def test_a_bug_in_the_check_leaves_the_reply_and_says_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")

        def broken(*_: object) -> None:
            raise KeyError("bug")

        monkeypatch.setattr(world.session._checker._detector, "detect", broken)
        await world.say(pilot, "What is the capital of Australia?")
        assert "Not compared: the check failed" in drawn(world)
        assert "Sydney" in drawn(world)


async def test_an_engine_error_is_shown_with_its_hint() -> None:
    world = World(script=lambda job: NotEnoughMemory("The context does not fit", "use --ctx 2048"))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        assert "The context does not fit" in drawn(world)
        assert "use --ctx 2048" in drawn(world)


async def test_reading_is_shown_while_the_prompt_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.engine.gate.clear()
        world.prompt.put("hello")
        await pilot.press("enter")
        await until(pilot, lambda: len(world.session.turns) == 1)
        key = world.app.chat.flow._live_key
        world.app.threads._heard.put((key, PromptRead(world.session.turns[0].id, 312, 900)))
        await until(pilot, lambda: "reading 312/900" in drawn(world))
        world.engine.gate.set()
        await world.settled(pilot)
        assert "reading" not in drawn(world)


async def test_thinking_is_folded_and_unfolds() -> None:
    world = World(script=lambda job: "<think>The user asks for a city.</think>Canberra.")
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "capital?")
        assert "▸ thought, 6 words" in drawn(world)
        assert "The user asks" not in drawn(world)
        await pilot.press("ctrl+up", "enter")
        await until(pilot, lambda: "The user asks for a city." in drawn(world))


async def test_the_own_noise_of_the_oracle_is_named_as_such() -> None:
    world = World(rules=SessionRules(shadow="always"))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "What is the capital of Australia?")
        assert "Agrees with a second answer of the oracle" in drawn(world)


async def test_voices_switch_while_writing_and_for_the_next_turn_only(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    may_begin = threading.Event()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        send = world.session.send

        def late(text: str) -> Iterator[TurnEvent]:
            may_begin.wait(10)
            yield from send(text)

        monkeypatch.setattr(world.session, "send", late)
        assert world.app.chat.has_class("-cold")
        assert drawn(world).count(" ORACLE ") == 2  # header and prompt
        world.engine.gate.clear()
        world.prompt.put("capital?")
        await pilot.press("enter", "f2")  # before the turn took its voice: it must stay the oracle's
        assert world.session.profile.id == "oracle"
        may_begin.set()
        await until(pilot, lambda: len(world.session.turns) == 1)
        await pilot.press("h", "i")
        assert world.prompt.text == "hi"
        await until(pilot, lambda: world.app.chat.has_class("-warm"))
        assert drawn(world).count(" COMPANION ") == 2
        world.engine.gate.set()
        await world.settled(pilot)
        assert world.session.turns[0].profile == "oracle"
        await world.say(pilot, "capital?")
        assert world.session.turns[1].profile == "companion"
        await pilot.press("ctrl+o")
        await until(pilot, lambda: world.app.chat.has_class("-cold"))


async def test_a_voice_of_another_colour_paints_the_screen_too() -> None:
    world = World()
    world.shelf.profiles["poet"] = replace(ORACLE, id="poet", name="Poet", accent="#aa66ff")
    world.shelf.profiles["odd"] = replace(ORACLE, id="odd", name="Odd", accent="[/x] no colour")
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        for name in ("poet", "odd", "companion"):
            world.prompt.put(f"/profile {name}")
            await pilot.press("enter")
            await until(pilot, lambda name=name: world.session.profile.id == name)  # type: ignore[misc]
            await pilot.pause()
            assert f" {name.upper()} " in drawn(world)
        assert world.app.chat.has_class("-warm")


async def test_off_the_record_writes_nothing_and_says_so() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("f9")
        await until(pilot, lambda: "OFF THE RECORD" in drawn(world))
        await world.say(pilot, "a secret")
        assert world.session.turns[0].off_record
        assert not world.log.sessions()
        await pilot.press("f9")
        await world.say(pilot, "no secret")
        assert len(world.log.sessions()) == 1
        assert "OFF THE RECORD" not in drawn(world).split("\n")[0]


async def test_the_reply_is_copied_as_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    from warmchat.ui import app as app_module

    copied: list[str] = []

    def copy(text: str) -> str:
        copied.append(text)
        return "wl-copy"

    monkeypatch.setattr(app_module, "copy_with_program", copy)
    world = World(script=lambda job: "**bold** reply")
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: any("Copied 14 characters with wl-copy" in n for n in world.notices))
        assert copied == ["**bold** reply"]
        assert world.app.clipboard == "**bold** reply"


async def test_a_reply_said_kindly_is_held_until_it_is_checked_and_says_what_it_is() -> None:
    rewriter_may_speak = threading.Event()
    kind = "Dear friend, the capital of Australia is Canberra."

    def script(job: Job) -> str:
        if "kindly" not in job.messages[0].content:
            return str(warm_or_plain(job))
        rewriter_may_speak.wait(10)
        return kind

    candid = replace(ORACLE, id="candid", name="Candid", strategy="rewrite", system_prompt="Say it kindly.")
    world = World(script=script, shelf=Shelf(ORACLE, candid))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        world.prompt.put("What is the capital of Australia?")
        await pilot.press("enter")
        await until(pilot, lambda: "saying it kindly…" in drawn(world))
        assert "Canberra" not in drawn(world)
        rewriter_may_speak.set()
        await until(pilot, lambda: "Agrees with the oracle’s own answer" in drawn(world))
        assert kind in drawn(world)
        assert "the oracle’s answer, said kindly" in drawn(world)
