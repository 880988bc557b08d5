from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.gguf.gguf_files import gguf_bytes, write_gguf
from tests.models.conftest import hub as hub  # noqa: PLC0414  a fixture, used by name
from tests.models.fake_hub import FakeHub
from warmchat.cli.main import main
from warmchat.domain.errors import EngineError
from warmchat.engine.protocol import Job

Captured = pytest.CaptureFixture[str]

pytestmark = pytest.mark.usefixtures("in_folder")


def test_list(capsys: Captured, in_folder: Path, starter: Path) -> None:
    write_gguf(in_folder / "tiny.gguf")
    write_gguf(in_folder / "warm.gguf", general__type="adapter")
    assert main(["models", "list", "--json"]) == 0
    listed = {item["name"]: item for item in json.loads(capsys.readouterr().out)}
    assert listed["tiny"]["path"] == str(in_folder / "tiny.gguf")
    assert listed["tiny"]["source"] == "current folder"
    assert listed["warm"]["note"] == "adapter: cannot chat"
    assert listed[starter.stem]["source"] == "starter"
    assert main(["models", "list"]) == 0
    assert "tiny" in capsys.readouterr().out


def test_info_by_path_and_by_name(capsys: Captured, in_folder: Path) -> None:
    write_gguf(in_folder / "tiny.gguf")
    assert main(["models", "info", "tiny.gguf", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["architecture"], facts["quantisation"], facts["context_length"]) == ("llama", "Q4_1", 2048)
    assert facts["memory"]["context"] == 2048 * 512
    assert facts["memory"]["fits"] is True
    assert main(["--ctx", "1000", "models", "info", "tiny", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["memory"]["context"] == 1000 * 512
    assert main(["models", "info", "tiny"]) == 0
    said = capsys.readouterr()
    assert "quantisation:  Q4_1" in said.out
    assert said.err == ""


def test_info_warns_of_what_may_not_fit(capsys: Captured, in_folder: Path) -> None:
    write_gguf(in_folder / "tiny.gguf")
    assert main(["--ctx", str(2**31 - 1), "models", "info", "tiny.gguf"]) == 0
    assert "may not fit" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "says", "hint"),
    [
        (b"<html>", "not a GGUF file: it looks like a web page", "models pull"),
        (gguf_bytes()[:-9], "is cut short", "fetch the file again"),
        (b"", "it is empty", "models pull"),
    ],
)
def test_bad_files_are_one_line_and_a_hint(
    capsys: Captured, in_folder: Path, content: bytes, says: str, hint: str
) -> None:
    (in_folder / "bad.gguf").write_bytes(content)
    assert main(["models", "info", "bad.gguf"]) == 1
    said = capsys.readouterr()
    message, advice = said.err.splitlines()
    assert message.startswith("warmchat: bad.gguf ")
    assert says in message
    assert advice.startswith("  hint: ")
    assert hint in advice
    assert said.out == ""


def test_a_name_that_nothing_has(capsys: Captured) -> None:
    assert main(["models", "info", "nothing-like-this"]) == 1
    assert "no model called 'nothing-like-this'" in capsys.readouterr().err


class FakeEngine:
    def __init__(self, error: EngineError | None = None) -> None:
        self.error = error
        self.closed = False
        self.asked = 0

    def describe(self) -> SimpleNamespace:
        if self.error is not None:
            raise self.error
        return SimpleNamespace(load_s=0.25, n_ctx=2048, template="abc", threads=2, notes=("a note",))

    def submit(self, job: Job) -> list[int]:
        self.asked = job.sampling.max_tokens
        return [1]

    def close(self) -> None:
        self.closed = True


def wire(monkeypatch: pytest.MonkeyPatch, engine: FakeEngine) -> None:
    wiring = ModuleType("warmchat.wiring")
    wiring.open_engine = lambda settings, model: engine  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "warmchat.wiring", wiring)


def test_check_loads_the_model_and_frees_it(
    capsys: Captured, in_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_gguf(in_folder / "tiny.gguf")
    engine = FakeEngine()
    wire(monkeypatch, engine)
    assert main(["models", "check", "tiny.gguf", "--json"]) == 0
    assert engine.closed
    assert engine.asked == 1, "it must draw a token, too"
    facts = json.loads(capsys.readouterr().out)
    assert facts == {
        "path": str(in_folder / "tiny.gguf"),
        "load_s": 0.25,
        "n_ctx": 2048,
        "n_ctx_train": 2048,
        "own_template": True,
        "template": "abc",
        "threads": 2,
        "notes": ["a note"],
    }
    assert main(["models", "check", "tiny.gguf"]) == 0
    said = capsys.readouterr()
    assert "loaded in 0.25 s; context of 2,048 tokens; 2 threads" in said.out
    assert said.err == "a note\n"


def test_check_of_a_model_that_does_not_load(
    capsys: Captured, in_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_gguf(in_folder / "tiny.gguf")
    engine = FakeEngine(EngineError("llama.cpp could not load it", "try another"))
    wire(monkeypatch, engine)
    assert main(["models", "check", "tiny.gguf"]) == 1
    assert engine.closed
    assert "hint: try another" in capsys.readouterr().err


def test_pull_from_a_hub(capsys: Captured, hub: FakeHub, tmp_path: Path) -> None:
    hub.files["owner/tiny"] = {"tiny.Q4_0.gguf": gguf_bytes(), "tiny.Q8_0.gguf": gguf_bytes()}
    command = ["--data-dir", str(tmp_path / "data"), "models", "pull"]
    assert main([*command, "hf:owner/tiny"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "warmchat models pull hf:owner/tiny:tiny.Q8_0.gguf" in said.err
    assert main([*command, "hf:owner/tiny:Q8_0"]) == 0
    file = tmp_path / "data" / "models" / "owner" / "tiny" / "tiny.Q8_0.gguf"
    assert capsys.readouterr().out == f"{file}\n"
    assert main(["--data-dir", str(tmp_path / "data"), "models", "info", "tiny.Q8_0"]) == 0
    assert str(file) in capsys.readouterr().out


def test_pull_stopped_with_ctrl_c_says_that_it_goes_on(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr("warmchat.models.pull.pull_hf", interrupted)
    assert main(["--data-dir", str(tmp_path), "models", "pull", "hf:a/b"]) == 1
    assert "the same command goes on from there" in capsys.readouterr().err


def test_pull_without_a_spec_is_the_starter(capsys: Captured, starter: Path) -> None:
    assert main(["models", "pull"]) == 0
    assert capsys.readouterr().out == f"{starter}\n"


def test_pull_of_something_else(capsys: Captured) -> None:
    assert main(["models", "pull", "llama3"]) == 1
    assert "the form is hf:OWNER/REPO" in capsys.readouterr().err


def test_no_model_at_all(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warmchat.models.find.starter_model", lambda: None)
    assert main(["models", "list"]) == 0
    assert "models pull fetches the starter" in capsys.readouterr().err
    assert main(["models", "info"]) == 1
    assert "There is no model on this machine" in capsys.readouterr().err
