"""A turn that was answered and checked leaves little in the session, however long the talk is."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.storage.examples import disagreement, reply, shadow, turn
from warmchat.domain.turn import Turn
from warmchat.session.transcript import Transcript

TURNS = 300
MOST = 5_000  # bytes of a turn with short texts; a tuple of its own for each window would be 1,200 more, three times


def told(number: int) -> dict[str, Any]:
    """What a turn gets: all of it new, as it comes from an engine, a detector or a database."""
    facts = {"n_ctx": "8192", "machine": "x86", "tokens": f"{number:016x}"}
    signals = {f"signal {at}": at / 7 + number for at in range(30)}
    window = ids(range(number))
    replies = []
    for made in (reply(f"r{number}", f"It is {number}."), shadow(f"x{number}", f"No, it is {number}.")):
        origin = replace(made.origin, window=window, engine=dict(facts), versions={"llama.cpp": f"b{1}"},
                         adapters=({"kind": "lora", "name": "warm", "scale": 0.75},))  # fmt: skip
        replies.append(replace(made, origin=origin))
    return {"reply": replies[0], "shadow": replies[1], "verdict": replace(disagreement(), signals=signals)}


def asked(number: int) -> Turn:
    parent = f"t{number - 1}" if number else None
    return replace(turn(f"t{number}", f"Is it {number}?", parent=parent), window=ids(range(number)))


def ids(numbers: range) -> tuple[str, ...]:
    return tuple(f"t{number}" for number in numbers)


def grown() -> Transcript:
    """A transcript whose turns came one by one, each answered later."""
    transcript = Transcript()
    for number in range(TURNS):
        transcript.add(asked(number))
        transcript.update(f"t{number}", **told(number))
    return transcript


def resumed() -> Transcript:
    return Transcript([replace(asked(number), **told(number)) for number in range(TURNS)])


def test_what_is_kept_of_a_turn_is_what_was_told_of_it() -> None:
    for transcript in (grown(), resumed()):
        for number in (0, 1, TURNS - 1):
            assert transcript.turn(f"t{number}") == replace(asked(number), **told(number))


def test_a_turn_takes_little_and_no_more_in_a_long_talk() -> None:
    for made in (grown, resumed):
        transcript = made()
        early = held_by(lambda t=transcript: t.turns[: TURNS // 3])  # type: ignore[misc]
        late = held_by(lambda t=transcript: t.turns[-(TURNS // 3) :])  # type: ignore[misc]
        assert late / (TURNS // 3) < MOST
        assert late < 1.1 * early


def test_a_window_that_is_no_part_of_the_path_stays_as_it_was() -> None:
    transcript = Transcript()
    for number in range(4):
        transcript.add(asked(number))
    transcript.go_back("t2")
    transcript.add(replace(turn("u2", "Or so?", parent="t1"), window=("t0", "t1")))
    transcript.add(replace(turn("u3", "And so?", parent="u2"), window=("t1", "u2")))
    transcript.update("t3", window=("t1", "t2"))
    assert transcript.turn("t3").window == ("t1", "t2")
    assert transcript.turn("u3").window == ("t1", "u2")
    transcript.show_branch("t3")
    assert [t.window for t in transcript.turns] == [(), ("t0",), ("t0", "t1"), ("t1", "t2")]
    assert transcript.turn("u3").window == ("t1", "u2")


def held_by(turns: Callable[[], tuple[Turn, ...]]) -> int:
    """Bytes of these turns and of all that only they hold together, but for what is shared with everything."""
    seen: dict[int, object] = {}
    todo: list[object] = list(turns())
    while todo:
        each = todo.pop()
        if id(each) in seen or isinstance(each, type) or callable(each):
            continue
        seen[id(each)] = each
        todo += gc.get_referents(each)
    return sum(sys.getsizeof(each) for each in seen.values())
