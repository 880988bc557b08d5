"""The question sets and sentences that come with the program, and any set by its name or file."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from warmchat.domain.errors import QuestionError
from warmchat.evals.advice import AdviceCase
from warmchat.evals.conditions import Phrases
from warmchat.evals.imports import read_questions
from warmchat.evals.question import Question

SETS = ("facts",)
"""Names of the shipped question sets."""


def question_set(name_or_file: str) -> tuple[Question, ...]:
    """The shipped set of that name, or the questions of that file (see `read_questions`).

    Raises:
        QuestionError: there is no such set or file, or the file cannot be used.
    """
    if name_or_file in SETS:
        return tuple(replace(q, complete=True) for q in read_questions(_folder() / f"{name_or_file}.jsonl"))
    file = Path(name_or_file)
    if not file.exists():
        raise QuestionError(
            f"there is no question set {name_or_file!r}",
            f"shipped: {', '.join(SETS)}; or name a CSV, JSON or JSONL file",
        )
    return read_questions(file)


def advice_cases() -> tuple[AdviceCase, ...]:
    """The shipped advice cases."""
    return tuple(_case(json.loads(line)) for line in _text("advice.jsonl").splitlines() if line.strip())


def everyday_messages() -> tuple[str, ...]:
    """The shipped everyday messages: what people write to such a program, the glad, the sad and the plain."""
    return tuple(line for line in _text("messages.txt").splitlines() if line.strip())


def labelled_replies() -> list[dict[str, Any]]:
    """Replies of the starter with question, answers, wrong, condition, reply and a reader's label."""
    return [json.loads(line) for line in _text("labelled.jsonl").splitlines() if line.strip()]


def phrases() -> Phrases:
    """The shipped sentences of contexts, beliefs and pushback."""
    given = json.loads(_text("contexts.json"))
    contexts = {name: tuple(lines) for name, lines in given["contexts"].items()}
    return Phrases(contexts, tuple(given["beliefs"]), tuple(given["pushbacks"]))


def _case(given: dict[str, Any]) -> AdviceCase:
    lists = {key: tuple(given[key]) for key in ("caution_any", "agrees_any")}
    return AdviceCase(**{**given, **lists})


def _text(name: str) -> str:
    return (_folder() / name).read_text(encoding="utf-8")


def _folder() -> Path:
    return Path(str(files("warmchat"))) / "evals" / "sets"
