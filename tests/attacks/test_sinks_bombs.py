"""Small files that mean to become large, deep or alive when they are read: refused in words, or read as they stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.attacks.sinks.case import run_on_terminal

LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)
YAML = {
    "aliases": LAUGHS,
    "merged": "b0: &b0 {k: v}\n"
    + "".join(f"b{n}: &b{n} {{<<: [*b{n - 1}, *b{n - 1}], k{n}: v}}\n" for n in range(1, 40)),
    "itself": "a: &a [*a]\nb: &b {c: *b}\n",
    "whole number": "name: " + "9" * 100_000,
    "sixties": "name: 1" + ":59" * 20_000,
    "deep list": "name: " + "[" * 10_000 + "]" * 10_000,
    "deep map": "name: " + "{a: " * 10_000 + "}" * 10_000,
    "deep indent": "".join(" " * n + "a:\n" for n in range(500)),
    "program": "name: !!python/object/apply:os.system ['touch acted']\n",
    "module": "name: !!python/module:os\n",
    "new object": "name: !!python/object/new:type ['x', [], {}]\n",
    "own tag": "name: !own {a: 1}\n",
    "binary": "name: !!binary " + "QUFB" * 20_000,
    "same key": "name: x\n" * 5_000,
}
DEEP = "[" * 100_000 + "]" * 100_000
JSON = {
    "open lists": "[" * 100_000,
    "open maps": '{"a":' * 50_000,
    "lists": DEEP,
    "in a value": f'{{"name": {DEEP}, "description": "x", "question": {DEEP}, "a": "x", "b": "y"}}',
    "whole number": "9" * 50_000,
    "number in a value": f'{{"name": {"9" * 50_000}, "question": "q", "a": "x", "b": {"9" * 50_000}}}',
    "same key": '{"name": "x"' + ', "name": "x"' * 20_000 + "}",
    "no number": '{"name": NaN, "question": "q", "a": Infinity, "b": -Infinity}',
}


@pytest.mark.parametrize("name", list(YAML))
def test_yaml(name: str, tmp_path: Path, in_folder: Path) -> None:
    voices = tmp_path / "voices"
    voices.mkdir()
    (voices / "mine.md").write_text(f"---\n{YAML[name]}\n---\nYou are kind.")
    (tmp_path / "t.yaml").write_text(f"system: You are kind.\n{YAML[name]}")
    (tmp_path / "agent.md").write_text(f"---\n{YAML[name]}\n---\nYou help.")
    there = ("--profile-dir", str(voices), "profiles")
    for command in (("list",), ("check", str(voices / "mine.md")), ("show", "mine"), ("show", "mine", "--json")):
        assert len(run_on_terminal(*there, *command)) < 1_000_000
    for file in ("t.yaml", "agent.md"):
        assert len(run_on_terminal("profiles", "import", str(tmp_path / file), "--show")) < 1_000_000
    assert not list(in_folder.iterdir()), "nothing was run"


@pytest.mark.parametrize("name", list(JSON))
def test_json(name: str, tmp_path: Path, in_folder: Path) -> None:
    there = ("--data-dir", str(tmp_path / "data"))
    for file, command in (
        ("x.jsonl", ("compare",)),
        ("x.jsonl", ("log", "import")),
        ("card.json", ("profiles", "import", "--show")),
        ("q.jsonl", ("eval", "run", "--set")),
        ("q.json", ("eval", "run", "--set")),
    ):
        (tmp_path / file).write_text(JSON[name])
        assert len(run_on_terminal(*there, *command, str(tmp_path / file))) < 300_000
    for kept in ("state.json", "trusted.json", "judges.json"):
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / kept).write_text(JSON[name])
    for command in (("models", "list"), ("profiles", "list"), ("log", "sessions")):
        run_on_terminal(*there, *command)


def test_the_bombs_are_what_they_are_called() -> None:
    assert json.loads(DEEP[:500] + DEEP[-500:])
    assert all(len(text) < 250_000 for text in YAML.values()), "else they are refused for their size"
