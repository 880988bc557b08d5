"""The warmth dial on the screen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.pilot import Pilot

from tests.ui.world import COMPANION, ORACLE, Shelf, World, drawn, finished_turns, shelf_with_vector, until
from warmchat.domain.errors import SettingsError
from warmchat.domain.profile import AdapterRef
from warmchat.domain.turn import TurnEvent
from warmchat.session import ChatSession
from warmchat.settings import Settings
from warmchat.ui.alt_keys import teach_alt_keys
from warmchat.ui.chat import dial
from warmchat.ui.chat.dial import position_of
from warmchat.ui.chat.transcript import FIRST
from warmchat.ui.words import dial_words


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dial, "QUIET_S", 0.05)


def header(world: World) -> str:
    return drawn(world).split("\n")[0]


async def known(world: World, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: world.app.chat.steering.setting is not None)


def test_positions_in_words_and_back() -> None:
    assert [dial_words(p) for p in (0.0, 0.5, -0.125, 1.0, 0.0001, -0.0001)] == [
        "0", "+0.50", "-0.125", "+1.00", "0", "0",
    ]  # fmt: skip
    assert position_of("0,5") == 0.5
    assert position_of("−0.25") == -0.25
    for wrong in ("warm", "1.1", "nan", "-2", "inf"):
        with pytest.raises(SettingsError):
            position_of(wrong)


@pytest.mark.parametrize(
    ("sent", "key"), [("\x1b-", "alt+minus"), ("\x1b=", "alt+equals_sign"), ("\x1b+", "alt+plus"),
                      ("\x1b[45;3u", "alt+minus"), ("\x1b[61;3u", "alt+equals_sign"), ("\x1b[43;3u", "alt+plus")],
)  # fmt: skip
def test_the_keys_have_one_name_in_ordinary_and_new_terminals(sent: str, key: str) -> None:
    teach_alt_keys()
    assert [event.key for event in XTermParser().feed(sent) if isinstance(event, events.Key)] == [key]


async def test_two_keys_move_the_dial_while_writing_and_the_next_turn_is_steered(tmp_path: Path) -> None:
    world = World(adapters=shelf_with_vector(tmp_path), settings=Settings(profile="companion"))
    async with world.app.run_test(size=(120, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await until(pilot, lambda: "warmth ────────●──────── 0" in header(world))
        await pilot.press("h", "i", "alt+equals_sign", "alt+plus", "alt+equals_sign", "alt+minus")
        assert world.prompt.text == "hi"
        await until(pilot, lambda: "+0.25" in header(world))
        await until(pilot, lambda: world.notices == ["Warmth +0.25 from the next turn on"])
        world.prompt.clear_written()
        await world.say(pilot, "hello")
        reply = world.session.turns[0].reply
        assert reply is not None
        assert reply.origin.dial == 0.25
        assert reply.origin.adapters[0]["strength"] == 1.0
        assert "Companion  warmth +0.25" in drawn(world)
        await pilot.press(*["alt+minus"] * 12)
        await until(pilot, lambda: "-1.00" in header(world))
        await until(pilot, lambda: len(world.notices) == 2)
        assert "reads its" in world.notices[1]
        assert "tokens anew" in world.notices[1]


async def test_going_back_to_where_it_was_costs_nothing_and_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dial, "QUIET_S", 0.7)
    world = World(adapters=shelf_with_vector(tmp_path), settings=Settings(profile="companion"))
    async with world.app.run_test(size=(120, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        await pilot.press("alt+equals_sign", "alt+minus")
        await pilot.pause(1.0)
        assert world.notices == []


async def test_each_voice_has_its_own_dial_and_a_moved_oracle_is_no_plain_oracle(tmp_path: Path) -> None:
    world = World(adapters=shelf_with_vector(tmp_path))
    async with world.app.run_test(size=(120, 30), notifications=True) as pilot:
        await world.ready(pilot)
        await known(world, pilot)
        await pilot.press("alt+plus", "alt+plus")
        await until(pilot, lambda: " ORACLE +0.25 " in header(world))
        assert " ORACLE +0.25 " in drawn(world).split("\n")[-3]  # the prompt's border
        await until(pilot, lambda: any("its replies are checked" in n for n in world.notices))
        await world.say(pilot, "What is the capital?")
        assert world.label(0) == "agree"
        assert "Oracle +0.25" in drawn(world)
        assert "Agrees with the oracle’s own answer" in drawn(world)
        assert "second answer" not in drawn(world)
        await pilot.press("f4")
        await until(pilot, lambda: " signals" in drawn(world))
        assert "Agrees with the oracle’s own answer" in drawn(world)
        await pilot.press("escape", "f2")
        await until(pilot, lambda: "warmth ────────●──────── 0" in header(world))
        assert " COMPANION  a program" in header(world)
        await pilot.press("f2")
        await until(pilot, lambda: " ORACLE +0.25 " in header(world))
        world.prompt.put("/warmth off")
        await pilot.press("enter")
        await until(pilot, lambda: " ORACLE  warmth ────────●──────── 0" in header(world))


async def test_the_command_says_sets_steps_and_resets(tmp_path: Path) -> None:
    warm = replace(COMPANION, adapters=(AdapterRef("control_vector", "warmth", 1.0),))
    world = World(adapters=shelf_with_vector(tmp_path), shelf=Shelf(ORACLE, warm),
                  settings=Settings(profile="companion"))  # fmt: skip

    async with world.app.run_test(size=(120, 24), notifications=True) as pilot:

        async def command(line: str) -> None:
            world.prompt.put(line)
            await pilot.press("enter")
            await pilot.pause()

        await world.ready(pilot)
        await until(pilot, lambda: "+0.25" in header(world))  # raw 1 of 4
        await command("/warmth")
        assert world.notices[-1].startswith("The warmth dial stands at +0.25\nthe profile’s own position is +0.25")
        await command("/warmth -0,5")
        await until(pilot, lambda: "-0.50" in header(world))
        await command("/warmth +")
        await until(pilot, lambda: "-0.375" in header(world))
        await command("/warmth off")
        await until(pilot, lambda: "+0.25" in header(world))
        await command("/warmth 3")
        assert "from -1 to +1" in world.notices[-1]
        await command("/warmth hot")
        assert "hot is no position" in world.notices[-1]


async def test_without_a_vector_the_key_says_how_to_make_one_and_nothing_is_moved() -> None:
    world = World()
    async with world.app.run_test(size=(120, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await known(world, pilot)
        assert "warmth" not in header(world)
        await pilot.press("alt+plus", "alt+plus")
        await until(pilot, lambda: bool(world.notices))
        assert world.notices == [
            "There is no control vector called 'warmth' for scripted\nwarmchat adapters vector makes one for this model"
        ]
        await world.say(pilot, "hello")
        assert len(world.notices) == 1
        assert "warmth" not in header(world)


async def test_what_is_pressed_before_the_model_is_there_counts_when_it_is(tmp_path: Path) -> None:
    world = World(adapters=shelf_with_vector(tmp_path))
    world.may_load.clear()
    async with world.app.run_test(size=(120, 24), notifications=True) as pilot:
        await until(pilot, lambda: world.app.session is not None)
        await pilot.press("alt+plus", "alt+plus", "alt+plus")
        await until(pilot, lambda: any("still loading" in n for n in world.notices))
        world.may_load.set()
        await until(pilot, lambda: "ORACLE +0.375" in header(world))
        assert sum("still loading" in n for n in world.notices) == 1


async def test_what_is_pressed_before_enter_is_for_that_message_though_the_model_still_loads(tmp_path: Path) -> None:
    world = World(adapters=shelf_with_vector(tmp_path), settings=Settings(profile="companion"))
    world.may_load.clear()
    async with world.app.run_test(size=(120, 24), notifications=True) as pilot:
        await until(pilot, lambda: world.app.session is not None)
        await pilot.press("alt+plus", "alt+plus", *"hello", "enter")
        await until(pilot, lambda: len(world.session.turns) == 1)
        await pilot.press("alt+plus")
        world.may_load.set()
        await world.settled(pilot)
        await until(pilot, lambda: "+0.375" in header(world))
        await world.say(pilot, "hello again")
        first, second = (turn.reply for turn in world.session.turns)
        assert first is not None
        assert second is not None
        assert (first.origin.dial, second.origin.dial) == (0.25, 0.375)


async def test_a_key_between_enter_and_the_opened_turn_is_for_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(adapters=shelf_with_vector(tmp_path), settings=Settings(profile="companion"))
    may_open = threading.Event()
    send = ChatSession.send

    def slowly(session: ChatSession, text: str) -> Iterator[TurnEvent]:
        may_open.wait(10)
        yield from send(session, text)

    monkeypatch.setattr(ChatSession, "send", slowly)
    async with world.app.run_test(size=(120, 24)) as pilot:
        await world.ready(pilot)
        await known(world, pilot)
        await pilot.press(*"hello", "enter", "alt+plus")
        assert "+0.125" not in header(world)
        may_open.set()
        await until(pilot, lambda: "+0.125" in header(world))
        await world.settled(pilot)
        assert world.session.turns[0].reply is not None
        assert world.session.turns[0].reply.origin.dial == 0


async def test_off_gives_the_dial_back_to_the_file_whose_edits_then_count(tmp_path: Path) -> None:
    warm = replace(COMPANION, adapters=(AdapterRef("control_vector", "warmth", 1.0),))
    world = World(adapters=shelf_with_vector(tmp_path), shelf=Shelf(ORACLE, warm),
                  settings=Settings(profile="companion"))  # fmt: skip
    async with world.app.run_test(size=(120, 24)) as pilot:
        await world.ready(pilot)
        await until(pilot, lambda: "+0.25" in header(world))
        await pilot.press("alt+plus")
        await until(pilot, lambda: "+0.375" in header(world))
        world.prompt.put("/warmth off")
        await pilot.press("enter")
        await until(pilot, lambda: "+0.25" in header(world))
        world.shelf.profiles["companion"] = replace(warm, adapters=(AdapterRef("control_vector", "warmth", 2.0),))
        world.shelf.touched = True
        await until(pilot, lambda: "+0.50" in header(world))


async def test_without_a_model_there_is_nothing_to_turn() -> None:
    world = World(model=None)
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await pilot.press("alt+plus")
        await until(pilot, lambda: any("no model to steer" in n for n in world.notices))


async def test_what_a_turn_misses_is_noticed_once() -> None:
    steered = replace(COMPANION, adapters=(AdapterRef("lora", "gentle", 1.0),))
    world = World(shelf=Shelf(ORACLE, steered), settings=Settings(profile="companion"))
    async with world.app.run_test(size=(120, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        await world.say(pilot, "hello again")
        assert [n for n in world.notices if "gentle" in n] == [
            "There is no lora called 'gentle' for scripted\nwarmchat adapters train makes one for this model"
        ]


async def test_a_reply_that_repeats_itself_says_what_to_do(tmp_path: Path) -> None:
    loop = "I am so glad that you asked me this. " * 8
    world = World(script=lambda job: loop, adapters=shelf_with_vector(tmp_path), settings=Settings(profile="companion"))
    async with world.app.run_test(size=(120, 40)) as pilot:
        await world.ready(pilot)
        await known(world, pilot)
        await world.say(pilot, "hello")
        assert "(this reply repeats itself; raise dry_multiplier in its profile)" in drawn(world)
        await pilot.press("alt+plus")
        await world.say(pilot, "hello")
        assert "(this reply repeats itself; lower the warmth dial or raise dry_multiplier)" in drawn(world)


async def test_the_window_is_marked_where_it_begins_and_stays_right(tmp_path: Path) -> None:
    world = World(n_ctx=60, script=lambda job: "word " * 8, settings=Settings(profile="companion", shadow="off"))
    async with world.app.run_test(size=(100, 60)) as pilot:
        await world.ready(pilot)
        for number in range(12):
            await world.say(pilot, f"message number {number}")
            turns = world.session.turns
            read = turns[-1].window
            left_out = len(turns) - 1 - len(read)
            lines = drawn(world).split("\n")
            rules = [at for at, line in enumerate(lines) if "reads from here on" in line]
            if not left_out:
                assert not rules
                continue
            assert len(rules) == 1, number
            said = "1 earlier turn is" if left_out == 1 else f"{left_out} earlier turns are"
            assert f"the companion reads from here on: {said} no longer in its window" in lines[rules[0]]
            first = next(line for line in lines[rules[0] :] if "message number" in line)
            assert first.split() == ["message", "number", str(left_out)]
        assert left_out > 2


async def test_the_window_is_marked_after_a_resume() -> None:
    turns = finished_turns(6)
    turns[-1] = replace(turns[-1], window=tuple(t.id for t in turns[3:5]))
    world = World(resumed=turns)
    async with world.app.run_test(size=(50, 60)) as pilot:
        await world.ready(pilot)
        await until(pilot, lambda: "Reply number 6." in drawn(world))
        lines = [line.strip() for line in drawn(world).split("\n")]
        at = next(i for i, line in enumerate(lines) if line.startswith("── read from here on ──"))
        assert "Question number 4" in lines[at + 1 : at + 5]


async def test_the_window_mark_comes_into_view_with_its_turn() -> None:
    turns = finished_turns(50)
    turns[-1] = replace(turns[-1], window=tuple(t.id for t in turns[5:-1]))
    world = World(resumed=turns)
    async with world.app.run_test(size=(100, 30)) as pilot:
        await world.ready(pilot)
        rule = world.app.chat.transcript._rule
        await until(pilot, lambda: len(world.app.chat.transcript.views) >= FIRST)
        assert not rule.display
        while len(world.app.chat.transcript.views) < 50:
            await world.app.chat.transcript.load_earlier()
            await pilot.pause()
        children = list(world.app.chat.transcript.children)
        await until(pilot, lambda: bool(rule.display))
        view = world.app.chat.transcript.view("t6")
        assert view is not None
        assert children.index(rule) == children.index(view) - 1
