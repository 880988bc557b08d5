"""Very long texts: a part is drawn on every screen, what is left out is said, and the log keeps all of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Markdown, Static

from tests.ui.world import COMPANION, World, drawn, until
from warmchat.domain.mark import Mark
from warmchat.domain.turn import Origin, Reply, Turn
from warmchat.domain.verdict import Evidence, Span, Verdict
from warmchat.engine.protocol import Job
from warmchat.ui.bounded import MOST_CHARACTERS, MOST_LINES, beginning, bounded, more_words
from warmchat.ui.chat.folded_text import FoldedText
from warmchat.ui.chat.reply_view import MOST_BLOCKS, ReplyView, _marked_up
from warmchat.ui.disagreement.heat import heat_parts
from warmchat.ui.disagreement.side import Side
from warmchat.ui.flags.rows import SHOWN, both_answers
from warmchat.ui.pickers.mark_form import LONGEST_NOTE, MarkForm
from warmchat.ui.profiles.words import difference, preview

LONG = "word " * 40_000
MANY = "line\n" * 5_000
SIZE = (100, 30)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [("", ""), ("abcdef", "abcd"), ("a\nb", "a\nb"), ("a\nb\n", "a\nb"), ("\n\n\n", "\n"), ("abc\nd", "abc\n")],
)
def test_the_beginning(text: str, drawn: str) -> None:
    assert bounded(text, characters=4, lines=2) == drawn
    assert beginning(text, characters=4, lines=2) == drawn + ("…" if drawn != text else "")


def test_what_is_left_out_is_counted() -> None:
    assert more_words("abc", "abc") == ""
    assert more_words("abc", "a") == "2 more characters"
    assert more_words("a\nb", "a") == "1 more line"
    assert more_words(MANY, bounded(MANY)) == f"{5_000 - MOST_LINES + 1:,} more lines"


def plain_of(view: Static) -> str:
    return str(getattr(view.visual, "plain", ""))


async def told(world: World, pilot: Pilot[None]) -> ReplyView:
    await world.ready(pilot)
    await pilot.press("f2")
    await world.say(pilot, "Tell me all")
    return world.app.chat.query_one(ReplyView)


@pytest.mark.parametrize("text", ["~~~\n" + MANY, "W" * 200_000], ids=["code", "word"])
async def test_a_reply(text: str) -> None:
    def say(job: Job) -> str:
        return f"<think>{text}</think>{text}"

    world = World(script=say)
    async with world.app.run_test(size=SIZE, notifications=True) as pilot:
        view = await told(world, pilot)
        shown = [plain_of(line) for line in view.query(Static) if line.display]
        assert not view.query(Markdown)
        assert any("F8 exports all of it" in line for line in shown)
        assert max(map(len, shown)) <= MOST_CHARACTERS
        assert sum(line.count("\n") for line in shown) <= MOST_LINES + 10
        said = world.session.turns[0].reply
        assert said is not None
        assert said.text.strip() == said.thinking.strip() == text.strip()
        assert world.log.turns(world.session.id)[0].reply == said

        await pilot.press("ctrl+up", "enter")  # unfolds what it thought
        await pilot.pause()
        assert len(plain_of(view.query_one(".thinking", Static))) <= MOST_CHARACTERS + 200

        await pilot.press("f4")
        await until(pilot, lambda: bool(world.app.screen.query(Side)))
        await pilot.pause()
        for side in world.app.screen.query(".side .body").results(Static):
            body = plain_of(side)
            assert len(body) <= MOST_CHARACTERS + 200
            assert "F8 exports all of it" in body.splitlines()[-1]


async def test_a_reply_that_is_coming() -> None:
    """What is beyond is counted while it comes, and nothing is drawn again for it."""
    world = World()
    async with world.app.run_test(size=SIZE) as pilot:
        view = await told(world, pilot)
        await view.resume("", "")
        for _ in range(50):
            view.add("line\n" * 100)
            view.paint()
            await pilot.pause()
        lines = [line for line in view.query(".set-down, .tail").results(Static) if line.display]
        assert MOST_LINES - 100 < sum(plain_of(line).count("\n") + 1 for line in lines) <= MOST_LINES + 1
        before = plain_of(view.query_one(".tail", Static))
        assert "… 3,001 more lines: F8 exports all of it" in drawn(world)
        view.add("line\n" * 100)
        view.paint()
        await pilot.pause()
        assert "… 3,101 more lines" in drawn(world)
        assert plain_of(view.query_one(".tail", Static)) == before
        await view.finish("Short.", "")
        await pilot.pause()
        assert "more lines" not in drawn(world)
        assert "Short." in drawn(world)


async def test_many_lines_before_the_first_paint() -> None:
    """A quick engine and a slow screen: lines were set down before what is not set down had a place."""
    world = World()
    async with world.app.run_test(size=SIZE) as pilot:
        await told(world, pilot)
        view = ReplyView()
        early = ReplyView()
        early.add(MANY)
        early.paint()
        await world.app.chat.mount(view, early)
        for at in range(3):
            view.add("line\n" * 100)
            view.paint()
            await pilot.pause()
            said = "".join(plain_of(line) + "\n" for line in view.query(".set-down, .tail").results(Static))
            assert said.split() == ["line"] * 100 * (at + 1)
        assert plain_of(early.query_one(".tail", Static)).split() == ["line"] * MOST_LINES


async def test_a_message() -> None:
    world = World()
    async with world.app.run_test(size=SIZE) as pilot:
        await world.ready(pilot)
        await world.say(pilot, MANY)
        view = world.app.chat.query(".message").first(FoldedText)
        assert plain_of(view).count("\n") == 12
        view.toggle()
        await pilot.pause()
        assert MOST_LINES <= plain_of(view).count("\n") <= MOST_LINES + 1
        assert "more lines (all of it was sent)" in plain_of(view)
        assert world.session.turns[0].user_text.strip() == MANY.strip()


def test_markdown_is_for_what_it_takes_a_moment_to_draw() -> None:
    assert _marked_up("- item\n" * (MOST_BLOCKS // 3 - 5)) is not None
    for text in ("- item\n" * MOST_BLOCKS, "**bold** " * 10_000, "```\n" + "x\n" * 1_100 + "```"):
        assert _marked_up(text) is None


async def test_a_notice() -> None:
    world = World()
    async with world.app.run_test(size=SIZE, notifications=True) as pilot:
        await world.ready(pilot)
        world.app.tell("\n" * 100_000, "why\n" * 1_000)
        await pilot.pause()
        assert world.notices[-1].count("\n") < 100


async def test_a_note_too_long_for_its_field_stays_unless_another_is_written() -> None:
    note = "x" * (LONGEST_NOTE + 1)
    world = World()
    async with world.app.run_test(size=SIZE) as pilot:
        await world.ready(pilot)
        for typed, kept in (("", note), ("y", "y")):
            given: list[Mark | None] = []
            await world.app.push_screen(
                MarkForm(Mark("both_fine", note), voice="companion", reference="oracle"),
                lambda chosen: given.append(chosen.mark if chosen is not None else None),  # noqa: B023  called at once
            )
            await pilot.pause()
            assert world.app.screen.query_one(Input).value == ""
            assert "what you wrote stays (2,001 characters)" in drawn(world)
            await pilot.press(*typed, "enter")
            assert given == [Mark("both_fine", kept)]


async def test_a_check_from_elsewhere_with_any_number_of_findings() -> None:
    spans = [Span(at, at + 1, "W") for at in range(5_000)]
    many = Verdict("disagree", "many", kind="added", evidence=tuple(Evidence(s, s, "added", 0.5) for s in spans),
                   signals={f"s{n}": 1.0 for n in range(5_000)})  # fmt: skip
    adapters: tuple[dict[str, object], ...] = ({"kind": "lora", "name": "x", "strength": 1.0},) * 5_000
    reply = Reply("r", "shown", "companion", "", "W" * 5_000, "end", origin=Origin(adapters=adapters))
    past = Turn("t", "past", None, "Hi", "2026-01-01T00:00:00.000+00:00", "companion", reply=reply,
                shadow=replace(reply, id="x", role="shadow"), verdict=many)  # fmt: skip
    world = World(resumed=[past])
    async with world.app.run_test(size=SIZE) as pilot:
        await world.ready(pilot)
        await pilot.press("f4")
        await until(pilot, lambda: "1 of 200" in drawn(world))
        await pilot.press("s", "p")
        await until(pilot, lambda: "200 of 200" in drawn(world))
        screen = world.app.screen
        assert plain_of(screen.query_one("#signals", Static)).count("\n") < 220
        assert all(len(plain_of(table)) < 3_000 for table in screen.query("#facts Static").results(Static))


def test_previews() -> None:
    reply = Reply("r", "shown", "companion", "", MANY, "end")
    turn = Turn("t", "s", None, LONG, "2026-01-01T00:00:00.000+00:00", "companion", reply=reply)
    both = both_answers(turn, voice="Companion", reference="Oracle").plain
    assert len(both) < 3 * SHOWN
    assert both.count("\n") < 60
    for prompt in (LONG, MANY):
        said = preview(replace(COMPANION, system_prompt=prompt), "").plain
        assert len(said) < 21_000
        assert said.count("\n") < 520
        assert "(all of it is sent)" in said
    parts = heat_parts([("word ", "likely")] * 30_000, MOST_CHARACTERS)
    assert sum(len(text) for text, _ in parts) == MOST_CHARACTERS


def test_differences_of_long_files() -> None:
    said = difference(MANY, "other\n" * 5_000, names=("a", "b")).plain
    assert said.count("\n") <= MOST_LINES + 5
    assert "Only the beginnings" in said
    assert "Only" not in difference("a\n", "b\n", names=("a", "b")).plain
    assert "line for line" in difference(MANY + "a", MANY + "b", names=("a", "b")).plain
