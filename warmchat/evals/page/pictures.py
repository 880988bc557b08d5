"""The pictures of a report as places on a canvas; the template draws them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from warmchat.evals.pareto import Axis, axis, front
from warmchat.evals.report import Report

LETTER = 9.0, 14.0  # width and height of one, as large as the style makes it on a small screen
COLOURS = 8  # that the style knows; further voices begin again


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, and what it says."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure with its interval: place, colour, ends of the whisker, and what a reader is told who points at it.

    Attributes:
        name: where its label stands; None where it has none.
    """

    x: float
    y: float
    low: float
    high: float
    colour: int
    label: str
    told: str
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """Where a label stands: the end of its base line, and whether that is its right one."""

    x: float
    y: float
    ends: bool

    def box(self, label: str) -> tuple[float, float, float, float]:
        """Left, top, right, bottom, about."""
        wide, high = LETTER[0] * len(label), LETTER[1]
        left = self.x - wide if self.ends else self.x
        return left, self.y - high, left + wide, self.y


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything to draw.

    Attributes:
        line: points of the front, as SVG writes them; empty where there is none.
        rows: names beside rows.
    """

    width: float
    height: float
    left: float
    bottom: float
    top: float
    right: float
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    dots: tuple[Dot, ...]
    line: str = ""
    rows: tuple[Tick, ...] = ()


def scatter(report: Report) -> Picture | None:
    """Warmth against the share right, a dot for each voice, the front drawn; None where no voice has both."""
    points = [voice.point for voice in report.voices]
    known = [(at, point) for at, point in enumerate(points) if point is not None]
    if not known:
        return None
    spans = [(report.voices[at].right.low, report.voices[at].right.high) for at, _ in known]
    xs = axis([x for _, (x, _) in known], 0.01)
    ys = axis([100 * y for span in spans for y in span], 8.0)
    width, height, left, right, top, bottom = 640.0, 380.0, 56.0, 600.0, 20.0, 330.0

    def x_at(value: float) -> float:
        return round(left + xs.place(value) * (right - left), 1)

    def y_at(share: float) -> float:
        return round(bottom - ys.place(100 * share) * (bottom - top), 1)

    dots = tuple(
        Dot(
            x_at(x), y_at(y), y_at(low), y_at(high), at % COLOURS, report.voices[at].label,
            f"{report.voices[at].label}: {100 * y:.1f} % right ({100 * low:.1f} to {100 * high:.1f}), warmth {x:.4f}",
        )
        for (at, (x, y)), (low, high) in zip(known, spans, strict=True)
    )  # fmt: skip
    dots = _named(dots, width)
    edge = [points[at] for at in front(points)]
    line = " ".join(f"{x_at(p[0])},{y_at(p[1])}" for p in edge if p is not None)
    return Picture(
        width, height, left, bottom, top, right, _ticks(xs, x_at, 1.0), _ticks(ys, y_at, 0.01), dots,
        line if len(edge) > 1 else "",
    )  # fmt: skip


def _named(dots: Sequence[Dot], width: float) -> tuple[Dot, ...]:
    """The dots with places for their labels: within the picture, and over no other label or dot where that can be."""
    taken = [(dot.x - 5, dot.y - 5, dot.x + 5, dot.y + 5) for dot in dots]
    out = []
    for dot in dots:
        choice = [
            Name(dot.x + (-9 if ends else 9), dot.y + below, ends) for below in (-7, 17) for ends in (False, True)
        ]
        inside = [n for n in choice if n.box(dot.label)[0] >= 0 and n.box(dot.label)[2] <= width] or choice
        name = min(inside, key=lambda n: sum(_meet(n.box(dot.label), other) for other in taken))
        taken.append(name.box(dot.label))
        out.append(replace(dot, name=name))
    return tuple(out)


def _meet(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def by_condition(report: Report) -> Picture:
    """The share right under each condition: a row each, a dot with Wilson's interval for each voice."""
    voices = report.voices
    step = max(26.0, 9.0 * len(voices) + 8.0)
    left, right, top = 200.0, 620.0, 12.0
    bottom = top + step * len(report.run.conditions)
    ys = Axis(0.0, 100.0, tuple(float(t) for t in range(0, 101, 20)))

    def x_at(share: float) -> float:
        return round(left + share * (right - left), 1)

    dots = []
    for row, condition in enumerate(report.run.conditions):
        for at, voice in enumerate(voices):
            found = voice.conditions[condition]
            if found.value is None:
                continue
            y = round(top + step * row + step / 2 + 9.0 * (at - (len(voices) - 1) / 2), 1)
            told = f"{voice.label}, {condition}: {100 * found.value:.0f} % of {found.n}"
            told += f" ({100 * found.low:.0f} to {100 * found.high:.0f})"
            dots.append(Dot(x_at(found.value), y, x_at(found.low), x_at(found.high), at % COLOURS, voice.label, told))
    rows = tuple(Tick(top + step * row + step / 2, name) for row, name in enumerate(report.run.conditions))
    across = tuple(Tick(x_at(t / 100), f"{t:.0f}") for t in ys.ticks)
    return Picture(640.0, bottom + 40.0, left, bottom, top, right, across, (), tuple(dots), rows=rows)


def _ticks(axis_: Axis, place: Callable[[float], float], scale: float) -> tuple[Tick, ...]:
    return tuple(Tick(place(tick * scale), axis_.words(tick)) for tick in axis_.ticks)


def legend(report: Report) -> Sequence[tuple[int, str]]:
    """Colour and name of each voice."""
    return [(at % COLOURS, voice.label) for at, voice in enumerate(report.voices)]
