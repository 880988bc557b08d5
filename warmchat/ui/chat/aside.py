"""What stands quietly beside a turn: which branch it is of how many, who else answered, what the user thinks of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from warmchat.domain.mark import Mark
from warmchat.domain.text import one_line
from warmchat.ui.keymap import first_key
from warmchat.ui.marks import marked_words

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


def you_line(aside: Aside, *, off_record: bool) -> Content:
    """The line above a message."""
    parts: list[str | tuple[str, str]] = [("You", "bold $foreground 70%")]
    if aside.of > 1:
        parts.append((f"  ‹ {aside.place:,} of {aside.of:,} ›", "$faint"))
    if off_record:
        parts.append(("  off the record", "$faint"))
    return Content.assemble(*parts)


def aside_lines(aside: Aside, *, voice: str, reference: str) -> Content:
    """The lines below a reply; empty where there is nothing to say. The names are those that a mark is about."""
    lines = []
    if aside.voices:
        names = ", ".join(one_line(name, 24) for name in dict.fromkeys(aside.voices))
        lines.append(f"⇄ {names} answered too  {first_key('ask-another-voice')} beside each other")
    lines.append(marked_words(aside.mark, voice=voice, reference=reference))
    return Content("\n".join(line for line in lines if line))
