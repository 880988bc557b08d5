"""Saying, in a long talk with a voice that is checked, how its replies fared. At most once an hour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from warmchat.ui.words import flagged_words

if TYPE_CHECKING:
    from warmchat.domain.turn import Turn

HOUR_S = 3600.0
COMPARED = ("agree", "disagree", "unsure")


class HourlyCount:
    """Keeps when this was last said. Seconds are those of a clock that only rises.

    Args:
        on: the user wants to hear it.
    """

    def __init__(self, *, on: bool) -> None:
        self._on = on
        self._since: float | None = None

    def begin(self) -> None:
        """Another session: the hour begins anew."""
        self._since = None

    def due(self, turns: Sequence[Turn], profile: str, names: tuple[str, str], now: float) -> str:
        """What is to be said after a reply of `profile`; "" most of the time.

        Args:
            names: what the voice and the reference are called.
        """
        if self._since is None:
            self._since = now
        if not self._on or now - self._since < HOUR_S:
            return ""
        self._since = now
        replies = [turn for turn in turns if turn.profile == profile and turn.reply is not None]
        labels = [turn.verdict.label for turn in replies if turn.verdict is not None]
        checked = sum(label in COMPARED for label in labels)
        return flagged_words(names[0], len(replies), checked, labels.count("disagree"), names[1])
