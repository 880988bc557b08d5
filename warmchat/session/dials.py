"""What was changed of each voice's adapters, the warmth dial's place among it, and what comes of it for a model."""

from __future__ import annotations

from warmchat.domain.profile import Profile
from warmchat.models.adapters import AdapterShelf
from warmchat.voices.dial import checked_dial
from warmchat.voices.setting import NONE, Changes, Key, Named, Setting, driven_by_dial, setting_for


class Dials:
    """The changes by profile, kept while the session is open."""

    def __init__(self, shelf: AdapterShelf) -> None:
        self._shelf = shelf
        self._changes: dict[str, Changes] = {}

    def changes(self, profile: Profile) -> Changes:
        """What was changed of this voice until now."""
        return self._changes.get(profile.id, NONE)

    def turn_to(self, profile: Profile, position: float | None) -> None:
        """Move the dial of this voice; None: to where its file says. Raises `SettingsError` for no such position."""
        checked = None if position is None else checked_dial(position)
        self._changes[profile.id] = self.changes(profile).dialled(_driven(profile), checked)

    def step(self, profile: Profile, direction: int) -> None:
        """Move the dial of this voice by a step from where it stands."""
        self._changes[profile.id] = self.changes(profile).stepped(direction)

    def set_strength(self, profile: Profile, key: Key, strength: float | None) -> None:
        """Give an adapter of this voice another raw strength; None: the file's."""
        self._changes[profile.id] = self.changes(profile).with_strength(_driven(profile), key, strength)

    def reset(self, profile: Profile) -> None:
        """Let all adapters of this voice be as its file says."""
        self._changes.pop(profile.id, None)

    def setting(
        self, profile: Profile, base: str, changes: Changes | None = None, *, others: bool = False
    ) -> Setting:
        """The voice with its changes, or with these; `others`: also what else there is for this model."""
        known = self.changes(profile) if changes is None else changes
        return setting_for(profile, known, self._shelf, base, others=others)

    def own_setting(self, profile: Profile, base: str) -> Setting:
        """The voice as its file says it."""
        return setting_for(profile, NONE, self._shelf, base)


def _driven(profile: Profile) -> Named:
    ref = driven_by_dial(profile)
    return ref.kind, ref.name
