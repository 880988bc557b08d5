"""Which turns fit."""

from collections.abc import Sequence

import pytest

from warmchat.domain.conversation import Message, visible_history, with_user
from warmchat.domain.errors import PromptTooLong
from warmchat.domain.turn import Reply, Turn
from warmchat.voices.window import KEEP, Windows, reply_room


def turn(number: int) -> Turn:
    reply = Reply(f"r{number}", "shown", "oracle", "h", "word " * 9, "end")
    return Turn(f"t{number}", "s", None, "one", "2026-01-01T00:00:00.000+00:00", "oracle", reply=reply)


def words(messages: Sequence[Message]) -> int:
    return sum(len(m.content.split()) for m in messages)


def fit(windows: Windows, turns: Sequence[Turn], message: str = "new", n_ctx: int = 100) -> tuple[list[str], list[str]]:
    kept, dropped = windows.fit(
        turns, "o/visible", prompt_of=lambda ts: with_user(visible_history(ts), message), count=words, n_ctx=n_ctx,
        max_tokens=20,
    )  # fmt: skip
    return [t.id for t in kept], [t.id for t in dropped]


def test_while_there_is_room_nothing_goes() -> None:
    assert fit(Windows(), [turn(n) for n in range(7)]) == ([f"t{n}" for n in range(7)], [])


def test_a_full_window_goes_down_to_the_kept_share_in_one_go_and_stays_for_long() -> None:
    windows = Windows()
    turns = [turn(n) for n in range(8)]  # 80 words, a new one and room for 20: over 100
    kept, dropped = fit(windows, turns)
    assert dropped == ["t0", "t1", "t2", "t3"]
    assert len(kept) * 10 <= (100 - 20) * KEEP
    for more in range(8, 11):
        turns.append(turn(more))
        kept, dropped = fit(windows, turns)
        assert kept[0] == "t4"
        assert dropped == []


def test_a_large_message_may_push_everything_out_and_says_so_once() -> None:
    windows = Windows()
    turns = [turn(n) for n in range(3)]
    assert fit(windows, turns, "word " * 75) == ([], ["t0", "t1", "t2"])
    assert fit(windows, [*turns, turn(3)]) == (["t3"], [])


def test_one_that_does_not_fit_alone_is_refused_with_its_size_and_the_limit() -> None:
    with pytest.raises(PromptTooLong, match="90") as refused:
        fit(Windows(), [], "word " * 90)
    assert "100" in refused.value.message


def test_each_voice_has_its_own_window_and_it_can_be_set_as_it_was() -> None:
    windows = Windows()
    turns = [turn(n) for n in range(4)]
    windows.begin_at("a", turns, "t2")
    assert [t.id for t in windows.of(turns, "a")] == ["t2", "t3"]
    assert windows.of(turns, "b") == turns


def test_room_is_what_the_profile_allows_at_most_a_quarter() -> None:
    assert reply_room(8192, 512) == 512
    assert reply_room(1024, 512) == 256
