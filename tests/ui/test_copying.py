"""Copying replies, code and Markdown, and links that are asked about."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.ui.world import World, drawn, finished_turns, until
from warmchat.ui import app as app_module
from warmchat.ui.chat.copying import code_blocks, turns_markdown
from warmchat.ui.chat.link_form import why_not_opened
from warmchat.ui.chat.links import links_of

CODE = """Two ways:

```python
print("one")
```

~~~~
x
```
y
~~~~

And `inline`.
"""


def test_blocks_of_code_are_found_with_their_language() -> None:
    assert code_blocks(CODE) == [("python", 'print("one")\n'), ("", "x\n```\ny\n")]
    assert code_blocks("  ```\n  a\n   b\n  ```") == [("", "a\n b\n")]
    assert code_blocks("```js\nleft open") == [("js", "left open")]
    assert code_blocks("no `code` here") == []


def test_a_conversation_as_markdown() -> None:
    text = turns_markdown(finished_turns(2), ["Companion", "Companion"])
    assert text.startswith("**You:** Question number 1\n\n**Companion:**\n\nReply number 1.\n\n**You:** Question")


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was handed to the clipboard's program."""
    texts: list[str] = []

    def program(text: str) -> str:
        texts.append(text)
        return "wl-copy"

    monkeypatch.setattr(app_module, "copy_with_program", program)
    return texts


async def test_code_is_copied_and_one_of_several_is_asked_for(copied: list[str]) -> None:
    world = World(script=lambda job: CODE if "two" in job.messages[-1].content else "```\nonly\n```")
    async with world.app.run_test(size=(80, 30), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "one")
        await pilot.press("alt+g")
        await until(pilot, lambda: copied == ["only\n"])
        await until(pilot, lambda: any("Copied 5 characters with wl-copy" in n for n in world.notices))
        await world.say(pilot, "two")
        await pilot.press("alt+g")
        await until(pilot, lambda: "Copy which block" in drawn(world) and "python" in drawn(world))
        await pilot.press("enter")
        await until(pilot, lambda: copied[1:] == ['print("one")\n'])


async def test_the_conversation_or_the_chosen_turn_is_copied_as_markdown(copied: list[str]) -> None:
    world = World(resumed=finished_turns(3))
    async with world.app.run_test(size=(80, 30), notifications=True) as pilot:
        await world.ready(pilot)
        world.prompt.put("/markdown")
        await pilot.press("enter")
        await until(pilot, lambda: len(copied) == 1)
        assert copied[0].count("**You:**") == 3
        await pilot.press("ctrl+up")
        world.prompt.put("/markdown")
        await pilot.press("enter")
        await until(pilot, lambda: len(copied) == 2)
        assert copied[1].startswith("**You:** Question number 3")


async def test_where_no_program_took_it_the_way_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody: Callable[[str], str] = lambda text: ""  # noqa: E731
    monkeypatch.setattr(app_module, "copy_with_program", nobody)
    world = World()
    async with world.app.run_test(size=(80, 30), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: any("by way of the terminal" in n for n in world.notices))


async def test_a_link_is_asked_about_and_then_opened_or_copied(
    monkeypatch: pytest.MonkeyPatch, copied: list[str]
) -> None:
    from textual.widgets import Markdown

    monkeypatch.setenv("DISPLAY", ":0")
    opened: list[str] = []
    world = World(script=lambda job: "[see](https://bücher.example/a)")
    monkeypatch.setattr(world.app, "open_url", lambda url, **_: opened.append(url))
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        await pilot.click(Markdown, offset=(1, 0))
        await until(pilot, lambda: "This link leads to" in drawn(world))
        assert "xn--bcher-kva.example" in drawn(world), "look-alike letters show"
        assert not opened
        await pilot.press("o")
        await until(pilot, lambda: len(opened) == 1)
        await pilot.click(Markdown, offset=(1, 0))
        await until(pilot, lambda: "This link leads to" in drawn(world))
        await pilot.press("c")
        await until(pilot, lambda: len(copied) == 1)
        assert len(opened) == 1


def test_links_are_found_with_the_words_that_lead_there() -> None:
    text = (
        "See [the *docs*](https://a.example/x), https://b.example and [again](https://a.example/x).\n\n"
        "- <https://c.example>\n\n`https://code.example`\n\n```\n[in code](https://d.example)\n```"
    )
    assert list(links_of(text).items()) == [
        ("https://a.example/x", "the docs"), ("https://b.example", "https://b.example"),
        ("https://c.example", "https://c.example"),
    ]  # fmt: skip
    assert links_of("no link") == {}


async def test_a_link_is_followed_without_a_mouse(copied: list[str]) -> None:
    answers = {"one": "[see](https://a.example/)", "two": "[see](https://a.example/) or [that](https://b.example/)"}
    world = World(script=lambda job: answers.get(job.messages[-1].content, "none here"))
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "none")
        await pilot.press("alt+o")
        await until(pilot, lambda: "There is no link in this reply" in world.notices)
        await world.say(pilot, "one")
        await world.say(pilot, "none again")
        await pilot.press("alt+o")  # the newest reply that has one
        await until(pilot, lambda: "This link leads to" in drawn(world) and "https://a.example/" in drawn(world))
        await pilot.press("escape")
        await world.say(pilot, "two")
        await pilot.press("alt+o")
        await until(pilot, lambda: "Follow which link" in drawn(world))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "This link leads to" in drawn(world) and "https://b.example/" in drawn(world))
        await pilot.press("c")
        await until(pilot, lambda: copied == ["https://b.example/"])


async def test_text_that_is_selected_is_copied(copied: list[str]) -> None:
    world = World(script=lambda job: "Rise and shine.")
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        line = next(y for y, text in enumerate(drawn(world).split("\n")) if "Rise and" in text)
        start = drawn(world).split("\n")[line].index("Rise")
        await pilot.mouse_down(offset=(start, line))
        await pilot.hover(offset=(start + 3, line))
        await pilot.mouse_up(offset=(start + 3, line))
        await until(pilot, lambda: bool(world.app.screen.get_selected_text()))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: copied == ["Rise"])
        assert not any("again quits" in notice for notice in world.notices)


def test_only_web_and_mail_are_opened_and_only_on_a_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert "desktop" in why_not_opened("https://example.org")
    monkeypatch.setenv("DISPLAY", ":0")
    assert why_not_opened("https://example.org") == ""
    for address in ("file:///etc/passwd", "javascript:alert(1)", "x-app://do", "http://[broken", "etc"):
        assert why_not_opened(address), address
