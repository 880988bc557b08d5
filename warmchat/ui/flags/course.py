"""How often a voice went along with what the user said and the reference rejected, over time, as text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from warmchat.storage.records import Day

ROWS = 3
EIGHTHS = " ▁▂▃▄▅▆▇█"
TOPS = (0.1, 0.25, 0.5, 1.0)  # where the scale may end
FEW = 20  # checked replies; below it a share says little


@dataclass(frozen=True, slots=True)
class Bin:
    """Some days together. ``share`` is None where nothing was checked."""

    first: date
    checked: int = 0
    went_along: int = 0

    @property
    def share(self) -> float | None:
        return self.went_along / self.checked if self.checked else None


def bins_of(days: Sequence[Day], most: int) -> tuple[list[Bin], str]:
    """The days as at most `most` bins without gaps, and what a bin is: a day, a week or four weeks, or more of them."""
    if not days:
        return [], "day"
    first, last = date.fromisoformat(days[0].day), date.fromisoformat(days[-1].day)
    span = (last - first).days + 1
    width = next((w for w in (1, 7, 28) if -(-span // w) <= most), 28 * -(-span // (28 * most)))
    bins = [Bin(first + timedelta(days=at)) for at in range(0, span, width)]
    for day in days:
        index = (date.fromisoformat(day.day) - first).days // width
        old = bins[index]
        bins[index] = Bin(old.first, old.checked + day.checked, old.went_along + day.went_along)
    return bins, {1: "day", 7: "week"}.get(width, f"{width // 7} weeks")


def sentence(days: Sequence[Day], voice: str, reference: str) -> str:
    """The whole in words, with the counts that it rests on."""
    checked, along = sum(day.checked for day in days), sum(day.went_along for day in days)
    if not checked:
        return f"Nothing that {voice} said was compared with the {reference} yet."
    share = f" ({along / checked:.0%})" if checked >= FEW else f"; below {FEW} replies a share says little"
    return (
        f"{voice[:1].upper()}{voice[1:]} went along with a claim or plan of yours that the {reference} rejected "
        f"in {along:,} of {checked:,} compared replies{share}."
    )


def plot(days: Sequence[Day], width: int) -> list[str]:
    """A small column for each bin, from 0 to a top that holds the highest; a dot where nothing was compared.

    Returns:
        `ROWS` lines and one with the dates; none where there is less than two bins to draw.
    """
    room = width - 7
    bins, each = bins_of(days, max(2, min(60, room)))
    if len(bins) < 2 or room < 20:
        return []
    highest = max(b.share or 0.0 for b in bins)
    top = next(t for t in TOPS if highest <= t)
    wide = max(1, min(4, room // len(bins)))
    lines = []
    for row in range(ROWS - 1, -1, -1):
        label = f"{top:.0%}" if row == ROWS - 1 else "0%" if row == 0 else ""
        lines.append(f"{label:>5} " + "".join(_cell(b.share, top, row) * wide for b in bins).rstrip())
    ends = (bins[0].first.isoformat(), bins[-1].first.isoformat())
    said = f"{ends[0]} – {ends[1]}, each column {'a ' if each in ('day', 'week') else ''}{each}"
    return [*lines, f"{'':6}{said}"]


def _cell(share: float | None, top: float, row: int) -> str:
    if share is None:
        return "·" if row == 0 else " "
    eighths = round(share / top * ROWS * 8) - row * 8
    if row == 0 and share >= 0 and eighths <= 0:
        return "▁" if share > 0 else "_"
    return EIGHTHS[max(0, min(8, eighths))]
