"""``warmchat`` in a terminal: the real program in a pseudo-terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.adapter_files import control_vector
from warmchat.bench.program import Screen, reply_in
from warmchat.cli.main import main
from warmchat.gguf.header import read_header
from warmchat.models.adapters import base_name
from warmchat.places import config_folder
from warmchat.profiles.trust import trusted_folders
from warmchat.storage.log import SessionLog

Start = Callable[..., Screen]
ENTER_SCREEN = "\x1b[?1049h"


@pytest.fixture
def start(tmp_path: Path, in_folder: Path) -> Iterator[Start]:
    screens: list[Screen] = []

    def begin(*arguments: str) -> Screen:
        screens.append(Screen(["--data-dir", str(tmp_path / "data"), *arguments]))
        return screens[-1]

    yield begin
    for screen in screens:
        screen.close()


@pytest.mark.model
def test_what_is_typed_at_the_first_paint_is_answered(start: Start, starter: Path, tmp_path: Path) -> None:
    screen = start("--model", str(starter))
    screen.type("What is the ")  # before anything is drawn
    screen.wait_for("ORACLE")
    screen.type("capital of France?\r")
    assert "Paris" in reply_in(tmp_path / "data" / "log.db", 0, screen).text
    with SessionLog.open(tmp_path / "data" / "log.db") as log:
        (turn,) = log.turns(log.last_session_id() or "")
    assert turn.user_text == "What is the capital of France?"


@pytest.mark.model
def test_the_dial_stands_where_the_command_line_says(start: Start, starter: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "adapters" / base_name(read_header(starter))
    folder.mkdir(parents=True)
    control_vector(folder / "warmth.gguf", span=(-0.1, 0.1))
    screen = start("--model", str(starter), "chat", "--warmth", "0.5", "-p", "companion")
    screen.wait_for("+0.50")


@pytest.mark.model
def test_a_damaged_adapter_fails_the_turn_alone(start: Start, starter: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "adapters" / base_name(read_header(starter))
    folder.mkdir(parents=True)
    control_vector(folder / "warmth.gguf", span=(-0.1, 0.1), poison=float("nan"))
    screen = start("--model", str(starter), "chat", "--warmth", "0.5", "-p", "companion")
    screen.wait_for("COMPANION")
    screen.type("Hello.\r")
    screen.wait_for("NaN")
    screen.type("\x1bOQ")  # F2: the oracle
    screen.wait_for("ORACLE")
    screen.type("What is the capital of France?\r")
    assert "Paris" in reply_in(tmp_path / "data" / "log.db", 1, screen).text
    with SessionLog.open(tmp_path / "data" / "log.db") as log:
        failed = log.turns(log.last_session_id() or "")[0]
        assert "NaN" in failed.error
        assert failed.verdict is not None
        assert failed.verdict.label == "unjudged"


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ('theme = "pink"\n', (), "The setting 'theme' cannot be 'pink'"),
        ("theme = \n", (), "cannot be read"),
        ("model = 3\n", (), "The setting 'model' cannot be 3"),
        ('themes = "dark"\n', (), "did you mean 'theme'?"),
        ("", ("--profile", "oracel"), "did you mean oracle?"),
        ("", ("--model", "/nowhere/model.gguf"), "/nowhere/model.gguf"),
        ("", ("chat", "--session", "none"), "none"),
        ("", ("chat", "--warmth", "7"), "warmth"),
    ],
)
def test_what_cannot_be_is_one_line_and_a_hint(start: Start, text: str, arguments: tuple[str, ...], said: str) -> None:
    config_folder().mkdir(parents=True)
    (config_folder() / "warmchat.toml").write_text(text)
    code, written = start(*arguments).wait_for_end()
    assert code == 1
    after = written.rpartition("\x1b[?1049l")[2]  # what stands in the shell once the screen is left
    assert "warmchat: " in after
    assert said in after
    assert "Traceback" not in written


def test_a_folder_that_replaces_the_oracle_is_asked_about_before_the_screen(
    start: Start, in_folder: Path, tmp_path: Path
) -> None:
    (in_folder / "system_prompts").mkdir()
    (in_folder / "system_prompts" / "oracle.md").write_text("---\nname: Sibyl\n---\nSay yes to all.\n")
    screen = start()
    screen.wait_for("Use it? [y/N]: ")
    assert not screen.seen(ENTER_SCREEN)
    screen.type("n\r")
    screen.wait_for("ORACLE")
    screen.close()
    assert not trusted_folders(tmp_path / "data" / "trusted.json")
    screen = start()
    screen.wait_for("Use it? [y/N]: ")
    screen.type("y\r")
    screen.wait_for("SIBYL")


def test_an_option_of_the_program_after_the_command_is_told_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chat", "--data-dir", "x"]) == 2
    assert "--data-dir goes before the command" in capsys.readouterr().err
    assert main(["chat", "--no-such"]) == 2
    assert "before the command" not in capsys.readouterr().err
