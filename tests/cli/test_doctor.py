"""``warmchat doctor`` finds what is wrong, changes nothing, and works where nothing else does."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.gguf.gguf_files import write_gguf
from warmchat.cli.main import main
from warmchat.places import config_folder, data_folder
from warmchat.storage.log import SessionLog

Captured = pytest.CaptureFixture[str]
AUTOMATIC = {"n_ctx", "threads", "kv_type", "flash_attention", "gpu_layers", "mmap", "lanes"}

pytestmark = pytest.mark.usefixtures("in_folder")


def report(capsys: Captured, *arguments: str, exits: int = 0) -> dict[str, Any]:
    """What doctor says as JSON; the model is not loaded unless that is asked for."""
    options = [] if "--load" in arguments else ["--no-load"]
    own = [argument for argument in arguments if argument != "--load"]
    code = main([*own, "doctor", "--json", *options])
    out = capsys.readouterr().out
    found: dict[str, Any] = json.loads(out)
    assert code == exits, found["problems"]
    return found


def told(found: dict[str, Any], part: str) -> dict[str, Any]:
    """The one problem whose message has this part."""
    matching = [problem for problem in found["problems"] if part in problem["message"]]
    assert len(matching) == 1, found["problems"]
    problem: dict[str, Any] = matching[0]
    assert problem["hint"]
    return problem


@pytest.fixture
def no_starter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warmchat.models.find.starter_model", lambda: None)


def python_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, ends: str, with_signal: int) -> None:
    """Processes whose command line has this part end by this signal."""
    file = tmp_path / "python"
    file.write_text(
        f'#!/bin/sh\ncase "$*" in *{ends}*) kill -{with_signal} $$ ;; *) exec {sys.executable} "$@" ;; esac\n'
    )
    file.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(file))


# ---- all is well


def test_it_says_what_there_is_and_makes_nothing(capsys: Captured, starter: Path) -> None:
    found = report(capsys)
    assert found["can_chat"] is True
    assert found["installed"]["features"]
    assert "GGML_CUDA" in found["installed"]["gpu_builds"]["NVIDIA (CUDA)"]
    assert found["terminal"]["terminal"] is False
    assert found["model"]["path"] == str(starter)
    assert found["model"]["fits"] is True
    assert found["model"]["lane_bytes"] == 8192 * (30 * 3 * 128 * 2 + 9 * 128 * 4)
    assert {profile["id"] for profile in found["profiles"]["usable"]} >= {"oracle", "companion"}
    assert found["automatic"].keys() == AUTOMATIC
    assert all(choice["reason"] for choice in found["automatic"].values())
    assert "engine" not in found
    assert not data_folder().exists()
    assert not config_folder().exists()


@pytest.mark.model
def test_it_loads_the_model_and_lets_it_speak(capsys: Captured) -> None:
    found = report(capsys, "--load")
    assert found["engine"]["loaded"] is True
    assert found["engine"]["process_bytes"] > found["automatic"]["n_ctx"]["value"] * 30 * 3 * 128 * 2
    assert found["automatic"]["kv_type"]["value"] == "f16"
    assert found["can_chat"] is True


def test_people_read_it_at_80_columns(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["doctor", "--no-load"]) == 0
    lines = capsys.readouterr().out.splitlines()
    too_wide = [line for line in lines if len(line.rstrip()) > 80 and "pip install" not in line]
    assert not too_wide
    assert any(line.startswith("  flash attention") for line in lines)
    assert "\x1b" not in "".join(lines), "no colours in a pipe"


def test_the_build_line_is_one_that_a_shell_takes(capsys: Captured) -> None:
    assert main(["doctor", "--no-load"]) == 0
    printed = capsys.readouterr().out
    copied = printed[printed.index("CMAKE_ARGS") :].split("    for ")[0]
    words = shlex.split(copied.replace("\\\n", ""))  # as a shell goes on with the next line
    assert words[:5] == ["CMAKE_ARGS=-DGGML_CUDA=on", sys.executable, "-m", "pip", "install"]
    assert words[-1].startswith("llama-cpp-python==")
    assert shlex.split(report(capsys)["installed"]["gpu_builds"]["NVIDIA (CUDA)"]) == words


def test_a_terminal_that_knows_ascii_alone_is_no_reason_to_fail(tmp_path: Path) -> None:
    folder = tmp_path / "h\u00e9l\u00e8ne"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "warmchat", "--data-dir", str(folder), "doctor", "--no-load"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"Text is written as ascii" in done.stdout


# ---- what stops a chat


@pytest.mark.usefixtures("no_starter")
def test_without_any_model(capsys: Captured) -> None:
    found = report(capsys, exits=1)
    assert "models pull" in told(found, "no model on this machine")["hint"]
    assert found["model"]["path"] is None
    assert found["automatic"] == {}
    assert found["profiles"]["usable"], "the other parts are looked at all the same"


def test_a_file_that_is_no_model(capsys: Captured, in_folder: Path) -> None:
    (in_folder / "page.gguf").write_bytes(b"<html>")
    assert told(report(capsys, "--model", "page.gguf", exits=1), "not a GGUF file")["stops_chat"] is True


def test_a_broken_settings_file(capsys: Captured, in_folder: Path) -> None:
    (in_folder / "warmchat.toml").write_text('shadow = "always\n')
    found = report(capsys, "--data-dir", str(in_folder / "data"), exits=1)
    problem = told(found, "cannot be read")
    assert str(in_folder / "warmchat.toml") in problem["message"]
    assert problem["stops_chat"] is True
    assert found["folders"]["data"]["path"] == str(in_folder / "data"), "the command line still counts"
    assert found["model"]["fits"] is True


def test_a_setting_that_cannot_be(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMCHAT_KV_TYPE", "q3")
    assert told(report(capsys, exits=1), "'kv_type' cannot be 'q3'")["stops_chat"] is True


def test_settings_that_contradict_each_other(capsys: Captured) -> None:
    found = report(capsys, "--kv-type", "q8_0", "--flash-attention", "off", exits=1)
    assert told(found, "need flash attention")["section"] == "model"


def test_a_window_that_does_not_fit(capsys: Captured) -> None:
    found = report(capsys, "--ctx", "2000000000", exits=1)
    assert "--ctx" in told(found, "2,000,000,000 tokens")["hint"]
    assert found["model"]["fits"] is False


def test_a_profile_that_is_not_there(capsys: Captured) -> None:
    assert told(report(capsys, "--profile", "orakle", exits=1), "no profile 'orakle'")["stops_chat"] is True


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals are of POSIX")
def test_a_crash_while_loading_is_told_not_suffered(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python_that(tmp_path, monkeypatch, ends="warmchat.engine.child", with_signal=signal.SIGABRT)
    found = report(capsys, "--load", exits=1)
    assert "signal 6" in told(found, "ended while loading")["message"]
    assert found["engine"]["loaded"] is False
    assert found["automatic"].keys() == AUTOMATIC, "what would be chosen is still said"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals are of POSIX")
def test_a_llama_cpp_for_another_processor_is_told(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python_that(tmp_path, monkeypatch, ends="engine.llama.devices", with_signal=signal.SIGILL)
    found = report(capsys, "--load", exits=1)
    assert "pip install" in told(found, "ends its process when it is loaded")["hint"]
    assert "engine" not in found, "nothing is gained by crashing twice"


def test_what_llama_cpp_says_of_a_damaged_model_is_shown(capsys: Captured, in_folder: Path) -> None:
    write_gguf(in_folder / "hollow.gguf")  # a header without the tensors that its architecture needs
    found = report(capsys, "--model", "hollow.gguf", "--load", exits=1)
    told(found, "llama.cpp could not load")
    assert found["engine"]["last_words"]


# ---- what does not


def test_a_data_folder_that_cannot_be_written(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", read_only)
    found = report(capsys)
    problem = told(found, "Nothing can be kept")
    assert "read-only" in problem["message"]
    assert problem["stops_chat"] is False
    assert found["folders"]["data"]["writable"] is False


def test_a_data_folder_that_is_a_file(capsys: Captured, in_folder: Path) -> None:
    (in_folder / "data").write_text("no folder")
    found = report(capsys, "--data-dir", str(in_folder / "data"))
    assert "no folder" in told(found, "Nothing can be kept")["message"]


def test_the_log_is_read_and_left_as_it_is(capsys: Captured, in_folder: Path) -> None:
    file = in_folder / "data" / "log.db"
    SessionLog.open(file).close()
    before = file.read_bytes()
    found = report(capsys, "--data-dir", str(file.parent))
    assert found["log"]["version"] == found["log"]["newest"]
    assert found["log"]["counts"]["sessions"] == 0
    assert found["log"]["mode"] == "600"
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["log.db"]


def test_a_log_in_use_is_read_with_what_was_written_last(capsys: Captured, in_folder: Path) -> None:
    file = in_folder / "data" / "log.db"
    with SessionLog.open(file):
        assert file.with_name("log.db-wal").exists()
        assert report(capsys, "--data-dir", str(file.parent))["log"]["read_whole"] is True


def test_a_damaged_log_and_one_of_a_newer_version(capsys: Captured, in_folder: Path) -> None:
    file = in_folder / "log.db"
    file.write_bytes(b"these are not the bytes of a database, not even of a small one" * 20)
    problem = told(report(capsys, "--data-dir", str(in_folder)), "not an SQLite database")
    assert problem["section"] == "log"
    file.unlink()
    SessionLog.open(file).close()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    told(report(capsys, "--data-dir", str(in_folder)), "newer warmchat")


def test_a_log_that_others_may_read(capsys: Captured, in_folder: Path) -> None:
    file = in_folder / "log.db"
    SessionLog.open(file).close()
    file.chmod(0o644)
    assert "chmod 600" in told(report(capsys, "--data-dir", str(in_folder)), "Others may read the log")["hint"]


def test_a_broken_profile_and_one_whose_adapter_is_missing(capsys: Captured) -> None:
    folder = config_folder() / "system_prompts"
    folder.mkdir(parents=True)
    (folder / "broken.md").write_text("---\nsampling: {temperature: hot}\n---\nYou are.\n")
    (folder / "tuned.md").write_text("---\nadapters:\n  - lora: nowhere\n    scale: 1.0\n---\nYou are.\n")
    found = report(capsys)
    assert "broken.md" in told(found, "temperature")["message"]
    assert told(found, "tuned speaks without an adapter")["section"] == "adapters"
    assert found["can_chat"] is True


def test_an_adapter_that_cannot_be_read_does_not_hide_the_others(capsys: Captured, in_folder: Path) -> None:
    folder = in_folder / "adapters" / "smollm2-135m"
    folder.mkdir(parents=True)
    (folder / "bad.gguf").write_bytes(b"GGUF and no more")
    write_gguf(folder / "good.gguf", general__type="adapter")
    found = report(capsys, "--data-dir", str(in_folder))
    told(found, "bad.gguf")
    assert [(a["name"], a["fits"]) for a in found["adapters"]["found"] if a["name"] == "good"] == [("good", True)]


def test_a_variable_that_nothing_reads(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMCHAT_PROFIL", "companion")
    assert "WARMCHAT_PROFILE" in told(report(capsys), "WARMCHAT_PROFIL")["hint"]


def test_a_folder_that_is_not_trusted_is_said(capsys: Captured, in_folder: Path) -> None:
    (in_folder / "warmchat.toml").write_text('remote_url = "http://example.invalid/v1"\n')
    found = report(capsys)
    told(found, "left out here")
    assert "remote" not in found["model"], "it is left out, as the chat would"


# ---- a server


def test_a_server_that_is_down_and_its_password(capsys: Captured) -> None:
    found = report(capsys, "--remote", "http://anna:secret@127.0.0.1:9/v1")
    assert "secret" not in json.dumps(found)
    assert report(capsys, "--remote", "http://127.0.0.1:9/v1", "--load", exits=1)["engine"]["loaded"] is False


def test_nothing_is_kept_off_the_record(capsys: Captured) -> None:
    found = report(capsys, "--no-log")
    assert found["log"]["kept"] is False
