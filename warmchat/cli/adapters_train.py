"""``warmchat adapters train``: a LoRA that makes the model warm, or cold, trained on this machine."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmchat.adapters.train.recipe import STYLE_PROFILES, Recipe, Style, prompt_hash
from warmchat.cli.adapters import adapter_path
from warmchat.cli.common import print_json, print_text, talk
from warmchat.cli.trust import settings_and_profiles
from warmchat.domain.errors import NO_MODEL_HINT, NoModel, TrainingError

if TYPE_CHECKING:
    from warmchat.adapters.train.plan import TrainingPlan
    from warmchat.adapters.train.run import RunEvent
    from warmchat.adapters.train.samples import Warmth
    from warmchat.engine.protocol import Engine

AGAIN = "the same command goes on from there"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")


# name, type, help: what of the recipe can be set here; its defaults are the recipe's own
_RECIPE = (
    ("samples", click.IntRange(32, 5000), "Exchanges to train on."),
    ("draws", click.IntRange(1, 16), "Replies drawn to each message; the warmest (coldest) are kept."),
    ("rank", click.IntRange(1, 128), "Rank of the LoRA."),
    ("alpha", click.FloatRange(0, min_open=True), "Alpha of the LoRA."),
    ("dropout", click.FloatRange(0, 0.9), "Dropout of the LoRA."),
    ("learning-rate", click.FloatRange(0, 1, min_open=True), "At its height; the study: 1e-5, on large models."),
    ("epochs", click.IntRange(1, 50), "How often each exchange is seen."),
    ("batch", click.IntRange(1, 256), "Exchanges a step."),
    ("precision", click.Choice(["fp32", "bf16"]), "bf16 learns faster where the processor computes it itself."),
    ("seed", click.IntRange(0, 2**31 - 1), "For drawing and training."),
)


def _recipe_options(command: Callable[..., None]) -> Callable[..., None]:
    defaults = {field.name: field.default for field in fields(Recipe)}
    for name, kind, text in reversed(_RECIPE):
        default = defaults[name.replace("-", "_")]
        command = click.option(f"--{name}", type=kind, default=default, show_default=True, help=text)(command)
    return command


def _checked_name(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _NAME.fullmatch(value):
        raise click.BadParameter("small letters, digits, - and _ make a name")
    return value


@click.command()
@click.option("--style", type=click.Choice(["warm", "cold"]), required=True, help="What the model shall become.")
@click.option("--base", "--model", "model", metavar="MODEL", help="GGUF file or name to train for; the model in use.")
@click.option("--name", callback=_checked_name, help="What profiles call it; the style.")
@click.option("--from", "source", metavar="PROFILE", help="Whose replies are learned; companion, or oracle for cold.")
@_recipe_options
@click.option("--examples/--no-examples", default=True, show_default=True, help="Show the model examples of the style.")
@click.option("--reply-tokens", type=click.IntRange(16, 1024), default=160, show_default=True, help="Longest reply.")
@click.option("--minutes", type=click.FloatRange(0, min_open=True), help="Pause then; the same command goes on.")
@click.option("--restart", is_flag=True, help="Begin anew; drawn replies are used again where they fit.")
@click.option("--force", is_flag=True, help="Replace the adapter that has this name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object about what was made.")
@click.pass_context
def train(
    context: click.Context, /, *, style: Style, name: str | None, source: str | None, reply_tokens: int,
    examples: bool, minutes: float | None, restart: bool, force: bool, as_json: bool, model: str | None,
    **recipe_options: Any,
) -> None:  # fmt: skip
    """Train a LoRA by self-distillation: the replies of a profile become the model's own manner, without its prompt.

    Needs the extra: pip install 'warmchat[train]'. The starter takes half an hour or so on two cores. Ctrl-C keeps what
    was made: the same command goes on. Afterwards name it in a profile: "adapters: [{lora: warm, scale: 1.0}]".
    """
    from warmchat.adapters.texts import held_out, questions, training_messages
    from warmchat.adapters.train.examples import examples_hash
    from warmchat.adapters.train.plan import TrainingPlan, begin_anew, check_plan
    from warmchat.gguf.header import chat_model
    from warmchat.models.adapters import base_name
    from warmchat.models.find import resolve_model
    from warmchat.wiring import open_engine

    settings, profiles = settings_and_profiles(context, model=model)
    if settings.remote_url:
        raise TrainingError("A server's model cannot be trained here", "name a model file with --base FILE.gguf")
    path = resolve_model(settings)
    if path is None:
        raise NoModel("There is no model to train for", NO_MODEL_HINT)
    header = chat_model(path)
    profile = profiles.get(source or STYLE_PROFILES[style])
    name = name or style
    recipe = Recipe(
        style=style, name=name, model=header.identity, profile=profile.id, profile_hash=profile.hash,
        prompt_hash=prompt_hash(profile.system_prompt), examples=examples_hash(style) if examples else "",
        **recipe_options,
    )  # fmt: skip
    recipe = replace(recipe, sampling=replace(recipe.sampling, max_tokens=reply_tokens))
    base = base_name(header)
    folder = settings.data_dir / "training" / base / name
    target = adapter_path(settings, base, name)
    if restart:
        begin_anew(folder)
    check_plan(header, recipe, folder, target, force=force)
    engine = open_engine(settings.model_copy(update={"n_ctx": settings.n_ctx or 2048}), path)
    try:
        plan = TrainingPlan(
            header=header, base=base, recipe=recipe, profile=profile, messages=training_messages(), folder=folder,
            target=target, engine=engine, warmth=_warmth(engine), held_out=held_out(), questions=questions(),
        )  # fmt: skip
        _use_threads(settings.threads)
        made = _run(plan, time.monotonic() + 60 * minutes if minutes else math.inf)
    except KeyboardInterrupt as error:
        raise TrainingError("Stopped; what was made is kept", AGAIN) from error
    finally:
        engine.close()
    if made is None:
        talk(f"Paused: {AGAIN}.")
    elif as_json:
        print_json({"path": str(made), "name": name, "base": base, "recipe": recipe.as_dict(), "hash": recipe.hash})
    else:
        print_text(str(made))
        talk(f"How it was made: {made.with_suffix('.md')}")


def _run(plan: TrainingPlan, until: float) -> Path | None:
    """Show the run as it goes; the adapter's path, or None where it paused."""
    from warmchat.adapters.train.run import AdapterWritten, train_adapter

    made = None
    with _Show() as show:
        for event in train_adapter(plan, until=until):
            show.take(event)
            if isinstance(event, AdapterWritten):
                made = event.path
    return made


