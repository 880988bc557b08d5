"""The program's main flows in a home of their own: no network is used, and nobody else may read what they leave."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import loopback
from tests.adapters.train.tiny_models import tiny_model
from tests.attacks import no_network
from tests.gguf.gguf_files import gguf_bytes
from tests.models.conftest import hub as hub  # noqa: PLC0414  a fixture, used by name
from tests.models.fake_hub import FakeHub
from tests.test_in_tmux import PATIENCE_S, SIGNS, Terminal
from tests.test_in_tmux import terminal as terminal  # noqa: PLC0414
from warmchat.cli.main import main
from warmchat.places import OTHERS, config_folder, data_folder, shut_out_others

ASKED = "What is the capital of France?"
SHORT = ("ask", "--max-tokens", "12", ASKED)
SECRET = "Xylophonquark"
LINES = (
    f"{ASKED}\n/companion\n/offrecord\nIt is {SECRET}.\n/offrecord\nI think it is Lyon.\n"
    "/export md talk.md\n/export jsonl talk.jsonl\n/quit\n"
)
FLOWS: tuple[tuple[tuple[str, ...], str], ...] = (
    (SHORT, ""),
    ((*SHORT, "-p", "companion", "--json"), ""),
    (("--no-log", *SHORT, SECRET), ""),
    (("chat", "--plain"), LINES),
    (("doctor", "--json"), ""),
    (("models", "list"), ""),
    (("models", "check"), ""),
    (("adapters", "list"), ""),
    (("profiles", "new", "mine", "--from", "companion"), ""),
    (("profiles", "edit", "companion"), ""),
    (("profiles", "export", "companion", "--to", "card", "-o", "card.json"), ""),
    (("profiles", "import", "card.json", "--id", "again"), ""),
    (("log", "search", "France"), ""),
    *((("log", "export", "--all", "--format", form, "-o", f"all.{form}"), "") for form in ("html", "jsonl")),
    (("log", "import", "all.jsonl"), ""),
    (("replay", "last", "--shadow"), ""),
    (("compare", "pairs.jsonl"), ""),
    (("eval", "run", "--profiles", "oracle", "--limit", "1", "--conditions", "plain", "--warmth-messages", "1",
      "--cases", "0"), ""),
    (("eval", "report", "--html", "report.html"), ""),
    (("log", "delete", "last", "--yes"), ""),
)  # fmt: skip


def open_to_others(top: Path) -> list[str]:
    """What somebody else than the owner may read or enter below `top`, with its mode."""
    found = [path for path in top.rglob("*") if not path.is_symlink() and path.stat().st_mode & OTHERS]
    return [f"{path.stat().st_mode & 0o777:03o} {path.relative_to(top)}" for path in found]


@pytest.fixture
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def home(tmp_path: Path, in_folder: Path, monkeypatch: pytest.MonkeyPatch, usual_umask: None) -> Path:
    """All that is written lands below it, the current folder and temporary files included; none of it exists yet."""
    home = tmp_path / "home"
    here, temporary = home / "here", home / "tmp"
    for folder in (home, here, temporary):
        folder.mkdir(mode=0o700)
    (here / "pairs.jsonl").write_text('{"question": "2 + 2?", "a": "It is 4.", "b": "It is 5."}\n')
    (here / "pairs.jsonl").chmod(0o600)
    monkeypatch.chdir(here)
    for name in ("CI", "ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
        monkeypatch.delenv(name, raising=False)  # what makes libraries quiet must be ours
    monkeypatch.setenv("WARMCHAT_MODEL", str(tiny_model(tmp_path / "tiny.gguf")))
    monkeypatch.setenv("WARMCHAT_N_CTX", "4096")
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("EDITOR", f"{sys.executable} -c 'import sys; open(sys.argv[1], \"a\").write(\"More.\")'")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    return home


def behind_the_filter(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.attacks.no_network", "warmchat", *arguments]


@pytest.mark.skipif(not no_network.possible(), reason="needs Linux's seccomp on x86-64 or ARM")
def test_no_flow_uses_the_network_or_leaves_what_others_may_read(home: Path) -> None:
    for arguments, typed in FLOWS:
        done = subprocess.run(
            behind_the_filter(*arguments), input=typed, capture_output=True, text=True, timeout=120, check=False
        )
        fine = (0, 1) if arguments[0] == "replay" else (0,)  # 1: such a model's replies are read as other tokens
        assert done.returncode in fine, (arguments, done.returncode, done.stderr)
    assert open_to_others(home) == []
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(b"Lyon" in file.read_bytes() for file in files), "the test looks for what was said"
    assert [file for file in files if SECRET.encode() in file.read_bytes()] == [], "it was off the record"
    written = {path.relative_to(home).parts[0] for path in files}
    assert written == {"here", "xdg_config_home", "xdg_data_home"}, "the test looks where things are written"
    names = {path.name for path in files}
    assert {"log.db", "evals.db", "native.log", "state.json", "companion.md", "talk.md", "all.html"} <= names


@pytest.mark.skipif(not no_network.possible(), reason="needs Linux's seccomp on x86-64 or ARM")
@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed: nothing to start a terminal with")
def test_the_screen_uses_no_network_and_leaves_nothing_to_others(home: Path, terminal: Terminal) -> None:
    terminal.start(behind_the_filter())
    terminal.until(lambda text: "ORACLE" in text and " tokens" in text)
    terminal.press("F2")
    terminal.until(lambda text: "COMPANION" in text)
    terminal.type(ASKED)
    terminal.press("Enter")
    terminal.until(lambda text: any(f"▌ {sign} " in text for sign in SIGNS) and "Esc stops" not in text)
    terminal.press("F8")
    terminal.until(lambda text: "Export this session" in text)
    terminal.press("Enter")
    terminal.until(lambda _: any((home / "here").glob("*.md")))
    terminal.press("C-q")
    terminal.until(lambda text: "ended:0" in text)
    assert open_to_others(home) == []


def test_the_network_that_compares_replies_tells_its_maker_nothing(home: Path) -> None:
    """Its run time sends reports some seconds after it was loaded; before that it keeps a mark of the machine."""
    look = "from warmchat.compare.cross_encoder import from_shipped\nfrom_shipped().scores([('2 + 2?', '4', '5')])"
    subprocess.run([sys.executable, "-c", look], timeout=PATIENCE_S, check=True)
    assert [path.name for path in home.rglob("*") if path.is_file()] == ["pairs.jsonl"]


def test_what_the_filter_is_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not no_network.possible():
        pytest.skip("needs Linux's seccomp on x86-64 or ARM")
    monkeypatch.setenv("PYTHONPATH", f"{Path(__file__).parents[2]}{os.pathsep}{tmp_path}")
    for name, code, ends in (
        ("quiet", "socket.socketpair()", 0),
        ("caller", "socket.socket()", -no_network.KILLED),
        ("asker", "socket.getaddrinfo('warmchat.invalid', 80)", -no_network.KILLED),
        ("parent", "sys.exit(-subprocess.run([sys.executable, '-m', 'caller']).returncode)", no_network.KILLED),
    ):
        (tmp_path / f"{name}.py").write_text(f"import socket, subprocess, sys\n{code}\n")
        command = [sys.executable, "-m", "tests.attacks.no_network", name]
        assert subprocess.run(command, timeout=PATIENCE_S, check=False).returncode == ends, name


def test_what_the_guard_of_every_test_sees() -> None:
    for host in ("127.0.0.1", "::1", "localhost", b"127.0.0.1", "api.localhost", None):
        assert loopback.is_here(host), host
    for host in ("192.0.2.1", "2001:db8::1", "warmchat.invalid", "localhost.warmchat.invalid"):
        with pytest.raises(PermissionError, match="beyond this machine"):
            socket.getaddrinfo(host, 80)
    with socket.socket() as tried, pytest.raises(PermissionError, match="beyond this machine"):
        tried.connect(("192.0.2.1", 80))
    assert len(loopback.BEYOND) == 5
    loopback.BEYOND.clear()


def test_a_pulled_model_is_its_owners(home: Path, hub: FakeHub) -> None:
    hub.files["owner/tiny"] = {"tiny.Q4_0.gguf": gguf_bytes()}
    assert main(["models", "pull", "hf:owner/tiny"]) == 0
    assert (data_folder() / "models" / "owner" / "tiny" / "tiny.Q4_0.gguf").is_file()
    assert open_to_others(home) == []


def test_what_an_earlier_version_left_open_is_shut(home: Path) -> None:
    own, voices = data_folder() / "models" / "old.gguf", config_folder() / "system_prompts" / "mine.md"
    shared = home / "here" / "shared"
    kept = shared / "models" / "everybodys.gguf"
    for file in (own, voices, kept, shared / "log.db", shared / "training" / "smollm2" / "samples.jsonl"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (own.parent / "link.gguf").symlink_to(kept)
    before = open_to_others(home)
    assert len(before) > 10
    assert main(["doctor", "--no-load"]) in (0, 1)
    assert open_to_others(home) == before, "doctor looks and changes nothing"
    assert main(["--data-dir", str(shared), "log", "sessions"]) == 0
    left = open_to_others(home)
    assert sorted(left) == ["644 here/shared/models/everybodys.gguf", "755 here/shared", "755 here/shared/models",
                            "755 xdg_config_home", "755 xdg_data_home"], "not ours to shut"  # fmt: skip
    shut_out_others(home / "absent")
    assert open_to_others(home) == left
