"""The screen with the last measurement: whose it shows, what it says where there is none, keys, hostile text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.evals.examples import example_replies, example_report, example_run
from tests.ui.world import World, click_actions, drawn, until
from warmchat.domain.errors import LogError
from warmchat.evals.report import Report, report
from warmchat.ui.evals.screen import EvalScreen


async def test_alt_m_shows_the_last_measurement_of_the_loaded_model() -> None:
    asked: list[str] = []
    shown = example_report(("oracle", "companion"))  # before: the first import of scipy takes its time

    def last(model: str) -> Report:
        asked.append(model)
        return shown

    world = World(report=last)
    async with world.app.run_test(size=(140, 45)) as pilot:
        await world.ready(pilot)
        await pilot.press("alt+m")
        await until(pilot, lambda: "Beside oracle" in drawn(world))
        assert asked == ["scripted"]
        assert "What this companion costs you in truth: SmolLM2-135M-Instruct" in drawn(world)
        assert "B companion (on the front)" in drawn(world)
        before = drawn(world)
        await pilot.press("end")
        await until(pilot, lambda: drawn(world) != before and "seed 1" in drawn(world))
        await pilot.press("home")
        await until(pilot, lambda: "Beside oracle" in drawn(world))
        await pilot.press("f1")
        await until(pilot, lambda: "What works here" in drawn(world))
        await pilot.press("escape", "q")
        await until(pilot, lambda: world.app.screen is world.app.chat)


async def test_the_command_shows_it_too_and_a_model_that_was_never_measured_says_so() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.prompt.put("/measured")
        await pilot.press("enter")
        await until(pilot, lambda: "warmchat eval run" in drawn(world))
        assert "Nothing has been measured for this model yet" in drawn(world)


async def test_without_a_model_the_last_of_any_is_shown() -> None:
    asked: list[str] = []
    world = World(model=None, report=asked.append)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("alt+m")
        await until(pilot, lambda: asked == [""])


async def test_a_file_that_cannot_be_read_is_said() -> None:
    def fails(_model: str) -> Report:
        raise LogError("The file of measurements is damaged", "move it away")

    world = World(report=fails)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("alt+m")
        await until(pilot, lambda: "is damaged. move it away" in drawn(world))


async def test_names_from_a_file_do_nothing_to_the_terminal() -> None:
    evil = "x[@click=app.quit]y[/]\x1b]52;c;QUFB\x07"
    run = example_run()
    voices = (run.voices[1], replace(run.voices[2], label=evil))
    replies = [
        replace(r, voice=evil if r.voice == "companion" else r.voice)
        for r in example_replies() if r.voice in ("oracle", "companion")
    ]  # fmt: skip
    shown = report(replace(run, voices=voices, set_name=evil), replies)
    world = World(report=lambda _model: shown)
    async with world.app.run_test(size=(140, 45)) as pilot:
        await world.ready(pilot)
        await pilot.press("alt+m")
        await until(pilot, lambda: "Beside oracle" in drawn(world))
        assert isinstance(world.app.screen, EvalScreen)
        assert "\x1b" not in drawn(world)
        assert "x[@click=app.quit]y[/]" in drawn(world)
        assert "app.quit" not in str(click_actions(world))


def test_the_log_folder_is_not_written_to_by_looking(tmp_path: Path) -> None:
    from warmchat.screens import last_report
    from warmchat.settings import Settings

    assert last_report(Settings(data_dir=tmp_path / "data"), "m") is None
    assert not (tmp_path / "data").exists()
