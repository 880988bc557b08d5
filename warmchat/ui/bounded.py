"""How much of one text is drawn. The log and the exports hold all of it.

Wrapping and colouring a million characters holds the screen for many seconds, and so do twenty thousand lines; and it
is done anew with every change of size.
"""

from __future__ import annotations

from warmchat.ui.keymap import first_key

MOST_CHARACTERS = 60_000
MOST_LINES = 2_000


def bounded(text: str, *, characters: int = MOST_CHARACTERS, lines: int = MOST_LINES) -> str:
    """The beginning of a text, as much as can be drawn in a moment."""
    end = -1
    for _ in range(lines):
        end = text.find("\n", end + 1, characters)
        if end < 0:
            return text[:characters]
    return text[:end]


def beginning(text: str, *, characters: int, lines: int = 40) -> str:
    """The beginning of a text that something shorter is made of, with an ellipsis where it goes on."""
    shown = bounded(text, characters=characters, lines=lines)
    return shown if shown == text else f"{shown}…"


def more_words(text: str, shown: str) -> str:
    """How much of a text is not drawn, as "12 more lines"; "" where all of it is."""
    hidden = len(text) - len(shown)
    if hidden <= 0:
        return ""
    lines = text.count("\n", len(shown))
    return f"{lines:,} more {'line' if lines == 1 else 'lines'}" if lines else f"{hidden:,} more characters"


def export_words(text: str, shown: str) -> str:
    """The line below a reply of which not all is drawn; "" where all of it is."""
    more = more_words(text, shown)
    return f"… {more}: {first_key('export-this-session')} exports all of it" if more else ""
