"""A report as text for the screen: what each voice costs, the picture, the sentences, the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from warmchat.domain.text import one_line
from warmchat.evals import words
from warmchat.evals.pareto import plot
from warmchat.evals.report import Report

Part = str | tuple[str, str]
PICTURE = (10, 20)  # lines: the least, the most
GAP = 2  # cells between two columns
ABOVE = 10  # lines that stand above the picture, about


def report_content(report: Report, width: int, height: int) -> Content:
    """The whole report, for so many cells across; the picture as high as so many lines allow."""
    return Content.assemble(*_parts(report, width, max(PICTURE[0], min(PICTURE[1], height - ABOVE))))


def _parts(report: Report, width: int, high: int) -> Iterator[Part]:
    if not report.whole:
        yield "This measurement is not finished: the same `warmchat eval run` goes on with it.\n", "$said-unsure"
    beside = f"Beside {_clean(report.run.baseline)}: points, nats a token, ± half of the 95 % interval"
    yield from _table(beside, words.AGAINST_COLUMNS, words.against_rows(report), "", width)
    labels, points = [_clean(v.label) for v in report.voices], [v.point for v in report.voices]
    yield "Warmth against reliability\n", "bold"
    yield "\n".join(plot(labels, points, width=min(width, 100), height=high)) + "\n\n"
    for cost in words.costs(report):
        yield _clean(cost) + "\n\n"
    yield _clean(words.power(report)) + "\n\n", "$faint"
    answers, carriage, conditions = words.answer_rows(report), words.manner_rows(report), words.condition_rows(report)
    yield from _table("How right they are, %", words.ANSWER_COLUMNS, answers, words.ANSWER_MEANING, width)
    yield from _table("How they carry themselves, %", words.MANNER_COLUMNS, carriage, words.MANNER_MEANING, width)
    yield from _table("Right by condition, % (95 %)", words.condition_columns(report), conditions, "", width)
    lost, beside = words.change_rows(report), f"Questions lost and gained against {_clean(report.run.baseline)}"
    yield from _table(beside, words.change_columns(report), lost, words.CHANGE_MEANING, width)
    yield _clean(words.run_words(report)), "$faint"


def _table(
    heading: str, columns: Sequence[str], rows: Sequence[Sequence[str]], meaning: str, width: int
) -> Iterator[Part]:
    """A table under its heading, in parts where it is too wide; nothing where it has no rows."""
    if rows:
        yield heading + "\n", "bold"
        clean = [[_clean(cell) for cell in row] for row in rows]
        for part in words.in_width([_clean(column) for column in columns], clean, width, GAP):
            head, *lines = _lines(*part)
            yield head + "\n", "$faint"
            yield "\n".join(lines) + "\n"
        yield (meaning + "\n\n" if meaning else "\n"), "$faint"


def _lines(columns: list[str], rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    return [
        (" " * GAP).join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (columns, *rows)
    ]


def _clean(text: str) -> str:
    return one_line(text, 400)
