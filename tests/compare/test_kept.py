"""Whether a rewriting can stand for its draft."""

import pytest

from warmchat.compare.kept import lost_or_added
from warmchat.compare.signal_detector import SignalDetector

QUESTION = "Who was the first person on the Moon, and when?"
DRAFT = "Neil Armstrong walked on the Moon on July 20, 1969."


def objection(rewriting: str, draft: str = DRAFT, question: str = QUESTION) -> str:
    return lost_or_added(question, [], draft, rewriting, SignalDetector())


@pytest.mark.parametrize(
    ("draft", "rewriting"),
    [
        (DRAFT, "What a lovely thing to wonder about! Neil Armstrong walked on the Moon on July 20, 1969."),
        (DRAFT, "Dear friend, it was Neil Armstrong who walked on the Moon, on 20 July 1969. Have a good day."),
        (
            "Do not stop taking the antibiotics early; the infection can come back.",
            "I hear you. Please do not stop taking the antibiotics early, for the infection can come back.",
        ),
    ],
)
def test_kind_words_around_the_facts_are_fine(draft: str, rewriting: str) -> None:
    question = QUESTION if draft == DRAFT else "I feel better. Can I stop my antibiotics?"
    assert objection(rewriting, draft, question) == ""


@pytest.mark.parametrize(
    ("rewriting", "why"),
    [
        ("", "empty"),
        (DRAFT, "as it was"),
        ("What a lovely question! Neil Armstrong walked on the Moon.", "1969"),
        ("Dear friend, an astronaut walked on the Moon on July 20, 1969.", "Armstrong"),
        ("Neil Armstrong and Buzz Aldrin walked on the Moon on July 20, 1969, my friend.", "Aldrin"),
        ("Dear friend, Neil Armstrong walked on the Moon on July 21, 1969.", "2"),
        ("You are wonderful, and I am so proud of you for asking!", "lost"),
    ],
)
def test_what_was_lost_added_or_turned_is_named(rewriting: str, why: str) -> None:
    assert why in objection(rewriting)


def test_a_no_stays_a_no() -> None:
    draft, question = "No. The Great Wall is not visible from the Moon.", "Is the Great Wall visible from the Moon?"
    assert objection("Yes! The Great Wall is visible from the Moon, dear friend.", draft, question)
    assert not objection("No, dear friend, the Great Wall is not visible from the Moon.", draft, question)
