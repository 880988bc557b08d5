"""Writing: keys, pastes, files, slash commands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual import events

from tests.ui.world import World, drawn, until
from warmchat.ui.alt_keys import teach_alt_keys
from warmchat.ui.attach import LIMIT_BYTES, AttachError, Enclosure, expanded, file_enclosure, paste_enclosure
from warmchat.ui.chat.prompt import Prompt


def last_sent(world: World) -> str:
    return world.session.turns[-1].user_text


async def test_enter_sends_and_ctrl_j_breaks_the_line_and_the_box_grows_to_a_limit() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        low = world.prompt.size.height
        await pilot.press("a", "ctrl+j", "b", "shift+enter", "c")
        assert world.prompt.text == "a\nb\nc"
        await pilot.pause()
        assert world.prompt.size.height == low + 2
        world.prompt.put("\n" * 200)
        await pilot.pause()
        assert world.prompt.outer_size.height <= 10
        world.prompt.put("a\nb\nc")
        await pilot.press("enter")
        await until(pilot, lambda: len(world.session.turns) == 1)
        await world.settled(pilot)
        assert last_sent(world) == "a\nb\nc"


async def test_ctrl_u_and_ctrl_k_delete_to_the_ends_of_the_line_as_it_was_written() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        long = "A line that is much longer than the box is wide, so that it is folded on the screen, twice at least."
        world.prompt.put(f"one\n{long}")
        await pilot.press("ctrl+u")
        assert world.prompt.text == "one\n"
        world.prompt.put(f"{long}\ntwo")
        world.prompt.move_cursor((0, 2))
        await pilot.press("ctrl+k")
        assert world.prompt.text == "A \ntwo"
        await pilot.press("ctrl+k")
        assert world.prompt.text == "A two", "at its end the next line comes up"
        await pilot.press("home", "ctrl+u")
        assert world.prompt.text == "A two"


def test_alt_enter_of_ordinary_terminals_is_a_new_line() -> None:
    from textual._xterm_parser import XTermParser

    teach_alt_keys()
    keys = [event.key for event in XTermParser().feed("\x1b\r") if isinstance(event, events.Key)]
    assert keys == ["ctrl+j"]


async def test_blank_text_is_not_sent() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("space", "ctrl+j", "enter")
        await pilot.pause()
        assert not world.session.turns


async def test_a_small_paste_is_inserted_and_made_harmless() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.prompt.post_message(events.Paste("one\r\ntwo\x1b]52;c;aGk=\x07\x9b31m"))
        await until(pilot, lambda: world.prompt.text == "one\ntwo")


async def test_a_big_paste_stands_as_a_mark_and_is_sent_whole() -> None:
    world = World()
    pasted = "\n".join(f"line {n}" for n in range(340))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("s", "e", "e", "space")
        world.prompt.post_message(events.Paste(pasted))
        await until(pilot, lambda: "[paste 1: 340 lines" in world.prompt.text)
        assert "line 7" not in drawn(world)
        await pilot.press("enter")
        await until(pilot, lambda: len(world.session.turns) == 1)
        await world.settled(pilot)
        assert last_sent(world) == f"see {pasted} "
        assert "more lines (all of it was sent; click to unfold)" in drawn(world)


async def test_a_mark_is_deleted_as_a_whole() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.prompt.take_paste("x\n" * 50)
        await pilot.press("backspace", "backspace")
        assert world.prompt.text == ""


async def test_a_mark_that_was_edited_is_not_sent_by_halves() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.prompt.take_paste("x\n" * 50)
        world.prompt.move_cursor((0, 12))
        await pilot.press("z", "enter")
        await until(pilot, lambda: any("would not be sent whole" in n for n in world.notices))
        assert not world.session.turns
        assert "paste 1" in world.prompt.text


async def test_a_paste_of_a_megabyte_is_quick() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.prompt.post_message(events.Paste("word " * 200_000))
        await until(pilot, lambda: "[paste 1: 1 line, 1,000,000 characters]" in world.prompt.text, seconds=3)


async def test_a_file_goes_into_the_message_fenced_under_its_name(tmp_path: Path) -> None:
    file = tmp_path / "my notes.py"
    file.write_text("print('```')\x1b[31m\n")
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.prompt.put(f"/attach '{file}'")
        await pilot.press("enter")
        await until(pilot, lambda: "[file 1: my notes.py, 1 line]" in world.prompt.text)
        await pilot.press("w", "h", "y", "enter")
        await until(pilot, lambda: len(world.session.turns) == 1)
        await world.settled(pilot)
        assert last_sent(world) == "my notes.py:\n````py\nprint('```')\n```` why"


async def test_ctrl_t_asks_for_the_path(in_folder: Path) -> None:
    (in_folder / "a.txt").write_text("hello")
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("ctrl+t")
        await pilot.press(*"a.txt", "enter")
        await until(pilot, lambda: "[file 1: a.txt, 1 line]" in world.prompt.text)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda p: p.write_bytes(b"GGUF\x00\x01"), "is not text"),
        (lambda p: p.write_bytes(b"caf\xe9"), "is not text in UTF-8"),
        (lambda p: p.write_bytes(b"x" * (LIMIT_BYTES + 1)), "is too large"),
        (lambda p: p.mkdir(), "is a folder"),
        (lambda p: None, "There is no file"),
        (os.mkfifo, "is not an ordinary file"),
    ],
)
async def test_what_cannot_be_attached_is_said_in_a_notice(tmp_path: Path, make: object, says: str) -> None:
    path = tmp_path / "thing.txt"
    make(path)  # type: ignore[operator]
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.prompt.put(f"/attach {path}")
        await pilot.press("enter")
        await until(pilot, lambda: any(says in n for n in world.notices))
        assert world.prompt.text == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_said(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(AttachError, match="may not be read"):
        file_enclosure(path, 1)


def test_permission_denied_is_mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "denied")

    (tmp_path / "secret").write_text("x")
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(AttachError, match="may not be read"):
        file_enclosure(tmp_path / "secret", 1)


def test_expansion_touches_nothing_but_marks() -> None:
    one, ten = Enclosure("[paste 1: 1 line, 1 characters]", "A [paste 10: x]"), Enclosure("[paste 10: x]", "B")
    enclosures = {e.mark: e for e in (one, ten)}
    assert expanded(f"{one.mark}-{ten.mark}-[paste 2: y]", enclosures) == "A [paste 10: x]-B-[paste 2: y]"


def test_a_paste_keeps_all_its_characters() -> None:
    assert paste_enclosure("äö\tü\r\nß" * 999, 1).text == "äö\tü\nß" * 999


async def test_an_unknown_command_is_kept_and_a_path_is_no_command() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.prompt.put("/frobnicate now")
        await pilot.press("enter")
        await until(pilot, lambda: any("/frobnicate" in n for n in world.notices))
        assert world.prompt.text == "/frobnicate now"
        await world.say(pilot, "/usr/bin/env does what?")
        assert last_sent(world) == "/usr/bin/env does what?"
        await world.say(pilot, " /help is a command")
        assert last_sent(world) == " /help is a command"


@pytest.mark.parametrize("key", ["?", "f1", "/help"])
async def test_help_opens_from_the_prompt_and_lists_what_works(key: str) -> None:
    world = World()
    async with world.app.run_test(size=(80, 45)) as pilot:
        await world.ready(pilot)
        if key == "/help":
            world.prompt.put(key)
            key = "enter"
        await pilot.press(key)
        await until(pilot, lambda: "What works here" in drawn(world))
        assert "F2, Ctrl+O" in drawn(world)
        await pilot.press("escape")
        assert world.app.screen is world.app.chat


async def test_a_question_mark_inside_a_message_is_a_question_mark() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("a", "?")
        assert world.prompt.text == "a?"


async def test_the_text_box_gives_way_to_the_keys_of_the_screen() -> None:
    """TextArea binds F6, F7 and Ctrl+D for itself."""
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.prompt.put("some text")
        for key in ("f6", "f7", "f3", "f8"):
            await pilot.press(key)
            await pilot.pause()
            if key == "f8":
                assert any("nothing to export" in n for n in world.notices)
            else:
                assert world.app.screen is not world.app.chat, key
                await pilot.press("escape")
        world.prompt.move_cursor((0, 0))
        await pilot.press("ctrl+d")
        assert world.prompt.text == "some text"
        assert isinstance(world.app.focused, Prompt)
