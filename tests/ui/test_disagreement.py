"""Side by side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.world import World, drawn, finished_turns, until
from warmchat.domain.verdict import Span
from warmchat.ui.chat.strip import Strip
from warmchat.ui.disagreement.panel import DisagreementPanel
from warmchat.ui.disagreement.spans import pieces


async def parted(size: tuple[int, int], world: World, pilot: object) -> None:
    from textual.pilot import Pilot

    assert isinstance(pilot, Pilot)
    await world.ready(pilot)
    await pilot.press("f2")
    await world.say(pilot, "What is the capital of Australia?")


async def test_one_key_opens_both_answers_with_reason_kind_score_and_pair() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await parted((80, 24), world, pilot)
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(world.app.screen, DisagreementPanel))
        await pilot.pause()
        screen = drawn(world)
        assert "The capital of Australia is Canberra." in screen
        assert "Sydney" in screen
        assert "contradiction 0.92" in screen
        assert "The two name different cities" in screen
        assert "the companion bent to what you said" in " ".join(screen.split())
        assert "1 of 2: “Sydney” here, “Canberra” there" in screen
        await pilot.press("n")
        await pilot.pause()
        assert "2 of 2: “I'm glad you asked!” here, nothing there" in drawn(world)
        await pilot.press("n")
        await pilot.pause()
        assert "1 of 2" in drawn(world)
        await pilot.press("p")
        await pilot.pause()
        assert "2 of 2" in drawn(world)
        assert "names differ" not in drawn(world)
        await pilot.press("s")
        await pilot.pause()
        assert "names differ" in drawn(world)
        assert "words/test" in drawn(world)
        await pilot.press("escape")
        assert world.app.screen is world.app.chat


async def test_columns_at_100_cells_stacked_below() -> None:
    for width, beside in ((100, True), (99, False)):
        world = World()
        async with world.app.run_test(size=(width, 24)) as pilot:
            await parted((width, 24), world, pilot)
            await pilot.press("ctrl+d")
            await pilot.pause()
            left, right = world.app.screen.query(".side")
            assert (left.region.y == right.region.y) is beside


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_the_answers_alone_fill_the_screen_and_their_partings_are_walked_there(size: tuple[int, int]) -> None:
    world = World()
    async with world.app.run_test(size=size) as pilot:
        await parted(size, world, pilot)
        await pilot.press("f4")
        await until(pilot, lambda: "f alone" in drawn(world))
        heights = [side.size.height for side in world.app.screen.query(".side")]
        await pilot.press("f")
        await until(pilot, lambda: "1 of 2: “Sydney” here, “Canberra” there · contradiction · f all" in drawn(world))
        assert "You:" not in drawn(world)
        assert "would have said otherwise" not in drawn(world)
        fuller = [side.size.height for side in world.app.screen.query(".side")]
        assert all(now > before for now, before in zip(fuller, heights, strict=True))
        assert sum(fuller) == (size[1] - 1) * (1 if size[0] < 100 else 2)
        await pilot.press("n")
        await until(pilot, lambda: "2 of 2" in drawn(world))
        await pilot.press("escape")
        await until(pilot, lambda: "You:" in drawn(world))
        await pilot.press("f", "s")
        await until(pilot, lambda: "Speaks for a parting" in drawn(world))
        await pilot.press("escape")
        await until(pilot, lambda: world.app.screen is world.app.chat)


async def test_a_click_on_the_strip_opens_it_too() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await parted((80, 24), world, pilot)
        await pilot.click(Strip)
        await until(pilot, lambda: isinstance(world.app.screen, DisagreementPanel))


async def test_the_chosen_turn_is_the_one_that_opens() -> None:
    world = World(resumed=finished_turns(5))
    async with world.app.run_test(size=(80, 30)) as pilot:
        await world.ready(pilot)
        await until(pilot, lambda: len(world.app.chat.transcript.views) == 5)
        await pilot.press("ctrl+up", "ctrl+up", "ctrl+up", "f4")
        await until(pilot, lambda: "Shadow number 3." in drawn(world))


async def test_a_span_far_down_is_brought_into_view() -> None:
    filler = "Many words that agree. " * 120

    def script(job: object) -> str:
        warm = "warm" in str(job)
        return f"{filler}{'Sydney' if warm else 'Canberra'} it is."

    world = World(script=script)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await parted((80, 24), world, pilot)
        await pilot.press("f4")
        await until(pilot, lambda: "Sydney it is" in drawn(world) and "Canberra it is" in drawn(world))


@pytest.mark.parametrize("width", [80, 140])
async def test_one_key_scrolls_both_answers_and_tab_the_tables(width: int) -> None:
    filler = "Many words that agree. " * 300
    world = World(script=lambda job: f"{'Sydney' if 'warm' in str(job) else 'Canberra'} it is. {filler}")
    async with world.app.run_test(size=(width, 24)) as pilot:
        await parted((width, 24), world, pilot)
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(world.app.screen, DisagreementPanel))
        left, right = (side for side in world.app.screen.query(".side"))
        below = world.app.screen.query_one("#below")
        await pilot.press("down", "down", "pagedown")
        await until(pilot, lambda: left.scroll_y == right.scroll_y > 2)
        await pilot.press("end")
        await until(pilot, lambda: left.scroll_y == left.max_scroll_y and right.scroll_y == right.max_scroll_y)
        await pilot.press("home", "s")
        await until(pilot, lambda: "tables, Tab answers" in drawn(world))
        await pilot.press("down")
        await until(pilot, lambda: below.scroll_y == 1)
        assert left.scroll_y == right.scroll_y == 0
        await pilot.press("tab", "down")
        await until(pilot, lambda: left.scroll_y == right.scroll_y == 1)
        assert below.scroll_y == 1
        assert "answers, Tab tables" in drawn(world)
        await pilot.press("s")
        await until(pilot, lambda: "↑ ↓ scroll" in drawn(world))


async def test_help_lists_the_keys_of_this_view_and_leads_back_to_it() -> None:
    world = World()
    async with world.app.run_test(size=(100, 40)) as pilot:
        await parted((100, 40), world, pilot)
        await pilot.press("f4")
        for key in ("f1", "question_mark"):
            await pilot.press(key)
            await until(pilot, lambda: "What works here" in drawn(world))
            assert "Next parting" in drawn(world)
            assert "Send the message" not in drawn(world)
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(world.app.screen, DisagreementPanel))
        await pilot.press("escape", "f1")
        await until(pilot, lambda: "Send the message" in drawn(world))
        assert "Next parting" not in drawn(world)


async def test_what_was_not_compared_is_said_instead_of_shown() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("f4")
        await until(pilot, lambda: any("no turn to compare" in n for n in world.notices))
        await world.say(pilot, "capital?")
        await pilot.press("f4")
        await until(pilot, lambda: any("The oracle itself spoke here" in n for n in world.notices))
        assert world.app.screen is world.app.chat
        await pilot.press("f5")
        await world.settled(pilot)
        assert world.label(0) == "agree"
        await pilot.press("f5")
        await until(pilot, lambda: any("checked already" in n for n in world.notices))


TEXT = st.text(max_size=40)
SPANS = st.lists(st.one_of(st.none(), st.tuples(st.integers(-5, 50), st.integers(-5, 50))), max_size=6)


@given(TEXT, SPANS, st.integers(0, 6))
def test_pieces_put_together_are_the_text_and_every_span_is_marked(
    text: str, raw: list[tuple[int, int] | None], now: int
) -> None:
    spans = [Span(*pair, "") if pair is not None else None for pair in raw]
    cut = pieces(text, spans, now)
    assert "".join(piece for piece, _ in cut) == text
    marks = [mark for piece, mark in cut for _ in piece]
    for index, span in enumerate(spans):
        if span is None:
            continue
        for position in range(max(0, span.start), min(len(text), span.end)):
            assert marks[position] == "now" if index == now else marks[position] != ""
    covered = {p for s in spans if s is not None for p in range(max(0, s.start), min(len(text), s.end))}
    assert all(mark == "" for p, mark in enumerate(marks) if p not in covered)
