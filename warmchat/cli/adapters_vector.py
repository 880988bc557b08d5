"""`warmchat adapters vector`: a control vector of one's own from two profiles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from warmchat.cli.adapters import adapter_path
from warmchat.cli.common import print_json, talk
from warmchat.cli.trust import settings_and_profiles
from warmchat.domain.errors import NO_MODEL_HINT, AdapterError, EngineError, NoModel

if TYPE_CHECKING:
    from warmchat.adapters.phases import Told
    from warmchat.adapters.vector import Made

VOICES = ("companion", "oracle")  # whose manner our examples show
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")


def _layers(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    found = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", value.strip())
    if found is None:
        raise click.BadParameter("give FIRST-LAST, such as 8-22")
    return int(found.group(1)), int(found.group(2) or found.group(1))


def _name(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not _NAME.fullmatch(value):
        raise click.BadParameter("small letters, digits, - and _ make a name")
    return value


@click.command()
@click.option("--from", "from_id", default=VOICES[0], show_default=True, help="Profile that it leads to.")
@click.option("--against", "against_id", default=VOICES[1], show_default=True, help="Profile that it leads away from.")
@click.option("--name", default="warmth", show_default=True, callback=_name, help="What profiles call it.")
@click.option("--layers", callback=_layers, metavar="FIRST-LAST", help="Layers that it acts on; found by measurement.")
@click.option("--method", type=click.Choice(["mean", "pca"]), default="mean", show_default=True,
              help="Mean of the differences, or their first principal component.")  # fmt: skip
@click.option("--read", type=click.Choice(["starts", "replies"]), default="starts", show_default=True,
              help="Read beginnings of replies under the prompts; or whole replies made under them, without them.")
@click.option("--examples/--no-examples", default=None,
              help="Show the model our examples, warm before --from and cold before --against; on for these two alone.")
@click.option("--model", type=click.Path(), help="GGUF file, or a name from `warmchat models list`.")
@click.option("--quick", "measure", flag_value="quick", help="Measure with a quarter of the material.")
@click.option("--no-measure", "measure", flag_value="none", help="Measure nothing: no range, layers from the middle.")
@click.option("--force", is_flag=True, help="Replace the adapter that has this name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout, with all that was measured.")
@click.pass_context
def vector(
    context: click.Context, /, from_id: str, against_id: str, *, name: str, layers: tuple[int, int] | None, method: Any,
    read: Any, examples: bool | None, measure: Any, force: bool, as_json: bool, **options: Any,
) -> None:  # fmt: skip
    """Make a control vector for the model you run, from the prompts of two profiles.

    What the model computes before it answers our messages under both prompts (their adapters off) is compared. Then it
    is measured what the vector does: which layers serve best, how far it can be turned, and how warm, right and
    repetitive replies become. A card beside the file tells all of it. No training, no PyTorch. The warmth dial drives
    the one called warmth.
    """
    from warmchat.adapters.vector import Order, make_vector
    from warmchat.models.find import resolve_model
    from warmchat.wiring import open_engine

    settings, library = settings_and_profiles(context, **options)
    if settings.remote_url:
        raise EngineError("A control vector cannot be made with a server: it does not show the model's hidden states",
                          "name a model file: --model FILE.gguf")  # fmt: skip
    model = resolve_model(settings)
    if model is None:
        raise NoModel("There is no model to make it for", NO_MODEL_HINT)
    if examples is None:
        examples = (from_id, against_id) == VOICES
    order = Order(
        name, library.get(from_id), library.get(against_id), method, read, layers, measure or "full", examples
    )
    engine = open_engine(settings, model)
    try:
        info = engine.describe()
        path = adapter_path(settings, info.base, name)
        if path.exists() and not force:
            raise AdapterError(f"There is already an adapter {name} for {info.base}", "--force replaces it, or --name")
        talk(f"{from_id} against {against_id}, for {info.model_name}")
        with _bars() as told:
            made = make_vector(engine, order, path, told)
    finally:
        engine.close()
    if as_json:
        print_json(_as_dict(made))
    else:
        _say(made)


@contextmanager
def _bars() -> Iterator[Told]:
    """A bar for each phase on stderr; in a pipe a line when a phase begins."""
    from rich import progress as bar
    from rich.console import Console

    console = Console(stderr=True)
    columns = (
        bar.TextColumn("{task.description:<20}"), bar.BarColumn(), bar.TaskProgressColumn(), bar.TimeElapsedColumn(),
        bar.TimeRemainingColumn(),
    )  # fmt: skip
    with bar.Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def told(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = bars.add_task(phase, total=total or None)
                if not console.is_terminal:
                    talk(phase)
            bars.update(tasks[phase], completed=done)

        yield told


def _as_dict(made: Made) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "path": str(made.path),
        "card": str(made.card),
        "seconds": {phase: round(took, 1) for phase, took in made.seconds.items()},
        **asdict(made.facts),
        "measured": asdict(made.measured) if made.measured else None,
    }


def _say(made: Made) -> None:
    from warmchat.adapters.strengths import gain
    from warmchat.cli.common import print_table, print_text

    print_text(str(made.path))
    facts, measured = made.facts, made.measured
    talk(f"It acts on layers {facts.layers[0]} to {facts.layers[1]}. The card beside it tells how it was made.")
    if measured is None:
        talk("Nothing was measured: the dial has no range for it. Begin with small strengths, such as 0.1.")
        return
    print_table(
        ["dial", "strength", "warmth gained", "repetition %", "right %", "with a belief %"],
        [
            (f"{row.dial or 0:+.2f}", f"{row.strength:.3g}", f"{gain(row, measured.plain):+.3f}",
             f"{row.repetition:.1f}", f"{row.right:.0f}", f"{row.right_belief:.0f}")
            for row in sorted([*measured.rows, measured.plain], key=lambda row: row.strength)
        ],
        empty="",
    )  # fmt: skip
    if measured.best is None:
        talk("No strength made the replies warmer without more repetition.")
    else:
        talk(f"Recommended: dial {measured.best.dial:+.2f}, raw strength {measured.best.strength:.3g}.")
