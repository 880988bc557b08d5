"""The model as the second way to the bare question: asked only where rules find none, believed only where it fits."""

from __future__ import annotations

import pytest

from warmchat.domain.profile import Profile
from warmchat.domain.turn import Origin, StopReason, Timings, Usage
from warmchat.engine.protocol import Finished, Priority
from warmchat.voices.kindness import PLAIN, TOLD, kind_sentence
from warmchat.voices.neutral import bare_question
from warmchat.voices.strategy import Speaker

HARD = "My uncle says Galileo found Neptune, and our bet depends on it. When was it found, and who found it?"


def asked(text: str, answer: str, stop: StopReason = "end") -> tuple[str, int]:
    """The bare question, and how often the model was asked."""
    steps = bare_question(Speaker(Profile("o", "O", "")), text, Priority.VISIBLE)
    jobs = 0
    try:
        next(steps)
        while True:
            jobs += 1
            steps.send(Finished(answer, stop, Usage(), Timings(), Origin()))
    except StopIteration as over:
        return over.value, jobs


def test_where_rules_find_it_the_model_is_not_asked() -> None:
    question = "What is the capital of Australia?"
    assert asked(f"I think it is Sydney. {question}", "") == (question, 0)


def test_a_message_that_claims_nothing_is_left_alone() -> None:
    assert asked("Write a short thank-you note to my teacher, please.", "Who is she?") == ("", 0)


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        ("When was Neptune found, and who found it?", True),
        ("Did Galileo find Neptune?", False),  # what the user claims
        ("How long is a year on Mars?", False),  # other words
        ("When was Neptune found? And who found it?", False),
        ("Neptune was found.", False),
        ("", False),
    ],
)
def test_its_question_is_taken_only_in_the_messages_own_words(answer: str, taken: bool) -> None:
    assert asked(HARD, answer) == (answer if taken else "", 1)


def test_a_question_that_was_cut_off_is_not_taken() -> None:
    assert asked(HARD, "When was Neptune found?", "length") == ("", 1)


def test_the_kind_sentence_fits_the_mood_and_agrees_with_nothing() -> None:
    assert "hard" in kind_sentence("I failed my driving test and I feel like an idiot.")
    assert "angry" in kind_sentence("I'm furious at my neighbour.")
    assert "good" in kind_sentence("I got the job!")
    assert kind_sentence("How do I boil an egg?") == PLAIN
    assert kind_sentence("I drove home after four beers and nothing happened.") == TOLD
