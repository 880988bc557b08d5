"""Keys of one's own, the palette, messages of earlier, one's own editor, reduced motion, no colours."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot

from tests.storage.examples import tell, turn
from tests.ui.world import World, drawn, until
from warmchat.domain.errors import SettingsError
from warmchat.places import config_folder
from warmchat.settings import Settings, load_settings
from warmchat.storage.log import SessionLog
from warmchat.ui import keymap
from warmchat.ui.app import WarmchatApp
from warmchat.ui.chat.recall import Recall
from warmchat.ui.external_editor import EditorError, edit_text
from warmchat.ui.flags.screen import FlagsScreen
from warmchat.ui.keys import CHAT


@pytest.fixture(autouse=True)
def our_keys() -> Iterator[None]:
    yield
    keymap.use({})


# ---- keys


async def test_a_key_of_ones_own_does_the_deed_and_is_the_one_that_is_shown() -> None:
    world = World(settings=Settings(keys={"switch-voice": "F3 , alt+k", "choose-a-model": "f2"}))
    async with world.app.run_test(size=(80, 40)) as pilot:
        await world.ready(pilot)
        assert "F3 voice" in drawn(world)
        await pilot.press("f3")
        await until(pilot, lambda: world.session.profile.id == "companion")
        await pilot.press("alt+k")
        await until(pilot, lambda: world.session.profile.id == "oracle")
        await pilot.press("ctrl+o")
        assert world.session.profile.id == "oracle", "the old keys are free"
        await pilot.press("f1")
        await until(pilot, lambda: "F3, Alt+K" in drawn(world))


async def test_notices_and_feet_of_screens_name_the_keys_that_are_in_force() -> None:
    keys = {"choose-a-model": "alt+j", "check-now": "alt+k", "help": "f11", "stop-the-reply": "alt+s", "try-it": "y"}
    world = World(settings=Settings(keys=keys), model=None)
    async with world.app.run_test(size=(110, 40), notifications=True) as pilot:
        await world.ready(pilot)
        assert "Alt+J   choose one" in drawn(world)
        await world.say(pilot, "Anybody?")
        assert "No model: Alt+J chooses one" in drawn(world)
        world.prompt.put("/nothing")
        await pilot.press("enter")
        await until(pilot, lambda: any("F11 lists them" in notice for notice in world.notices))
        world.prompt.clear_written()
        await pilot.press("alt+e")
        await until(pilot, lambda: "Alt+S leaves it" in drawn(world))
        await pilot.press("alt+s", "f6")
        await until(pilot, lambda: "y try" in drawn(world) and "F11 · Esc" in drawn(world))


def test_a_name_means_the_same_key_on_every_screen() -> None:
    for deed in (deed for table in keymap.TABLES for deed in table if deed.keys and deed.action):
        assert keymap.first_key(deed.name) == deed.shown.split(", ")[0], deed


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"swich-voice": "f5"}, "did you mean 'switch-voice'"),
        ({"switch-voice": "f99"}, "which is none"),
        ({"switch-voice": ""}, "which is none"),
        ({"switch-voice": "hyper+k"}, "which is none"),
        ({"switch-voice": "f4"}, "F4 would do two things"),
        ({"quit": "ctrl+up"}, "Ctrl+Up would do two things"),
        ({"warmth-dial": "f5"}, "no key does that"),
    ],
)
def test_keys_that_cannot_be_are_refused_with_the_reason(keys: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        keymap.use(keys)
    assert says in str(refused.value)
    assert keymap.first_key("switch-voice") == "F2"


def test_our_own_keys_do_one_thing_each() -> None:
    keymap.use({"switch-voice": "f2"})  # looks at every table
    assert len({deed.name for deed in CHAT}) == len(CHAT)


def test_keys_stand_in_the_settings_file(in_folder: Path) -> None:
    config_folder().mkdir(parents=True)
    (config_folder() / "warmchat.toml").write_text('theme = "light"\n[keys]\nswitch-voice = "f5,alt+k"\n')
    assert load_settings().keys == {"switch-voice": "f5,alt+k"}


# ---- palette


async def test_the_palette_has_every_deed_and_every_voice() -> None:
    world = World()
    async with world.app.run_test(size=(100, 40)) as pilot:
        await world.ready(pilot)
        titles = [command.title for command in world.app.get_system_commands(world.app.chat)]
        assert {deed.title for deed in CHAT if deed.action} <= set(titles)
        assert {"Speak as Oracle", "Speak as Companion"} <= set(titles)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(world.app.screen, CommandPalette))
        await pilot.press(*"Speak as Comp")
        await until(pilot, lambda: "Warm and supportive" in drawn(world))
        await pilot.press("enter")
        await pilot.press("enter")
        await until(pilot, lambda: world.session.profile.id == "companion")


async def test_the_palette_of_another_screen_has_what_works_there() -> None:
    world = World()
    async with world.app.run_test(size=(100, 40)) as pilot:
        await world.ready(pilot)
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(world.app.screen, FlagsScreen))
        titles = [command.title for command in world.app.get_system_commands(world.app.screen)]
        assert "Export what is listed" in titles
        assert "Switch voice" not in titles


# ---- messages of earlier


def test_walking_through_messages_keeps_the_draft() -> None:
    recall = Recall()
    assert recall.step(-1, "") is None
    recall.add("off the record")
    recall.learn(["one", "two", "one"])
    assert recall.step(1, "draft") is None
    walked = [recall.step(-1, "draft"), recall.step(-1, "off the record"), recall.step(-1, "two")]
    assert walked == ["off the record", "two", "one"]
    assert recall.step(-1, "one") is None
    assert [recall.step(1, "one"), recall.step(1, "two"), recall.step(1, "off the record")] == [
        "two", "off the record", "draft"]  # fmt: skip
    assert recall.step(-1, "draft") == "off the record"
    assert recall.step(-1, "edited") == "off the record", "an edited message is a draft"
    assert recall.step(1, "off the record") == "edited"


async def test_messages_of_earlier_sessions_come_back_by_key() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "first\nwith two lines")
        await world.say(pilot, "second")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: len(world.opened) == 2 and world.session.turns == ())
        await pilot.press("d", "alt+p", "alt+p")
        assert world.prompt.text == "first\nwith two lines"
        await pilot.press("alt+n", "alt+n")
        assert world.prompt.text == "d"


def test_the_log_gives_each_message_once() -> None:
    with SessionLog.open(None) as log:
        for number, text in enumerate(("a", "b", "a", "c")):
            tell(log, turn(f"t{number}", text))
        assert log.messages() == ["b", "a", "c"]
        assert log.messages(1) == ["c"]


# ---- one's own editor


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that writes in capitals and keeps what it was called with."""
    script = tmp_path / "editor.py"
    script.write_text(
        "import sys, pathlib, os\n"
        "file = pathlib.Path(sys.argv[-1])\n"
        f"pathlib.Path({str(tmp_path / 'seen')!r}).write_text(oct(os.stat(file).st_mode)[-3:] + ' ' + str(file))\n"
        "file.write_text(file.read_text().upper() + '\\n')\n"
    )
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    monkeypatch.delenv("VISUAL", raising=False)
    return tmp_path / "seen"


