"""`warmchat log` through the edge of the command line: what goes to stdout, what to stderr, and the exit code."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.storage.examples import AGREE, COMPANION, flagged, reply, shadow, tell, turn
from warmchat.cli.main import main
from warmchat.storage.log import SessionLog


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Shell:
    """Runs `warmchat log ...` with a data folder of its own."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.file = folder / "log.db"
        self._capture = capture

    def __call__(self, *arguments: str) -> Ran:
        code = main(["--data-dir", str(self.folder), "log", *arguments])
        out, err = self._capture.readouterr()
        return Ran(code, out, err)


@pytest.fixture
def shell(in_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A program without a log."""
    return Shell(tmp_path / "data", capsys)


@pytest.fixture
def told(shell: Shell) -> Shell:
    """A program with two sessions: a disagreement and an agreement in one, an unchecked turn in the other."""
    with SessionLog.open(shell.file) as log:
        flagged(log, turn("t1", "Is it fine?", session="abc1"))
        tell(log, turn("t2", "And this?", session="abc1", parent="t1", minute=3), reply("r2"), shadow("x2"), AGREE)
        tell(log, turn("t3", "Hello there", session="abd2", minute=9), reply("r3", "Hello."))
    return shell


# ---- a log that is not there

READING = [["sessions"], ["show"], ["show", "last"], ["flags"], ["search", "x"], ["export", "--all", "--format", "md"]]


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_asking_an_empty_log_is_friendly_and_makes_no_file(shell: Shell, arguments: list[str]) -> None:
    ran = shell(*arguments)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.strip()
    assert not shell.folder.exists()


@pytest.mark.parametrize("arguments", [a for a in READING if a[0] != "export"], ids=" ".join)
def test_asking_an_empty_log_for_json_gives_an_empty_list(shell: Shell, arguments: list[str]) -> None:
    assert shell(*arguments, "--json").out == "[]\n"


NAMING = [["show", "abc"], ["delete", "abc", "--yes"], ["export", "abc", "--format", "md"]]


@pytest.mark.parametrize("arguments", NAMING, ids=" ".join)
def test_a_session_that_is_not_there_is_a_failure_with_a_hint(shell: Shell, arguments: list[str]) -> None:
    ran = shell(*arguments)
    assert (ran.code, ran.out) == (1, "")
    assert "abc" in ran.err
    assert "hint:" in ran.err
    assert not shell.folder.exists()


def test_a_log_that_cannot_be_read_is_one_line_and_a_hint(told: Shell) -> None:
    told.file.write_bytes(b"broken " * 1000)
    ran = told("sessions")
    assert ran.code == 1
    assert len(ran.err.strip().splitlines()) == 2
    assert "hint:" in ran.err


# ---- listing


def test_sessions(told: Shell) -> None:
    ran = told("sessions")
    assert ran.code == 0
    assert ran.out.index("abd2") < ran.out.index("abc1")
    assert "Is it fine?" in ran.out
    newest, oldest = json.loads(told("sessions", "--json").out)
    assert (oldest["id"], oldest["turns"], oldest["checked"], oldest["disagreements"]) == ("abc1", 2, 2, 1)
    assert [s["id"] for s in json.loads(told("sessions", "--limit", "1", "--json").out)] == [newest["id"]] == ["abd2"]


def test_show_takes_the_last_session_or_the_beginning_of_an_id(told: Shell) -> None:
    assert "Hello there" in told("show").out
    shown = told("show", "abc").out
    order = ("Is it fine?", "Yes, of course", "would have said otherwise", "No, it is")
    places = [shown.index(words) for words in order]
    assert places == sorted(places)
    assert "And this?" in shown
    assert [r["turn"]["id"] for r in json.loads(told("show", "abc", "--json").out)] == ["t1", "t2"]


def test_show_an_ambiguous_beginning(told: Shell) -> None:
    ran = told("show", "ab")
    assert ran.code == 1
    assert "abc1" in ran.err
    assert "abd2" in ran.err


def test_show_follows_the_newest_branch_unless_asked(told: Shell) -> None:
    with SessionLog.open(told.file) as log:
        tell(log, turn("t4", "Edited", session="abc1", parent="t1", minute=20))
    assert "And this?" not in told("show", "abc").out
    assert "And this?" in told("show", "abc", "--all").out


def test_flags(told: Shell) -> None:
    ran = told("flags")
    assert "Is it fine?" in ran.out
    assert "And this?" not in ran.out
    (flag,) = json.loads(told("flags", "--json").out)
    assert (flag["id"], flag["verdict"]["kind"], flag["shadow"]["text"]) == ("t1", "contradiction", "No, it is not.")


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--label", "agree"], ["t2"]),
        (["--label", "agree", "--label", "disagree"], ["t2", "t1"]),
        (["--kind", "omission"], []),
        (["--kind", "contradiction"], ["t1"]),
        (["--profile", "oracle"], []),
        (["--model", "smol"], ["t1"]),
        (["--min-score", "0.95"], []),
        (["--since", "2026-03-03"], ["t1"]),
        (["--since", "2026-03-06"], []),
        (["--until", "2026-03-02"], []),
        (["--until", "2026-03-05"], ["t1"]),
        (["--since", "2026-03", "--until", "march 2026"], ["t1"]),
        (["--until", "feb 2026"], []),
    ],
)
def test_flags_that_fit(told: Shell, options: list[str], ids: list[str]) -> None:
    assert [turn["id"] for turn in json.loads(told("flags", "--json", *options).out)] == ids


def test_a_day_that_there_is_not_is_told_with_a_hint(told: Shell) -> None:
    for command in (["flags"], ["export", "--all", "--format", "csv"]):
        ran = told(*command, "--since", "someday")
        assert ran.code == 2
        assert "“someday” names no day: write 2026-03-04" in ran.err
    assert "2026-03-01 lies before 2026-03-04" in told("flags", "--since", "2026-03-04", "--until", "2026-03-01").err


def test_until_includes_its_day(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with SessionLog.open(shell.file) as log:
        flagged(log)  # 2026-03-04 18:00 UTC: the fourth anywhere from -12 to +5 hours
    monkeypatch.setenv("TZ", "UTC")
    assert json.loads(shell("flags", "--json", "--until", "2026-03-04").out)
    assert json.loads(shell("flags", "--json", "--since", "2026-03-04").out)
    assert not json.loads(shell("flags", "--json", "--until", "2026-03-03").out)


def test_an_id_is_whole_in_a_narrow_listing(shell: Shell) -> None:
    session = "1m80dxmnsd5rw4e1"
    with SessionLog.open(shell.file) as log:
        flagged(log, turn(text="a long message " * 10, session=session))
    for arguments in (["sessions"], ["flags"], ["search", "long"]):
        assert session in shell(*arguments).out


def test_search(told: Shell) -> None:
    hits = json.loads(told("search", "fine", "it", "--json").out)
    assert [(hit["turn_id"], hit["role"]) for hit in hits] == [("t1", "user")]
    assert "you" in told("search", "fine").out
    ran = told("search", "nowhere")
    assert (ran.code, ran.out) == (0, "")
    assert told("search", 'AND "(').code == 0


def test_nothing_that_was_said_acts_on_a_terminal(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = "\x1b]0;owned\x07\x1b[31mred \x9b2J word"
    with SessionLog.open(shell.file) as log:
        flagged(log, turn(text=evil))
        log.save_reply("t1", reply("r-t1", evil))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    for arguments in (["show"], ["sessions"], ["flags"], ["search", "word"]):
        ran = shell(*arguments)
        assert "red" in ran.out
        for sequence in ("\x1b]", "\x1b[31m", "\x9b", "\x07"):  # the table's own bold is allowed
            assert sequence not in ran.out
    for format_ in ("md", "html", "csv", "jsonl"):
        ran = shell("export", "--all", "--format", format_)
        assert "word" in ran.out
        assert "\x1b" not in ran.out
        assert "\x9b" not in ran.out


# ---- exports


def test_export_goes_to_stdout(told: Shell) -> None:
    ran = told("export", "--all", "--format", "jsonl")
    assert [json.loads(line)["turn"]["id"] for line in ran.out.splitlines()] == ["t1", "t2", "t3"]
    assert ran.err == ""
    assert told("export", "abc", "--format", "md").out.startswith("# Is it fine?")
    assert told("export", "abc", "--format", "html").out.startswith("<!doctype html>")
    assert len(list(csv.reader(io.StringIO(told("export", "abc", "abd", "--format", "csv").out)))) == 4


def test_export_what_fits(told: Shell) -> None:
    ran = told("export", "--all", "--format", "jsonl", "--label", "disagree", "--kind", "contradiction")
    assert [json.loads(line)["turn"]["id"] for line in ran.out.splitlines()] == ["t1"]
    ran = told("export", "--all", "--format", "html", "--label", "unsure", "-o", "a.html")
    assert (ran.code, ran.out) == (0, "")
    assert "nothing was exported" in ran.err
    assert not Path("a.html").exists()


def test_export_keeps_sessions_together(told: Shell) -> None:
    with SessionLog.open(told.file) as log:
        tell(log, turn("t4", "Once more", session="abc1", parent="t2", minute=30))
    ran = told("export", "--all", "--format", "jsonl")
    assert [json.loads(line)["turn"]["id"] for line in ran.out.splitlines()] == ["t1", "t2", "t4", "t3"]


def test_export_to_a_file_that_is_not_replaced_unasked(told: Shell) -> None:
    ran = told("export", "--all", "--format", "md", "-o", "a.md")
    assert (ran.code, ran.out) == (0, "")
    assert "3 turns written to a.md" in ran.err
    before = Path("a.md").read_text()
    again = told("export", "abd", "--format", "md", "-o", "a.md")
    assert again.code == 1
    assert "--force" in again.err
    assert Path("a.md").read_text() == before
    assert told("export", "abd", "--format", "md", "-o", "a.md", "--force").code == 0
    assert Path("a.md").read_text() != before


@pytest.mark.parametrize("arguments", [[], ["abc", "--all"]])
def test_export_needs_to_know_what(told: Shell, arguments: list[str]) -> None:
    ran = told("export", *arguments, "--format", "md")
    assert ran.code == 2
    assert "--all" in ran.err


# ---- import


def test_what_was_exported_is_imported_once(told: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told("export", "--all", "--format", "jsonl", "-o", "a.jsonl")
    other = Shell(tmp_path / "other", capsys)
    assert "3 of 3 turns were new" in other("import", "a.jsonl").err
    assert "0 of 3 turns were new" in other("import", "a.jsonl").err
    assert other("export", "--all", "--format", "jsonl").out == Path("a.jsonl").read_text()


def test_a_file_with_one_bad_line_is_not_imported(
    told: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = told("export", "--all", "--format", "jsonl").out
    Path("a.jsonl").write_text(good + "{}\n")
    other = Shell(tmp_path / "other", capsys)
    ran = other("import", "a.jsonl")
    assert ran.code == 1
    assert "line 4" in ran.err
    assert not other.file.exists()


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read(shell: Shell, content: bytes | None) -> None:
    if content is not None:
        Path("a.jsonl").write_bytes(content)
    ran = shell("import", "a.jsonl")
    assert ran.code == 1
    assert "a.jsonl" in ran.err
    assert "hint:" in ran.err


# ---- deleting


def test_delete_asks_and_without_a_terminal_says_what_to_add(told: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    ran = told("delete", "abc")
    assert ran.code == 1
    assert "--yes" in ran.err
    assert len(json.loads(told("sessions", "--json").out)) == 2


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "left"), [("y\n", ["abd2"]), ("n\n", ["abd2", "abc1"]), ("\n", ["abd2", "abc1"])])
def test_delete_does_what_is_answered(
    told: Shell, monkeypatch: pytest.MonkeyPatch, answer: str, left: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    ran = told("delete", "abc")
    assert "Is it fine?" in ran.err
    assert ran.out == ""
    assert ran.code == (0 if left == ["abd2"] else 1)
    assert [s["id"] for s in json.loads(told("sessions", "--json").out)] == left


def test_delete_with_yes(told: Shell) -> None:
    assert told("delete", "abc", "--yes").code == 0
    assert b"Is it fine?" not in told.file.read_bytes()
    assert told("delete", "--all", "--yes").code == 0
    assert told("sessions", "--json").out == "[]\n"
    assert "empty" in told("delete", "--all", "--yes").err


def test_delete_needs_to_know_what(told: Shell) -> None:
    assert told("delete").code == 2
    assert told("delete", "abc", "--all").code == 2


def test_the_example_has_a_profile(told: Shell) -> None:
    """The exports' texts above come from here; an example without its profile would hide a lost one."""
    line = json.loads(told("export", "abd", "--format", "jsonl").out)
    assert line["profiles"][COMPANION.hash]["system_prompt"] == COMPANION.system_prompt
