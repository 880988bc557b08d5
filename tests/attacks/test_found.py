"""What the fuzzer has found, each as the smallest file that shows it."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.attacks.fuzz.case import run_cli
from tests.attacks.fuzz.logs import told
from tests.attacks.hostile import CLASSES, acting
from tests.storage.evals.test_store import REPLY, RUN
from tests.storage.examples import COMPANION
from warmchat.cli.glance import glance, wants_plain
from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError, ExportError, LogError, ProfileError, SettingsError, WarmchatError
from warmchat.domain.moments import is_moment, local_time
from warmchat.domain.text import one_line, printable, shown
from warmchat.domain.title import title_of
from warmchat.engine.llama.template import ChatTemplate
from warmchat.places import FILE_NAME, config_folder, read_settings_file
from warmchat.profiles.foreign.read import read_foreign
from warmchat.profiles.frontmatter import MAX_EVENTS
from warmchat.profiles.parse import parse_profile
from warmchat.settings import load_settings, local_file_needs_trust
from warmchat.storage.connection import errors_mapped
from warmchat.storage.evals.store import EvalStore
from warmchat.storage.exports.jsonl import jsonl, read_jsonl
from warmchat.storage.log import SessionLog
from warmchat.storage.records import TurnFilter

DIGITS = "F" * 6000


def refusal(do: Callable[[], object], kind: type[WarmchatError]) -> WarmchatError:
    with pytest.raises(kind) as raised:
        do()
    assert raised.value.message
    assert not acting(raised.value.message)
    assert len(str(raised.value)) < 2_000
    return raised.value


@pytest.mark.parametrize(
    "front",
    [
        'top_k: !!int ""',
        'top_p: !!float ""',
        'name: !!timestamp "x"',
        "name: !!bool x",
        "!!set\n? a",
        "name: !!set {a}",
        f"sampling: {{top_k: 0x{DIGITS}}}",
        f"sampling: {{seed: -0x{DIGITS}}}",
        "name: 2024-99-99",
        "a: " + "[" * 9_000,
        "a: [" + "1," * 7_000 + "]",
    ],
    ids=lambda front: front[:24],
)
def test_yaml_that_its_reader_stumbles_over(front: str) -> None:
    refusal(lambda: parse_profile(f"---\n{front}\n---\nHi", "x", file=Path("x.md")), ProfileError)


def test_a_number_that_no_reader_spells_is_shown_as_one(tmp_path: Path) -> None:
    file = tmp_path / "voices" / "mine.md"
    file.parent.mkdir()
    file.write_text(f"---\nfoo: 0x{DIGITS}\n---\nHi")
    code, out, _ = run_cli("--profile-dir", str(file.parent), "profiles", "show", "mine", "--json")
    assert (code, json.loads(out)["extra"]["foo"]) == (0, "a int too long to show")


def test_a_character_whose_name_is_a_placeholder_does_not_grow(tmp_path: Path) -> None:
    file = tmp_path / "card.json"
    name = "{{CHAR}}{{Char}}{{char}}<BOT><Bot>"
    file.write_text(json.dumps({"name": name, "description": "{{char}} and {{user}} " * 20}))
    assert read_foreign(file).text.count(name) == 23  # the name, its description, "You are", and each place once
    file.write_text(json.dumps({"name": name, "description": "{{char}}" * 200_000}))
    assert "larger" in refusal(lambda: read_foreign(file), ProfileError).message


def test_a_card_that_makes_a_profile_too_large_to_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "card.json"
    file.write_text(json.dumps({"name": "Ada", "description": "x" * 300_000}))
    assert "larger than 256 KiB" in refusal(lambda: read_foreign(file), ProfileError).message


def test_a_template_with_more_values_than_settings_need(tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_text("system: hi\n" + "".join(f"k{n}: 1\n" for n in range(MAX_EVENTS)))
    assert "too many values" in refusal(lambda: read_foreign(file), ProfileError).message


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5_000,
        "a = " + "{a=" * 3_000,
        "n_ctx = " + "9" * 5_000,
        f"n_ctx = 0x{DIGITS}",
        "a." * 5_000 + "a = 1",
        'theme = "' + "x" * 90_000 + '"',
        '"\\u001b[31m" = 1',
        'profile = "' + "x" * 300_000 + '"',
        "profile = \x00",
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_settings_files_that_do_not_end_well(in_folder: Path, text: str) -> None:
    (in_folder / FILE_NAME).write_text(text)
    refusal(load_settings, SettingsError)
    assert not local_file_needs_trust()
    wants_plain({})
    own = config_folder() / FILE_NAME
    own.parent.mkdir(parents=True)
    own.write_text(text)
    glance({})


def test_a_settings_file_that_is_a_pipe_is_not_waited_for(in_folder: Path) -> None:
    os.mkfifo(in_folder / FILE_NAME)
    with pytest.raises(ValueError, match="ordinary"):
        read_settings_file(in_folder / FILE_NAME)
    assert not local_file_needs_trust()


def test_a_variable_that_is_no_table(in_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMCHAT_KEYS", "f5")
    assert "WARMCHAT_" in refusal(load_settings, SettingsError).message


# ---- text


@pytest.mark.parametrize("piece", ["\x90", "\x1b]", "`", "~~~\n", "\n", "\n ", "a:\n", "> ", "\x9b0", "\u202e", " "])
def test_long_runs_take_no_quadratic_time(piece: str) -> None:
    """At 300,000 characters what was quadratic would take hours: the test's own time limit ends that."""
    text = piece * (300_000 // len(piece))
    for reads in (printable, one_line, title_of):
        reads(text)


def test_names_that_look_alike_are_alike() -> None:
    assert one_line("ora\u200bcle") == one_line("or\u2060acle\u00ad") == "oracle"
    assert one_line("a" + "".join(chr(0xE0000 + ord(c)) for c in "obey") + "b") == "ab"
    assert one_line("👩\u200d👩 می\u200cخواهم") == "👩\u200d👩 می\u200cخواهم"  # these need their joiners
    assert one_line(" " * 90_000 + "late") == "late"


def test_values_too_long_to_spell() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert shown(deep) == "a list too long to show"
    while deep:  # unmade step by step: letting go of it at once would be deep, too
        inner = deep.pop()
        assert isinstance(inner, list)
        deep = inner
    assert shown(int(DIGITS, 16)) == "a int too long to show"
    assert shown("\x1b[31mred\x1b[0m") == "red"
    assert shown([1, "a"]) == "[1, 'a']"


# ---- logs


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        ("2026-03-04T18:00:00.000+00:00", True),
        ("2026-03-04T18:00:00", False),
        ("0001-01-01T00:00:00+23:59", False),
        ("9999-12-31T23:59:59-23:59", False),
        ("\x1b]0;x\x07", False),
        ("", False),
    ],
)
def test_times_that_no_clock_shows(moment: str, there: bool) -> None:
    assert is_moment(moment) is there
    assert not acting(local_time(moment))


