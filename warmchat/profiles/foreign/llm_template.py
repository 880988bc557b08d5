"""Templates of the command line tool llm: YAML with a system prompt, options, and perhaps a prompt with variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warmchat.domain.errors import ProfileError
from warmchat.domain.text import one_line
from warmchat.profiles.foreign.imported import Imported, left_out, profile_text, sampling_of, text_at

OPTIONS = {
    "temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "min_p": "min_p", "seed": "seed",
    "max_tokens": "max_tokens", "num_predict": "max_tokens", "repeat_penalty": "repeat_penalty",
}  # fmt: skip
WHY = {
    "model": "a profile is for any model: choose it with --model",
    "prompt": "what is asked is written in the chat",
    "defaults": "profiles have no variables",
    "schema_object": "replies follow no schema",
    "tools": "warmchat calls no tools",
    "functions": "no code of an import is kept or run",
}
_VARIABLE = re.compile(r"\$(?:\w+|\{\w+\})")


def read_template(values: Mapping[str, Any], file: Path) -> Imported:
    """A profile from a template's values. Raises `ProfileError`."""
    system, prompt = text_at(values, "system"), text_at(values, "prompt")
    known = {"name", "system", "options"}
    dropped: list[str] = []
    if not system.strip() and prompt.strip():
        system = _VARIABLE.sub("", prompt.replace("$input", ""))
        known.add("prompt")
        dropped.append("prompt: it became the system prompt, for the template has none")
    if not system.strip():
        raise ProfileError(f"{one_line(file.name)} holds no system prompt", "a template has it under system:")
    variables = sorted(set(_VARIABLE.findall(text_at(values, "system"))))
    if variables:
        dropped.append(f"{', '.join(variables)}: stays in the prompt as it is written, profiles have no variables")
    options = values.get("options")
    options = options if isinstance(options, Mapping) else {}
    sampling, unusable = sampling_of(options, OPTIONS)
    dropped += unusable + left_out(options, set(OPTIONS), {}) + left_out(values, known, WHY)
    name = text_at(values, "name") or file.stem
    return Imported("llm template", name, profile_text(name, system, sampling=sampling), tuple(dropped))
