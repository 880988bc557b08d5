"""`warmchat models`: the model files on this machine, and how to get one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmchat.cli.common import print_json, print_table, print_text, settings_of, talk
from warmchat.domain.errors import NoModel, PullFailed
from warmchat.gguf.header import GGUFHeader, chat_model
from warmchat.models.check import check_model
from warmchat.models.find import find_models, places_of, resolve_model
from warmchat.models.memory import MemoryNeed, memory_need
from warmchat.settings import Settings

if TYPE_CHECKING:
    from warmchat.engine.protocol import EngineInfo
    from warmchat.models.pull import Phase, Progress


@click.group()
def models() -> None:
    """GGUF model files: find, inspect, fetch and try them."""


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on stdout.")
@click.pass_context
def list_(context: click.Context, *, as_json: bool) -> None:
    """List the models on this machine, those of other programs included."""
    found = find_models(places_of(settings_of(context)))
    if as_json:
        print_json([{**vars(model), "path": str(model.path)} for model in found])
        return
    # No paths: a name is enough for --model, and a folded path cannot be copied. --json has them.
    print_table(
        ["name", "size", "from", "note"],
        [(m.name, _size(m.size_bytes), m.source, m.note) for m in found],
        empty="There is no model on this machine; warmchat models pull fetches the starter.",
    )


@models.command()
@click.argument("model", metavar="[FILE|NAME]", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_context
def info(context: click.Context, model: str | None, *, as_json: bool) -> None:
    """Say what a model is and whether it fits this machine; nothing is loaded."""
    settings = settings_of(context, model=model)
    header = chat_model(_model(settings))
    need = memory_need(header, wanted_ctx=settings.n_ctx, kv_type=settings.kv_type)
    if as_json:
        print_json(_as_dict(header, need))
    else:
        print_text("\n".join(f"{name + ':':<14} {value}" for name, value in _as_lines(header, need)))
    if not need.fits:
        talk("It may not fit into the memory that is free now: try a smaller --ctx, or a smaller quantisation.")


@models.command()
@click.argument("spec", required=False)
@click.pass_context
def pull(context: click.Context, spec: str | None) -> None:
    """Fetch a model: without SPEC the starter, else hf:OWNER/REPO[:FILE]. What came is kept when it is cut off."""
    settings = settings_of(context)
    if spec is None:
        from warmchat.models.starter import pull_starter

        print_text(str(pull_starter(talk)))
        return
    from warmchat.models.pull import pull_hf

    try:
        with _progress_bar() as progress:
            file = pull_hf(spec, settings.models_dir, progress=progress)
    except KeyboardInterrupt as error:
        raise PullFailed("Stopped", "what came is kept: the same command goes on from there") from error
    print_text(str(file))


@models.command()
@click.argument("model", metavar="[FILE|NAME]", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_context
def check(context: click.Context, model: str | None, *, as_json: bool) -> None:
    """Load a model once, let it draw a token, and say how that went."""
    settings = settings_of(context, model=model)
    done = check_model(_model(settings), lambda path: _load(settings, path))
    facts: dict[str, Any] = {
        "path": str(done.header.path),
        "load_s": round(done.load_s, 3),
        "n_ctx": done.n_ctx,
        "n_ctx_train": done.header.context_length,
        "own_template": done.header.has_chat_template,
        "template": done.template,
        "threads": done.threads,
        "notes": list(done.notes),
    }
    if as_json:
        print_json(facts)
        return
    print_text(f"{done.header.path}: fine")
    print_text(f"loaded in {done.load_s:.2f} s; context of {done.n_ctx:,} tokens; {done.threads} threads")
    print_text("chat template: " + ("its own" if done.header.has_chat_template else "none, so a generic one"))
    for note in done.notes:
        talk(note)


def _load(settings: Settings, path: Path) -> EngineInfo:
    from warmchat.domain.conversation import Message
    from warmchat.domain.profile import Sampling
    from warmchat.engine.protocol import Job
    from warmchat.wiring import open_engine

    engine = open_engine(settings, path)
    try:
        info = engine.describe()
        for _ in engine.submit(Job((Message("user", "Hi"),), Sampling(temperature=0.0, max_tokens=1))):
            pass  # some damaged files load, and end llama.cpp at the first token
        return info
    finally:
        engine.close()


def _model(settings: Settings) -> Path:
    path = resolve_model(settings)
    if path is None:
        raise NoModel("There is no model on this machine", "warmchat models pull fetches the starter; or give a FILE")
    return path


def _as_dict(header: GGUFHeader, need: MemoryNeed) -> dict[str, Any]:
    facts = {**vars(header), "path": str(header.path), "has_chat_template": header.has_chat_template}
    memory = {**vars(need), "total": need.total, "fits": need.fits}
    return {**facts, "kv_bytes_per_token": header.kv_bytes_per_token(), "memory": memory}


def _as_lines(header: GGUFHeader, need: MemoryNeed) -> list[tuple[str, str]]:
    context = f"{_size(need.context)} for {need.n_ctx:,} tokens" if need.context else "unknown for the context"
    return [
        ("file", str(header.path)),
        ("name", header.name),
        ("architecture", header.architecture),
        ("quantisation", header.quantisation),
        ("parameters", f"{header.n_params / 1e6:,.0f} million"),
        ("trained for", f"{header.context_length:,} tokens" if header.context_length else "not said"),
        ("chat template", "yes" if header.has_chat_template else "no"),
        ("memory", f"{_size(need.weights)} for the weights, at most {context}; {_size(need.free)} are free"),
        ("identity", header.identity),
    ]


def _size(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """A bar on stderr, where that is a terminal; silent in a pipe."""
    from rich import progress as bar
    from rich.console import Console

    columns = (
        bar.TextColumn("{task.description}"),
        bar.BarColumn(),
        bar.DownloadColumn(),
        bar.TransferSpeedColumn(),
        bar.TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with bar.Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def progress(phase: Phase, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = bars.add_task("fetching" if phase == "download" else "checking", total=total)
            bars.update(tasks[phase], completed=done)

        yield progress
