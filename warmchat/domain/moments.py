"""Times of the log on the clock of whoever reads them."""

from __future__ import annotations

from datetime import datetime

from warmchat.domain.text import one_line


def local_time(moment: str, form: str = "%Y-%m-%d %H:%M") -> str:
    """An ISO 8601 time in local time; what is none, or lies at the end of the calendar, as it is written."""
    try:
        return datetime.fromisoformat(moment).astimezone().strftime(form)
    except (ValueError, OverflowError, OSError):
        return one_line(moment, 30)


def local_day(moment: str) -> str:
    """The day of a time, in local time."""
    return local_time(moment, "%Y-%m-%d")


def is_moment(text: str) -> bool:
    """Whether this is an ISO 8601 time, with an offset, that every clock can show."""
    try:
        return datetime.fromisoformat(text).utcoffset() is not None and "1970" <= text[:4] < "9000"
    except ValueError:
        return False
