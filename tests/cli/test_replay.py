"""``warmchat replay`` with the real model: equal, unequal and why, and what cannot be made again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from warmchat.cli.main import main
from warmchat.settings import load_settings
from warmchat.storage.log import SessionLog
from warmchat.wiring import open_engine, open_log, open_profiles, open_session

pytestmark = pytest.mark.model

HARD_DAY = "I had a hard day. I believe Saturn is the largest planet. What is the largest planet?"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_folder: Path) -> Path:
    monkeypatch.setenv("WARMCHAT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WARMCHAT_SHADOW_SAMPLES", "0")
    monkeypatch.setenv("WARMCHAT_THREADS", "1")  # two threads wait for each other on a busy machine
    return tmp_path / "data"


def asked(data: Path, *arguments: str) -> str:
    """The id of the turn that `ask` made."""
    assert main(["ask", "--max-tokens", "24", *arguments]) == 0
    with SessionLog.open(data / "log.db") as log:
        return log.find_turn("last")


def replayed(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_drawn_reply_and_its_shadow_are_equal(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    turn = asked(data, "-p", "companion", HARD_DAY)
    before = (data / "log.db").read_bytes()
    found = replayed(capsys, 0, "replay", turn[:14])
    assert found["equal"]
    assert found["now"]["text"] == found["then"]["text"]
    facts = {fact["name"]: fact for fact in found["facts"]}
    assert float(facts["sampling"]["then"].split(",")[0].removeprefix("temperature ")) > 0
    unknown = [name for name, fact in facts.items() if fact["same"] is not True]
    assert unknown == [], "the log keeps all that a reply depends on"
    shadow = replayed(capsys, 0, "replay", turn, "--shadow")
    assert (shadow["equal"], shadow["profile"]) == (True, "oracle")
    assert (data / "log.db").read_bytes() == before, "nothing is written"

    assert main(["replay", "last"]) == 0
    assert "came out equal, all" in capsys.readouterr().out


def test_another_profile_and_another_model_are_named(
    capsys: pytest.CaptureFixture[str], data: Path, in_folder: Path, starter: Path
) -> None:
    turn = asked(data, "What is the capital of Australia?")
    folder = in_folder / "profiles"
    folder.mkdir()
    (folder / "oracle.md").write_text("---\nsampling: {temperature: 0, max_tokens: 40}\n---\nTell a long fairy tale.\n")
    found = replayed(capsys, 1, "--profile-dir", str(folder), "replay", turn, "--profile-now")
    assert not found["equal"]
    assert found["causes"][0].startswith("profile: ")
    assert {fact["name"] for fact in found["facts"] if fact["same"] is False} >= {"profile", "prompt", "tokens read"}
    assert replayed(capsys, 0, "--profile-dir", str(folder), "replay", turn)["equal"], "the log holds what spoke then"

    other = spoilt(starter, in_folder / "other.gguf")
    found = replayed(capsys, 1, "replay", turn, "--model", str(other))
    assert found["causes"][0].startswith("model: another model file made the reply")
    assert found["difference"]["at"] <= len(found["then"]["text"])

    assert main(["replay", turn, "--model", str(other)]) == 1
    said = capsys.readouterr().out
    assert "came out otherwise from character" in said
    assert "What could have made the difference:" in said


def spoilt(model: Path, target: Path) -> Path:
    """The same model with another name in its header, and the last quarter of its weights in another order."""
    raw = model.read_bytes()
    name = raw.index(b"Smollm2", raw.index(b"general.name"))
    half = len(raw) - len(raw) // 4
    middle = (half + len(raw)) // 2
    target.write_bytes(raw[:name] + b"OtherLM" + raw[name + 7 : half] + raw[middle:] + raw[half:middle])
    return target


def test_a_model_that_is_gone_is_an_error_in_words(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    turn = asked(data, "Hello")
    with closing(sqlite3.connect(data / "log.db")) as db:
        db.execute("UPDATE replies SET model = 'feedfacefeedface', model_name = 'Lost-7B'")
        db.commit()
    capsys.readouterr()
    assert main(["replay", turn]) == 1
    said = capsys.readouterr().err
    assert "The model that made this reply is not on this machine: Lost-7B (feedfacefeedface)" in said
    assert "--model FILE" in said
    assert main(["replay", "nothing"]) == 1
    assert "The log holds no turn 'nothing'" in capsys.readouterr().err


def test_what_was_kept_read_is_rebuilt(capsys: pytest.CaptureFixture[str], data: Path, starter: Path) -> None:
    """Later turns of a chat stand on a prefix that was read piece by piece: made again so, the bytes are equal."""
    settings = load_settings(data_dir=data, profile="companion")
    engine = open_engine(settings, starter)
    with open_log(settings) as log:
        session = open_session(settings, engine=engine, profiles=open_profiles(settings), log=log)
        session.override_sampling(max_tokens=20)
        for voice, text in (("companion", "I feel low. What is the capital of Australia?"),
                            ("oracle", "How many legs does a spider have?"), ("companion", "And an ant?")):  # fmt: skip
            session.switch_profile(voice)
            list(session.send(text))
        session.close()
        turns = log.turns(session.id)
    engine.close()
    for turn, options in ((turns[1], ()), (turns[2], ()), (turns[2], ("--shadow",))):
        found = replayed(capsys, 0, "replay", turn.id, "--as-logged", *options)
        facts = {fact["name"]: fact for fact in found["facts"]}
        assert found["equal"], options
        assert facts["prefix"]["same"], facts["prefix"]
        assert not facts["prefix"]["then"].startswith("0 of"), "something had been kept"
        assert found["unlike"] == []
