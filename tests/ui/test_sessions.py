"""The list of sessions: searched as one types, gone on with, renamed, put away, deleted and brought back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.ui.world import COMPANION, World, drawn, finished_turns, until
from warmchat.storage.log import SessionLog
from warmchat.ui.sessions.rows import marked

TALKS = {"garden": "When do roses bloom?", "sea": "Why is the sea salty?", "bread": "How long does bread rise?"}


def tell(log: SessionLog, session_id: str, question: str, turns: int = 2) -> None:
    """A session of the past; what its turns say names it."""
    for turn in finished_turns(turns, session_id=session_id):
        text = question if turn.id == "t1" else f"More of {session_id}, {turn.id}"
        assert turn.reply is not None
        assert turn.verdict is not None
        parent = f"{session_id}-{turn.parent_id}" if turn.parent_id else None
        told = replace(turn, id=f"{session_id}-{turn.id}", parent_id=parent, user_text=text)
        said = f"{session_id.title()} reply of {turn.id}."
        reply = replace(turn.reply, id=f"{session_id}-{turn.reply.id}", text=said)
        log.open_turn(told, COMPANION)
        log.save_reply(told.id, reply)


def told_world(**options: object) -> World:
    world = World(**options)  # type: ignore[arg-type]
    for session_id, question in TALKS.items():
        tell(world.log, session_id, question)
    return world


async def opened(pilot: Pilot[None], world: World) -> None:
    await world.ready(pilot)
    await pilot.press("f7")
    await until(pilot, lambda: "Why is the sea salty?" in drawn(world))


async def test_it_is_searched_as_one_types_and_opened_at_what_was_found() -> None:
    world = told_world()
    for number in range(40):
        tell(world.log, f"s{number}", "Something else?")
    tell(world.log, "long", "How was it?", turns=60)
    async with world.app.run_test(size=(100, 40)) as pilot:
        await world.ready(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: "Something else?" in drawn(world))
        await pilot.press(*"more of long t7")
        await until(pilot, lambda: "you: More of long, t7" in drawn(world))
        assert "Something else?" not in drawn(world)
        await pilot.press("enter")
        await until(pilot, lambda: world.session.id == "long")
        await until(pilot, lambda: "Long reply of t7." in drawn(world))
        chosen = world.app.chat.transcript.chosen
        assert chosen is not None
        assert chosen.turn_id == "long-t7"


async def test_escape_leaves_the_search_first_then_the_list() -> None:
    world = told_world()
    async with world.app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, world)
        await pilot.press(*"rose")
        await until(pilot, lambda: "Why is the sea salty?" not in drawn(world))
        assert "When do roses bloom?" in drawn(world)
        await pilot.press("escape")
        await until(pilot, lambda: "Why is the sea salty?" in drawn(world))
        await pilot.press("escape")
        await until(pilot, lambda: world.app.screen is world.app.chat)
        assert world.opened == [None]


async def test_a_session_is_renamed_and_found_by_its_title() -> None:
    world = told_world()
    async with world.app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, world)
        await pilot.press("down", "f2")
        await until(pilot, lambda: "Rename the session" in drawn(world))
        await pilot.press("ctrl+a", "ctrl+k", *"Oceans", "enter")
        await until(pilot, lambda: "Oceans" in drawn(world) and "Renamed" in drawn(world))
        assert world.log.title("sea") == "Oceans"
        await pilot.press("ctrl+d")  # means what was renamed
        await until(pilot, lambda: "Deleted: Oceans" in drawn(world))
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "Back again: Oceans" in drawn(world))
        await pilot.press("ctrl+d")
        await until(pilot, lambda: "Deleted: Oceans" in drawn(world))
        await pilot.press("ctrl+z")
        await pilot.press(*"ocea")
        await until(pilot, lambda: "Oceans" in drawn(world) and "roses" not in drawn(world))


async def test_what_is_put_away_stands_in_the_other_list() -> None:
    world = told_world()
    async with world.app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, world)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Put away: How long does bread rise?" in drawn(world))
        await until(pilot, lambda: drawn(world).count("bread") == 1)
        await pilot.press(*"bread")
        await until(pilot, lambda: "Nothing was found" in drawn(world))
        await pilot.press("escape", "tab")
        await until(pilot, lambda: "put away" in drawn(world) and "How long does bread" in drawn(world))
        assert "sea salty" not in drawn(world)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "There are no sessions here yet" in drawn(world))
        assert [s.id for s in world.log.sessions(archived=True)] == []


async def test_putting_sessions_away_goes_on_down_the_list() -> None:
    world = told_world()
    async with world.app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, world)
        await pilot.press("down", "ctrl+s")
        await until(pilot, lambda: "Put away: Why is the sea salty?" in drawn(world))
        await until(pilot, lambda: drawn(world).count("salty") == 1)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Put away: When do roses bloom?" in drawn(world))


async def test_what_was_deleted_comes_back_until_the_list_is_left() -> None:
    world = told_world()
    async with world.app.run_test(size=(100, 30), notifications=True) as pilot:
        await opened(pilot, world)
        await pilot.press("ctrl+d", "ctrl+d")
        await until(pilot, lambda: "Deleted: Why is the sea salty?" in drawn(world))
        assert drawn(world).count("bread") == 0
        assert len(world.log.sessions()) == 3, "nothing is gone yet"
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "Back again: Why is the sea salty?" in drawn(world))
        await pilot.press("escape")
        await until(pilot, lambda: "Deleted 1 session" in world.notices)
        assert sorted(s.id for s in world.log.sessions()) == ["garden", "sea"]


async def test_the_open_session_can_be_deleted_and_a_new_one_stands_there() -> None:
    world = told_world()
    async with world.app.run_test(size=(100, 30), notifications=True) as pilot:
        await world.ready(pilot)
        await world.say(pilot, "hello")
        here = world.session.id
        await pilot.press("f7")
        await until(pilot, lambda: "open now" in drawn(world))
        await pilot.press("ctrl+d", "escape")
        await until(pilot, lambda: "Deleted 1 session" in world.notices)
        assert here not in {s.id for s in world.log.sessions()}
        assert world.session.id != here
        assert "Noted." not in drawn(world)


async def test_leaving_the_program_from_the_list_deletes_what_was_deleted() -> None:
    world = told_world()
    async with world.app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, world)
        await pilot.press("ctrl+d")
        await until(pilot, lambda: "Deleted: How long" in drawn(world))
        await pilot.press("ctrl+q")
    assert sorted(s.id for s in world.log.sessions()) == ["garden", "sea"]


@pytest.mark.parametrize(
    ("text", "query", "strong"),
    [
        ("A café by the sea", "cafe se", ["café", "sea"]),
        ("Seaside", "side", []),
        ("a (b) c", "(b)", ["(b)"]),
        ("x", "", []),
    ],
)
def test_the_words_that_were_asked_for_are_strong(text: str, query: str, strong: list[str]) -> None:
    content = marked(text, query)
    assert content.plain == text
    words = {text[span.start : span.end] for span in content.spans}
    assert {word for word in strong if not any(word.startswith(each) for each in words)} == set()
    assert bool(words) == bool(strong)
