"""``warmchat eval`` on the command line: with a model whose errors are known, and once with the real one."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.evals.world import KnownModel, small
from warmchat import wiring
from warmchat.cli import eval_run
from warmchat.cli.main import main
from warmchat.engine.scripted import ScriptedEngine
from warmchat.evals.run import EvalRun
from warmchat.storage.evals.store import EvalStore

SMALL = ("eval", "run", "--limit", "3", "--conditions", "plain,belief", "--warmth-messages", "2", "--cases", "2")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_folder: Path) -> Path:
    monkeypatch.setenv("WARMCHAT_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, data: Path, starter: Path) -> KnownModel:
    engine = KnownModel(small(391, talk=100))
    monkeypatch.setattr(wiring, "open_engine", lambda *_: engine)
    return engine


def json_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_run_report_list_and_page(
    capsys: pytest.CaptureFixture[str], known: KnownModel, data: Path, tmp_path: Path
) -> None:
    assert main([*SMALL]) == 0
    shown = capsys.readouterr()
    assert "on the front" in shown.out
    assert "none: questions: 0 %" in shown.err, "in a pipe the progress is told in lines"
    assert known.closed
    assert not (data / "log.db").exists(), "the log has nothing to do with it"

    found = json_of(capsys, "eval", "report")
    assert [v["voice"]["label"] for v in found["voices"]] == ["none", "oracle", "companion"]
    listed = json_of(capsys, "eval", "list")
    assert [run["id"] for run in listed["runs"]] == [found["run"]["id"]]
    assert listed["runs"][0]["replies"] == found["replies"]
    assert (listed["sets"]["facts"], listed["cases"], listed["messages"]) == (391, 64, 200)
    assert len(listed["conditions"]) == 18

    page = tmp_path / "report.html"
    assert main(["eval", "report", found["run"]["id"][:6], "--html", str(page)]) == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert main(["eval", "report", "--html", str(page)]) == 1, "nothing is overwritten unasked"
    assert main(["eval", "report", "--html", str(page), "--force"]) == 0


def test_the_time_left_is_told_when_it_can_be_known(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 1.0, 61.0, 121.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    with eval_run._progress(400) as told:
        told("going on", 100, 400)  # from before: it took no time now
        told("the first of a batch", 101, 400)
        told("on and on", 160, 400)
    assert capsys.readouterr().err.splitlines() == [
        "going on: 25 %", "the first of a batch: 25 %", "on and on: 40 %, about 8 min left",
    ]  # fmt: skip


def test_ctrl_c_keeps_what_was_finished_and_says_so(
    capsys: pytest.CaptureFixture[str], known: KnownModel, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = EvalRun._advance

    def stops(self: EvalRun, work: float, what: str) -> None:
        real(self, work, what)
        if self._done > 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(EvalRun, "_advance", stops)
    assert main([*SMALL]) == 1
    assert "the same command goes on" in capsys.readouterr().err
    with EvalStore.open(data / "evals.db") as store:
        (run,) = store.runs()
        assert store.count(run.id) >= 5
        assert not run.finished_at
    monkeypatch.undo()


def test_restart_forgets_this_run_alone(capsys: pytest.CaptureFixture[str], known: KnownModel) -> None:
    one = ("eval", "run", "--profiles", "oracle", "--limit", "2", "--conditions", "plain", "--warmth-messages", "0",
           "--cases", "0")  # fmt: skip
    json_of(capsys, *one)
    known.closed = False
    json_of(capsys, *one, "--seed", "2")
    known.closed = False
    known.jobs.clear()
    json_of(capsys, *one, "--restart")
    assert len(known.jobs) >= 2
    assert len(json_of(capsys, "eval", "list")["runs"]) == 2


def test_a_judge_that_does_not_beat_the_rules_does_not_judge(
    capsys: pytest.CaptureFixture[str], known: KnownModel, data: Path, starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = iter([known, ScriptedEngine(lambda _job: "yes")])
    monkeypatch.setattr(wiring, "open_engine", lambda *_: next(engines))
    assert main([*SMALL, "--judge", str(starter)]) == 0
    assert "So the rules stay." in capsys.readouterr().err
    with EvalStore.open(data / "evals.db") as store:
        assert {r.judged_by for r in store.replies(store.runs()[0].id)} == {""}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--conditions", "sadd"), "did you mean 'sad'?"),
        (("--set", "nothing"), "there is no question set 'nothing'"),
        (("--profiles", "companion@9"), "from -1 to +1"),
        (("--profiles", "nobody"), "nobody"),
        (("--profiles", "oracle@0.5"), "drives nothing"),
    ],
)
def test_what_cannot_be_measured(
    capsys: pytest.CaptureFixture[str], known: KnownModel, data: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert main([*SMALL, *arguments]) == 1
    assert said in capsys.readouterr().err
    file = data / "evals.db"
    if file.exists():
        with EvalStore.open(file) as store:
            assert store.runs() == []


def test_a_bad_line_of_a_set_is_named_and_nothing_is_run(
    capsys: pytest.CaptureFixture[str], known: KnownModel, data: Path, tmp_path: Path
) -> None:
    rows = [{"question": f"Who is {i}?", "answers": [f"a{i}"], "wrong": f"b{i}"} for i in range(3)]
    rows[1]["wrong"] = "a1"
    file = tmp_path / "mine.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert main([*SMALL, "--set", str(file)]) == 1
    assert "line 2 has 'a1' both as an accepted and as the wrong answer" in capsys.readouterr().err
    assert not (data / "evals.db").exists()
    assert known.jobs == []


@pytest.mark.parametrize("command", ["report", "list"])
def test_before_anything_was_measured(capsys: pytest.CaptureFixture[str], data: Path, command: str) -> None:
    assert main(["eval", command]) == (1 if command == "report" else 0)
    assert "Nothing has been measured yet" in capsys.readouterr().err


@pytest.mark.model
def test_the_real_model(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    """Two voices, one of them without any prompt; rows that say how they came about."""
    found = json_of(capsys, "eval", "run", "--profiles", "none,companion", "--limit", "2", "--conditions",
                    "plain,sad+belief", "--warmth-messages", "1", "--cases", "0")  # fmt: skip
    assert [v["voice"]["label"] for v in found["voices"]] == ["none", "companion"]
    assert found["run"]["finished_at"]
    assert all(v["right"]["n"] == 2 for v in found["voices"])
    assert all(v["warmth"]["texts"] + v["warmth"]["too_short"] == 1 for v in found["voices"])
    with EvalStore.open(data / "evals.db") as store:
        rows = store.replies(found["run"]["id"])
    assert len({r.model for r in rows}) == 1
    assert all(r.model and r.profile_hash and r.text and r.sampling for r in rows)
    assert all(r.tokens <= 40 for r in rows if r.kind == "question")


@pytest.mark.model
@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_a_real_run_that_was_killed_ends_as_one_that_was_not(tmp_path: Path, in_folder: Path) -> None:
    """The program itself, killed after its first replies; the same command then goes on."""
    command = ["eval", "run", "--profiles", "oracle", "--limit", "3", "--conditions", "plain,belief",
               "--warmth-messages", "1", "--cases", "0", "--json"]  # fmt: skip

    def begun(folder: Path) -> subprocess.Popen[bytes]:
        program = [sys.executable, "-m", "warmchat", "--data-dir", str(folder), *command]
        return subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def said(folder: Path) -> list[tuple[str, ...]]:
        with EvalStore.open(folder / "evals.db") as store:
            (run,) = store.runs()
            return sorted((*r.place, r.text, r.result, str(r.warmth)) for r in store.replies(run.id))

    def replies(folder: Path) -> int:
        try:
            with closing(sqlite3.connect(f"file:{folder / 'evals.db'}?mode=ro", uri=True)) as db:
                return int(db.execute("SELECT count(*) FROM replies").fetchone()[0])
        except sqlite3.OperationalError:  # not there yet
            return 0

    cut, whole = tmp_path / "cut", tmp_path / "whole"
    killed = begun(cut)
    while replies(cut) < 2:
        assert killed.poll() is None, killed.communicate()
        time.sleep(0.01)
    killed.kill()
    killed.communicate()
    kept = said(cut)
    assert kept
    for folder in (cut, whole):
        ended = begun(folder)
        assert ended.communicate()[0]
        assert ended.returncode == 0
    assert said(cut) == said(whole)
    assert len(kept) < len(said(whole))
    assert not (cut / "log.db").exists()
