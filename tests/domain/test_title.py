"""Titles from first messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmchat.domain.title import LENGTH, title_of


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("What is the capital of Australia?", "What is the capital of Australia?"),
        ("Hi there! I had a hard day. Is Sydney the capital of Australia?", "Is Sydney the capital of Australia?"),
        ("I think the capital is Sydney. What is it?", "I think the capital is Sydney"),
        ("Isn't that so? Is Saturn the largest planet?", "Is Saturn the largest planet?"),
        ("What is it?", "What is it?"),
        ("Hello", "Hello"),
        ("good morning, can you please tell me why the sky is blue", "Why the sky is blue"),
        ("Please help.", "Please help"),
        ("notes.md:\n```md\n# Is this a question?\n```\nSum this up.", "Sum this up"),
        ("```py\nprint(1)\n```", "```py print(1) ```"),
        ("> what did he say?\nI disagree with that.", "I disagree with that"),
        ("Python 3.11 is out. Good.", "Python 3.11 is out"),
        ("I feel sad.", "I feel sad"),
        ("History of tea", "History of tea"),
        ("высота Эвереста?", "высота Эвереста?"),
        ("...", ""),
        ("", ""),
        ("\x1b[31mred?\x1b[0m", "red?"),
    ],
)
def test_the_question_or_the_first_sentence(message: str, title: str) -> None:
    assert title_of(message) == title


def test_a_long_one_ends_at_a_word() -> None:
    title = title_of("word " * 100)
    assert len(title) <= LENGTH
    assert title.endswith("word…")
    assert len(title_of("x" * 1000)) == LENGTH


@given(st.text(max_size=400))
def test_any_text_gives_one_short_line(message: str) -> None:
    title = title_of(message)
    assert len(title) <= LENGTH
    assert "\n" not in title


def test_a_megabyte_is_not_read_to_the_end_of_it() -> None:
    file = "notes.txt:\n```\n" + "Is this a line of it?\n" * 50_000 + "```\n"
    assert title_of(f"{file}What does the file say?") == "What does the file say?"
    assert title_of(f"What does the file say?\n{file}") == "What does the file say?"
    assert title_of("\n" * 1_000_000 + "Well?") == "Well?"  # by lines that look back at all blank ones, it took hours