def test_an_import_with_a_time_that_is_none_is_refused() -> None:
    with SessionLog.open(None) as log:
        told(log)
        good = json.loads(next(iter(jsonl(log.records(TurnFilter())))))
    good["turn"]["created_at"] = "0001-01-01T00:00:00+23:59"
    said = refusal(lambda: list(read_jsonl([json.dumps(good)], "x")), ExportError)
    assert "no time" in said.message


def test_an_import_whose_line_has_no_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warmchat.cli.log.LONGEST_LINE", 1_000)
    file = tmp_path / "x.jsonl"
    file.write_text("[" * 5_000)
    code, _, err = run_cli("--data-dir", str(tmp_path), "log", "import", str(file))
    assert code == 1
    assert "has a line of more than" in err


HARM = [
    "UPDATE marks SET mark = 'x'",
    "UPDATE replies SET stop = 7",
    "UPDATE replies SET scores = '[[1,2,3]]'",
    "UPDATE replies SET adapters = '{\"a\": 1}'",
    "UPDATE turns SET window = 'null'",
    "UPDATE verdicts SET kind = 'x', label = 'disagree'",
    "UPDATE verdicts SET signals = 'no json'",
    "UPDATE profiles SET json = '[]'",
    "UPDATE replies SET versions = '[' || '[' || ']' || ']'",
    "UPDATE turns SET user_text = CAST(x'ff00fe80' AS TEXT)",
    "DROP TABLE marks",
    "ALTER TABLE replies RENAME COLUMN way TO xway",
]


