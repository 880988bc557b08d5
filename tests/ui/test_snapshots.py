"""Pictures of the screens. What they show is asserted elsewhere; these are for the eye, at two sizes in both themes.

Judge a difference by looking at the report, then `pytest tests/ui/test_snapshots.py --snapshot-update`.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests.evals.examples import example_report
from tests.ui.scenes_around import SCENES_AROUND
from tests.ui.test_adapters import STEERED as STEERED_COMPANION
from tests.ui.test_flags import remembered
from tests.ui.test_heat import TOKENS
from tests.ui.test_other_voice import WordGate, asked_oracle
from tests.ui.world import ORACLE, Shelf, World, drawn, shelf_with_loras, shelf_with_vector, until
from warmchat.domain.errors import ModelError
from warmchat.models.adapters import AdapterShelf
from warmchat.profiles.library import ProfileLibrary, default_folders
from warmchat.settings import Settings
from warmchat.ui import companionship
from warmchat.ui.chat import dial as dial_module
from warmchat.ui.pickers.mark_form import MarkForm
from warmchat.ui.profiles.editor import ProfileEditor
from warmchat.ui.profiles.trial import TrialScreen

Before = Callable[[World, Pilot[None]], Awaitable[None]]


async def empty(world: World, pilot: Pilot[None]) -> None:
    """The oracle, before anything was said."""


async def agreement(world: World, pilot: Pilot[None]) -> None:
    await world.say(pilot, "Is it Canberra, for sure?")
    await pilot.press("f2")
    await world.say(pilot, "Are you sure?")


async def disagreement(world: World, pilot: Pilot[None]) -> None:
    await world.say(pilot, "What is the capital of Australia?")
    await pilot.press("f2")
    await world.say(pilot, "What is the capital of Australia?")


async def side_by_side(world: World, pilot: Pilot[None]) -> None:
    await disagreement(world, pilot)
    await pilot.press("f4", "s")
    await until(pilot, lambda: "names differ" in drawn(world))


async def answers_alone(world: World, pilot: Pilot[None]) -> None:
    await disagreement(world, pilot)
    await pilot.press("f4", "f")
    await until(pilot, lambda: "f all" in drawn(world))


async def marking(world: World, pilot: Pilot[None]) -> None:
    """The form over both answers, a note written."""
    await disagreement(world, pilot)
    await pilot.press("f4", "w")
    await until(pilot, lambda: isinstance(world.app.screen, MarkForm))
    world.app.screen.query_one(Input).cursor_blink = False
    await pilot.press("down", "up", *"I looked it up")
    await until(pilot, lambda: "I looked it up" in drawn(world))


async def marked(world: World, pilot: Pilot[None]) -> None:
    """A mark under a reply."""
    await disagreement(world, pilot)
    world.prompt.put("/mark oracle I looked it up")
    await pilot.press("enter")
    await until(pilot, lambda: "✎ You" in drawn(world))


async def other_coming(world: World, pilot: Pilot[None]) -> None:
    """The companion answers a turn of the oracle."""
    await world.say(pilot, "What is the capital of Australia?")
    world.engine.gate = words = WordGate()
    await pilot.press("alt+a")
    words.let_through(8)
    await until(pilot, lambda: "The capital of" in drawn(world) and "answering…" in drawn(world))
    await until(pilot, lambda: "hear you. The capital of" in drawn(world))


async def other_voice(world: World, pilot: Pilot[None]) -> None:
    """Both answers, compared."""
    await asked_oracle(world, pilot)


async def dial(world: World, pilot: Pilot[None]) -> None:
    """The companion with a vector, its dial moved."""
    await pilot.press("f2")
    await until(pilot, lambda: world.app.chat.steering.setting is not None)
    await pilot.press("alt+plus", "alt+plus", "alt+plus", "alt+plus")
    await world.say(pilot, "What is the capital of Australia?")


async def moved_oracle(world: World, pilot: Pilot[None]) -> None:
    """The oracle with its dial moved is a checked voice."""
    await until(pilot, lambda: world.app.chat.steering.setting is not None)
    await pilot.press("alt+plus", "alt+plus")
    await world.say(pilot, "What is the capital of Australia?")


async def heat(world: World, pilot: Pilot[None]) -> None:
    await dial(world, pilot)
    world.score(0, *TOKENS)
    await pilot.press("f4", "h", "s")
    await until(pilot, lambda: "How surprised" in drawn(world) and "names differ" in drawn(world))


async def window(world: World, pilot: Pilot[None]) -> None:
    """The window moved: a rule where it begins."""
    await pilot.press("f2")
    for question in ("One, please.", "And two?", "Then three?"):
        await world.say(pilot, question)
    await until(pilot, lambda: "read from here on" in drawn(world) or "reads from here on" in drawn(world))


async def help_(world: World, pilot: Pilot[None]) -> None:
    await pilot.press("f1")
    await until(pilot, lambda: "What works here" in drawn(world))


async def adapters(world: World, pilot: Pilot[None]) -> None:
    """The companion's adapters: the dial's vector and a LoRA changed, one missing, one not in the profile."""
    await pilot.press("f2")
    await world.say(pilot, "What is the capital of Australia?")
    world.app.clear_notifications()  # of what the turn missed
    await pilot.pause()
    await pilot.press("ctrl+l")
    await until(pilot, lambda: "from the next reply" in drawn(world))
    await pilot.press("right", "down", *"0.75", "enter")
    await until(pilot, lambda: "+0.75" in drawn(world))


async def adapters_typed(world: World, pilot: Pilot[None]) -> None:
    """A strength that cannot be."""
    await pilot.press("f2", "ctrl+l")
    await until(pilot, lambda: "from the next reply" in drawn(world))
    await pilot.press(*"9", "enter")
    await until(pilot, lambda: "not to 9" in drawn(world))


async def server(world: World, pilot: Pilot[None]) -> None:
    """A server takes no adapters: the header says so, and the list."""
    await pilot.press("f2", "ctrl+l")
    await until(pilot, lambda: "left out" in drawn(world))


async def panel_help(world: World, pilot: Pilot[None]) -> None:
    await disagreement(world, pilot)
    await pilot.press("f4", "f1")
    await until(pilot, lambda: "What works here" in drawn(world))


async def flags(world: World, pilot: Pilot[None]) -> None:
    """The disagreements of a log of some weeks, narrowed to a kind."""
    remembered(world)
    await pilot.press("f12")
    await until(pilot, lambda: "20 fit" in drawn(world))
    await pilot.press("k", "k")
    await until(pilot, lambda: "kind premise accepted" in drawn(world) and "20 fit" in drawn(world))


async def flags_of_days(world: World, pilot: Pilot[None]) -> None:
    """What was typed names no day."""
    await flags(world, pilot)
    await pilot.press("f", *"2026-03-05", "tab", *"soon", "enter")
    await until(pilot, lambda: "names no day" in drawn(world))


async def profiles(world: World, pilot: Pilot[None]) -> None:
    await pilot.press("f6", "up")
    await until(pilot, lambda: "supportive friend" in drawn(world))


async def profile_editor(world: World, pilot: Pilot[None]) -> None:
    """A mistake in a draft, with its line."""
    await pilot.press("f6", "up", "e")
    await until(pilot, lambda: isinstance(world.app.screen, ProfileEditor))
    box = world.app.screen.query_one(TextArea)
    box.cursor_blink = False
    box.load_text(box.text.replace("temperature: 0.7", "temperature: 7"))
    await until(pilot, lambda: "cannot be 7" in drawn(world))


async def profile_trial(world: World, pilot: Pilot[None]) -> None:
    """A profile beside the reference."""
    await pilot.press("f6", "up", "t")
    await until(pilot, lambda: isinstance(world.app.screen, TrialScreen))
    field = world.app.screen.query_one(Input)
    field.cursor_blink = False
    field.value = "What is the capital of Australia?"
    await pilot.press("enter")
    await until(pilot, lambda: "Canberra" in drawn(world) and "answering" not in drawn(world))


async def measured(world: World, pilot: Pilot[None]) -> None:
    """The last measurement of the model."""
    await pilot.press("alt+m")
    await until(pilot, lambda: "Beside oracle" in drawn(world))


SCENES: dict[str, Before] = {
    "empty": empty,
    "agreement": agreement,
    "disagreement": disagreement,
    "side_by_side": side_by_side,
    "answers_alone": answers_alone,
    "other_coming": other_coming,
    "other_voice": other_voice,
    "marking": marking,
    "marked": marked,
    "dial": dial,
    "moved_oracle": moved_oracle,
    "heat": heat,
    "window": window,
    "help": help_,
    "panel_help": panel_help,
    "adapters": adapters,
    "adapters_typed": adapters_typed,
    "server": server,
    "flags": flags,
    "flags_of_days": flags_of_days,
    "profiles": profiles,
    "profile_editor": profile_editor,
    "profile_trial": profile_trial,
    "no_model": empty,
    "measured": measured,
    **SCENES_AROUND,
}
WITH_VECTOR = {"dial", "moved_oracle", "heat"}
WITH_FILES = {"profiles", "profile_editor", "profile_trial", "differences", "imported"}
STEERED = {"adapters", "adapters_typed", "server"}
SIZES = [(80, 24), (140, 45)]


def _adapters(scene: str, folder: Path) -> AdapterShelf | None:
    if scene in STEERED:
        return shelf_with_loras(folder)
    return shelf_with_vector(folder) if scene in WITH_VECTOR else None


@pytest.mark.parametrize(
    ("scene", "size", "theme"),
    [
        pytest.param(scene, size, theme, id=f"{scene}-{size[0]}x{size[1]}-{theme}")
        for scene, size, theme in product(SCENES, SIZES, ("dark", "light"))
    ],
)
def test_picture(
    snap_compare: Any, scene: str, size: tuple[int, int], theme: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setenv("DISPLAY", ":0")  # a link could be opened
    monkeypatch.setattr(dial_module, "QUIET_S", 60.0)  # no notice on the picture
    shown = example_report() if scene == "measured" else None
    world = World(
        settings=Settings(theme=theme),
        model=None if scene == "no_model" else Path("model.gguf"),
        adapters=_adapters(scene, tmp_path),
        shelf=Shelf(ORACLE, STEERED_COMPANION) if scene in STEERED else Shelf(),
        n_ctx=40 if scene == "window" else 2048,
        remote=scene == "server",
        library=ProfileLibrary(default_folders(Settings(), local=False)) if scene in WITH_FILES else None,
        report=lambda _model: shown,
        load_error=ModelError("model.gguf is no GGUF file", "pull it again") if scene == "model_failed" else None,
    )
    if scene == "starting":
        world.may_start.clear()
    if scene == "hourly":
        monkeypatch.setattr(companionship, "HOUR_S", 0.0)

    async def before(pilot: Pilot[None]) -> None:
        if scene != "starting":
            await world.ready(pilot)
        if world.app.seat.state.status == "ready":  # the header says how full the window is
            await until(pilot, lambda: world.app.chat.tokens_read is not None)
        world.prompt.cursor_blink = False  # it shows below what lies over the chat
        await SCENES[scene](world, pilot)
        if world.app.screen is world.app.chat:
            world.app.chat.set_focus(None)  # no cursor, which blinks
        await pilot.pause()

    assert snap_compare(world.app, terminal_size=size, run_before=before)
    world.may_start.set()
