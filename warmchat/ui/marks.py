"""What the user thinks of a turn's two answers, in words that are shown and words that are typed. Pure."""

from __future__ import annotations

from warmchat.domain.errors import SettingsError
from warmchat.domain.mark import Mark, MarkName
from warmchat.domain.text import one_line, printable

TYPED: dict[str, MarkName | None] = {
    "oracle": "oracle_right", "companion": "companion_right", "fine": "both_fine", "wrong": "both_wrong", "none": None,
}  # fmt: skip
TAKES = "[oracle|companion|fine|wrong|none] [NOTE]"


def mark_words(mark: MarkName, *, voice: str, reference: str) -> str:
    """A mark in words; the names are those of the two that answered."""
    match mark:
        case "oracle_right":
            return f"the {one_line(reference, 24)} is right"
        case "companion_right":
            return f"the {one_line(voice, 24)} is right"
        case "both_fine":
            return "both are fine"
        case "both_wrong":
            return "both are wrong"


def marked_words(mark: Mark | None, *, voice: str, reference: str) -> str:
    """A mark with its note, as a line of the user's; "" where there is none."""
    if mark is None:
        return ""
    note = f": {one_line(mark.note, 200)}" if mark.note.strip() else ""
    return f"✎ You: {mark_words(mark.mark, voice=voice, reference=reference)}{note}"


def typed_mark(words: str) -> Mark | None:
    """A mark as it is typed after a command: the verdict, then a note. None takes a mark back.

    Raises:
        SettingsError: the first word is no mark.
    """
    name, _, note = words.strip().partition(" ")
    if name.lower() not in TYPED:
        raise SettingsError(f"{one_line(name, 20)!r} is no mark", f"there are: {', '.join(TYPED)}; a note may follow")
    mark = TYPED[name.lower()]
    return Mark(mark, printable(note).strip()) if mark is not None else None
