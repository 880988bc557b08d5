"""Character cards V1 to V3 as JSON: a figure with a description, a manner and a scene."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warmchat.domain.errors import ProfileError
from warmchat.domain.text import one_line, shown
from warmchat.profiles.foreign.imported import Imported, profile_text, text_at

PARTS = (("description", ""), ("personality", "Your personality: "), ("scenario", "The scene: "),
         ("mes_example", "How you speak, by example:\n"))  # fmt: skip
NO_PLACE = {
    "first_mes": "a conversation begins with your message",
    "alternate_greetings": "a conversation begins with your message",
    "character_book": "nothing is added to the prompt while you chat",
    "post_history_instructions": "the prompt stands before the conversation",
    "extensions": "of another program",
    "assets": "pictures and sounds",
}
QUIET = {"name", "system_prompt", "creator_notes", "tags", "creator", "character_version", "nickname",
         "creation_date", "modification_date", "source", "group_only_greetings", "creator_notes_multilingual",
         "avatar", "chat", "talkativeness", "fav", "create_date", "spec", "spec_version", "data"}  # fmt: skip

_PLACEHOLDER = re.compile(r"\{\{(?:char|user|original)\}\}|<(?:BOT|USER|START)>", re.IGNORECASE)


def read_card(card: Mapping[str, Any], file: Path) -> Imported:
    """A profile from a card. Raises `ProfileError`."""
    data = card.get("data")
    fields = data if isinstance(data, Mapping) and str(card.get("spec", "")).startswith("chara_card") else card
    name = one_line(text_at(fields, "name"), 60)
    parts = [_filled(text_at(fields, key), name) for key, _ in PARTS]
    if not name or not any(parts):
        raise ProfileError(f"{one_line(file.name)} is no character card", "a card has a name and a description")
    opening = _filled(text_at(fields, "system_prompt"), name) or f"You are {name}. Stay in this role."
    said = [lead + part for (_, lead), part in zip(PARTS, parts, strict=True) if part]
    given = {key: value for key, value in fields.items() if value not in (None, "", [], {})}
    dropped = [f"{key}: {shown(given[key])} ({why})" for key, why in NO_PLACE.items() if key in given]
    known = {key for key, _ in PARTS} | QUIET | NO_PLACE.keys()
    dropped += [f"{one_line(str(key), 40)}: {shown(value)}" for key, value in given.items() if key not in known]
    text = profile_text(name, "\n\n".join([opening, *said]), description=f"{name}, a figure from a character card.")
    return Imported("character card", name, text, tuple(dropped))


def _filled(text: str, name: str) -> str:
    """The text with the placeholders of cards filled in, each once: a name may look like a placeholder itself."""
    filled = {"{{char}}": name, "{{user}}": "the user", "{{original}}": "", "<bot>": name, "<user>": "the user"}
    return _PLACEHOLDER.sub(lambda found: filled.get(found[0].lower(), ""), text).strip()
