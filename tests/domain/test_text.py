"""Text from outside is made harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmchat.domain.text import one_line, printable


@pytest.mark.parametrize(
    ("raw", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\x1b]52;c;aGk=\x07b", "ab"),
        ("a\x1b]0;title\x1b\\b", "ab"),
        ("a\x9b31mb", "ab"),
        ("a\x1bPq#0\x1b\\b", "ab"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("abc\x08\x08", "abc"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("tab\tand\nline stay, so do é, 日本 and 👩\u200d👩", "tab\tand\nline stay, so do é, 日本 and 👩\u200d👩"),
        ("lone \ud800 half", "lone \ufffd half"),
    ],
)
def test_printable(raw: str, harmless: str) -> None:
    assert printable(raw) == harmless


@given(st.text(st.characters(codec=None)))
def test_nothing_a_terminal_obeys_is_left_and_twice_is_once(text: str) -> None:
    out = printable(text)
    assert not any((ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 for c in out)
    assert printable(out) == out
    out.encode("utf-8")


def test_one_line() -> None:
    assert one_line("a\n b\tc") == "a b c"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"
