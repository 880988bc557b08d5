"""Where the warmth dial stands for each voice, and what its adapters come to for the loaded model."""

from __future__ import annotations

from warmchat.domain.profile import Profile
from warmchat.models.adapters import AdapterShelf
from warmchat.voices.dial import Setting, checked_dial, setting_for


class Dials:
    """Dial positions by profile, kept while the session is open."""

    def __init__(self, shelf: AdapterShelf) -> None:
        self._shelf = shelf
        self._positions: dict[str, float] = {}

    def turn_to(self, profile: Profile, position: float | None) -> None:
        """Move the dial of this voice; None: to where its file says. Raises `SettingsError` for no such position."""
        if position is None:
            self._positions.pop(profile.id, None)
        else:
            self._positions[profile.id] = checked_dial(position)

    def setting(self, profile: Profile, base: str) -> Setting:
        """The voice with its dial where it stands."""
        return setting_for(profile, self._positions.get(profile.id), self._shelf, base)

    def own_setting(self, profile: Profile, base: str) -> Setting:
        """The voice as its file says it."""
        return setting_for(profile, None, self._shelf, base)
