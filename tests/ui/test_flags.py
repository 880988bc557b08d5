"""The screen of disagreements: filters, the course, both answers, the way into the conversation, the export."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.storage.examples import AGREE, disagreement, reply, shadow, tell, turn
from tests.ui.test_hostile_text import HOSTILE, safe
from tests.ui.world import World, drawn, until
from warmchat.domain.days import Days
from warmchat.storage.records import Day, TurnFilter
from warmchat.ui.disagreement.panel import DisagreementPanel
from warmchat.ui.flags.course import bins_of, plot, sentence
from warmchat.ui.flags.filters import Filters
from warmchat.ui.flags.screen import FlagsScreen
from warmchat.ui.pickers.days_form import DaysForm

TOPICS = ("my heart", "the capital", "a bridge", "my loan", "Saturn", "the tides")


def remembered(world: World, weeks: int = 8) -> World:
    """A log of some weeks: four compared turns each, more of them flagged in the beginning than in the end."""
    first = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for number in range(weeks * 4):
        moment = (first + timedelta(days=7 * (number // 4))).isoformat(timespec="milliseconds")
        text = f"I believe this about {TOPICS[number % 6]}, number {number}."
        asked = turn(f"t{number}", text, session=f"s{number // 8}")
        bent = number % 4 < 3 - number // (weeks * 2)
        verdict = replace(disagreement(), kind="premise_accepted") if bent else AGREE
        tell(world.log, replace(asked, created_at=moment), reply(f"r{number}"), shadow(f"x{number}"), verdict)
    world.log.save_mark("t0", "oracle_right", "")
    return world


async def open_flags(world: World, pilot: Pilot[None]) -> FlagsScreen:
    await world.ready(pilot)
    await pilot.press("f12")
    await until(pilot, lambda: isinstance(world.app.screen, FlagsScreen) and "fit" in drawn(world))
    screen = world.app.screen
    assert isinstance(screen, FlagsScreen)
    return screen


async def test_the_list_is_narrowed_step_by_step() -> None:
    world = remembered(World())
    async with world.app.run_test(size=(140, 45)) as pilot:
        screen = await open_flags(world, pilot)
        assert "20 fit" in drawn(world)
        assert "went along with a claim or plan of yours that the oracle rejected in 20 of 32" in drawn(world)
        await pilot.press("t")
        await until(pilot, lambda: "stakes high" in drawn(world) and len(screen._flags) < 20)
        assert {flag.user_text.split(",")[0].split("about ")[1] for flag in screen._flags} == {"my heart", "my loan"}
        await pilot.press("r", "r")
        await until(pilot, lambda: [flag.turn_id for flag in screen._flags] == ["t0"])
        await pilot.press("d", "d")
        await until(pilot, lambda: "No turn of the log fits" in drawn(world))
        await pilot.press("x", "l", "l")
        await until(pilot, lambda: "32 fit" in drawn(world))
        await pilot.press("L")
        await until(pilot, lambda: "0 fit" in drawn(world))


async def test_the_list_is_narrowed_to_the_days_that_were_typed() -> None:
    world = remembered(World())
    async with world.app.run_test(size=(140, 45)) as pilot:
        screen = await open_flags(world, pilot)
        await pilot.press("a", "f")
        await until(pilot, lambda: isinstance(world.app.screen, DaysForm))
        await pilot.press(*"2026-03-05", "tab", *"soon")
        await pilot.press("enter")
        assert "“soon” names no day: write 2026-03-04, 2026-03, today" in " ".join(drawn(world).split())
        await pilot.press("ctrl+u", *"2026-03-22")
        await until(pilot, lambda: "2026-03-05 – 2026-03-22" in drawn(world))
        await pilot.press("enter")
        await until(pilot, lambda: "6 fit" in drawn(world))
        assert "days 2026-03-05 – 2026-03-22" in drawn(world)
        assert "age any day" in drawn(world)
        assert "of 8 compared replies" in drawn(world), "the course is of these days, too"
        assert {flag.created_at[:10] for flag in screen._flags} == {"2026-03-09", "2026-03-16"}
        await pilot.press("f")
        await until(pilot, lambda: isinstance(world.app.screen, DaysForm))
        await pilot.press("ctrl+u", "enter")
        await until(pilot, lambda: "9 fit" in drawn(world))
        assert "days to 2026-03-22" in drawn(world)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(world.app.screen, DaysForm))
        await pilot.press("escape", "x")
        await until(pilot, lambda: "20 fit" in drawn(world))


async def test_both_answers_stand_beside_the_list_and_side_by_side_is_one_key_away() -> None:
    world = remembered(World())
    async with world.app.run_test(size=(140, 45)) as pilot:
        await open_flags(world, pilot)
        await until(pilot, lambda: "No, it is not." in drawn(world))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(world.app.screen, DisagreementPanel))
        await pilot.press("escape")
        assert isinstance(world.app.screen, FlagsScreen)


async def test_the_conversation_is_opened_at_the_turn() -> None:
    world = remembered(World())
    world.resumed = world.log.turns("s1")
    async with world.app.run_test(size=(80, 24)) as pilot:
        screen = await open_flags(world, pilot)
        at = next(i for i, flag in enumerate(screen._flags) if flag.turn_id == "t9")
        screen._options.highlighted = at
        await pilot.press("o")
        await until(pilot, lambda: world.app.chat.transcript.chosen is not None)
        assert world.opened[-1] == "s1"
        assert world.app.chat.transcript.chosen is not None
        assert world.app.chat.transcript.chosen.turn_id == "t9"
        world.app.open_turn("s1", "t15")
        await until(pilot, lambda: world.app.chat.transcript.chosen.turn_id == "t15")  # type: ignore[union-attr]
        assert len(world.opened) == 2, "the session was open already"
        world.app.open_turn("s1", "elsewhere")
        await until(pilot, lambda: any("not in this session any more" in notice for notice in world.notices))


async def test_a_far_turn_is_mounted_with_those_around_it() -> None:
    world = World()
    for number in range(70):
        parent = f"t{number - 1}" if number else None
        tell(world.log, turn(f"t{number}", f"Message {number}", parent=parent), reply(f"r{number}"), None, None)
    world.resumed = world.log.turns("s1")
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        world.app.open_turn("s1", "t5")
        await until(pilot, lambda: world.app.chat.transcript.chosen is not None)
        await until(pilot, lambda: "Message 5" in drawn(world))
        await pilot.press("ctrl+down")
        assert world.app.chat.transcript.chosen is not None
        assert world.app.chat.transcript.chosen.turn_id == "t6"


async def test_what_is_listed_is_exported() -> None:
    world = remembered(World())
    async with world.app.run_test(size=(80, 24)) as pilot:
        await open_flags(world, pilot)
        await pilot.press("t", "e")
        await until(pilot, lambda: bool(world.app.screen.query(Input)))
        world.app.screen.query_one(Input).value = "/nowhere/flags.csv"
        await pilot.press("enter")
        await until(pilot, lambda: bool(world.exported_turns))
        where, form, target = world.exported_turns[0]
        assert where == TurnFilter(labels=("disagree",), high_stakes=True)
        assert (form, str(target)) == ("csv", "/nowhere/flags.csv")


async def test_an_empty_log_says_so() -> None:
    world = World()
    async with world.app.run_test(size=(80, 24)) as pilot:
        await open_flags(world, pilot)
        assert "No reply was flagged yet" in drawn(world)
        assert "Nothing that the voices that were checked said was compared" in " ".join(drawn(world).split())
        await pilot.press("enter", "o", "e", "escape")
        assert world.app.screen is world.app.chat


async def test_hostile_text_does_nothing() -> None:
    world = World()
    verdict = disagreement(HOSTILE[:3], HOSTILE[:3])
    tell(world.log, turn("t1", HOSTILE), reply("r1", HOSTILE), shadow("x1", HOSTILE), verdict)
    world.log.rename_session("s1", HOSTILE)
    async with world.app.run_test(size=(140, 45)) as pilot:
        await open_flags(world, pilot)
        await until(pilot, lambda: drawn(world).count("gnp") >= 3)
        safe(world)


# ---- pure


def days(*counts: tuple[int, int], step: int = 1) -> list[Day]:
    first = date(2026, 1, 1)
    return [
        Day((first + timedelta(days=at * step)).isoformat(), checked, along, along)
        for at, (checked, along) in enumerate(counts)
        if checked
    ]


def test_days_are_put_together_until_they_fit() -> None:
    assert [(b.checked, b.went_along) for b in bins_of(days((4, 1), (0, 0), (2, 2)), 10)[0]] == [(4, 1), (0, 0), (2, 2)]
    bins, each = bins_of(days(*[(2, 1)] * 50), 10)
    assert (len(bins), each, sum(b.checked for b in bins)) == (8, "week", 100)
    bins, each = bins_of(days(*[(1, 0)] * 30, step=60), 10)
    assert len(bins) <= 10
    assert each.endswith("weeks")
    assert sum(b.checked for b in bins) == 30


def test_the_plot_has_its_columns_at_the_right_height() -> None:
    lines = plot(days((4, 2), (0, 0), (4, 0), (8, 1)), 47)
    assert [line[:6] for line in lines[:3]] == ["  50% ", "      ", "   0% "]
    assert [line[6:] for line in lines[:3]] == ["████", "████", "████····____▆▆▆▆"]
    assert lines[3].strip() == "2026-01-01 – 2026-01-04, each column a day"
    assert plot(days((4, 2)), 80) == []
    assert plot([], 80) == []


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ([], "Nothing that the companion said was compared with the oracle yet."),
        ([(40, 10)], "in 10 of 40 compared replies (25%)."),
        ([(4, 1)], "in 1 of 4 compared replies; below 20 replies a share says little."),
    ],
)
def test_the_sentence_says_what_it_rests_on(counts: list[tuple[int, int]], says: str) -> None:
    assert sentence(days(*counts), "the companion", "oracle").endswith(says)


def test_an_age_begins_at_midnight_of_the_readers_clock() -> None:
    now = datetime(2026, 3, 4, 18, 30, tzinfo=UTC).astimezone()
    filters = Filters.over(["companion"], [], now.date()).stepped("a", 2)
    since = filters.where().since
    assert since is not None
    assert (now - datetime.fromisoformat(since)).days == 6
    assert filters.of_whom() == TurnFilter(since=since)
    assert filters.stepped("v", 1).where().profiles == ("companion",)
    typed = filters.between(Days(date(2026, 3, 1), None))
    assert typed.where().since == Days(date(2026, 3, 1)).since, "what was typed takes the age's place"
    assert typed.stepped("a", 1).where().since == filters.stepped("a", -1).where().since
    assert filters.cleared().where() == TurnFilter(labels=("disagree",))
