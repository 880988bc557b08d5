"""Lanes: what is kept, what is read anew, who gives way."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmchat.domain.errors import EngineError
from warmchat.engine.llama.lanes import Lane, Lanes, common_prefix


@dataclass
class Memory:
    """A context that only remembers."""

    ids: list[int] = field(default_factory=list)
    can_cut: bool = True
    stop_next: bool = False
    fail_next: bool = False
    closed: bool = False

    def decode(self, tokens: Sequence[int], position: int, *, keep_all: bool = False) -> bool:
        assert position == len(self.ids), "reading must go on where memory ends"
        if self.fail_next:
            self.ids += tokens[:1]
            raise EngineError("broken")
        if self.stop_next:
            self.ids += tokens[:1]  # an aborted step may leave a part behind
            return False
        self.ids += tokens
        return True

    def cut(self, length: int) -> bool:
        if not self.can_cut:
            return False
        del self.ids[length:]
        return True

    def clear(self) -> None:
        self.ids.clear()

    def close(self) -> None:
        self.closed = True


@given(st.lists(st.integers(0, 2)), st.lists(st.integers(0, 2)))
def test_common_prefix(a: list[int], b: list[int]) -> None:
    n = common_prefix(a, b)
    assert a[:n] == b[:n]
    assert n == min(len(a), len(b)) or a[n] != b[n]


@given(st.lists(st.lists(st.integers(0, 2), min_size=1), min_size=1, max_size=6))
def test_after_any_texts_memory_is_exactly_the_last_one(texts: list[list[int]]) -> None:
    lane = Lane("x", Memory())
    for text in texts:
        kept = lane.align(text)
        assert kept < len(text), "at least one token is read, or there are no logits"
        lane.read(text[kept:])
        assert lane.ids == lane.context.ids == text


def test_a_text_that_goes_on_reads_only_what_is_new() -> None:
    lane = Lane("x", Memory())
    lane.align([1, 2, 3])
    lane.read([1, 2, 3])
    assert lane.align([1, 2, 3, 4, 5]) == 3


def test_memory_that_cannot_be_cut_is_read_anew() -> None:
    lane = Lane("x", Memory(can_cut=False))
    lane.align([1, 2, 3])
    lane.read([1, 2, 3])
    assert lane.align([1, 9]) == 0
    assert lane.context.ids == []


def test_a_stopped_step_leaves_nothing_behind() -> None:
    lane = Lane("x", Memory(stop_next=True))
    assert not lane.read([1, 2])
    assert lane.ids == lane.context.ids == []


def test_a_failed_step_leaves_nothing_behind() -> None:
    lane = Lane("x", Memory(fail_next=True))
    with pytest.raises(EngineError):
        lane.read([1, 2])
    assert lane.ids == lane.context.ids == []


def test_the_lane_used_longest_ago_gives_way() -> None:
    made: list[Memory] = []

    def make() -> Memory:
        made.append(Memory())
        return made[-1]

    lanes = Lanes(make, limit=2, has_room=lambda: True)
    a = lanes.lane("a")
    a.read([1])
    lanes.lane("b")
    lanes.lane("a")
    c = lanes.lane("c")  # b gives way
    assert len(made) == 2
    assert c.context is made[1]
    assert lanes.lane("a") is a
    lanes.close()
    assert all(m.closed for m in made)


def test_without_room_no_further_context_is_made() -> None:
    lanes = Lanes(Memory, limit=4, has_room=lambda: False)
    first = lanes.lane("a")
    first.read([1])
    second = lanes.lane("b")
    assert second.context is first.context
    assert second.ids == second.context.ids == []


def test_the_prepared_context_goes_to_the_first_name() -> None:
    made: list[Memory] = []
    lanes = Lanes(lambda: made.append(Memory()) or made[-1], limit=2, has_room=lambda: True)  # type: ignore[func-returns-value]
    lanes.prepare()
    assert lanes.lane("a").context is made[0]
    assert len(made) == 1


def test_another_setting_forgets_what_was_read_and_the_same_one_does_not() -> None:
    lane = Lane("x", Memory())
    applied: list[object] = []
    lane.set_up("warm", lambda _: applied.append("warm"))
    lane.read([1, 2])
    lane.set_up("warm", lambda _: applied.append("warm again"))
    assert lane.ids == [1, 2]
    lane.set_up("cold", lambda _: applied.append("cold"))
    assert lane.ids == lane.context.ids == []
    assert applied == ["warm", "cold"]


def test_a_setting_that_fails_is_not_claimed() -> None:
    lane = Lane("x", Memory())

    def fail(_: Memory) -> None:
        raise EngineError("no")

    with pytest.raises(EngineError):
        lane.set_up("warm", fail)
    applied: list[str] = []
    lane.set_up((), lambda _: applied.append("none"))
    assert applied == ["none"], "the context is in an unknown state: even no adapters must be set anew"


def test_a_lane_that_changes_hands_keeps_its_setting_and_nothing_else() -> None:
    lanes = Lanes(Memory, limit=1, has_room=lambda: True)
    lanes.lane("a").set_up("warm", lambda _: None)
    assert lanes.lane("b").setting == "warm"
    assert lanes.lane("b").ids == []
