"""Messages that point at what was said before."""

from __future__ import annotations

import pytest

from warmchat.compare.pointing import points_back


@pytest.mark.parametrize(
    "text",
    [
        "Are you sure?", "are you really sure about that", "As you said, it is late.", "I followed your advice.",
        "What you told me was odd.", "Why did you say that?", "But you said it was Sydney", "What do you mean?",
        "Didn't you just say six?", "You're wrong.", "Is that true?", "Tell me more", "Can you explain that?",
        "I don’t like your second suggestion", "that's not right", "Really?",
    ],
)  # fmt: skip
def test_pointing(text: str) -> None:
    assert points_back(text)


@pytest.mark.parametrize(
    "text",
    [
        "What is the capital of Australia?", "I am sure it is Sydney.", "My friend told me so.",
        "Why did Rome fall?", "",
        "What is your name?", "How do I explain gravity to a child?", "Is that planet Mars?", "Write a poem about you.",
    ],
)  # fmt: skip
def test_not_pointing(text: str) -> None:
    assert not points_back(text)


def test_long_messages_are_read_in_part() -> None:
    assert not points_back("word " * 10_000 + "are you sure?")
