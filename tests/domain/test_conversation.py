"""What a voice reads."""

import pytest

from warmchat.domain.conversation import (
    Message,
    own_history,
    reference_history,
    split_thinking,
    visible_history,
    with_user,
)
from warmchat.domain.turn import Reply, Turn, new_id


def reply(profile: str, text: str) -> Reply:
    return Reply(new_id(), "shown", profile, "h", text, "end")


def turn(user: str, shown: Reply | None, shadow: Reply | None = None) -> Turn:
    profile = shown.profile if shown else "oracle"
    return Turn(new_id(), "s", None, user, "2026-01-01T00:00:00.000+00:00", profile, reply=shown, shadow=shadow)


CHAT = [
    turn("one", reply("companion", "warm 1"), reply("oracle", "cold 1")),
    turn("two", reply("companion", "warm 2")),
    turn("three", reply("oracle", "cold 3")),
]


def said(messages: list[Message]) -> list[tuple[str, str]]:
    return [(m.role, m.content) for m in messages]


def test_visible_is_what_stands_on_the_screen() -> None:
    assert said(visible_history(CHAT)) == [
        ("user", "one"), ("assistant", "warm 1"), ("user", "two"), ("assistant", "warm 2"), ("user", "three"),
        ("assistant", "cold 3"),
    ]  # fmt: skip


def test_own_holds_no_word_of_the_companion_and_roles_alternate() -> None:
    assert said(own_history(CHAT, "oracle")) == [
        ("user", "one"), ("assistant", "cold 1"), ("user", "two\n\nthree"), ("assistant", "cold 3"),
    ]  # fmt: skip


def test_message_is_nothing() -> None:
    assert reference_history(CHAT, "oracle", "message") == []


def test_a_turn_without_a_reply_joins_the_next_message() -> None:
    assert said(with_user(visible_history([turn("lost", None)]), "next")) == [("user", "lost\n\nnext")]


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("plain", ("", "plain")),
        ("<think>why</think>\nso", ("why", "so")),
        ("\n<think>\nstill thinking", ("still thinking", "")),
        ("<think></think>x", ("", "x")),
        ("talk of <think> tags", ("", "talk of <think> tags")),
    ],
)
def test_split_thinking(text: str, parted: tuple[str, str]) -> None:
    assert split_thinking(text) == parted


def test_ids_sort_by_time_and_do_not_repeat() -> None:
    ids = [new_id() for _ in range(2000)]
    assert len(set(ids)) == 2000
    assert all(len(i) == 16 for i in ids)
    assert [i[:9] for i in ids] == sorted(i[:9] for i in ids)
