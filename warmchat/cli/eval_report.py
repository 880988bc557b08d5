"""``warmchat eval report`` and ``eval list``: what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from warmchat.cli.common import print_json, print_table, print_text, settings_of, talk
from warmchat.domain.errors import NotFound

if TYPE_CHECKING:
    from warmchat.evals.report import Report
    from warmchat.storage.evals.store import EvalStore

EDGES, GAP = 2, 3  # cells that a table of `print_table` has at its edges, and between two columns
NOTHING = ("Nothing has been measured yet", "`warmchat eval run` does")


@click.command()
@click.argument("run_id", metavar="[RUN]", default="")
@click.option("--html", "html", type=click.Path(dir_okay=False, path_type=Path), help="Write one page with pictures.")
@click.option("--force", is_flag=True, help="Replace the file that has this name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_context
def report(context: click.Context, /, run_id: str, *, html: Path | None, force: bool, as_json: bool) -> None:
    """Show a run, or the last one: the voices, how they differ, every condition, warmth against reliability."""
    from warmchat.screens import write_eval_page
    from warmchat.wiring import open_evals

    with open_evals(settings_of(context)) as store:
        found = _report_of(store, run_id)
    if html is not None:
        write_eval_page(found, html, force=force)
        talk(f"Written to {html}")
    if as_json:
        print_json(found.as_dict())
    elif html is None:
        show(found)


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_context
def list_(context: click.Context, /, *, as_json: bool) -> None:
    """List the runs that were measured, and what there is to ask."""
    from warmchat.evals.conditions import CONDITIONS
    from warmchat.evals.shipped_sets import SETS, advice_cases, everyday_messages, question_set
    from warmchat.wiring import open_evals

    with open_evals(settings_of(context)) as store:
        runs = [(run, store.count(run.id)) for run in store.runs()]
    sets = {name: len(question_set(name)) for name in SETS}
    if as_json:
        print_json({
            "runs": [_run_dict(run, count) for run, count in runs], "sets": sets, "cases": len(advice_cases()),
            "messages": len(everyday_messages()), "conditions": [condition.name for condition in CONDITIONS],
        })  # fmt: skip
        return
    print_table(
        ["run", "begun", "model", "set", "voices", "replies", "state"],
        [
            (run.id, run.started_at[:16].replace("T", " "), run.model_name, f"{run.set_name} x {run.questions}",
             ", ".join(voice.label for voice in run.voices), f"{count:,}", "whole" if run.finished_at else "begun")
            for run, count in runs
        ],
        empty=f"{NOTHING[0]}: {NOTHING[1]}.",
    )  # fmt: skip
    known = ", ".join(f"{name} ({count} questions)" for name, count in sets.items())
    talk(f"Sets: {known}; {len(advice_cases())} advice cases; {len(everyday_messages())} messages.")
    talk(f"Conditions: {', '.join(condition.name for condition in CONDITIONS)}.")


def show(found: Report) -> None:
    """The report for people."""
    from rich.console import Console

    from warmchat.evals import words
    from warmchat.evals.pareto import plot

    width = Console().width
    _prose(words.run_words(found), width)
    _table(words.ANSWER_COLUMNS, words.answer_rows(found), width)
    _prose(words.ANSWER_MEANING, width)
    _table(words.MANNER_COLUMNS, words.manner_rows(found), width)
    _prose(words.MANNER_MEANING, width)
    if against := words.against_rows(found):
        print_text(f"Differences from {found.run.baseline}, in points, ± half of the 95 % interval:")
        _table(words.AGAINST_COLUMNS, against, width)
    print_text("Right by condition, %, with Wilson's 95 % interval:")
    _table(words.condition_columns(found), words.condition_rows(found), width)
    if changes := words.change_rows(found):
        print_text(f"Questions lost and gained against {found.run.baseline}:")
        _table(words.change_columns(found), changes, width)
        _prose(words.CHANGE_MEANING, width)
    labels, points = [v.label for v in found.voices], [v.point for v in found.voices]
    print_text("\n".join(plot(labels, points, width=min(100, width - 1), height=20)) + "\n")
    for sentences in [*words.costs(found), words.power(found)]:
        _prose(sentences, width)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> None:
    from warmchat.evals.words import in_width

    for some, of_them in in_width(columns, rows, width - EDGES, GAP):
        print_table(some, of_them, empty="")


def _prose(text: str, width: int) -> None:
    print_text(fill(text, min(100, width), break_long_words=False, break_on_hyphens=False) + "\n")


def _report_of(store: EvalStore, run_id: str) -> Report:
    from warmchat.evals.report import report as counted

    record = store.run(run_id) if run_id else store.last_run()
    if record is None:
        raise NotFound(*NOTHING)
    return counted(record, store.replies(record.id))


def _run_dict(run: Any, count: int) -> dict[str, Any]:
    return {
        "id": run.id, "started_at": run.started_at, "finished_at": run.finished_at or None, "model": run.model,
        "model_name": run.model_name, "set": run.set_name, "questions": run.questions,
        "conditions": list(run.conditions), "messages": run.messages, "cases": run.cases, "seed": run.seed,
        "voices": [voice.label for voice in run.voices], "replies": count, "seconds": round(run.seconds, 1),
    }  # fmt: skip
