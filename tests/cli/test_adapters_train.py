"""``warmchat adapters train`` where it cannot train: the reason in one line, with a hint, before anything is loaded."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.adapters.train.tiny_models import tiny_model
from tests.gguf.gguf_files import write_gguf
from warmchat.adapters.train import torch_model
from warmchat.adapters.train.recipe import Recipe
from warmchat.cli import adapters_train
from warmchat.cli.main import main

Captured = pytest.CaptureFixture[str]
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, in_folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command; exit code and what was said. No package is missing, unless the test says so."""
    monkeypatch.setattr(torch_model, "NEEDED", ())
    def ended(*arguments: str) -> tuple[int, str]:
        code = main(["--data-dir", str(tmp_path / "data"), "adapters", "train", *arguments])
        return code, capsys.readouterr().err

    return ended


@pytest.fixture
def tiny(in_folder: Path) -> Path:
    return tiny_model(in_folder / "tiny.gguf")


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_engine(*_: object) -> None:
        raise AssertionError("nothing is to be loaded")

    monkeypatch.setattr("warmchat.wiring.open_engine", open_engine)


pytestmark = pytest.mark.usefixtures("no_engine")


def test_the_extra_is_missing(run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_model, "NEEDED", ("json", "no_such_package"))
    code, said = run("--style", "warm", "--base", str(tiny))
    assert code == 1
    assert "Training needs no_such_package" in said
    assert "pip install 'warmchat[train]'" in said


def test_an_architecture_that_cannot_be_trained(run: Run, in_folder: Path) -> None:
    write_gguf(in_folder / "m.gguf", general__architecture="mamba")
    code, said = run("--style", "warm", "--base", "m.gguf")
    assert code == 1
    assert "mamba" in said
    assert "llama, qwen2, qwen3" in said


def test_no_such_model(run: Run) -> None:
    code, said = run("--style", "warm", "--base", "nowhere.gguf")
    assert code == 1
    assert "nowhere.gguf" in said


def test_a_server_s_model(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMCHAT_REMOTE_URL", "http://localhost:1/v1")
    code, said = run("--style", "warm")
    assert code == 1
    assert "--base FILE.gguf" in said


def test_an_unknown_profile(run: Run, tiny: Path) -> None:
    code, said = run("--style", "cold", "--base", str(tiny), "--from", "nobody")
    assert code == 1
    assert "nobody" in said


@pytest.mark.parametrize("name", ["../warm", "Warm", "", "a b", "x" * 65, ".hidden"])
def test_a_name_that_can_be_none(run: Run, tiny: Path, name: str) -> None:
    code, said = run("--style", "warm", "--base", str(tiny), "--name", name)
    assert code == 2
    assert "make a name" in said


def test_style_is_asked_for(run: Run, tiny: Path) -> None:
    code, said = run("--base", str(tiny))
    assert code == 2
    assert "--style" in said


def test_the_adapter_is_there_already(run: Run, tiny: Path, tmp_path: Path) -> None:
    there = tmp_path / "data/adapters/tiny-80k/warm.gguf"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"mine")
    code, said = run("--style", "warm", "--base", str(tiny))
    assert code == 1
    assert "already an adapter warm for tiny-80k" in said
    assert "--force" in said
    assert there.read_bytes() == b"mine"


def test_an_unfinished_run_with_other_settings(run: Run, tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data/training/tiny-80k/warm"
    folder.mkdir(parents=True)
    begun = replace(Recipe("warm", "warm", "other", "companion", "hash", "prompt"), rank=4)
    (folder / "recipe.json").write_text(json.dumps(begun.as_dict()))
    (folder / "checkpoint.pt").write_bytes(b"learned")
    code, said = run("--style", "warm", "--base", str(tiny))
    assert code == 1
    assert "rank 4, now 8" in said
    assert "--restart" in said
    assert (folder / "checkpoint.pt").read_bytes() == b"learned"


def test_too_little_memory(run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=1 << 20))
    code, said = run("--style", "warm", "--base", str(tiny))
    assert code == 1
    assert "of memory; 0.0 are free" in said


def test_too_little_disk(run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1 << 20))
    code, said = run("--style", "warm", "--base", str(tiny))
    assert code == 1
    assert "MiB of disk" in said
    assert "1 are free" in said


def test_interruption_says_how_to_go_on(
    run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    engine = SimpleNamespace(close=lambda: closed.append(True))

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("warmchat.wiring.open_engine", lambda *_: engine)
    monkeypatch.setattr(adapters_train, "_use_threads", lambda _: None)
    monkeypatch.setattr(adapters_train, "_warmth", lambda _: None)
    monkeypatch.setattr(adapters_train, "_run", stop)
    code, said = run("--style", "warm", "--base", str(tiny))
    assert code == 1
    assert "what was made is kept" in said
    assert "the same command goes on" in said
    assert closed == [True]


def test_help_names_the_settings_of_the_study(run: Run, capsys: Captured) -> None:
    assert main(["adapters", "train", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Rank of the LoRA. [default: 8;" in said
    assert "the study: 1e-5" in said
