"""What the screen shows before the program behind it is there: the first paint waits for no settings and no profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from warmchat.domain.errors import UnknownProfile
from warmchat.domain.profile import Profile


@dataclass(frozen=True, slots=True)
class Glance:
    """The look of the start, as far as it is known at a glance. Nothing acts on it.

    It stands for the settings (`ScreenSettings`) until those are read.

    Attributes:
        profile: id of the voice that speaks first; ``name`` and ``accent`` are how it looks.
        reference: id of the voice that the others are checked against.
        log: whether sessions are kept.
    """

    profile: str = "oracle"
    name: str = "Oracle"
    accent: str = "cold"
    reference: str = "oracle"
    theme: Literal["dark", "light"] = "dark"
    log: bool = True
    danger_note: str = ""
    reminders: bool = True
    reduced_motion: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)


class GlanceShelf:
    """The one voice of a glance, in place of the profiles (`ProfileShelf`) until those are read."""

    def __init__(self, glance: Glance) -> None:
        self._only = Profile(glance.profile, glance.name, "", accent=glance.accent)

    def ids(self) -> list[str]:
        return [self._only.id]

    def get(self, profile_id: str) -> Profile:
        if profile_id != self._only.id:
            raise UnknownProfile(f"{profile_id!r} is not read yet")
        return self._only

    def all(self) -> list[Profile]:
        return [self._only]

    def problems(self) -> list[str]:
        return []

    def changed(self) -> bool:
        return False
