"""Making text from outside harmless: a model, a paste or a file may hold sequences that a terminal would obey."""

from __future__ import annotations

import re

# OSC, DCS, SOS, PM and APC run to BEL or ST; CSI and two-character escapes are short. Both the 7-bit and 8-bit forms.
# What opens a string ends the search for the end of one before: else many openings without an end took quadratic time.
_STRING = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"
_CSI = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
_SHORT = r"\x1b[ -/]*[0-Z\\^-~]"
_SEQUENCE = re.compile(f"{_STRING}|{_CSI}|{_SHORT}")
# What is left of C0 (but newline and tab), DEL, C1, and the marks that reorder text on the screen.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
# What is not seen and could make two names look like one. In running text it stays: words and emoji need some of it.
_UNSEEN = re.compile(r"[\u00ad\u180e\u200b\u2060-\u2064\U000e0000-\U000e007f]")

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_FAR = 50
_UNPRINTABLE = re.compile(f"{_CONTROL.pattern}|{_SURROGATE.pattern}")


def printable(text: str) -> str:
    """The text without escape sequences, control characters and bidirectional overrides; newline and tab stay.

    Apply it before text from outside goes to a terminal or into a widget. Carriage returns become newlines first,
    so that nothing overwrites a line; lone surrogates become the replacement character.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", _SEQUENCE.sub("", text))
    return _SURROGATE.sub("\ufffd", text)


def one_line(text: str, limit: int = 200) -> str:
    """`printable`, on one line, at most `limit` characters, without what is not seen: for titles, names, listings."""
    begins = text.lstrip()[: _FAR * limit]  # what comes later is not shown, and need not be looked at
    line = " ".join(_UNSEEN.sub("", printable(begins)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def printable_value(value: object) -> object:
    """`printable`, where the value is a plain text: for templates of pages. Text that is marked as safe stays."""
    return printable(value) if type(value) is str else value


def printable_json(text: str) -> str:
    """A JSON document with what `printable` takes out written as JSON's own escapes. Nothing is lost."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def shown(value: object, limit: int = 60) -> str:
    """A value from outside as a few words: a text as it is, anything else as Python spells it, where it can."""
    try:
        return one_line(value if isinstance(value, str) else repr(value), limit)
    except (ValueError, RecursionError):  # a number of thousands of digits; lists in lists
        return f"a {type(value).__name__} too long to show"
