"""Keys with Alt as ordinary terminals send them: ESC and the character. Textual has no setting for how it reads these.

Alt+Enter would be a plain Enter and send half a message: it is read as Ctrl+J. Alt+minus and Alt+equals would be the
characters that a Mac types with them; they get the names that the Kitty protocol gives them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class _Named(StrEnum):
    """Names of keys that Textual's own list lacks."""

    MINUS = "alt+minus"
    EQUALS = "alt+equals_sign"
    PLUS = "alt+plus"


def teach_alt_keys() -> None:
    """Make Textual's key parser tell these keys from those without Alt."""
    from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
    from textual.keys import Keys

    known: Any = ANSI_SEQUENCES_KEYS
    if isinstance(known, dict):
        known.setdefault("\x1b\r", (Keys.ControlJ,))
        known.update({"\x1b-": (_Named.MINUS,), "\x1b=": (_Named.EQUALS,), "\x1b+": (_Named.PLUS,)})
