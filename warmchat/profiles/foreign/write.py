"""A profile for other programs. What they have no place for is said, as at an import."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import yaml

from warmchat.domain.profile import Profile, Sampling

Written = tuple[str, list[str]]


def as_aichat(profile: Profile) -> Written:
    """A role file of aichat."""
    front = {name: getattr(profile.sampling, name) for name in ("temperature", "top_p")}
    return _markdown(front, profile.system_prompt), _lost(profile, {"temperature", "top_p"}, {"name", "description"})


def as_agent(profile: Profile) -> Written:
    """An agent file of Claude Code; VS Code reads it too."""
    front = {"name": profile.id, "description": profile.description or profile.name}
    return _markdown(front, profile.system_prompt), _lost(profile, set(), set())


def as_llm(profile: Profile) -> Written:
    """A template of llm. Options go by the names that its llama.cpp plugins know."""
    kept = ("temperature", "top_p", "top_k", "min_p", "repeat_penalty", "max_tokens")
    values = {"name": profile.id, "system": profile.system_prompt,
              "options": {name: getattr(profile.sampling, name) for name in kept}}  # fmt: skip
    text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=10_000)
    return text, _lost(profile, set(kept), {"description"})


def as_card(profile: Profile) -> Written:
    """A character card V2."""
    data = {"name": profile.name, "description": profile.system_prompt, "personality": "", "scenario": "",
            "first_mes": "", "mes_example": "", "creator_notes": profile.description, "system_prompt": "",
            "post_history_instructions": "", "alternate_greetings": [], "tags": [], "creator": "",
            "character_version": "", "extensions": {}}  # fmt: skip
    card = {"spec": "chara_card_v2", "spec_version": "2.0", "data": data}
    return json.dumps(card, ensure_ascii=False, indent=2) + "\n", _lost(profile, set(), set())


FORMATS: dict[str, tuple[str, Callable[[Profile], Written]]] = {
    "aichat": (".md", as_aichat), "agent": (".md", as_agent), "llm": (".yaml", as_llm), "card": (".json", as_card),
}  # fmt: skip


def _markdown(front: dict[str, Any], body: str) -> str:
    return f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=10_000)}---\n{body}\n"


def _lost(profile: Profile, sampling: set[str], texts: set[str]) -> list[str]:
    """What the format has no place for, as far as the profile says it."""
    default = asdict(Sampling())
    lost = [f"{name}: {value}" for name, value in asdict(profile.sampling).items()
            if value != default[name] and name not in sampling]  # fmt: skip
    lost += [f"{name}: {getattr(profile, name)}" for name in sorted(texts) if getattr(profile, name)]
    lost += [f"{a.kind} {a.name} at {a.strength if a.dial is None else a.dial:g}" for a in profile.adapters]
    if profile.strategy != "direct":
        lost.append(f"strategy: {profile.strategy}")
    if profile.neutralise:
        lost.append("neutralise")
    return lost
