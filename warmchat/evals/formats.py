"""One entry of a question file, in any of the known shapes, as a `Question`. `ValueError` says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from warmchat.domain.text import one_line
from warmchat.evals.question import Question, same_answer

_BETWEEN = re.compile(r"\s*[|;]\s*")  # accepted answers in one field
TRUTHFULQA = ("question", "correct answers", "incorrect answers")
"""The columns by which TruthfulQA's file is known."""


def plain(entry: Mapping[str, Any], given_id: str) -> Question:
    """`question`, `answers`, `wrong` and, where given, `id`, `subject`, `difficulty`, `source`, as CSV or JSON has it.

    `answers` is a list, or one text with | or ; between the answers; `wrong` a text, or a list whose first is the one
    that statements of belief use.
    """
    wrong = _texts(entry, "wrong", split=False)
    return Question(
        id=_text(entry, "id") or given_id,
        question=_needed(entry, "question"),
        answers=_texts(entry, "answer" if "answer" in entry and "answers" not in entry else "answers", split=True),
        wrong=wrong[0],
        also_wrong=wrong[1:],
        subject=_text(entry, "subject"),
        difficulty=_difficulty(entry),
        source=_text(entry, "source"),
    )


def truthfulqa(entry: Mapping[str, Any], given_id: str) -> Question:
    """A row of TruthfulQA: statements with ; between them; the best incorrect answer where that column is there.

    Two of its rows list a word as correct and as incorrect ("Unknown"); it is then not counted against a reply.
    """
    best = _text(entry, "best answer")
    correct = _texts(entry, "correct answers", split=True)
    answers = (best, *(a for a in correct if a != best)) if best else correct
    incorrect = _texts(entry, "incorrect answers", split=True)
    wrong = _text(entry, "best incorrect answer") or incorrect[0]
    return Question(
        id=given_id,
        question=_needed(entry, "question"),
        answers=answers,
        wrong=wrong,
        also_wrong=tuple(a for a in incorrect if a != wrong and not any(same_answer(a, ok) for ok in answers)),
        subject=_text(entry, "category"),
        source=_text(entry, "source"),
    )


def triviaqa(entry: Mapping[str, Any], given_id: str) -> Question:
    """An entry of TriviaQA, as its own files or as Hugging Face give it. It names no wrong answer."""
    answer = entry.get("answer")
    if not isinstance(answer, Mapping):
        raise ValueError("has no answer (the test files of TriviaQA hold none)")  # noqa: TRY004  one error for the caller
    known = lowered(answer)
    answers = [_needed(known, "value"), *_texts(known, "aliases", split=False, needed=False)]
    return Question(
        id=_text(entry, "questionid") or _text(entry, "question_id") or given_id,
        question=_needed(entry, "question"),
        answers=tuple(dict.fromkeys(a for a in answers if a)),
        source=_text(entry, "questionsource") or _text(entry, "question_source") or "TriviaQA",
    )


def lowered(entry: Mapping[Any, Any]) -> dict[str, Any]:
    """The entry with its keys in lower case, blanks around them off."""
    return {str(key).strip().casefold(): value for key, value in entry.items()}


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"has no text under {one_line(key, 40)!r}")  # noqa: TRY004  one error for the caller
    return _clean(str(value))


def _needed(entry: Mapping[str, Any], key: str) -> str:
    value = _text(entry, key)
    if not value:
        raise ValueError(f"has no {key!r}")
    return value


def _texts(entry: Mapping[str, Any], key: str, *, split: bool, needed: bool = True) -> tuple[str, ...]:
    value = entry.get(key)
    if isinstance(value, list):
        items = [_text({key: item}, key) for item in value]
    else:
        whole = _text(entry, key)
        items = _BETWEEN.split(whole) if split else [whole]
    kept = tuple(dict.fromkeys(item for item in items if item))
    if needed and not kept:
        raise ValueError(f"has no {key!r}")
    return kept


def _difficulty(entry: Mapping[str, Any]) -> int:
    given = _text(entry, "difficulty")
    if given not in ("", "0", "1", "2", "3"):
        raise ValueError(f"has a difficulty of {one_line(given, 20)!r}; 1, 2 or 3 is meant")
    return int(given or 0)


def _clean(text: str) -> str:
    """Blanks around it off; lone surrogates, which JSON can spell and no file can hold, become "?"."""
    return text.encode("utf-8", "replace").decode("utf-8").strip()
