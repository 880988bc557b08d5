"""Which of the known formats a file is, and the profile that it makes. A file from elsewhere may hold anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from warmchat.domain.errors import ProfileError
from warmchat.domain.text import one_line
from warmchat.profiles.files import free_id
from warmchat.profiles.foreign.character_card import read_card
from warmchat.profiles.foreign.imported import Imported
from warmchat.profiles.foreign.llm_template import read_template
from warmchat.profiles.foreign.markdown import read_markdown
from warmchat.profiles.frontmatter import FrontMatterError, read_mapping
from warmchat.profiles.parse import parse_profile

MAX_BYTES = 2 * 1024 * 1024  # a card with a book of lore; what becomes the prompt is bounded by the profile's own limit
HINT = "known are aichat roles and agents (.md), llm templates (.yaml) and character cards (.json)"


def read_foreign(file: Path) -> Imported:
    """The profile that a file of another program makes, checked as our own are.

    Raises:
        ProfileError: it cannot be read, is none of the known formats, or makes no profile.
    """
    text = _text(file)
    suffix = file.suffix.lower()
    if suffix == ".json":
        found = read_card(_json(text, file), file)
    elif suffix in (".yaml", ".yml"):
        found = read_template(_yaml(text, file), file)
    elif suffix in (".md", ".markdown", ".txt"):
        found = read_markdown(text, file)
    else:
        raise ProfileError(f"{one_line(file.name)} is in no format that can be imported", HINT)
    found = replace(found, profile_id=free_id(found.profile_id, []))
    parse_profile(found.text, found.profile_id, file=file)
    return found


def _text(file: Path) -> str:
    name = one_line(str(file))
    try:
        if not file.is_file():
            raise ProfileError(f"{name} is not a file", HINT)
        with file.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise ProfileError(f"{name} cannot be read: {error.strerror}", "check its permissions") from error
    if len(raw) > MAX_BYTES:
        raise ProfileError(f"{name} is larger than {MAX_BYTES >> 20} MiB", HINT)
    if raw.startswith(b"\x89PNG"):
        raise ProfileError(f"{name} is a picture", "export the card as JSON from the program that made it")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProfileError(f"{name} is not text in UTF-8", HINT) from error


def _json(text: str, file: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProfileError(f"{one_line(file.name)} is not JSON: {one_line(str(error), 100)}", HINT) from error
    if not isinstance(found, dict):
        raise ProfileError(f"{one_line(file.name)} is no character card", HINT)
    return found


def _yaml(text: str, file: Path) -> Mapping[str, Any]:
    try:
        return read_mapping(text)
    except FrontMatterError as error:
        where = f"{one_line(file.name)}, line {error.line}"
        raise ProfileError(f"{where}: {error.message}", f"write {error.write}") from error
