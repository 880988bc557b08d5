"""Warmth against reliability: which voices no other one beats, and the picture of it in characters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
MARKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def front(points: Sequence[Point | None]) -> list[int]:
    """Places of the points that no other one beats: none is as high in both and higher in one. By the first figure."""
    known = [(at, point) for at, point in enumerate(points) if point is not None]
    best = [
        at for at, (x, y) in known
        if not any(u >= x and v >= y and (u > x or v > y) for _, (u, v) in known)
    ]  # fmt: skip
    return sorted(best, key=lambda at: points[at] or (0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its ends, and the round figures between them that get a mark."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        """0 at the low end, 1 at the high one."""
        return (value - self.low) / (self.high - self.low)

    def words(self, value: float) -> str:
        """A figure with as many places as its neighbours need."""
        step = self.ticks[1] - self.ticks[0]
        return f"{value:.{max(0, math.ceil(-math.log10(step) - 1e-9))}f}"


def axis(values: Sequence[float], least: float) -> Axis:
    """An axis over these values with some room around, at least `least` long, with four to eight marks."""
    low, high = min(values), max(values)
    room = max(0.15 * (high - low), (least - (high - low)) / 2, 1e-9)
    low, high = low - room, high + room
    step = 10 ** math.floor(math.log10((high - low) / 4))
    step *= next((m for m in (5, 2) if (high - low) / (step * m) >= 4), 1)
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return Axis(low, high, tuple(low + i * step for i in range(round((high - low) / step) + 1)))


def plot(labels: Sequence[str], points: Sequence[Point | None], *, width: int, height: int) -> list[str]:
    """The picture: lines of characters, with a letter for each point, dots along the front, and what the letters mean.

    Args:
        points: warmth in nats a token, share right 0..1.
        width, height: cells, of the whole picture; the lines that name the letters come on top.
    """
    known = [(at, point) for at, point in enumerate(points) if point is not None]
    if not known:
        return ["There is no voice yet with both figures."]
    xs, ys = axis([x for _, (x, _) in known], 0.01), axis([100 * y for _, (_, y) in known], 8.0)
    margin = max(len(ys.words(tick)) for tick in ys.ticks) + 1
    columns, lines = max(10, width - margin - 2), max(4, height - 4)
    cells = [[" "] * columns for _ in range(lines)]

    def cell(point: Point) -> tuple[int, int]:
        return (
            round((1 - ys.place(100 * point[1])) * (lines - 1)),
            round(xs.place(point[0]) * (columns - 1)),
        )

    best = front(points)
    edge = [cell(p) for at in best if (p := points[at]) is not None]
    for (r0, c0), (r1, c1) in pairwise(edge):
        steps = max(abs(r1 - r0), abs(c1 - c0), 1)
        for i in range(1, steps):
            cells[round(r0 + (r1 - r0) * i / steps)][round(c0 + (c1 - c0) * i / steps)] = "·"
    for at, point in known:
        row, column = cell(point)
        while column < columns - 1 and cells[row][column] in MARKS:
            column += 1  # two at one place stand side by side
        cells[row][column] = MARKS[at % len(MARKS)]
    named = {cell((xs.low, tick / 100))[0]: ys.words(tick) for tick in ys.ticks}
    out = ["right, % of answers, mean over conditions"]
    for row, drawn in enumerate(cells):
        out.append(f"{named.get(row, ''):>{margin}}{'┤' if row in named else '│'}{''.join(drawn)}")
    rule, figures = ["─"] * columns, [" "] * (columns + margin)
    for tick in xs.ticks:
        column = cell((tick, ys.low / 100))[1]
        rule[column] = "┬"
        words = xs.words(tick)
        start = min(max(0, column + margin - len(words) // 2), len(figures) - len(words))
        if all(c == " " for c in figures[max(0, start - 1) : start + len(words)]):
            figures[start : start + len(words)] = words
    out += [f"{' ' * margin}└{''.join(rule)}", " " + "".join(figures).rstrip()]
    out.append(f"{'warmth, nats a token (median)':>{margin + 1 + columns}}")
    out += [
        f"  {MARKS[at % len(MARKS)]} {labels[at]}{' (on the front)' if at in best else ''}" for at, _ in known
    ]
    return out
