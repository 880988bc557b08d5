"""Search: finds words wherever they were said, and takes any text for a question."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.storage.examples import COMPANION, disagreement, reply, shadow, tell, turn
from warmchat.storage.log import SessionLog


@pytest.fixture
def told(log: SessionLog) -> SessionLog:
    tell(
        log,
        turn("t1", "Is Canberra the capital?", session="s1"),
        reply("r1", "Yes, the capital is Canberra, a lovely café town."),
        shadow("x1", "No doubt: Canberra. Warmth aside."),
        disagreement(),
    )
    tell(log, turn("t2", "Never mind AND forget it", session="s2", minute=3), reply("r2", "As you like."))
    return log


def found(log: SessionLog, text: str) -> list[tuple[str, str]]:
    return [(hit.turn_id, hit.role) for hit in log.search(text)]


def test_it_finds_messages_replies_and_shadow_replies(told: SessionLog) -> None:
    assert found(told, "canberra") == [("t1", "user"), ("t1", "shown"), ("t1", "shadow")]
    hit = told.search("town")[0]
    assert (hit.session_id, hit.session_title, hit.profile) == ("s1", "Is Canberra the capital?", "companion")
    assert "café town" in hit.snippet


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("capital canberra", [("t1", "user"), ("t1", "shown")]),
        ("capital canberra doubt", []),
        ("cafe", [("t1", "shown")]),
        ("warm", []),
        ("warm*", [("t1", "shadow")]),
        ("AND", [("t2", "user")]),
        ("mind AND", [("t2", "user")]),
        ("*** canberra doubt", [("t1", "shadow")]),
        ("***", []),
        ("", []),
        ("   ", []),
    ],
)
def test_all_words_must_be_there_and_none_is_an_operator(
    told: SessionLog, text: str, expected: list[tuple[str, str]]
) -> None:
    assert found(told, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *('"', '""', 'a"b', '"*', "a OR", "NOT", "NEAR(a b, 2)", "user_text:x", "^a", "a + b", "(", "{a b}:c", "-"),
        *("*", "a\x00b", "\x00", "\ud800", "x" * 5000, "word " * 5000, "a*b*c", "٣", "𝔘", "\\", "rank MATCH 'x'"),
    ],
)
def test_no_question_is_an_error(told: SessionLog, text: str) -> None:
    told.search(text)


MEMORY = SessionLog.open(None)
tell(MEMORY)


@settings(deadline=None)
@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    MEMORY.search(text)


@settings(deadline=None)
# Letters that the index knows: its tables are of Unicode 6.1, scripts that came later are no words to it.
@given(st.text(alphabet=st.characters(categories=["L"], max_codepoint=0x5FF), min_size=1, max_size=20))
def test_a_message_is_found_by_its_own_words(text: str) -> None:
    MEMORY.open_turn(turn("own", text), COMPANION)
    assert ("own", "user") in found(MEMORY, text)


def test_a_word_said_over_and_over_in_a_long_text_is_found_at_once(log: SessionLog) -> None:
    """FTS5's own snippet would look at 10,000,000,000 pairs of places: the test's time limit ends that."""
    tell(log, turn("t1", "word " * 100_000 + "and the Café at last " + "x " * 90_000), reply("r1", "a " * 100_000))
    assert log.search("a")[0].snippet.startswith("…a a a")
    assert "word" in log.search("word")[0].snippet
    assert "the Café at last" in log.search("last")[0].snippet
    assert found(log, "cafe*") == [("t1", "user")]


def test_the_index_follows_changes(told: SessionLog) -> None:
    told.save_reply("t2", reply("r2", "As we wish."))
    assert found(told, "like") == []
    assert found(told, "wish") == [("t2", "shown")]
    told.delete_session("s2")
    assert found(told, "wish") == []


def test_the_limit_keeps_the_newest(told: SessionLog) -> None:
    tell(told, turn("t3", "Canberra again", session="s3", minute=9))
    assert [hit.turn_id for hit in told.search("canberra", limit=2)] == ["t3", "t1"]
