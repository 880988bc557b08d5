"""What stands quietly beside a turn: which branch it is of how many, who else answered, what the user thinks of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from warmchat.domain.mark import Mark, MarkName
from warmchat.domain.text import one_line

if TYPE_CHECKING:
    from warmchat.session import ChatSession


@dataclass(frozen=True, slots=True)
class Aside:
    """What is said beside a turn.

    Attributes:
        place: of this turn among those at its place, from 1. of: how many there are.
        voices: names of the voices that answered too.
    """

    place: int = 1
    of: int = 1
    voices: tuple[str, ...] = ()
    mark: Mark | None = None


def aside_of(session: ChatSession, turn_id: str, names: Sequence[str]) -> Aside:
    """What the session knows of a turn; `names` are those of the voices that answered too."""
    branches = session.branches(turn_id)
    return Aside(branches.index(turn_id) + 1, len(branches), tuple(names), session.beside.mark(turn_id))


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


def you_line(aside: Aside, *, off_record: bool) -> Content:
    """The line above a message."""
    parts: list[str | tuple[str, str]] = [("You", "bold $foreground 70%")]
    if aside.of > 1:
        parts.append((f"  ‹ {aside.place:,} of {aside.of:,} ›", "$faint"))
    if off_record:
        parts.append(("  off the record", "$faint"))
    return Content.assemble(*parts)


def aside_lines(aside: Aside, *, voice: str, reference: str) -> Content:
    """The lines below a reply; empty where there is nothing to say."""
    lines = []
    if aside.voices:
        lines.append(f"⇄ {', '.join(one_line(name, 24) for name in aside.voices)} answered too  Alt+O opens")
    if aside.mark is not None:
        note = f": {one_line(aside.mark.note, 200)}" if aside.mark.note.strip() else ""
        lines.append(f"✎ You: {mark_words(aside.mark.mark, voice=voice, reference=reference)}{note}")
    return Content("\n".join(lines))
