from __future__ import annotations

import gc

from hypothesis import given
from hypothesis import strategies as st

from warmchat.domain.scores import KeptScores, TokenScore

SCORES = st.lists(st.builds(TokenScore, st.text(max_size=5), st.floats(allow_nan=False)))


@given(SCORES)
def test_what_is_kept_is_what_was_given(scores: list[TokenScore]) -> None:
    kept = KeptScores(scores)
    assert list(kept) == scores
    assert kept == tuple(scores)
    assert tuple(scores) == kept
    assert hash(kept) == hash(tuple(scores))
    assert kept[-2:] == tuple(scores[-2:])
    assert [kept[place] for place in range(-len(scores), len(scores))] == scores * 2
    assert bool(kept) == bool(scores)


def test_tokens_of_one_text_are_told_apart() -> None:
    one, other = [("a", -1.0), ("bc", -2.0)], [("ab", -1.0), ("c", -2.0)]
    assert KeptScores(TokenScore(*each) for each in one) != tuple(TokenScore(*each) for each in other)
    assert KeptScores([TokenScore("a", -1.0)]) != "a"


def test_a_reply_of_any_length_is_a_few_objects() -> None:
    """What Python's collector walks over must not grow with every token that was ever said."""

    def alive() -> int:
        gc.collect()
        return sum(type(each) is TokenScore for each in gc.get_objects())

    before = alive()
    kept = KeptScores(TokenScore("word ", -1.0) for _ in range(1_000))
    assert alive() == before
    assert len(kept) == 1_000