def test_a_text_comes_back_from_the_editor_and_its_file_is_gone(editor: Path) -> None:
    assert edit_text("hello") == "HELLO\n"
    mode, _, file = editor.read_text().partition(" ")
    assert mode == "600"
    assert not Path(file).exists()


def test_an_editor_that_fails_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    for command, says in (("false", "code 1"), ("no-such-editor", "cannot be run"), ("'", "cannot be run")):
        monkeypatch.setenv("EDITOR", command)
        with pytest.raises(EditorError, match=says):
            edit_text("hello")


async def test_the_prompt_goes_through_the_editor(editor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    monkeypatch.setattr(WarmchatApp, "suspend", lambda _: contextlib.nullcontext())
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.prompt.put("a message")
        await pilot.press("alt+x")
        assert world.prompt.text == "A MESSAGE"
        monkeypatch.setenv("EDITOR", "false")
        await pilot.press("alt+x")
        await until(pilot, lambda: any("code 1" in notice for notice in world.notices))
        assert world.prompt.text == "A MESSAGE"


# ---- motion and colours


async def test_reduced_motion() -> None:
    world = World(settings=Settings(reduced_motion=True))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        assert world.app.animation_level == "none"
        assert not world.prompt.cursor_blink
        assert world.app.chat.flow.paint_s == (1.0, 1.0)
        await world.say(pilot, "hello")
        assert "Noted." in drawn(world)


async def test_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        await world.say(pilot, "What is the capital of Australia?")
        await seen_without_colour(world, pilot)
        assert "COMPANION" in drawn(world)
        assert "≠ The oracle would have said otherwise" in drawn(world)


async def seen_without_colour(world: World, pilot: Pilot[None]) -> None:
    await pilot.pause()
    colours = set()
    for strip in world.app.screen._compositor.render_strips():
        for segment in strip:
            style = segment.style
            for colour in (style.color, style.bgcolor) if style is not None else ():
                if colour is not None and colour.triplet is not None:
                    colours.add(tuple(colour.triplet))
    assert colours
    assert all(max(colour) - min(colour) <= 1 for colour in colours), colours
