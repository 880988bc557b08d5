"""`warmchat adapters`: listing, telling, and making with the real model at small size."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.adapters.toy_engine import ToyEngine
from tests.engine.adapter_files import control_vector
from warmchat import wiring
from warmchat.cli.main import main
from warmchat.gguf.header import read_header
from warmchat.models.adapters import base_name

Captured = pytest.CaptureFixture[str]
pytestmark = pytest.mark.usefixtures("in_folder")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def base(starter: Path) -> str:
    return base_name(read_header(starter))


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> ToyEngine:
    engine = ToyEngine()
    monkeypatch.setattr(wiring, "open_engine", lambda *_: engine)
    return engine


def run(data: Path, *arguments: str) -> int:
    return main(["--data-dir", str(data), *arguments])


def write_profiles(folder: Path) -> Path:
    folder.mkdir()
    front = "---\nadapters:\n  - {control_vector: warmth, strength: 0.2}\n---\n"
    (folder / "companion.md").write_text(front + "You are warm and kind.\n")
    (folder / "oracle.md").write_text("Answer factually and concisely.\n")
    (folder / "twin.md").write_text("You are warm and kind.\n")
    return folder


def test_list_says_what_fits_and_what_does_not(
    capsys: Captured, data: Path, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    folder = data / "adapters" / base
    folder.mkdir(parents=True)
    control_vector(folder / "mine.gguf", span=(-0.2, 0.4))
    control_vector(folder / "narrow.gguf", width=512)
    assert run(data, "adapters", "list", "--json") == 0
    found = {item["name"]: item for item in json.loads(capsys.readouterr().out) if item["source"] == "data folder"}
    assert found["mine"]["fits"]
    assert found["mine"]["range"] == pytest.approx([-0.2, 0.4])
    assert "512 wide" in found["narrow"]["misfit"]
    assert run(data, "adapters", "list") == 0
    assert "-0.20 .. 0.40" in capsys.readouterr().out


def test_info_tells_the_metadata(capsys: Captured, data: Path, base: str) -> None:
    folder = data / "adapters" / base
    folder.mkdir(parents=True)
    control_vector(folder / "mine.gguf")
    assert run(data, "adapters", "info", "mine") == 0
    said = capsys.readouterr().out
    assert "controlvector.model_hint" in said
    assert "8-22" in said
    assert run(data, "adapters", "info", str(folder / "mine.gguf"), "--json") == 0
    assert json.loads(capsys.readouterr().out)["layers"] == list(range(8, 23))


def test_info_of_what_is_not_there_is_one_line_and_a_hint(capsys: Captured, data: Path) -> None:
    assert run(data, "adapters", "info", "nothing") == 1
    said = capsys.readouterr().err
    assert "no adapter called 'nothing'" in said
    assert "hint: warmchat adapters list" in said


def test_a_vector_is_made_told_and_listed(capsys: Captured, data: Path, tmp_path: Path, toy: ToyEngine) -> None:
    profiles = str(write_profiles(tmp_path / "profiles"))
    assert run(data, "--profile-dir", profiles, "adapters", "vector", "--quick", "--json") == 0
    made = json.loads(capsys.readouterr().out)
    path = Path(made["path"])
    assert path == data / "adapters" / "toy-1m" / "warmth.gguf"
    assert path.is_file()
    assert Path(made["card"]).is_file()
    assert made["strengths"][0] < 0 < made["recommended"] <= made["strengths"][1]
    assert set(made["seconds"]) >= {"reading the voices", "dial"}
    assert toy.closed


def test_a_name_that_is_taken_is_not_written_over(
    capsys: Captured, data: Path, tmp_path: Path, toy: ToyEngine
) -> None:
    profiles = str(write_profiles(tmp_path / "profiles"))
    path = data / "adapters" / "toy-1m" / "warmth.gguf"
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    order = ["--profile-dir", profiles, "adapters", "vector", "--no-measure"]
    assert run(data, *order) == 1
    assert "already an adapter warmth" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert toy.asked == []
    toy.closed = False
    assert run(data, *order, "--force") == 0
    assert path.read_bytes().startswith(b"GGUF")
    assert "no range" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--from", "companion", "--against", "twin"], 1, "the same"),
        (["--from", "nobody"], 1, "no profile 'nobody'"),
        (["--layers", "a-b"], 2, "FIRST-LAST"),
        (["--layers", "2-40"], 1, "this model has 6"),
        (["--name", "../x"], 2, "make a name"),
        (["--method", "magic"], 2, "mean"),
    ],
)
def test_bad_orders(
    capsys: Captured, data: Path, tmp_path: Path, toy: ToyEngine, arguments: list[str], code: int, says: str
) -> None:
    profiles = str(write_profiles(tmp_path / "profiles"))
    assert run(data, "--profile-dir", profiles, "adapters", "vector", *arguments) == code
    assert says in capsys.readouterr().err
    assert not list(data.glob("adapters/*/*"))


def test_a_server_cannot_be_read(capsys: Captured, data: Path) -> None:
    assert run(data, "--remote", "http://localhost:9/v1", "adapters", "vector") == 1
    said = capsys.readouterr().err
    assert "does not show the model's hidden states" in said
    assert "--model" in said


def test_ctrl_c_is_quiet_and_leaves_no_file(
    capsys: Captured, data: Path, tmp_path: Path, toy: ToyEngine
) -> None:
    toy.failure, toy.fail_at = KeyboardInterrupt(), 30
    profiles = str(write_profiles(tmp_path / "profiles"))
    assert run(data, "--profile-dir", profiles, "adapters", "vector") == 1
    said = capsys.readouterr().err
    assert "Stopped" in said
    assert "Traceback" not in said
    assert not list(data.glob("adapters/*/*"))
    assert toy.closed


def test_training_is_offered_where_it_is_there(capsys: Captured, data: Path) -> None:
    assert run(data, "adapters", "--help") == 0
    said = capsys.readouterr().out
    assert "vector" in said
    assert "list" in said
