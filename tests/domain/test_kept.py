"""What a session keeps in little memory is equal to what it stands for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmchat.domain.kept import KeptMapping, KeptWindow, kept_numbers

PATH = [f"t{number}" for number in range(20)]


@given(st.integers(0, 20), st.integers(0, 20))
def test_a_window_is_the_ids_that_it_stands_for(one: int, other: int) -> None:
    start, stop = sorted((one, other))
    kept, plain = KeptWindow(PATH, start, stop), tuple(PATH[start:stop])
    assert kept == plain
    assert plain == kept
    assert hash(kept) == hash(plain)
    assert (list(kept), len(kept), bool(kept)) == (list(plain), len(plain), bool(plain))
    assert [kept[at] for at in range(-len(plain), len(plain))] == list(plain * 2)
    assert kept[1:-1] == plain[1:-1]
    with pytest.raises(IndexError):
        kept[len(plain)]


def test_a_window_stays_as_it_is_while_the_path_grows() -> None:
    path = ["a", "b"]
    kept = KeptWindow(path, 0, 2)
    path.append("c")
    assert kept == ("a", "b")
    assert kept != "ab"


def test_a_mapping_is_what_it_stands_for() -> None:
    plain = {"names": 1.5, "numbers": -0.0}
    kept = kept_numbers(plain, tuple(plain))
    assert kept == plain
    assert plain == kept
    assert list(kept.items()) == list(plain.items())
    assert "yes_no" not in kept
    with pytest.raises(KeyError):
        kept["yes_no"]
    assert dict(KeptMapping(("machine",), ("x86",))) == {"machine": "x86"}
