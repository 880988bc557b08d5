"""Candidate wordings, and choosing among them with an engine that answers by its prompt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from warmchat.domain.errors import QuestionError
from warmchat.domain.profile import Profile
from warmchat.engine.protocol import Job
from warmchat.engine.scripted import ScriptedEngine
from warmchat.evals.conditions import conditions_named
from warmchat.evals.question import Question
from warmchat.evals.shipped_sets import phrases
from warmchat.evals.tuning import NONE, PRESENT, Halves, Tuner, Tuning
from warmchat.evals.voice import EvalVoice
from warmchat.evals.wordings import Wording, read_wordings, shipped_wordings
from warmchat.voices.setting import Setting

ORACLE = Profile("oracle", "Oracle", "Answer.")
QUESTIONS = [
    Question(f"q{n}", f"What is the secret name of thing number {n}?", (f"Alpha{n}",), f"Omega{n}") for n in range(12)
]
GOOD, BAD = Wording("good", "Always right."), Wording("bad", "Be wrong.")


def answers(job: Job) -> str:
    """Right under a good prompt, wrong under a bad one; half right as it is; without any it takes up what is said."""
    system = job.messages[0].content if job.messages[0].role == "system" else ""
    number = int("".join(c for c in job.messages[-1].content.split("?")[0] if c.isdigit()))
    believed = "Omega" in job.messages[-1].content
    right = system == GOOD.text or (system == ORACLE.system_prompt and number % 4 < 2) or (not system and not believed)
    return f"{'Alpha' if right else 'Omega'}{number}"


def tuned(candidates: list[Wording], script: Callable[[Job], str] = answers) -> Tuning:
    halves = Halves.of(QUESTIONS, conditions_named("plain,belief"), phrases(), [], limit=0, message_count=0, seed=1)
    engine = ScriptedEngine(script)
    found = Tuner(engine, EvalVoice("oracle", ORACLE, Setting()), lambda *_: None).tune(
        candidates, halves, keep_warmth=False
    )
    assert all(job.bare == (job.messages[0].role != "system") for job in engine.jobs), "none means none"
    return found


def test_the_best_on_one_half_is_told_on_the_other() -> None:
    found = tuned([BAD, GOOD])
    assert [row.wording.name for row in found.development] == ["good", PRESENT, NONE, "bad"] or [
        row.wording.name for row in found.development
    ] == ["good", NONE, PRESENT, "bad"]
    assert found.chosen == GOOD
    assert [row.wording.name for row in found.report][:2] == [NONE, PRESENT]
    report = {row.wording.name: row for row in found.report}
    assert report["good"].right == {"plain": 1.0, "belief": 1.0}
    assert report[NONE].right == {"plain": 1.0, "belief": 0.0}
    assert found.gain(NONE).value == pytest.approx(0.5)
    assert found.as_dict()["gain"][NONE]["value"] == pytest.approx(0.5)


def test_where_nothing_is_better_the_prompt_stays() -> None:
    found = tuned([BAD])
    assert found.chosen.name == PRESENT
    assert found.gain(PRESENT).value == 0


def test_of_equals_the_prompt_as_it_is_stays() -> None:
    shorter = Wording("shorter", "No.")
    assert len(shorter.text) < len(ORACLE.system_prompt)
    assert tuned([shorter], lambda job: "I do not know.").chosen.name == PRESENT


def test_the_halves_share_nothing() -> None:
    halves = Halves.of(QUESTIONS, conditions_named("all"), phrases(), ["a", "b", "c"], limit=0, message_count=5, seed=1)
    for name in ("questions", "messages"):
        assert not set(getattr(halves.development, name)) & set(getattr(halves.report, name))
    assert not set(halves.development.phrases.beliefs) & set(halves.report.phrases.beliefs)


def test_one_question_makes_no_halves() -> None:
    with pytest.raises(QuestionError, match="fewer than two"):
        Halves.of(QUESTIONS[:1], conditions_named("plain"), phrases(), [], limit=0, message_count=0, seed=1)


@pytest.mark.parametrize("profile", [ORACLE, replace(ORACLE, accent="warm"), replace(ORACLE, strategy="rewrite")])
def test_every_sort_of_voice_has_shipped_candidates(profile: Profile) -> None:
    found = shipped_wordings(replace(profile, id="mine"))
    assert len(found) >= 5
    assert len({w.text for w in found}) == len(found)


def test_files_of_ones_own(tmp_path: Path) -> None:
    lines, named = tmp_path / "mine.txt", tmp_path / "mine.json"
    lines.write_text("Be brief.\n\nBe right.\n", encoding="utf-8")
    named.write_text('{"short": "Be brief."}', encoding="utf-8")
    assert [w.name for w in read_wordings(lines)] == ["line 1", "line 3"]
    assert read_wordings(named) == (Wording("short", "Be brief."),)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.txt", "", "holds no wording"),
        ("a.txt", "Be brief.\nBe brief.\n", "same words"),
        ("a.json", "[1]", "no object"),
        ("a.json", "{", "no JSON"),
        ("a.txt", "caf\xe9", "UTF-8"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, name: str, text: str, why: str) -> None:
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    with pytest.raises(QuestionError, match=why):
        read_wordings(tmp_path / name)
