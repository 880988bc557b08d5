"""``warmchat bench``: how fast this program is on this machine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from warmchat.cli.common import print_json, print_table, settings_of, talk
from warmchat.domain.errors import NO_MODEL_HINT, NoModel

# What each ratio should reach on two quiet cores with the starter, and which way is better.
GOALS = {
    "decode_vs_raw": (">=", 0.97),
    "decode_vs_llama_class": (">=", 1.10),
    "first_token_turn50_vs_raw": ("<=", 1.15),
    "switch_vs_same_profile": ("<=", 1.15),
    "visible_with_shadow": (">=", 0.97),
    "contended_vs_quiet": (">=", 0.35),
    "tui_vs_headless": (">=", 0.90),
    "second_lane_extra_mib": ("<=", 20.0),
    "cancel_ms_p95": ("<=", 200.0),
    "first_paint_s": ("<=", 0.5),
}


@click.command()
@click.option("--model", type=click.Path(), help="GGUF file to measure with; the starter where it is installed.")
@click.option("--rounds", type=click.IntRange(2, 50), default=7, show_default=True, help="Repetitions of each pair.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def bench(context: click.Context, /, rounds: int, as_json: bool, **options: Any) -> None:
    """Measure speed: every ratio is taken in one run, turn about, as a median. Takes some minutes.

    Close other programs first: a busy machine measures itself.
    """
    from warmchat.bench.measure import Bench
    from warmchat.engine.config import EngineConfig
    from warmchat.engine.process import ProcessEngine
    from warmchat.models.find import resolve_model

    settings = settings_of(context, **options)
    model = resolve_model(settings)
    if model is None:
        raise NoModel("There is no model to measure with", NO_MODEL_HINT)
    engine = ProcessEngine(EngineConfig(str(model), n_ctx=settings.n_ctx, threads=settings.threads))
    try:
        engine.describe()
        with tempfile.TemporaryDirectory() as scratch:
            table = Bench(model, engine, rounds, Path(scratch)).run(lambda what: talk(f"measuring: {what}"))
    finally:
        engine.close()
    table = {name: round(value, 3) for name, value in table.items()}
    if as_json:
        print_json(table)
        return
    rows = [(name, value, " ".join(map(str, GOALS[name])) if name in GOALS else "") for name, value in table.items()]
    print_table(["figure", "measured", "goal (2 cores, starter)"], rows, empty="nothing was measured")
