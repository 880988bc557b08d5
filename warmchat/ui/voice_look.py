"""How a voice looks: its name and its colour, from its profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.color import Color

from warmchat.domain.text import one_line
from warmchat.ui.theme import VoiceClass, accent_colour, voice_class
from warmchat.ui.words import dial_words

if TYPE_CHECKING:
    from warmchat.domain.profile import Profile


@dataclass(frozen=True, slots=True)
class VoiceLook:
    """A voice on the screen.

    Attributes:
        colour: set only for a voice that is neither cold nor warm.
        moved: where the reference speaks with its warmth dial elsewhere than its file says: the dial's position.
        changed: the reference speaks with another adapter elsewhere than its file says.
        beside: quiet words beside the name over a reply: what stood elsewhere.
    """

    id: str
    name: str
    css_class: VoiceClass
    colour: Color | None = None
    moved: float | None = None
    changed: bool = False
    beside: str = ""

    @classmethod
    def of(cls, profile: Profile) -> VoiceLook:
        """The look that a profile asks for."""
        css_class = voice_class(profile.accent)
        colour = accent_colour(profile.accent) if css_class == "-other" else None
        name = one_line(profile.name or profile.id, 24)
        if name == profile.id:  # a file that gives itself no name
            name = name[:1].upper() + name[1:]
        return cls(profile.id, name, css_class, colour)

    @classmethod
    def unknown(cls, profile_id: str) -> VoiceLook:
        """The look of a voice whose profile is gone."""
        return cls(profile_id, one_line(profile_id, 24), "-cold")

    @property
    def plain(self) -> bool:
        """It speaks as its file says, as far as this makes a difference: nobody checks the plain reference."""
        return self.moved is None and not self.changed

    @property
    def badge(self) -> str:
        """The word that no one can overlook; it tells the reference with its adapters changed from the plain one."""
        dial = f" {dial_words(self.moved)}" if self.moved is not None else ""
        return f"{self.name.upper()}{dial}{', CHANGED' if self.changed else ''}"

    @property
    def title(self) -> str:
        """The name above a reply."""
        dial = f" {dial_words(self.moved)}" if self.moved is not None else ""
        return f"{self.name}{dial}{', changed' if self.changed else ''}"

    @property
    def badge_style(self) -> str:
        """Content style of the badge: filled with the voice's ink."""
        if self.colour is not None:
            return f"bold {self.colour.get_contrast_text(1).hex} on {self.colour.hex}"
        voice = self.css_class.removeprefix("-")
        return f"bold ${voice}-on on ${voice}"

    @property
    def ink_style(self) -> str:
        """Content style of text in the voice's colour."""
        return f"bold {self.colour.hex}" if self.colour is not None else f"bold ${self.css_class.removeprefix('-')}"
