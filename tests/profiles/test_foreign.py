"""Profiles of other programs: what becomes of each format, what is said to be dropped, and files that mean harm."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from warmchat.domain.errors import ProfileError
from warmchat.domain.profile import AdapterRef, Profile, Sampling
from warmchat.profiles.foreign.imported import Imported
from warmchat.profiles.foreign.read import read_foreign
from warmchat.profiles.foreign.write import FORMATS
from warmchat.profiles.parse import parse_profile

ROLE = """\
---
model: openai:gpt-4o
temperature: 0.3
top_p: 0.8
use_tools: web_search
---
You translate to English. __INPUT__

### INPUT:
Bonjour
### OUTPUT:
Hello
"""
CLAUDE = """\
---
name: code-reviewer
description: Reviews code. Use after every change.
tools: Read, Grep
model: sonnet
color: purple
---

You are a senior reviewer.
"""
VSCODE = """\
---
description: Plan a change before it is made
tools: ['search', 'fetch']
handoffs:
  - label: Go
    agent: coder
---
You plan. You do not write code.
"""
TEMPLATE = """\
name: steampunk
model: gpt-4o-mini
system: "Answer as a $who would."
prompt: 'Summarise: $input'
defaults: {who: pirate}
options:
  temperature: 0.9
  max_tokens: 300
  frequency_penalty: 1
