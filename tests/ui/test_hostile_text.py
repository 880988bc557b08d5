"""Text from outside does nothing to the terminal and nothing to the app, wherever it is shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events

from tests.ui.world import (
    COMPANION,
    ORACLE,
    Found,
    WordDetector,
    World,
    click_actions,
    drawn,
    finished_turns,
    until,
)
from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError, ModelError
from warmchat.domain.verdict import Evidence, Span, Verdict
from warmchat.engine.protocol import EngineInfo
from warmchat.engine.scripted import ScriptedEngine

HOSTILE = (
    "A\x1b]52;c;ZXZpbA==\x07B [/x] [@click=app.quit]press[/] \x9b31m\x1b[2J \x90q\x9c "
    "\u202egnp\u2066.exe\ufeff &#x202e;&#27;]0;t&#7; \x00\x08\x7f Z"
)


def safe(world: World) -> str:
    """The screen, after checking that nothing on it can act."""
    text = drawn(world)
    acting = {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs"} and c != "\n"}
    assert not acting, acting
    assert not {action for action in click_actions(world) if "quit" in action}
    return text


class EchoDetector(WordDetector):
    """A verdict whose every text is hostile."""

    def detect(
        self, question: str, history: Sequence[Message], reply: str, shadow: str, *, scores: Sequence[float] = ()
    ) -> Verdict:
        spans = Span(0, len(reply), reply), Span(3, 9, shadow[3:9])  # the second cuts an escape sequence in two
        return Verdict("disagree", HOSTILE, kind="added", score=0.5, evidence=(Evidence(*spans, "added", 0.5),),
                       signals={HOSTILE: 1.0}, detector=HOSTILE)  # fmt: skip


class HostileEngine(ScriptedEngine):
    def describe(self) -> EngineInfo:
        return replace(super().describe(), model_name=HOSTILE, notes=(HOSTILE,))


def hostile_world(**changes: object) -> World:
    world = World(script=lambda job: HOSTILE, **changes)  # type: ignore[arg-type]
    world.engine = HostileEngine(world.script)
    return world


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_message_reply_strip_header_and_panel(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    world = hostile_world()
    async with world.app.run_test(size=size, notifications=True) as pilot:
        await world.ready(pilot)
        monkeypatch.setattr(world.session._checker, "_detector", EchoDetector())
        safe(world)
        await pilot.press("f2")
        world.prompt.post_message(events.Paste(HOSTILE))
        await until(pilot, lambda: "[@click=app.quit]" in world.prompt.text)
        safe(world)
        await pilot.press("enter")
        await until(pilot, lambda: len(world.session.turns) == 1)
        await world.settled(pilot)
        shown = safe(world)
        assert shown.count("[@click=app.quit]press[/]") >= 2  # message and reply, as they were written
        assert "[/x]" in shown
        assert "&#x202e;" in shown
        await pilot.press("f4")
        await pilot.pause()
        await pilot.press("s", "n")
        await pilot.pause()
        assert "[/x]" in safe(world)


async def test_markdown_shows_hostile_text_as_it_is_written() -> None:
    blocks = [
        "# {0}",
        "- {0}",
        "> {0}",
        "| {0} | b |\n|---|---|\n| {0} | d |",
        "```x]{0}\n{0}\n```",
        "`{0}` **{0}** ![{0}](u)",
    ]
    source = "\n\n".join(blocks).format(HOSTILE) + "\n\n<b onclick='x'>html stays</b>\n\n```\n```\nend"
    world = World(script=lambda job: source)
    async with world.app.run_test(size=(140, 60), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        shown = safe(world)
        assert "html stays" in shown
        assert "<b onclick" in shown
        assert "end" in shown


async def test_a_sequence_that_comes_in_two_fragments_stays_harmless_while_it_streams() -> None:
    world = World(script=lambda job: "\x1b]52;c;AAAA BBBB\x07 done")
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        reply = None
        world.engine.gate.clear()
        world.prompt.put("hello")
        await pilot.press("enter")
        await until(pilot, lambda: len(world.session.turns) == 1)
        reply = world.app.chat.transcript.views[-1].reply
        for fragment in ("x\x1b", "]52;c;AAAA", " BBBB", "\x07 [/x]"):
            reply.add(fragment)
            reply.paint()
            await pilot.pause()
            safe(world)
        world.engine.gate.set()
        await world.settled(pilot)
        assert "done" in safe(world)


async def test_a_link_is_shown_and_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    world = World(script=lambda job: "[see](https://example.org/%1b]0;x)")
    monkeypatch.setattr(world.app, "open_url", lambda url, **_: opened.append(url))
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        from textual.widgets import Markdown

        await pilot.click(Markdown, offset=(1, 0))
        await until(pilot, lambda: "https://example.org/" in safe(world))
        assert not opened
        await pilot.press("escape")
        await pilot.pause()
        assert not opened


async def test_profiles_models_sessions_and_their_lists() -> None:
    world = hostile_world(
        found=[Found(Path("/m/" + HOSTILE.replace("\x00", "")), HOSTILE, 1, HOSTILE, HOSTILE)],
    )
    world.log._db.execute("INSERT INTO sessions (id, title, started_at) VALUES ('x', ?, ?)", [HOSTILE, HOSTILE])
    for profile in (ORACLE, replace(COMPANION, accent=HOSTILE)):
        evil = replace(profile, name=HOSTILE, description=HOSTILE, source=HOSTILE)
        world.shelf.profiles[profile.id] = evil
    async with world.app.run_test(size=(100, 30), notifications=True) as pilot:
        await world.ready(pilot)
        safe(world)
        for key in ("f3", "f6", "f7"):
            await pilot.press(key)
            await until(pilot, lambda: "Looking" not in drawn(world))
            await pilot.pause()
            assert "[/x]" in safe(world)
            await pilot.press("escape")
        await pilot.press("f2")
        await world.say(pilot, "hello")
        safe(world)


async def test_errors_and_notices() -> None:
    world = World(script=lambda job: EngineError(HOSTILE, HOSTILE), log_problem=HOSTILE)
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        world.shelf.said, world.shelf.touched = [HOSTILE], True
        await world.say(pilot, "hello")
        assert safe(world).count("[@click=app.quit]press[/]") >= 3  # two notices and the turn
        world.prompt.put("/attach " + "\x1b]52;c;x\x07[/x]")
        await pilot.press("enter")
        await until(pilot, lambda: any("There is no file" in n for n in world.notices))
        world.prompt.put("/[/x][@click=app.quit]")
        await pilot.press("enter")
        await pilot.pause()
        safe(world)


async def test_a_model_that_fails_with_hostile_words() -> None:
    world = World(load_error=ModelError(HOSTILE, HOSTILE), model=Path("[/x]\x1b[31m.gguf"))
    async with world.app.run_test(size=(80, 24), notifications=True) as pilot:
        await world.ready(pilot)
        assert "[/x]" in safe(world)


async def test_a_resumed_session_with_hostile_words() -> None:
    turn = finished_turns(1)[0]
    assert turn.reply is not None
    turn = replace(turn, user_text=HOSTILE, error=HOSTILE, reply=replace(turn.reply, text=HOSTILE, thinking=HOSTILE),
                   profile=HOSTILE, verdict=Verdict("unjudged", HOSTILE))  # fmt: skip
    world = World(resumed=[turn])
    async with world.app.run_test(size=(80, 30), notifications=True) as pilot:
        await world.ready(pilot)
        await pilot.press("ctrl+up", "enter")
        await pilot.pause()
        assert "[/x]" in safe(world)


