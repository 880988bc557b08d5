"""``warmchat eval tune`` with an engine that answers by its prompt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import warmchat.wiring
from tests.evals.test_wordings import GOOD, QUESTIONS
from warmchat.cli.main import main
from warmchat.engine.protocol import Job
from warmchat.engine.scripted import ScriptedEngine
from warmchat.places import config_folder

asked: list[Job] = []


def answers(job: Job) -> str:
    """Right under the good prompt alone."""
    asked.append(job)
    number = "".join(c for c in job.messages[-1].content.split("?")[0] if c.isdigit())
    return f"{'Alpha' if job.messages[0].content == GOOD.text else 'Omega'}{number}"


@pytest.fixture
def files(in_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Arguments that name a small set and two candidates; nothing is loaded."""
    asked.clear()
    monkeypatch.setenv("WARMCHAT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(warmchat.wiring, "chosen_model", lambda settings: Path("scripted.gguf"))
    monkeypatch.setattr(warmchat.wiring, "open_engine", lambda settings, model: ScriptedEngine(answers))
    questions, candidates = in_folder / "small.jsonl", in_folder / "mine.txt"
    questions.write_text(
        "\n".join(json.dumps({"question": q.question, "answers": q.answers, "wrong": q.wrong}) for q in QUESTIONS),
        encoding="utf-8",
    )
    candidates.write_text(f"Be wrong.\n{GOOD.text}\n", encoding="utf-8")
    return ["eval", "tune", "oracle", "--set", str(questions), "--candidates", str(candidates)]


def test_the_best_wording_is_named_with_both_halves_and_nothing_is_written(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*files, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["profile"], found["chosen"], found["wording"]) == ("oracle", "line 2", GOOD.text)
    assert found["gain"]["none"]["value"] == 1
    assert {row["name"] for row in found["report"]} >= {"none", "as it is", "line 2"}
    assert not config_folder().exists()


def test_the_table_and_the_written_profile(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*files, "--write", "mine"]) == 0
    said, told = capsys.readouterr()
    assert "Best: line 2" in said
    first = next(line for line in told.splitlines() if line.endswith("line 2: 100.0 % right"))
    assert first.startswith("4 of 9 after "), "what came of a wording is told as soon as it was measured"
    assert "\n8 of 8 after " in told, "as it is, none and two candidates, on one half and on the other"
    assert len(told.splitlines()) == 8
    assert "+100.0 points" in said
    text = (config_folder() / "system_prompts" / "mine.md").read_text(encoding="utf-8")
    assert text.endswith(f"---\n{GOOD.text}\n")
    assert "dry_multiplier" in text, "all else is as in the profile that was tuned"


def test_what_is_there_is_not_overwritten_and_that_is_said_before_the_work(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    file = config_folder() / "system_prompts" / "mine.md"
    file.parent.mkdir(parents=True)
    file.write_text("mine", encoding="utf-8")
    assert main([*files, "--write", "mine"]) == 1
    assert "exists already" in capsys.readouterr().err
    assert (file.read_text(encoding="utf-8"), asked) == ("mine", [])
