"""Names that no file can have, or that lead elsewhere: typed into the screens, and made of hostile titles."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tests.attacks.hostile import PATHS
from tests.attacks.sinks.case import harmless, hostile_log, run_on_terminal
from tests.ui.test_plain import chatted
from tests.ui.world import World, drawn, until
from warmchat.domain.errors import ExportError
from warmchat.storage.exports.files import write_file
from warmchat.storage.exports.formats import FORMATS

NO_NAMES = ("x" * 300, "~nobody-here/x", "a\x00b", "\ud800", "\x1b]0;x\x07" + "y" * 300)


async def paste(pilot: Pilot[None], text: str) -> None:
    """As a terminal does it, into the field that has the focus."""
    await pilot.app.on_event(events.Paste(text))
    await pilot.pause()


@pytest.mark.parametrize("name", NO_NAMES, ids=ascii)
async def test_a_name_that_is_typed_on_the_screen(name: str, in_folder: Path) -> None:
    world = World()
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        for number, command in enumerate(("/attach ", "/export md ", "/model "), start=1):
            world.prompt.put(command + name)
            await pilot.press("enter")
            await until(pilot, lambda: len(world.notices) >= number)  # noqa: B023  asked at once
        await pilot.press("f8")
        await until(pilot, lambda: bool(world.app.screen.query(Input)))
        world.app.screen.query_one(Input).focus()
        await pilot.press("ctrl+u")
        await paste(pilot, name)
        await pilot.press("enter")
        await pilot.pause()
        harmless(drawn(world))
    harmless("\n".join(world.notices))
    assert not list(in_folder.iterdir())


@pytest.mark.parametrize("name", NO_NAMES, ids=ascii)
def test_a_name_that_is_typed_into_a_line(name: str) -> None:
    typist, _ = chatted(World(), "hello", f"/attach {name}", f"/export md {name}", f"/model {name}", "/voices")
    harmless(typist.out.getvalue() + typist.remarks)
    assert "/companion" in typist.out.getvalue(), "the chat goes on"


@pytest.mark.parametrize("name", [*PATHS, "x" * 300, "a/" * 3000], ids=ascii)
def test_an_export_writes_where_it_was_told_or_nowhere(name: str, in_folder: Path) -> None:
    inside = in_folder / "deep" / "here"
    inside.mkdir(parents=True)
    before = {path: path.read_bytes() for path in in_folder.rglob("*") if path.is_file()}
    target = inside / name if name and "/" not in name else None
    try:
        write_file(inside / name if target else Path(name), ["text"])
    except ExportError:
        target = None
    after = {path for path in in_folder.rglob("*") if path.is_file()} - before.keys()
    assert after == ({target} if target else set())
    assert all(path.stat().st_mode & 0o077 == 0 for path in after)


@pytest.mark.parametrize("title", PATHS, ids=ascii)
def test_no_title_becomes_a_file(title: str, tmp_path: Path, in_folder: Path) -> None:
    """Exports are named by who asks for them; what was said goes into them."""
    data = hostile_log(tmp_path / "data", title)
    for form in FORMATS:
        run_on_terminal("--data-dir", str(data), "log", "export", "--all", "--format", form, "-o", f"out.{form}")
    assert {path.name for path in in_folder.iterdir()} == {f"out.{form}" for form in FORMATS}
    assert {path.name for path in tmp_path.iterdir()} <= {"data", "cwd", "home"}
