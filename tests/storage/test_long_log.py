"""A log of many sessions: what is asked at every start must not cost more for it. Steps of SQLite, not time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.storage.examples import AGREE, COMPANION, reply, shadow, tell, turn
from warmchat.storage.log import SessionLog

Ask = Callable[[SessionLog], object]


def filled(log: SessionLog, first: int, last: int) -> None:
    for number in range(first, last):
        said, other = reply(f"r{number}"), shadow(f"x{number}")
        tell(log, turn(f"t{number:05}", session=f"s{number:05}"), said, other, AGREE)


def steps(log: SessionLog, ask: Ask) -> int:
    """Instructions of SQLite's machine, in hundreds."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    log._db.conn.set_progress_handler(count, 100)
    try:
        ask(log)
    finally:
        log._db.conn.set_progress_handler(None, 0)
    return taken


@pytest.mark.parametrize("ask", [
    lambda log: log.sessions(5), lambda log: log.sessions(5, archived=False), lambda log: log.cut_off(),
    lambda log: log.last_session_id(), lambda log: log.messages(20),
])  # fmt: skip
def test_the_newest_are_found_at_one_price(log: SessionLog, ask: Ask) -> None:
    filled(log, 0, 40)
    few = steps(log, ask)
    filled(log, 40, 400)
    assert steps(log, ask) <= few + 2


def test_the_newest_few_are_the_beginning_of_all(log: SessionLog) -> None:
    filled(log, 0, 9)
    for number in (2, 7, 2, 4):  # gone on with, in between
        tell(log, turn(f"more{number}{len(log.turns(f's{number:05}'))}", session=f"s{number:05}"))
    log.archive_session("s00006")
    log.archive_session("s00004")
    for archived in (None, False, True):
        every = log.sessions(archived=archived)
        for limit in range(12):
            assert log.sessions(limit, archived=archived) == every[:limit]
    assert [s.id for s in log.sessions(3, archived=False)] == ["s00002", "s00007", "s00008"]


def test_a_session_in_which_nothing_was_said_yet_comes_last(log: SessionLog) -> None:
    filled(log, 0, 2)
    log.open_turn(turn("t9", session="empty", minute=50), COMPANION)
    with log._writing() as db:
        db.execute("DELETE FROM turns WHERE id = 't9'")
    assert [(s.id, s.turns) for s in log.sessions(3)] == [("s00001", 1), ("s00000", 1), ("empty", 0)]
    assert [s.id for s in log.sessions(2)] == ["s00001", "s00000"]