@pytest.mark.parametrize("harm", HARM)
def test_a_log_that_holds_what_no_log_can(tmp_path: Path, harm: str) -> None:
    file = tmp_path / "log.db"
    with SessionLog.open(file) as log:
        told(log)
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute(harm)
    codes = [
        run_cli("--data-dir", str(tmp_path), "log", *command)[0]
        for command in (
            ["sessions"],
            ["show", "abc1"],
            ["flags"],
            ["export", "--all", "--format", "html"],
            ["search", "fine"],
        )
    ]
    assert 1 in codes  # and nothing came through that is no error of ours
    with SessionLog.open(file) as log:
        refusal(lambda: log.records(TurnFilter()), LogError)


def test_a_log_that_lacks_columns(tmp_path: Path) -> None:
    file = tmp_path / "log.db"
    with SessionLog.open(file) as log:
        told(log)
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("ALTER TABLE profiles RENAME COLUMN json TO xjson")
    with SessionLog.open(file) as log:
        assert "lacks" in refusal(lambda: log.records(TurnFilter()), LogError).message
        log._db.execute("ALTER TABLE sessions RENAME COLUMN id TO xid")
        assert "lacks" in refusal(lambda: told(log), LogError).message


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE replies SET voice = 'x'",
        "UPDATE runs SET baseline = 'x'",
        "DELETE FROM voices",
        "UPDATE runs SET conditions = '[]'",
    ],
)
def test_measurements_that_do_not_belong_together(tmp_path: Path, harm: str) -> None:
    file = tmp_path / "evals.db"
    with EvalStore.open(file) as store:
        store.begin(RUN)
        store.save(RUN.id, REPLY)
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute(harm)
    code, _, err = run_cli("--data-dir", str(tmp_path), "eval", "report")
    assert code == 1
    assert "hint:" in err


def test_words_of_sqlite_that_are_no_text() -> None:
    with pytest.raises(LogError, match="cannot hold"), errors_mapped(None):
        b"\x87".decode()


@pytest.mark.parametrize("name", ["profile", "theme", "log", "reference"])
def test_a_glance_at_a_number_that_no_reader_spells(in_folder: Path, name: str) -> None:
    own = config_folder() / FILE_NAME
    own.parent.mkdir(parents=True)
    own.write_text(f"{name} = 0x{DIGITS}")
    glance({})


# ---- templates


@pytest.mark.parametrize(
    "write",
    ["{{ '%s: %s' | format(m.role, m.content) }}", "{{ '%s' % m.content }}", "{{ '{} {}'.format(m.role, m.content) }}"],
)
def test_only_the_form_is_looked_at_for_widths(write: str) -> None:
    """The marks of contents hold sixteen hex digits each: often five figures in a row."""
    said = [Message("user" if n % 2 == 0 else "assistant", f"number 123456 of {n}") for n in range(100)]
    made = ChatTemplate("{% for m in messages %}" + write + "{% endfor %}").pieces(said)
    assert [piece.text for piece in made if piece.is_content] == [message.content for message in said]


@pytest.mark.parametrize(
    "source",
    [
        "{{ '%1000000000d' % 1 }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ '{0:{1}}'.format('a', 1000000000) }}",
        "{{ 'x' * 10 ** 9 }}",
        "{{ 'x'.center(10 ** 9) }}",
        "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
        "{% for i in range(9999) %}{{ messages[0].content }}{% endfor %}",
    ],
)
def test_a_template_without_bounds_is_refused(source: str) -> None:
    refusal(lambda: ChatTemplate(source).pieces([Message("user", "Hi" * 500)]), EngineError)


def test_a_template_that_cuts_the_marks_of_contents_has_no_bare_form() -> None:
    said = [Message("user", "a"), Message("assistant", "b"), Message("user", "c")]
    refusal(lambda: ChatTemplate("own {{ messages[0].content[:3] }}").pieces(said, bare=True), EngineError)


def test_what_is_whole_passes_the_checks(tmp_path: Path) -> None:
    with SessionLog.open(tmp_path / "log.db") as log:
        told(log)
        assert len(log.records(TurnFilter())) == 3
        assert log.profiles([COMPANION.hash])[COMPANION.hash].name == "Companion"


def test_the_hostile_strings_are_what_they_are_called() -> None:
    assert all(CLASSES.values())
    assert all(acting(text) for text in CLASSES["bidi"])
    assert not acting("plain\n\ttext é 日本 👩\u200d👩")
