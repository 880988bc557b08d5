"""Pictures of the screens. What they show is asserted elsewhere; these are for the eye, at two sizes in both themes.

Judge a difference by looking at the report, then `pytest tests/ui/test_snapshots.py --snapshot-update`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import product
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.world import World, drawn, until
from warmchat.settings import Settings

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
    await until(pilot, lambda: "names_missing" in drawn(world))


async def help_(world: World, pilot: Pilot[None]) -> None:
    await pilot.press("f1")
    await until(pilot, lambda: "What works here" in drawn(world))


SCENES: dict[str, Before] = {
    "empty": empty,
    "agreement": agreement,
    "disagreement": disagreement,
    "side_by_side": side_by_side,
    "help": help_,
    "no_model": empty,
}
SIZES = [(80, 24), (140, 45)]


@pytest.mark.parametrize(
    ("scene", "size", "theme"),
    [
        pytest.param(scene, size, theme, id=f"{scene}-{size[0]}x{size[1]}-{theme}")
        for scene, size, theme in product(SCENES, SIZES, ("dark", "light"))
    ],
)
def test_picture(snap_compare: Any, scene: str, size: tuple[int, int], theme: Any) -> None:
    settings = Settings(theme=theme)
    world = World(settings=settings, model=None) if scene == "no_model" else World(settings=settings)

    async def before(pilot: Pilot[None]) -> None:
        await world.ready(pilot)
        await SCENES[scene](world, pilot)
        if world.app.screen is world.app.chat:
            world.app.chat.set_focus(None)  # no cursor, which blinks
        await pilot.pause()

    assert snap_compare(world.app, terminal_size=size, run_before=before)
