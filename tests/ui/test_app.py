"""Starting, models, sessions, profiles, quitting, small windows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.ui.world import COMPANION, ORACLE, Found, World, drawn, finished_turns, until, warm_or_plain
from warmchat.domain.errors import LogNotWritable, ModelError, UnknownProfile
from warmchat.engine.protocol import Job, Priority
from warmchat.engine.scripted import Answer
from warmchat.settings import Settings


async def test_the_first_paint_does_not_wait_for_the_model_and_a_message_may_be_sent() -> None:
    world = World()
    world.may_load.clear()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "loading model.gguf" in drawn(world) and world.app.session is not None)
        assert "You can write already." in drawn(world)
        await pilot.press(*"hello")
        assert world.prompt.text == "hello"
        await pilot.press("enter")
        await until(pilot, lambda: "loading the model…" in drawn(world))
        world.may_load.set()
        await until(pilot, lambda: len(world.session.turns) == 1)
        await world.settled(pilot)
        assert "Noted." in drawn(world)
        assert "SmolLM2-135M-Instruct" in drawn(world).split("\n")[0]


async def test_without_a_model_the_screen_says_what_to_type_and_a_message_does_not_kill_it() -> None:
    world = World(model=None)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        screen = drawn(world)
        assert "warmchat models pull" in screen
        assert "warmchat --model FILE.gguf" in screen
        assert "no model" in screen.split("\n")[0]
        await world.say(pilot, "hello")
        assert "There is no model to answer" in drawn(world)
        assert "No model: F3 chooses one, or: warmchat models pull" in drawn(world)


async def test_a_model_that_cannot_be_loaded_is_said_and_another_can_be_chosen() -> None:
    world = World(
        load_error=ModelError("model.gguf is no GGUF file", "pull it again"),
        found=[Found(Path("/models/good.gguf"), "good", 95_000_000, "starter")],
    )
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        screen = drawn(world)
        assert "model.gguf is no GGUF file" in screen
        assert "pull it again" in screen
        world.load_error = None
        await pilot.press("f3")
        await until(pilot, lambda: "95 MB" in drawn(world))
        assert "starter" in drawn(world)
        await pilot.press("enter")
        await until(pilot, lambda: world.app.seat.state.status == "ready")
        assert world.models_opened == [Path("model.gguf"), Path("/models/good.gguf")]
        await world.say(pilot, "hello")
        assert "Noted." in drawn(world)


async def test_a_model_path_may_be_typed_and_the_old_model_is_closed() -> None:
    world = World(found=[Found(Path("/models/good.gguf"), "good", 95_000_000, "starter")])
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        first = world.engine
        await pilot.press("f3")
        await until(pilot, lambda: "95 MB" in drawn(world))
        await pilot.press(*"/x/y.gguf", "enter")
        await until(pilot, lambda: len(world.models_opened) == 2)
        assert world.models_opened[-1] == Path("/x/y.gguf")
        await until(pilot, lambda: world.app.seat.state.status == "ready")
        assert first.closed
        assert world.session.engine is world.engine


async def test_a_file_that_is_no_model_leaves_the_loaded_one_in_its_seat() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.prompt.put("/model notes.txt")
        await pilot.press("enter")
        await until(pilot, lambda: any("notes.txt is no GGUF file" in n for n in world.notices))
        await until(pilot, lambda: world.app.seat.state.status == "ready")
        assert not world.engine.closed
        await world.say(pilot, "hello")
        assert "Noted." in drawn(world)


async def test_turns_off_the_record_are_not_left_by_one_key() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("f9")
        await world.say(pilot, "a secret")
        before = world.session
        await pilot.press("ctrl+n")
        await until(pilot, lambda: any("gone for good" in n for n in world.notices))
        assert world.session is before
        await pilot.press("ctrl+n")
        await until(pilot, lambda: world.session is not before)
        assert world.session.off_record


async def test_a_click_beside_the_prompt_does_not_take_the_keys_away() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.click("#welcome")
        await pilot.press("h", "i")
        assert world.prompt.text == "hi"
        world.app.chat.set_focus(None)
        await pilot.press("!")
        assert world.prompt.text == "hi!"


async def test_a_session_that_cannot_be_opened_is_a_notice() -> None:
    world = World(session_error=UnknownProfile("There is no profile 'x'", "there are: oracle"))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: any("There is no profile 'x'" in n for n in world.notices))
        world.prompt.put("hello")
        await pilot.press("enter")
        await until(pilot, lambda: any("No session is open" in n for n in world.notices))
        assert world.prompt.text == "hello"
        world.session_error = None
        await pilot.press("ctrl+n")
        await world.ready(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: world.app.session is not None and len(world.session.turns) == 1)
        await world.settled(pilot)


async def test_a_log_problem_is_said_at_the_start() -> None:
    world = World(log_problem=str(LogNotWritable("The folder is read-only", "nothing is kept")))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: any("The folder is read-only" in n for n in world.notices))


async def test_a_failing_log_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)

        def full(*_: object) -> None:
            raise LogNotWritable("The disk is full", "make room")

        for name in ("open_turn", "save_reply"):
            monkeypatch.setattr(world.log, name, full)
        await world.say(pilot, "hello")
        await world.say(pilot, "hello")
        assert sum("The disk is full" in n for n in world.notices) == 1
        assert "Noted." in drawn(world)


async def test_a_session_is_resumed_from_the_list() -> None:
    world = World()
    for turn in finished_turns(3):
        assert turn.reply is not None
        assert turn.verdict is not None
        world.log.open_turn(turn, COMPANION)
        world.log.save_reply(turn.id, turn.reply)
        world.log.save_verdict(turn.id, turn.reply.id, turn.shadow, turn.verdict)
    async with world.app.run_test(size=(80, 40)) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        await pilot.press("f7")
        await until(pilot, lambda: "3 turns" in drawn(world))
        await pilot.press("down", "enter")
        await until(pilot, lambda: world.session.id == "resumed" and "Reply number 3." in drawn(world))
        assert "Noted." not in drawn(world)
        assert world.session.engine is world.engine
        await world.say(pilot, "sure?")
        assert len(world.session.turns) == 4


async def test_export_says_where_it_went(tmp_path: Path) -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        target = tmp_path / "out.html"
        world.prompt.put(f"/export html {target}")
        await pilot.press("enter")
        await until(pilot, lambda: any(f"Exported to {target}" in n for n in world.notices))
        await pilot.press("f8", "shift+tab", "down", "down", "enter", "tab", "enter")
        await until(pilot, lambda: len(world.exported) == 2)
        session_id, form, path = world.exported[1]
        assert (session_id, form) == (world.session.id, "jsonl")
        assert path.name == f"warmchat-{session_id}.jsonl"


async def test_export_asks_before_it_replaces_a_file(in_folder: Path) -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        (in_folder / f"warmchat-{world.session.id}.md").write_text("mine")
        await pilot.press("f8", "enter")
        await until(pilot, lambda: "exists: Enter again replaces it" in drawn(world))
        assert not world.exported
        await pilot.press("enter")
        await until(pilot, lambda: len(world.exported) == 1)


async def test_an_export_says_what_is_to_be_taken_out(in_folder: Path) -> None:
    world = World()
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        await pilot.press("f8")
        await until(pilot, lambda: "[ ]" in drawn(world).replace("▐", "[").replace("▌", "]"))
        await pilot.press("tab", "space")
        await until(pilot, lambda: "X Take out" in drawn(world).replace("▌", ""))
        await pilot.press("tab", *"Anna Smith, ,Bo", "enter")
        await until(pilot, lambda: len(world.exported) == 1)
        await pilot.press("f8", "enter")
        await until(pilot, lambda: len(world.exported) == 2)
        assert world.redacted == [("all", "name:Anna Smith", "name:Bo"), ()]
        await until(pilot, lambda: len(world.notices) == 2)
        assert ["read it before you give it away" in notice for notice in world.notices] == [True, False]


async def test_an_edited_profile_is_announced_and_a_broken_one_too() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.shelf.profiles["oracle"] = replace(ORACLE, system_prompt="Be brief.", name="Pythia")
        world.shelf.said = ["companion.md, line 3: strength must be a number"]
        world.shelf.touched = True
        await until(pilot, lambda: any("Edited on the disk: oracle" in n for n in world.notices))
        assert any("line 3: strength must be a number" in n for n in world.notices)
        assert " PYTHIA " in drawn(world)


async def test_ctrl_q_quits_while_writing() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("a", "ctrl+q")
    assert world.app.return_code == 0
    assert world.engine.closed


async def test_ctrl_c_once_gives_a_hint_and_twice_quits() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: any("Ctrl+C again quits" in n for n in world.notices))
        assert world.app.is_running
        assert world.app._exit is False
        await pilot.press("ctrl+c")
        assert world.app._exit is True


async def test_ctrl_c_twice_but_slowly_does_not_quit() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("ctrl+c")
        world.app._interrupted_at -= 5
        await pilot.press("ctrl+c")
        assert world.app._exit is False


@pytest.mark.parametrize("where", ["f1", "f3", "ctrl+p"])
async def test_quitting_works_from_every_screen(where: str) -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press(where)
        await pilot.pause()
        await pilot.press("ctrl+q")
        assert world.app._exit is True


async def test_the_quit_command_quits() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.prompt.put("/quit")
        await pilot.press("enter")
        await until(pilot, lambda: world.app._exit)


async def test_quitting_in_a_check_notes_it_as_deferred() -> None:
    def script(job: Job) -> Answer:
        if job.priority is Priority.SHADOW:
            world.engine.gate.clear()  # the shadow reply never comes to its first word
        return warm_or_plain(job)

    world = World(script=script)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        world.prompt.put("capital?")
        await pilot.press("enter")
        await until(pilot, lambda: len(world.engine.jobs) == 2 and not world.engine.gate.is_set())
    verdict = world.log.turns(world.session.id)[0].verdict
    assert verdict is not None
    assert verdict.label == "unjudged"
    assert "deferred" in verdict.reason


@pytest.mark.parametrize("size", [(40, 10), (30, 8), (20, 5), (10, 3), (200, 60)])
async def test_no_size_of_window_crashes_any_screen(size: tuple[int, int]) -> None:
    world = World(found=[Found(Path("/m/a.gguf"), "a", 1, "starter")])
    async with world.app.run_test(size=size) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        await world.say(pilot, "What is the capital of Australia?")
        for key in ("f1", "f3", "f4", "f8"):
            await pilot.press(key)
            await pilot.pause()
            drawn(world)
            await pilot.press("escape")
            await until(pilot, lambda: world.app.screen is world.app.chat)
        if size == (20, 5):
            assert "Too small: 28 × 7" in drawn(world)


async def test_forty_by_ten_is_usable() -> None:
    world = World()
    async with world.app.run_test(size=(40, 10)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        await world.say(pilot, "What is the capital of Australia?")
        screen = drawn(world)
        assert " COMPANION " in screen.split("\n")[0]
        assert "≠" in screen
        await pilot.press(*"hello")
        assert "hello" in drawn(world)


async def test_the_theme_follows_the_setting_and_can_be_swapped() -> None:
    world = World(settings=Settings(theme="light"))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        assert world.app.theme == "warmchat-light"
        world.prompt.put("/theme")
        await pilot.press("enter")
        await until(pilot, lambda: world.app.theme == "warmchat-dark")


async def test_the_palette_offers_the_same_deeds() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("ctrl+p")
        await pilot.press(*"switch voice")
        await until(pilot, lambda: "Switch voice" in drawn(world))
        await pilot.press("enter")
        await until(pilot, lambda: world.session.profile.id == "companion")


async def test_switching_the_log_off_shows_in_the_header_for_good() -> None:
    world = World(settings=Settings(log=False))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        assert "OFF THE RECORD" in drawn(world).split("\n")[0]
        await pilot.press("f9")
        await until(pilot, lambda: any("the log is off" in n for n in world.notices))
        assert world.session.off_record
