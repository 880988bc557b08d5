"""Days as somebody types them: ``2026-03-04``, ``2026-03``, ``yesterday``, ``monday``, ``3 weeks ago``, ``march``."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from warmchat.domain.errors import DayError
from warmchat.domain.text import one_line

HINT = "write 2026-03-04, 2026-03, today, yesterday, monday, 3 days ago, last week or march"
FIRST, LAST = date(1970, 1, 1), date(8999, 12, 31)  # what every clock can show, a day more included

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_AGO = re.compile(r"(\d{1,5}|an?|one)\s+(day|week|month|year)s?(?:\s+ago)?")
_NEAR = re.compile(r"(this|last|past)\s+(week|month|year)")
_MONTH = re.compile(r"(?:last\s+)?([a-z]{3,9})\.?(?:\s+(\d{4}))?")
_WEEKDAYS = [name.lower() for name in calendar.day_name]
_MONTHS = [name.lower() for name in calendar.month_name]


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` to `last`, both included; None: no bound."""

    first: date | None = None
    last: date | None = None

    @property
    def since(self) -> str | None:
        """The moment at which the first begins on the reader's clock, as the log has its times."""
        return None if self.first is None else _begins(self.first)

    @property
    def until(self) -> str | None:
        """The moment at which the last has ended."""
        return None if self.last is None else _begins(self.last + timedelta(days=1))

    @property
    def words(self) -> str:
        """``2026-03-02 – 2026-03-08``, ``from 2026-03-02``; empty where there is no bound."""
        if self.first is None or self.last is None:
            return f"from {self.first}" if self.first else f"to {self.last}" if self.last else ""
        return f"{self.first}" if self.first == self.last else f"{self.first} – {self.last}"


def typed_span(first: str, last: str, today: date) -> Days:
    """The days from the beginning of what `first` means to the end of what `last` means; an empty one is no bound.

    Raises:
        DayError: one of them is no day, or the end lies before the beginning.
    """
    span = Days(typed_days(first, today).first if first.strip() else None,
                typed_days(last, today).last if last.strip() else None)  # fmt: skip
    if span.first is not None and span.last is not None and span.last < span.first:
        raise DayError(f"{span.last} lies before {span.first}", "change the two about")
    return span


def typed_days(text: str, today: date) -> Days:
    """The day, week, month or year that is meant; a weekday or month alone is the newest that has begun.

    Raises:
        DayError: it is none of these, or not in the calendar.
    """
    said = " ".join(text.lower().split())
    try:
        found = _dated(said) or _named(said, today) or _ago(said, today)
    except (ValueError, OverflowError) as error:
        raise DayError(f"There is no day {one_line(text, 40)}", HINT) from error
    if found is None or found.first is None or found.last is None:
        raise DayError(f"“{one_line(text, 40)}” names no day", HINT)
    if not FIRST <= found.first <= found.last <= LAST:
        raise DayError(f"There was nothing to log in {found.first.year}", HINT)
    return found


def _dated(said: str) -> Days | None:
    match = _DATE.fullmatch(said)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if month is None:
        return Days(date(year, 1, 1), date(year, 12, 31))
    return _month(year, month) if day is None else _one(date(year, month, day))


def _named(said: str, today: date) -> Days | None:
    if said in ("today", "yesterday"):
        return _one(today - timedelta(days=said == "yesterday"))
    near = _NEAR.fullmatch(said)
    if near is not None:
        return _around(near[2], today, back=near[1] != "this")
    match = _MONTH.fullmatch(said)
    if match is None:
        return None
    name, year = match[1], match[2]
    days = [at for at, day in enumerate(_WEEKDAYS) if day.startswith(name)]
    if days and year is None:
        back = (today.weekday() - days[0]) % 7
        return _one(today - timedelta(days=back or 7 * said.startswith("last ")))
    months = [at for at, month in enumerate(_MONTHS) if month and month.startswith(name)]
    if not months:
        return None
    begun = months[0] <= today.month
    return _month(int(year) if year else today.year - (not begun), months[0])


def _around(unit: str, today: date, *, back: bool) -> Days:
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return Days(monday, monday + timedelta(days=6))
    if unit == "year":
        return Days(date(today.year - back, 1, 1), date(today.year - back, 12, 31))
    ahead = today.replace(day=1) - timedelta(days=1) if back else today
    return _month(ahead.year, ahead.month)


def _ago(said: str, today: date) -> Days | None:
    match = _AGO.fullmatch(said)
    if match is None:
        return None
    count = int(match[1]) if match[1].isdigit() else 1
    if match[2] in ("day", "week"):
        return _one(today - timedelta(days=count * (7 if match[2] == "week" else 1)))
    months = today.year * 12 + today.month - 1 - count * (12 if match[2] == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return _one(date(year, month, min(today.day, calendar.monthrange(year, month)[1])))


def _one(day: date) -> Days:
    return Days(day, day)


def _month(year: int, month: int) -> Days:
    return Days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _begins(day: date) -> str:
    midnight = datetime.combine(day, time()).astimezone()  # with the offset that is in force that day
    return midnight.astimezone(UTC).isoformat(timespec="milliseconds")
