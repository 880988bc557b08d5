"""Making text from outside harmless: a model, a paste or a file may hold sequences that a terminal would obey."""

from __future__ import annotations

import re

# OSC, DCS, SOS, PM and APC run to BEL or ST; CSI and two-character escapes are short. Both the 7-bit and 8-bit forms.
_STRING = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
_CSI = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
_SHORT = r"\x1b[ -/]*[0-Z\\^-~]"
_SEQUENCE = re.compile(f"{_STRING}|{_CSI}|{_SHORT}")
# What is left of C0 (but newline and tab), DEL, C1, and the marks that reorder text on the screen.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]")

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def printable(text: str) -> str:
    """The text without escape sequences, control characters and bidirectional overrides; newline and tab stay.

    Apply it before text from outside goes to a terminal or into a widget. Carriage returns become newlines first,
    so that nothing overwrites a line; lone surrogates become the replacement character.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", _SEQUENCE.sub("", text))
    return _SURROGATE.sub("\ufffd", text)


def one_line(text: str, limit: int = 200) -> str:
    """`printable`, on one line, at most `limit` characters, for titles, names and listings."""
    line = " ".join(printable(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
