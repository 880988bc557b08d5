"""Days as somebody types them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date

import pytest

from warmchat.domain.days import Days, typed_days, typed_span
from warmchat.domain.errors import DayError

TODAY = date(2026, 3, 4)  # a Wednesday


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02-03", "2026-02-03", "2026-02-03"),
        (" 2026-2-3 ", "2026-02-03", "2026-02-03"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("Today", "2026-03-04", "2026-03-04"),
        ("yesterday", "2026-03-03", "2026-03-03"),
        ("wednesday", "2026-03-04", "2026-03-04"),
        ("last  Wednesday", "2026-02-25", "2026-02-25"),
        ("thu", "2026-02-26", "2026-02-26"),
        ("3 days ago", "2026-03-01", "2026-03-01"),
        ("two weeks ago", None, None),
        ("a week ago", "2026-02-25", "2026-02-25"),
        ("7 days", "2026-02-25", "2026-02-25"),
        ("1 month ago", "2026-02-04", "2026-02-04"),
        ("4 years ago", "2022-03-04", "2022-03-04"),
        ("this week", "2026-03-02", "2026-03-08"),
        ("last week", "2026-02-23", "2026-03-01"),
        ("last month", "2026-02-01", "2026-02-28"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("march", "2026-03-01", "2026-03-31"),
        ("Apr", "2025-04-01", "2025-04-30"),
        ("april 2024", "2024-04-01", "2024-04-30"),
        ("2026-02-30", None, None),
        ("2026-13", None, None),
        ("0000", None, None),
        ("9999-12-31", None, None),
        ("99999 years ago", None, None),
        ("mon 2026", None, None),
        ("soon", None, None),
        ("", None, None),
        ("²026-03-04", None, None),
        ("٢٠٢٦-٠٣-٠٤", "2026-03-04", "2026-03-04"),
    ],
)
def test_what_is_typed_means_days_or_is_refused_with_a_hint(text: str, first: str | None, last: str | None) -> None:
    if first is None:
        with pytest.raises(DayError) as refused:
            typed_days(text, TODAY)
        assert "2026-03-04" in refused.value.hint
    else:
        found = typed_days(text, TODAY)
        assert (str(found.first), str(found.last)) == (first, last)


def test_the_last_day_of_a_long_month_is_cut_to_that_of_a_short_one() -> None:
    assert typed_days("a month ago", date(2026, 3, 31)).first == date(2026, 2, 28)


def test_a_span_begins_with_the_first_and_ends_with_the_last_day_of_what_was_typed() -> None:
    span = typed_span("feb", "last week", TODAY)
    assert span.words == "2026-02-01 – 2026-03-01"
    assert typed_span("yesterday", "yesterday", TODAY).words == "2026-03-03"
    assert typed_span("", "yesterday", TODAY).words == "to 2026-03-03"
    assert typed_span("yesterday", " ", TODAY).words == "from 2026-03-03"
    assert typed_span("", "", TODAY) == Days()
    with pytest.raises(DayError, match="2026-03-03 lies before 2026-03-04"):
        typed_span("today", "yesterday", TODAY)


@pytest.mark.usefixtures("in_berlin")
def test_a_day_begins_at_midnight_of_the_clock_that_was_in_force() -> None:
    days = Days(date(2026, 3, 29), date(2026, 3, 29))  # the day on which the clock goes forward
    assert (days.since, days.until) == ("2026-03-28T23:00:00.000+00:00", "2026-03-29T22:00:00.000+00:00")
    assert (Days().since, Days().until) == (None, None)
