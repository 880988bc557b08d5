"""``warmchat eval tune``: which wording of a system prompt does best on the model that you run."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmchat.cli.common import print_json, print_table, print_text, talk
from warmchat.cli.trust import settings_and_profiles
from warmchat.domain.errors import NO_MODEL_HINT, NoModel, ProfileError

if TYPE_CHECKING:
    from warmchat.domain.profile import Profile
    from warmchat.evals.statistics import Difference
    from warmchat.evals.tuning import Halves, Row, Told, Tuning
    from warmchat.profiles.library import ProfileLibrary


CHANCE = 0.05  # a p from which on a difference may be chance


@click.command()
@click.argument("profile_id", metavar="PROFILE")
@click.option("--candidates", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Wordings of your own instead of the shipped ones: one a line, or a JSON object.")  # fmt: skip
@click.option("--set", "set_name", default="facts", show_default=True, metavar="NAME|FILE", help="Question set.")
@click.option("--conditions", default="plain,belief,sad+belief", show_default=True, metavar="LIST|all")
@click.option("--limit", type=click.IntRange(0), default=30, show_default=True,
              help="Questions of each half; 0: all of them.")  # fmt: skip
@click.option("--messages", type=click.IntRange(0), help="Everyday messages of each half, for manner and warmth. "
              "Default: 20; for the reference none.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True, help="For wordings and draws.")
@click.option("--model", type=click.Path(), help="GGUF file, or a name from `warmchat models list`.")
@click.option("--write", "write_id", metavar="ID", help="Write the best wording as profile ID to your config folder.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_context
def tune(context: click.Context, /, profile_id: str, *, write_id: str | None, as_json: bool, **options: Any) -> None:
    """Try other wordings of PROFILE's system prompt: choose on one half of the questions, report on the other.

    Voices other than the reference are chosen among the wordings that are at least as warm as the present one. Nothing
    is written without --write, and nothing is ever overwritten.
    """
    from warmchat.evals.tuning import Tuner
    from warmchat.evals.voice import voices_named
    from warmchat.evals.wordings import read_wordings, shipped_wordings
    from warmchat.models.adapters import AdapterShelf, default_adapter_folders
    from warmchat.wiring import chosen_model, open_engine

    settings, profiles = settings_and_profiles(context, model=options["model"])
    profile = profiles.get(profile_id)
    if write_id is not None:
        _check_free(write_id)
    file = options["candidates"]
    candidates = read_wordings(file) if file is not None else shipped_wordings(profile)
    is_reference = profile.id == settings.reference
    halves = _halves(options, 0 if is_reference else 20)
    model = chosen_model(settings)
    if model is None:
        raise NoModel("There is no model to measure", NO_MODEL_HINT)
    engine = open_engine(settings, model)
    try:
        info = engine.describe()
        (voice,) = voices_named(
            profile.id, profile_of=profiles.get, reference=settings.reference,
            shelf=AdapterShelf(default_adapter_folders(settings)),
            base=info.base if info.capabilities.adapters else "",
        )  # fmt: skip
        with _progress() as told:
            found = Tuner(engine, voice, told).tune(candidates, halves, keep_warmth=not is_reference)
    finally:
        engine.close()
    if as_json:
        print_json({"profile": profile.id, "model": info.model_name, "model_id": info.model, **found.as_dict()})
    else:
        _show(found, info.model_name)
    if write_id is not None:
        _write(write_id, found.chosen.text, profile, profiles)


def _halves(options: dict[str, Any], message_count: int) -> Halves:
    from warmchat.evals.conditions import conditions_named
    from warmchat.evals.question import with_wrong
    from warmchat.evals.shipped_sets import everyday_messages, phrases, question_set
    from warmchat.evals.tuning import Halves

    return Halves.of(
        with_wrong(question_set(options["set_name"])), conditions_named(options["conditions"]), phrases(),
        everyday_messages(), limit=options["limit"], seed=options["seed"],
        message_count=message_count if options["messages"] is None else options["messages"],
    )  # fmt: skip


def _show(found: Tuning, model: str) -> None:
    from warmchat.evals.tuning import NONE, PRESENT

    conditions = list(found.development[0].right)
    manners = list(found.development[0].manners)
    more = ["warmth", *manners, "words"] if manners else []
    for title, rows in (("Chosen by", found.development), ("Reported on the other half", found.report)):
        print_text(f"{title} ({model}; percent right, {rows[0].mean.n} questions)")
        print_table(["wording", *conditions, "mean", "95 %", *more], [_cells(row, manners) for row in rows], empty="")
    if found.chosen.name == PRESENT:
        print_text("No candidate did better than the prompt as it is.")
        return
    print_text(f"Best: {found.chosen.name}\n\n    " + found.chosen.text.replace("\n", "\n    ") + "\n")
    print_text(f"On the other half {_words(found.gain(PRESENT))} against the prompt as it is, "
               f"{_words(found.gain(NONE))} against none.")  # fmt: skip


def _cells(row: Row, manners: list[str]) -> list[str]:
    more = ["–" if row.warmth is None else f"{row.warmth:.4f}", *(f"{row.manners[name]:.0f}" for name in manners)]
    return [
        row.wording.name, *(f"{100 * share:.0f}" for share in row.right.values()), f"{100 * (row.mean.value or 0):.1f}",
        f"{100 * row.mean.low:.0f}–{100 * row.mean.high:.0f}", *([*more, f"{row.words:.0f}"] if manners else []),
    ]  # fmt: skip


def _words(gain: Difference) -> str:
    interval = f" ({100 * gain.low:+.1f} to {100 * gain.high:+.1f})" if gain.told else ""
    return f"{100 * gain.value:+.1f} points{interval}{', which may be chance,' if gain.p >= CHANCE else ''}"


def _check_free(profile_id: str) -> None:
    """Before the work, not after it: whether a profile can be written under this id."""
    from warmchat.profiles.files import own_file
    from warmchat.profiles.parse import is_profile_id

    if not is_profile_id(profile_id):
        raise ProfileError(f"A profile cannot be called {profile_id!r}", "use small letters, digits, - and _")
    if own_file(profile_id).exists():
        raise ProfileError(f"{own_file(profile_id)} exists already", "name another id; nothing is overwritten")


def _write(profile_id: str, wording: str, profile: Profile, profiles: ProfileLibrary) -> None:
    from warmchat.profiles.files import ProfileFiles

    files = ProfileFiles(profiles)
    front = re.match(r"\A---\n.*?\n---\n", files.text(profile.id), re.DOTALL)
    print_text(str(files.create(profile_id, (front[0] if front else "") + wording + "\n")))


@contextmanager
def _progress() -> Iterator[Told]:
    """A bar on stderr; in a pipe a line for each wording that was measured, with what came of it."""
    from rich import progress as bar
    from rich.console import Console

    console = Console(stderr=True)
    with bar.Progress(
        bar.TextColumn("{task.description:<26}"), bar.BarColumn(), bar.TaskProgressColumn(), bar.TimeElapsedColumn(),
        bar.TextColumn("left"), bar.TimeRemainingColumn(), console=console, disable=not console.is_terminal,
    ) as bars:  # fmt: skip
        task = bars.add_task("", total=1.0)
        begun, last = time.monotonic(), 0.0

        def told(what: str, done: float, whole: float) -> None:
            nonlocal last
            bars.update(task, description=what, completed=done, total=whole)
            if not console.is_terminal and done > last:
                last = done
                talk(f"{done:.0f} of {whole:.0f} after {time.monotonic() - begun:.0f} s: {what}")

        yield told
