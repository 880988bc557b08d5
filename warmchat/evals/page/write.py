"""The page: all text escaped, one style whose hash stands in the page's own policy, no script, nothing loaded."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from warmchat.domain.text import printable_value
from warmchat.evals import words
from warmchat.evals.page.pictures import by_condition, legend, scatter
from warmchat.evals.report import Report


def eval_page(report: Report) -> Iterator[str]:
    """The page of a report, in pieces."""
    style = _beside("page.css")
    tables = [
        ("How right", words.ANSWER_COLUMNS, words.answer_rows(report), words.ANSWER_MEANING),
        ("How they carry themselves", words.MANNER_COLUMNS, words.manner_rows(report), words.MANNER_MEANING),
        (
            f"Beside {report.run.baseline}", words.AGAINST_COLUMNS, words.against_rows(report),
            "Points, ± half of the 95 % interval; the sample are the questions, each over all conditions. Warmth in"
            " nats a token, paired by message.",
        ),
        (
            "Condition by condition, %", words.condition_columns(report), words.condition_rows(report),
            "With Wilson's 95 % interval.",
        ),
        (
            f"Questions lost and gained against {report.run.baseline}", words.change_columns(report),
            words.change_rows(report), words.CHANGE_MEANING,
        ),
    ]  # fmt: skip
    return _template().generate(
        title=f"What warmth costs in truth: {report.run.model_name}",
        report=report,
        summary=words.run_words(report),
        costs=list(words.costs(report)),
        power=words.power(report),
        tables=[table for table in tables if table[2]],
        scatter=scatter(report),
        conditions=by_condition(report),
        legend=legend(report),
        style=style,
        style_hash="sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def _beside(name: str) -> str:
    return files("warmchat.evals.page").joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=printable_value
    )
    return environment.from_string(_beside("page.html.jinja"))
