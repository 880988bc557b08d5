"""Hostile text on the screens: no character of it acts, no word of it is an action or a link, and nothing breaks."""

from __future__ import annotations

import pytest

from tests.attacks.hostile import CLASSES
from tests.attacks.sinks.case import SMALL, all_in_one
from tests.attacks.sinks.screens import chat_and_check, fail_and_tell, look
from tests.ui.world import World


def every_small_class() -> str:
    return "\n\n".join(all_in_one(name) for name in SMALL)


async def test_every_screen() -> None:
    await chat_and_check(every_small_class())


@pytest.mark.parametrize("name", ["nested", "huge"])
async def test_a_talk(name: str) -> None:
    await chat_and_check(all_in_one(name), everywhere=False)


async def test_more_blocks_than_the_screen_can_bear() -> None:
    """As Markdown it took minutes; it is shown as it is written."""
    await chat_and_check("~~~\n" * 1_000, everywhere=False)


async def test_an_error_without_an_end() -> None:
    """A notice of a million characters took the screen for minutes."""
    world = World()
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        world.app.tell("W" * 1_000_000, "x" * 1_000_000)
        await pilot.pause()
        look(world)
    assert all(len(notice) < 4_000 for notice in world.notices)


async def test_a_failure() -> None:
    await fail_and_tell(every_small_class())


def test_the_small_classes_are_most() -> None:
    assert len(SMALL) == len(CLASSES) - 2
