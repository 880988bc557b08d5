"""``warmchat eval run``: ask, judge, score, and go on where it was stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmchat.cli.common import print_json, talk
from warmchat.cli.trust import settings_and_profiles
from warmchat.domain.errors import NO_MODEL_HINT, NoModel

if TYPE_CHECKING:
    from warmchat.engine.protocol import Engine
    from warmchat.evals.material import Material
    from warmchat.evals.run import EvalRun, Told
    from warmchat.evals.voice import EvalVoice
    from warmchat.profiles.library import ProfileLibrary
    from warmchat.settings import Settings
    from warmchat.storage.evals.store import EvalStore

AGAIN = "What was finished is kept: the same command goes on from there."
TOLD_EVERY_S = 30.0  # in a pipe
FIRST = 20  # answers before which the time left is not told: the first of a batch comes when all are nearly done


@click.command()
@click.option("--profiles", "names", default="none,oracle,companion", show_default=True, metavar="LIST",
              help="Voices; companion@0.5 puts the warmth dial there; none: no system prompt at all.")  # fmt: skip
@click.option("--set", "set_name", default="facts", show_default=True, metavar="NAME|FILE", help="Question set.")
@click.option("--conditions", default="all", show_default=True, metavar="all|LIST", help="plain,belief,sad+belief,...")
@click.option("--limit", type=click.IntRange(0), default=60, show_default=True, help="Questions; 0: all of the set.")
@click.option("--warmth-messages", "messages", type=click.IntRange(0), default=50, show_default=True,
              help="Everyday messages whose replies are scored for warmth.")  # fmt: skip
@click.option("--cases", type=click.IntRange(0), default=64, show_default=True, help="Advice cases.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True, help="For wordings and draws.")
@click.option("--model", type=click.Path(), help="GGUF file, or a name from `warmchat models list`.")
@click.option("--judge", metavar="MODEL", help="Model that judges the answers, if it beats the rules.")
@click.option("--restart", is_flag=True, help="Forget what this very run has so far.")
@click.option("--json", "as_json", is_flag=True, help="The whole report as one JSON object on stdout.")
@click.pass_context
def run(
    context: click.Context, /, names: str, *, judge: str | None, restart: bool, as_json: bool, **options: Any
) -> None:
    """Measure voices side by side on the same questions. Stopped or killed, the same command goes on.

    60 questions x 18 conditions x 3 voices are 3,240 answers, about 2,240 of them drawn: the oracle, which answers bare
    questions and draws nothing by chance, is asked once what comes to the same. With the starter on one thread of a
    busy machine 160 took a minute. Results go into evals.db in the data folder, never into the log.
    """
    from warmchat.cli.eval_report import show
    from warmchat.evals.report import report
    from warmchat.wiring import chosen_model, open_engine, open_evals

    settings, profiles = settings_and_profiles(context, model=options.pop("model"))
    asked = _material(options)
    model = chosen_model(settings)
    if model is None:
        raise NoModel("There is no model to measure", NO_MODEL_HINT)
    with open_evals(settings) as store:
        engine = open_engine(settings, model)
        try:
            voices = _voices(settings, profiles, engine, names)
            measured = _run_of(engine, store, asked, voices, settings.reference)
            if restart:
                store.delete(measured.record.id)
                measured = _run_of(engine, store, asked, voices, settings.reference)
            talk(f"run {measured.record.id}: {', '.join(voice.label for voice in voices)}")
            record = _go(measured)
        finally:
            engine.close()
        if judge is not None:
            _judge(settings, judge, store, record.id, asked)
        found = report(record, store.replies(record.id))
    if as_json:
        print_json(found.as_dict())
    else:
        show(found)


def _material(options: dict[str, Any]) -> Material:
    from warmchat.evals.conditions import conditions_named
    from warmchat.evals.material import material, spread
    from warmchat.evals.shipped_sets import advice_cases, everyday_messages, phrases, question_set

    found = material(
        Path(options["set_name"]).name,
        question_set(options["set_name"]),
        conditions_named(options["conditions"]),
        phrases(),
        limit=options["limit"],
        messages=everyday_messages(),
        message_count=options["messages"],
        cases=tuple(spread(advice_cases(), options["cases"])),
        seed=options["seed"],
    )
    if found.left_out:
        talk(f"{found.left_out} questions are left out: they name no wrong answer, and none could be borrowed.")
    return found


def _voices(settings: Settings, profiles: ProfileLibrary, engine: Engine, names: str) -> tuple[EvalVoice, ...]:
    from warmchat.evals.voice import NO_PROMPT, voices_named
    from warmchat.models.adapters import AdapterShelf, default_adapter_folders

    info = engine.describe()
    voices = voices_named(
        names,
        profile_of=profiles.get,
        reference=settings.reference,
        shelf=AdapterShelf(default_adapter_folders(settings)),
        base=info.base if info.capabilities.adapters else "",
    )
    for voice in voices:
        for message, hint in voice.setting.missing:
            talk(f"{voice.label}: {message} ({hint})")
    if any(voice.profile.id == NO_PROMPT for voice in voices) and not info.capabilities.adapters:
        talk("none: whether a server puts in a system prompt of its own cannot be seen from here.")
    if not info.capabilities.scores:
        talk("This engine does not say how likely a text is: warmth is not scored.")
    return voices


def _run_of(
    engine: Engine, store: EvalStore, asked: Material, voices: tuple[EvalVoice, ...], reference: str
) -> EvalRun:
    from warmchat.evals.run import EvalRun

    return EvalRun.of(engine, store, asked, voices, baseline=reference)


def _go(measured: EvalRun) -> Any:
    try:
        with _progress(measured.whole) as told:
            return measured.go(told)
    except KeyboardInterrupt:
        talk(AGAIN)
        raise


def _judge(settings: Settings, name: str, store: EvalStore, run_id: str, asked: Material) -> None:
    """Let another model judge, where it can."""
    from warmchat.evals.judge_model import judge_again, trial
    from warmchat.models.find import resolve_model
    from warmchat.wiring import open_engine

    own = settings.model_copy(update={"model": Path(name), "remote_url": ""})
    model = resolve_model(own)
    if model is None:
        raise NoModel(f"There is no model {name!r} to judge with", NO_MODEL_HINT)
    engine = open_engine(own, model)
    try:
        tried = trial(engine)
        talk(
            f"On {tried.replies} labelled replies the judge agrees with the reader {tried.judge} times, the rules"
            f" {tried.rules} times ({tried.silent} times it says neither yes nor no)."
        )
        if not tried.passed:
            talk("So the rules stay.")
            return
        changed = judge_again(engine, store, run_id, asked, lambda _done, _whole: None)
        talk(f"{engine.describe().model_name} has judged; {changed} answers came out otherwise than by the rules.")
    finally:
        engine.close()


@contextmanager
def _progress(whole: float) -> Iterator[Told]:
    """A bar with the time left on stderr; in a pipe a line now and then."""
    from rich import progress as bar
    from rich.console import Console

    console = Console(stderr=True)
    columns = (
        bar.TextColumn("{task.description:<26}"), bar.BarColumn(), bar.TaskProgressColumn(), bar.TimeElapsedColumn(),
        bar.TextColumn("left"), bar.TimeRemainingColumn(),
    )  # fmt: skip
    with bar.Progress(
        *columns, console=console, disable=not console.is_terminal, speed_estimate_period=120
    ) as bars:
        task = bars.add_task("", total=whole)
        begun, last, kept = time.monotonic(), float("-inf"), 0.0

        def told(what: str, done: float, whole: float) -> None:
            nonlocal last, kept
            bars.update(task, description=what, completed=done, total=whole)
            now = time.monotonic()
            if console.is_terminal or now - last < TOLD_EVERY_S:
                return
            if last == float("-inf"):
                kept = done  # from before: it took no time now
            last = now
            left = (now - begun) / (done - kept) * (whole - done) if done - kept >= FIRST else None
            talk(f"{what}: {100 * done / whole:.0f} %" + (f", about {left / 60:.0f} min left" if left else ""))

        yield told
