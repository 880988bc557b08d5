"""What the user thinks of a turn's two answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MarkName = Literal["oracle_right", "companion_right", "both_fine", "both_wrong"]


@dataclass(frozen=True, slots=True)
class Mark:
    """The user's own judgement of a turn.

    Attributes:
        note: why, in the user's words; may be empty.
        marked_at: ISO 8601, UTC; empty while it is not in the log.
    """

    mark: MarkName
    note: str = ""
    marked_at: str = ""