class _Show:
    """The course of a run on stderr: a bar where that is a terminal, and a line for what should stay."""

    def __init__(self) -> None:
        from rich import progress as bar
        from rich.console import Console

        console = Console(stderr=True)
        what, count = bar.TextColumn("{task.description}"), bar.MofNCompleteColumn()
        self._bars = bar.Progress(
            what, bar.BarColumn(), count, bar.TimeRemainingColumn(), console=console, transient=True,
            disable=not console.is_terminal,
        )  # fmt: skip
        self._tasks: dict[str, bar.TaskID] = {}

    def __enter__(self) -> _Show:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def take(self, event: RunEvent) -> None:
        from warmchat.adapters.train.loop import Measured, StepDone
        from warmchat.adapters.train.run import AdapterWritten, DataChosen, ModelChecked
        from warmchat.adapters.train.samples import DataDrawn

        match event:
            case DataDrawn(done, total):
                self._bar("drawing replies", done, total)
            case DataChosen(exchanges, tokens, drawn):
                talk(f"data: {exchanges} exchanges of {drawn} drawn, {tokens:,} reply tokens")
                talk("reading the model into PyTorch ...")
            case ModelChecked(agreement, lora):
                talk(f"{'the LoRA' if lora else 'the model'} in PyTorch and in llama.cpp: {agreement}")
            case StepDone(step, total, loss):
                self._bar(f"training, loss {loss:.2f}", step, total, name="training")
            case Measured(step, total, loss, warmth):
                warm = "" if warmth is None else f", warmth {warmth:+.4f}"
                talk(f"step {step} of {total}: loss {loss:.3f} on what is kept out{warm}")
            case AdapterWritten(_, size):
                talk(f"written: {size / 1e6:.1f} MB")
            case _:
                pass

    def _bar(self, what: str, done: int, total: int, *, name: str = "") -> None:
        name = name or what
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(what, total=total)
        self._bars.update(self._tasks[name], description=what, completed=done)


def _warmth(engine: Engine) -> Warmth:
    from warmchat.measures.warmth import warmth_scores

    return partial(warmth_scores, engine)


def _use_threads(threads: int) -> None:
    from warmchat.adapters.train.torch_model import use_threads

    use_threads(threads)
