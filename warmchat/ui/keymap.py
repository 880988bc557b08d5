"""The user's own keys in place of ours: checked before a screen opens, and shown wherever a key is named.

One for the process, as the bindings are, which belong to the classes of the screens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from string import ascii_letters, digits, punctuation

from warmchat.domain.errors import SettingsError
from warmchat.domain.text import one_line
from warmchat.ui.keys import ADAPTERS, CHAT, EDITOR, FLAGS, MOVING, OTHER, PANEL, PROFILES, SESSIONS, Deed

TABLES = (CHAT, PANEL, OTHER, ADAPTERS, SESSIONS, FLAGS, PROFILES, EDITOR)
QUIT = "quit"
_MODIFIERS = {"ctrl", "alt", "shift", "super"}
_SIGNS = {"minus": "-", "equals_sign": "=", "plus": "+", "question_mark": "?", "full_stop": ".", "comma": ","}

_mine: dict[str, str] = {}


def use(keys: Mapping[str, str]) -> dict[str, str]:
    """Put these keys in force for what is shown, and give them back as Textual's keymap.

    Raises:
        SettingsError: a name or key that there is not, or a key that does two things on one screen.
    """
    found = {name: ",".join(_key(part, name) for part in keys[name].split(",")) for name in keys}
    known = {deed.name for table in TABLES for deed in table if deed.keys and deed.action} | {QUIT}
    for name in found:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "the help of each screen lists what there is"
            raise SettingsError(f"The setting 'keys' names {one_line(name, 40)!r}, and no key does that", hint)
    for table in TABLES:
        _refuse_two(table, found)
    _mine.clear()
    _mine.update(found)
    return dict(found)


def shown(deed: Deed) -> str:
    """The keys of a deed as people write them, the user's own where there are some."""
    return ", ".join(pretty(key) for key in _mine[deed.name].split(",")) if deed.name in _mine else deed.shown


def first_key(name: str) -> str:
    """The first key of a deed, as people write it, the user's own where there is one; the chat's deeds come first."""
    deed = next(deed for table in TABLES for deed in table if deed.name == name)
    return shown(deed).split(", ")[0]


def key_line(*parts: str | tuple[str, str]) -> str:
    """What can be done, for the foot of a screen: a deed's name with a word for it, or plain words."""
    return " · ".join(part if isinstance(part, str) else f"{first_key(part[0])} {part[1]}" for part in parts)


def pretty(key: str) -> str:
    """A key as people write it: Ctrl+D, F4, Alt+-; a letter by itself as it is, for a capital needs Shift."""
    *modifiers, base = key.split("+")
    if not modifiers and len(base) == 1:
        return base
    return "+".join([*(part.capitalize() for part in modifiers), _SIGNS.get(base, base.capitalize())])


def _refuse_two(table: Iterable[Deed], found: Mapping[str, str]) -> None:
    owners: dict[str, str] = {}
    pairs = [(deed.title, found.get(deed.name, deed.keys)) for deed in table if deed.keys and deed.action]
    if any(deed.name == QUIT for deed in table):
        pairs.append(("Quit", found.get(QUIT, "ctrl+q")))
        pairs += [("moving", keys) for keys, _ in MOVING]
    for title, keys in pairs:
        for key in keys.split(","):
            if key in owners and found:
                raise SettingsError(
                    f"The key {pretty(key)} would do two things: {owners[key]!r} and {title!r}",
                    "look for [keys] in warmchat.toml",
                )
            owners[key] = title


def _key(text: str, name: str) -> str:
    key = re.sub(r"\s+", "", text).lower()
    *modifiers, base = key.split("+")
    if not set(modifiers) <= _MODIFIERS or base not in _names():
        raise SettingsError(
            f"The setting 'keys' gives {one_line(name, 40)!r} the key {one_line(text, 30)!r}, which is none",
            "such as f5, ctrl+k, alt+x, or two of them with a comma between",
        )
    return key


def _names() -> set[str]:
    """What terminals call their keys."""
    from textual.keys import Keys, _character_to_key

    named = {key.value.split("+")[-1] for key in Keys}
    return named | {_character_to_key(sign) for sign in ascii_letters + digits + punctuation} | set(ascii_letters)
