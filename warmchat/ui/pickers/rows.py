"""Rows of the pickers: what a model, a profile or a session says about itself in a line or two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from warmchat.domain.profile import Profile
from warmchat.domain.text import one_line
from warmchat.ui.services import FoundModel
from warmchat.ui.voice_look import VoiceLook
from warmchat.ui.words import size_words


@dataclass(frozen=True, slots=True)
class Row:
    """A choice: what it gives back and what it shows."""

    value: str
    content: Content


def model_rows(found: Sequence[FoundModel]) -> list[Row]:
    """Name, size and source; a remark below where there is one."""
    return [
        Row(
            str(model.path),
            _two_lines(
                [(one_line(model.name, 60), "bold"), f"  {size_words(model.size_bytes)}"],
                " · ".join(part for part in (one_line(model.source, 40), one_line(model.note, 120)) if part),
            ),
        )
        for model in found
    ]


def profile_rows(profiles: Sequence[Profile]) -> list[Row]:
    """Name in its colour, description and where the file is."""
    rows = []
    for profile in profiles:
        look = VoiceLook.of(profile)
        below = " · ".join(p for p in (one_line(profile.description, 160), one_line(profile.source, 80)) if p)
        rows.append(Row(profile.id, _two_lines([(look.name, look.ink_style), f"  {profile.id}"], below)))
    return rows


def _two_lines(head: list[str | tuple[str, str]], below: str) -> Content:
    first = Content.assemble(*head)
    return Content.assemble(first, "\n", (below, "$faint")) if below else first
