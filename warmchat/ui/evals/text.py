"""A report as text for the screen: sentences first, then the picture, then the tables that fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from warmchat.domain.text import one_line
from warmchat.evals import words
from warmchat.evals.pareto import plot
from warmchat.evals.report import Report

Part = str | tuple[str, str]
HIGHEST = 20  # lines of the picture


def report_content(report: Report, width: int) -> Content:
    """The whole report, for so many cells across."""
    return Content.assemble(*_parts(report, width))


def _parts(report: Report, width: int) -> Iterator[Part]:
    if not report.whole:
        yield "This measurement is not finished: the same `warmchat eval run` goes on with it.\n", "$said-unsure"
    for cost in words.costs(report):
        yield _clean(cost) + "\n\n", "bold"
    yield _clean(words.power(report)) + "\n\n", "$faint"
    labels, points = [_clean(v.label) for v in report.voices], [v.point for v in report.voices]
    yield "Warmth against reliability\n", "bold"
    yield "\n".join(plot(labels, points, width=min(width, 100), height=HIGHEST)) + "\n\n"
    for heading, columns, rows, meaning in _tables(report):
        lines = table_lines(columns, rows, width)
        if not rows or not lines:
            continue
        yield heading + "\n", "bold"
        yield lines[0] + "\n", "$faint"
        yield "\n".join(lines[1:]) + "\n"
        yield meaning + "\n\n", "$faint"
    yield _clean(words.run_words(report)), "$faint"


def _tables(report: Report) -> Iterator[tuple[str, Sequence[str], Sequence[Sequence[str]], str]]:
    beside = f"Beside {_clean(report.run.baseline)}, in points, ± half of the 95 % interval"
    yield "How right they are, %", words.ANSWER_COLUMNS, words.answer_rows(report), words.ANSWER_MEANING
    yield "How they carry themselves, %", words.MANNER_COLUMNS, words.manner_rows(report), words.MANNER_MEANING
    yield beside, words.AGAINST_COLUMNS, words.against_rows(report), ""
    rows = words.condition_rows(report)
    yield "Right by condition, % (95 %, Wilson)", words.condition_columns(report), rows, ""


def table_lines(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """The table in columns: the heads, then the rows; what goes beyond the width loses its last columns."""
    cells = [list(columns), *([_clean(cell) for cell in row] for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(columns))]
    kept = len(columns)
    while kept > 1 and sum(widths[:kept]) + 2 * (kept - 1) > width:
        kept -= 1
    return ["  ".join(row[at].ljust(widths[at]) for at in range(kept)).rstrip() for row in cells]


def _clean(text: str) -> str:
    return one_line(text, 400)
