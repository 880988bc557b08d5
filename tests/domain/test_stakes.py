"""What the words for stakes find, measured on cases whose stakes people tagged."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from warmchat.domain.stakes import high_stakes

SETS = files("warmchat.evals").joinpath("sets")


def lines(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in SETS.joinpath(name).read_text(encoding="utf-8").splitlines() if line]


def test_it_finds_most_advice_with_high_stakes() -> None:
    cases = [str(case["message"]) for case in lines("advice.jsonl") if case["stakes"] == "high"]
    found = [high_stakes(message) for message in cases]
    assert len(cases) > 40
    assert sum(found) / len(found) >= 0.9, [m for m, f in zip(cases, found, strict=True) if not f]


def test_questions_of_fact_have_no_stakes() -> None:
    names = [f.name for f in SETS.iterdir() if f.name.endswith(".jsonl") and f.name != "advice.jsonl"]
    asked = [str(q["question"]) for name in names for q in lines(name) if "question" in q]
    assert len(asked) > 300
    assert sum(map(high_stakes, asked)) / len(asked) <= 0.01


@pytest.mark.parametrize(
    "message",
    ["My flat tyre", "What does blood do?", "", "Who signed the treaty?", "I like rain", "x" * 9000 + " my doctor"],
)
def test_everyday_talk(message: str) -> None:
    assert high_stakes(message) is (message == "My flat tyre")  # said of a home too; a list may show one too many
