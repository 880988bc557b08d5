"""What the first paint shows, known at a glance: who speaks, in which colours, and whether anything is kept.

Validating settings and profiles takes longer than drawing the screen, so it is done behind the screen. Until it is done
nothing acts on what is read here, and what is broken in it is told by the reading that counts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from warmchat.domain.text import shown
from warmchat.places import FILE_NAME, config_folder, read_settings_file
from warmchat.shipped import shipped_folder
from warmchat.ui.glance import Glance

HEAD = 4096  # bytes of a profile file in which its name and accent are looked for
_FIELD = re.compile(r"^(name|accent):[ \t]*[\"']?([^\n\"'#]+|#[0-9a-fA-F]{3,8})", re.MULTILINE)
_OFF = frozenset({"false", "no", "off", "f", "n", "0"})
_ID = re.compile(r"[\w-]{1,64}")


def folder_has_a_say() -> bool:
    """The current folder may hold settings or profiles of its own: whether it is trusted is asked before the screen."""
    here = Path("system_prompts")
    try:
        own_profiles = here.exists() and not here.samefile(shipped_folder("system_prompts"))
    except OSError:
        own_profiles = True
    return own_profiles or os.path.lexists(FILE_NAME)


def glance(command_line: Mapping[str, Any]) -> Glance:
    """The look of the start, where the current folder has no say. What cannot be read stays as by default."""
    file = _config_file()
    given = {name: _setting(name, command_line, file) for name in ("profile", "reference", "theme", "log")}
    speaks = str(given["profile"] or "oracle")
    look = _look(speaks, command_line)
    return Glance(
        profile=speaks,
        name=look.get("name", speaks),
        accent=look.get("accent", "cold"),
        reference=str(given["reference"] or "oracle"),
        theme="light" if given["theme"] == "light" else "dark",
        log=given["log"] is None or str(given["log"]).strip().lower() not in _OFF,
        keys=_keys(file),
    )


def _keys(file: Mapping[str, Any]) -> Mapping[str, str]:
    """Keys of the user's own; none where they are set elsewhere or cannot be what they should."""
    keys = file.get("keys")
    if not isinstance(keys, dict) or "WARMCHAT_KEYS" in os.environ:
        return {}
    return {name: key for name, key in keys.items() if isinstance(key, str)}


def wants_plain(command_line: Mapping[str, Any]) -> bool:
    """The chat is to go line by line, as far as a glance at the command line, variables and settings files tells."""
    file = {**_config_file(), **_read(Path(FILE_NAME))}
    return str(_setting("plain", command_line, file) or "off").strip().lower() not in _OFF


def _setting(name: str, command_line: Mapping[str, Any], file: Mapping[str, Any]) -> Any:
    given = command_line.get(name)
    given = given if given is not None else os.environ.get(f"WARMCHAT_{name.upper()}", file.get(name))
    return shown(given, 200) if type(given) is int else given  # one of thousands of digits cannot be spelled


def _config_file() -> Mapping[str, Any]:
    return _read(config_folder() / FILE_NAME)


def _read(file: Path) -> Mapping[str, Any]:
    try:
        return read_settings_file(file)
    except (OSError, ValueError):
        return {}


def _look(profile: str, command_line: Mapping[str, Any]) -> dict[str, str]:
    """Name and accent as the first file of that name says them, by the search order of the profiles."""
    if not _ID.fullmatch(profile):
        return {}
    for folder in _folders(command_line):
        try:
            with (folder / f"{profile}.md").open(encoding="utf-8", errors="replace") as opened:
                head = opened.read(HEAD)
        except OSError:
            continue
        matter = head.split("\n---", 1)[0] if head.startswith("---") else ""
        return {key: value.strip() for key, value in _FIELD.findall(matter)}
    return {}


def _folders(command_line: Mapping[str, Any]) -> Iterator[Path]:
    given = command_line.get("profile_dir") or os.environ.get("WARMCHAT_PROFILE_DIR")
    if given:
        yield Path(os.path.expanduser(given))  # noqa: PTH111  pathlib raises for ~nobody; the reading that counts tells it
    yield config_folder() / "system_prompts"
    yield shipped_folder("system_prompts")