"""
CARD: dict[str, Any] = {
    "spec": "chara_card_v2",
    "spec_version": "2.0",
    "data": {
        "name": "Mira",
        "description": "{{char}} keeps a lighthouse and is fond of {{user}}.",
        "personality": "calm",
        "scenario": "A storm.",
        "first_mes": "*She opens the door.*",
        "mes_example": "<START>\n{{char}}: Come in.",
        "creator_notes": "none",
        "system_prompt": "Write as {{char}}. {{original}}",
        "post_history_instructions": "Stay in role.",
        "alternate_greetings": ["Hi"],
        "character_book": {"entries": [{"content": "x"}]},
        "tags": ["sea"],
        "creator": "someone",
        "character_version": "1",
        "extensions": {"depth_prompt": 4},
        "voice_id": "v1",
    },
}


def imported(folder: Path, name: str, text: str) -> tuple[Imported, Profile]:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    found = read_foreign(file)
    return found, parse_profile(found.text, found.profile_id, file=file).profile


def said(found: Imported, *words: str) -> bool:
    return all(any(line.startswith(word) for line in found.dropped) for word in words)


def test_an_aichat_role(tmp_path: Path) -> None:
    found, profile = imported(tmp_path, "translate.md", ROLE)
    assert (found.kind, profile.id) == ("aichat role", "translate")
    assert profile.sampling == Sampling(temperature=0.3, top_p=0.8)
    assert profile.system_prompt.startswith("You translate to English.\n")
    assert "Bonjour" in profile.system_prompt
    assert said(found, "model: openai:gpt-4o", "use_tools: web_search", "__INPUT__", "### INPUT")
    assert len(found.dropped) == 4


def test_a_role_without_front_matter_is_all_prompt(tmp_path: Path) -> None:
    found, profile = imported(tmp_path, "My Role.md", "Speak like a sailor.\n")
    assert (found.kind, profile.id, profile.name) == ("aichat role", "my-role", "My Role")
    assert profile.system_prompt == "Speak like a sailor."
    assert found.dropped == ()


def test_a_claude_agent(tmp_path: Path) -> None:
    found, profile = imported(tmp_path, "reviewer.md", CLAUDE)
    assert (found.kind, profile.id, profile.name) == ("agent", "code-reviewer", "code-reviewer")
    assert profile.description == "Reviews code. Use after every change."
    assert profile.system_prompt == "You are a senior reviewer."
    assert said(found, "tools: Read, Grep", "model: sonnet", "color: purple")


def test_a_vs_code_agent(tmp_path: Path) -> None:
    found, profile = imported(tmp_path, "Planner.agent.md", VSCODE)
    assert (found.kind, profile.id, profile.name) == ("VS Code agent", "planner", "Planner")
    assert said(found, "tools:", "handoffs:")


def test_an_llm_template(tmp_path: Path) -> None:
    found, profile = imported(tmp_path, "steam.yaml", TEMPLATE)
    assert (found.kind, profile.id) == ("llm template", "steampunk")
    assert profile.sampling == Sampling(temperature=0.9, max_tokens=300)
    assert profile.system_prompt == "Answer as a $who would."
    assert said(found, "$who", "frequency_penalty: 1", "model:", "prompt: Summarise", "defaults:")


def test_an_llm_template_that_has_only_a_prompt(tmp_path: Path) -> None:
    found, profile = imported(tmp_path, "sum.yml", "prompt: 'Sum up in one line: $input'\n")
    assert profile.system_prompt == "Sum up in one line:"
    assert said(found, "prompt: it became")


def test_a_character_card(tmp_path: Path) -> None:
    found, profile = imported(tmp_path, "mira.json", json.dumps(CARD))
    assert (found.kind, profile.id, profile.name) == ("character card", "mira", "Mira")
    assert profile.system_prompt == (
        "Write as Mira.\n\nMira keeps a lighthouse and is fond of the user.\n\nYour personality: calm\n\n"
        "The scene: A storm.\n\nHow you speak, by example:\nMira: Come in."
    )
    assert said(found, "first_mes", "alternate_greetings", "character_book", "post_history", "extensions", "voice_id")
    assert len(found.dropped) == 6
    _, older = imported(tmp_path, "v1.json", json.dumps({"name": "Old", "description": "An old card."}))
    assert older.system_prompt == "You are Old. Stay in this role.\n\nAn old card."


def test_our_own_profile_stays_as_it_is(tmp_path: Path) -> None:
    text = "---\nname: Kind\nsampling: {temperature: 0.7}\naccent: warm\n---\nBe kind.\n"
    found, _ = imported(tmp_path, "kind.md", text)
    assert (found.kind, found.text, found.dropped) == ("warmchat profile", text, ())


def test_values_out_of_range_are_dropped_not_bent(tmp_path: Path) -> None:
    found, profile = imported(tmp_path, "r.md", "---\ntemperature: 7\ntop_p: high\n---\nHi.")
    assert profile.sampling == Sampling()
    assert said(found, "temperature: 7", "top_p: high")


HOSTILE = "A\x1b]52;c;ZXZpbA==\x07B \x9b31m\u202eC"


def test_text_that_a_terminal_would_obey_is_taken_out(tmp_path: Path) -> None:
    card = {"name": HOSTILE, "description": HOSTILE, HOSTILE: HOSTILE, "first_mes": HOSTILE}
    found, profile = imported(tmp_path, "h.json", json.dumps(card))
    for text in (found.text, *found.dropped, profile.name, found.profile_id):
        assert not {c for c in text if unicodedata.category(c) in {"Cc", "Cf"} and c != "\n"}, text


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("x.json", "[" * 100_000, "is not JSON"),
        ("x.json", "[]", "no character card"),
        ("x.json", '{"name": "N"}', "no character card"),
        ("x.json", '{"name": {"a": 1}, "description": ["x"]}', "no character card"),
        ("x.yaml", "a: &a [1]\nb: *a\n", "anchors"),
        ("x.yaml", "system: !!python/object/apply:os.system ['true']\n", "line 1"),
        ("x.yaml", "- 1\n", "not a list of settings"),
        ("x.yaml", "model: x\n", "no system prompt"),
        ("x.md", "---\nname: A\n", "not closed"),
        ("x.md", "---\nname: A\ntools: B\n---\n", "holds no prompt"),
        ("x.png", "x", "no format"),
        ("x.json", "x" * 3_000_000, "larger than"),
    ],
)
def test_what_cannot_be_imported_says_why(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(ProfileError, match=says):
        imported(tmp_path, name, text)


def test_pictures_and_missing_files(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(ProfileError, match="picture"):
        read_foreign(tmp_path / "card.json")
    with pytest.raises(ProfileError, match="not a file"):
        read_foreign(tmp_path / "none.md")


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_what_is_written_can_be_read_again(tmp_path: Path, form: str) -> None:
    profile = Profile("kind", "Kind", "Be kind.\n\nAlways.", "A kind voice.", "rewrite",
                      sampling=Sampling(temperature=0.5, top_p=0.9, dry_multiplier=0.8, max_tokens=512),
                      adapters=(AdapterRef("lora", "warm", 0.5),))  # fmt: skip
    ending, write = FORMATS[form]
    text, lost = write(profile)
    _, again = imported(tmp_path, f"kind{ending}", text)
    assert "Be kind.\n\nAlways." in again.system_prompt
    assert again.id == "kind"
    assert "lora warm at 0.5" in lost
    assert "strategy: rewrite" in lost
    assert "dry_multiplier: 0.8" in lost
    assert (again.sampling.temperature == 0.5) is (form in {"aichat", "llm"})
