from __future__ import annotations

import json
from pathlib import Path

import pytest

from warmchat.cli.main import main
from warmchat.places import config_folder

Captured = pytest.CaptureFixture[str]

pytestmark = pytest.mark.usefixtures("in_folder")


def mine() -> Path:
    return config_folder() / "system_prompts"


def write(profile_id: str, text: str) -> Path:
    mine().mkdir(parents=True, exist_ok=True)
    file = mine() / f"{profile_id}.md"
    file.write_text(text, encoding="utf-8")
    return file


def test_list(capsys: Captured) -> None:
    assert main(["profiles", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(item["id"], item["source"]) for item in listed] == [
        (name, "shipped") for name in ("candid", "companion", "oracle", "sceptic", "terse")
    ]
    assert listed[2]["sampling"]["temperature"] == 0
    assert len(listed[2]["hash"]) == 16
    assert main(["profiles", "list"]) == 0
    assert "companion" in capsys.readouterr().out


def test_list_says_what_is_not_used(capsys: Captured) -> None:
    write("broken", "---\nsampling: {top_p: 7}\n---\n")
    assert main(["profiles", "list", "--json"]) == 0
    said = capsys.readouterr()
    assert "broken" not in said.out
    assert "broken.md, line 2: top_p cannot be 7" in said.err


def test_show(capsys: Captured) -> None:
    text = "---\nname: Kind\nmascot: 2024-01-01\n---\nBe kind.\n"
    file = write("kind", text)
    assert main(["profiles", "show", "kind"]) == 0
    said = capsys.readouterr()
    assert said.out == text
    assert str(file) in said.err
    assert "mascot is not known" in said.err
    assert main(["profiles", "show", "kind", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["system_prompt"], shown["extra"]) == ("Be kind.", {"mascot": "2024-01-01"})


def test_show_an_unknown_one(capsys: Captured) -> None:
    assert main(["profiles", "show", "orcle"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "warmchat: There is no profile 'orcle'",
        "  hint: did you mean oracle? There are: candid, companion, oracle, sceptic, terse",
    ]


def test_check_all(capsys: Captured) -> None:
    assert main(["profiles", "check"]) == 0
    assert capsys.readouterr().out == "".join(
        f"{name}: fine\n" for name in ("candid", "companion", "oracle", "sceptic", "terse")
    )
    write("odd", "---\nacent: warm\n---\n")
    assert main(["profiles", "check"]) == 0
    assert "did you mean accent?" in capsys.readouterr().err
    write("broken", "---\nname: [\n---\n")
    assert main(["profiles", "check"]) == 1
    said = capsys.readouterr()
    assert "broken.md, line" in said.err
    assert "1 of 7 profiles have problems" in said.err


def test_check_some(capsys: Captured, in_folder: Path) -> None:
    (in_folder / "good.md").write_text("Hi", encoding="utf-8")
    (in_folder / "bad.md").write_text("---\nseed: soon\nsampling: {seed: soon}\n---\n", encoding="utf-8")
    assert main(["profiles", "check", "good.md", "oracle"]) == 0
    assert capsys.readouterr().out == "good.md: fine\noracle: fine\n"
    assert main(["profiles", "check", "good.md", "bad.md", "nobody"]) == 1
    said = capsys.readouterr()
    assert said.out == "good.md: fine\n"
    assert "bad.md, line 3: seed cannot be 'soon'" in said.err
    assert "no profile 'nobody'" in said.err


def test_new_writes_a_profile_that_is_fine_and_never_overwrites(capsys: Captured) -> None:
    assert main(["profiles", "new", "my-voice"]) == 0
    file = mine() / "my-voice.md"
    assert capsys.readouterr().out.strip() == str(file)
    assert main(["profiles", "check", "my-voice"]) == 0
    before = file.read_bytes()
    assert main(["profiles", "new", "my-voice"]) == 1
    assert "exists already" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_new_from_another(capsys: Captured) -> None:
    assert main(["profiles", "new", "sage", "--from", "oracle"]) == 0
    text = (mine() / "sage.md").read_text(encoding="utf-8")
    assert "name: sage\n" in text
    assert "Answer factually" in text
    assert main(["profiles", "new", "other", "--from", "nobody"]) == 1
    assert not (mine() / "other.md").exists()


def test_new_says_which_file_counts(capsys: Captured, in_folder: Path) -> None:
    assert main(["profiles", "new", "oracle"]) == 0
    assert "takes the place of the shipped oracle" in capsys.readouterr().err
    (in_folder / "system_prompts").mkdir()
    (in_folder / "system_prompts" / "kind.md").write_text("Hi", encoding="utf-8")
    assert main(["profiles", "new", "kind"]) == 0
    assert "comes first in the search order" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["Upper", "../up", "a b", "-x"])
def test_new_with_a_name_that_cannot_be(capsys: Captured, name: str) -> None:
    assert main(["profiles", "new", "--", name]) == 1
    assert "cannot be called" in capsys.readouterr().err
    assert not mine().exists()


def editor(folder: Path, script: str) -> str:
    file = folder / "my editor.sh"
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return f"'{file}' --wait"


def test_edit_copies_a_shipped_profile_first(capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", editor(tmp_path, 'echo "Be kind." >> "$2"'))
    assert main(["profiles", "edit", "companion"]) == 0
    said = capsys.readouterr()
    assert f"your copy is {mine() / 'companion.md'}" in said.err
    assert (mine() / "companion.md").read_text(encoding="utf-8").endswith("Be kind.\n")
    assert main(["profiles", "edit", "companion"]) == 0
    assert "your copy" not in capsys.readouterr().err
    assert (mine() / "companion.md").read_text(encoding="utf-8").count("Be kind.") == 2


def test_edit_says_what_is_wrong_afterwards(capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("kind", "Hi")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", editor(tmp_path, r'printf -- "---\nname: yes\n---\n" > "$2"'))
    assert main(["profiles", "edit", "kind"]) == 1
    assert "kind.md, line 2: name cannot be True" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "says"), [("/nowhere/editor", "cannot be run"), ("false", "code 1"), ("'", "cannot be run")]
)
def test_edit_with_an_editor_that_fails(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, command: str, says: str
) -> None:
    write("kind", "Hi")
    monkeypatch.setenv("VISUAL", command)
    assert main(["profiles", "edit", "kind"]) == 1
    assert says in capsys.readouterr().err


def test_edit_without_an_editor(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    write("kind", "Hi")
    for variable in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", "")
    assert main(["profiles", "edit", "kind"]) == 1
    assert "set EDITOR" in capsys.readouterr().err


def test_import_says_what_was_left_out_and_overwrites_nothing(capsys: Captured, in_folder: Path) -> None:
    role = in_folder / "sailor.md"
    role.write_text("---\nmodel: x\n---\nSpeak like a sailor.\n", encoding="utf-8")
    assert main(["profiles", "import", str(role), "--show"]) == 0
    assert not (mine() / "sailor.md").exists()
    said = capsys.readouterr()
    assert "Speak like a sailor." in said.out
    assert "left out: model: x" in said.err
    assert main(["profiles", "import", str(role)]) == 0
    assert capsys.readouterr().out.strip() == str(mine() / "sailor.md")
    assert main(["profiles", "import", str(role)]) == 1
    assert "exists already" in capsys.readouterr().err
    assert main(["profiles", "import", str(role), "--id", "oracle"]) == 0
    assert "takes the place of the shipped oracle" in capsys.readouterr().err


def test_export_to_other_programs(capsys: Captured, in_folder: Path) -> None:
    assert main(["profiles", "export", "companion"]) == 0
    assert "accent: warm" in capsys.readouterr().out
    assert main(["profiles", "export", "companion", "--to", "card", "-o", "c.json"]) == 0
    said = capsys.readouterr()
    assert "left out: temperature: 0.7" in said.err
    assert json.loads((in_folder / "c.json").read_text())["spec"] == "chara_card_v2"
    assert main(["profiles", "export", "companion", "--to", "card", "-o", "c.json"]) == 1
    assert "cannot be written" in capsys.readouterr().err
