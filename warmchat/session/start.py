"""What is done with the log when a chat starts, and what the user should know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warmchat.storage.log import SessionLog
    from warmchat.storage.records import CutOff


@dataclass(frozen=True, slots=True)
class StartNotes:
    """What is to be said at the start.

    Attributes:
        expired: sessions that were deleted because of their age. days: the age. clean: nothing of them is left in the
            files; else another program is reading the log, and it goes when that program closes.
        cut_off: the session that was spoken in last, where its last turn has no whole reply.
    """

    expired: int = 0
    days: int = 0
    clean: bool = True
    cut_off: CutOff | None = None


def begin_with(log: SessionLog, keep_days: int, keep: str | None) -> StartNotes:
    """Delete what is too old, and look how the last session ended.

    Args:
        keep_days: sessions in which nothing was said for more days are deleted, but for those put away; 0: none.
        keep: id of a session that stays whatever its age: it is asked for.

    Raises:
        LogError: the log cannot be used; nothing was deleted.
    """
    expired, clean = 0, True
    if keep_days:
        before = datetime.now(UTC) - timedelta(days=keep_days)
        expired, clean = log.expire(before.isoformat(timespec="milliseconds"), keep)
    return StartNotes(expired, keep_days, clean, log.cut_off())
