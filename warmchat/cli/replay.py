"""``warmchat replay``: make a logged reply again, and say whether it is equal and what could differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmchat.cli.common import print_json, print_text, settings_of, talk
from warmchat.cli.trust import settings_and_profiles
from warmchat.domain.errors import NoModel, NotFound
from warmchat.domain.turn import Origin, Reply

if TYPE_CHECKING:
    from warmchat.engine.protocol import AdapterSpec, Engine
    from warmchat.models.adapters import AdapterShelf
    from warmchat.session.replay.run import Replayed, Role, Under
    from warmchat.settings import Settings

REMOTE = "remote:"  # begins the identity of a server's model
ENGINE = ("n_ctx", "kv_type", "flash_attention", "gpu_layers", "mmap", "threads")


@click.command()
@click.argument("turn")
@click.option("--shadow", is_flag=True, help="The reference's reply in the shadow instead of the one that was shown.")
@click.option("--as-logged", is_flag=True,
              help="Begin with what had been kept read from earlier turns, instead of an empty cache.")
@click.option("--profile-now", is_flag=True, help="Under the profile as its file stands now.")
@click.option("--model", type=click.Path(), help="With this GGUF instead of the one that made it.")
@click.option("--json", "json_", is_flag=True, help="JSON on stdout.")
@click.pass_context
def replay(
    context: click.Context,
    /,
    *,
    turn: str,
    shadow: bool,
    as_logged: bool,
    profile_now: bool,
    model: str | None,
    json_: bool,
) -> None:
    """Make the reply of TURN again from what the log holds. Nothing is written.

    TURN is a turn's id, the beginning of one (`log show` tells them), or `last`. Model, prompt, what was read,
    adapters, sampling, seed and the engine's settings are as they were then, where the log says so and the command line
    says nothing else. Exit code 0: equal; 1: not equal, with where the two part and what could be the cause.
    """
    from warmchat.session.replay.words import as_json, headline

    role: Role = "shadow" if shadow else "shown"
    done = _replayed(context, turn, role, as_logged=as_logged, profile_now=profile_now, model=model)
    if json_:
        print_json(as_json(done))
    else:
        print_text(headline(done))
        for line in _told(done):
            print_text(line)
    if not done.equal:
        context.exit(1)


def _replayed(
    context: click.Context, wanted: str, role: Role, *, as_logged: bool, profile_now: bool, model: str | None
) -> Replayed:
    from warmchat.models.adapters import AdapterShelf, default_adapter_folders
    from warmchat.session.replay.logged import Logged
    from warmchat.session.replay.run import replay as run
    from warmchat.storage.log import SessionLog
    from warmchat.storage.records import TurnFilter

    settings = settings_of(context)
    file = settings.log_file
    with SessionLog.open(file if file.exists() else None) as log:  # to look is no reason to make one
        turn = log.turn(log.find_turn(wanted))
        logged = Logged.of(log.records(TurnFilter(sessions=(turn.session_id,))))
    reply = logged.reply(turn, role)
    shelf = AdapterShelf(default_adapter_folders(settings))
    engine = _engine(context, settings, reply.origin, model)
    try:
        base = engine.describe().base
        under = _under(context, reply, shelf, base) if profile_now else None
        return run(
            engine, logged, turn, role, as_logged=as_logged, under=under,
            adapter=lambda spec: _found(spec, shelf, base),
        )  # fmt: skip
    finally:
        engine.close()


def _engine(context: click.Context, settings: Settings, origin: Origin, model: str | None) -> Engine:
    """The engine as it stood then, with the model that made the reply or the one that was named."""
    from warmchat.models.find import model_of, resolve_model
    from warmchat.wiring import chosen_model, open_engine

    given: dict[str, Any] = context.find_root().obj or {}
    named = model or given.get("model")
    if given.get("remote_url") or (origin.model.startswith(REMOTE) and settings.remote_url and not named):
        path = chosen_model(settings)
    elif named:
        settings = settings.model_copy(update={"model": Path(named), "remote_url": ""})
        path = resolve_model(settings)
    elif origin.model.startswith(REMOTE):
        raise NoModel(f"A server made this reply, with {origin.model_name or 'a model of its own'}",
                      "name the server: warmchat --remote URL replay TURN; or a file: --model FILE")  # fmt: skip
    elif not origin.model:
        raise NotFound("The log does not say which model made this reply", "--model FILE makes it with that one")
    else:
        settings = settings.model_copy(update={"remote_url": ""})
        path = model_of(origin.model, settings, origin.model_name)
    assert path is not None  # something was named
    return open_engine(_as_then(settings, origin, given), path)


def _as_then(settings: Settings, origin: Origin, given: dict[str, Any]) -> Settings:
    """The engine's settings as the log says them, but for those of the command line."""
    then: dict[str, Any] = {"kv_type": origin.kv_type, **origin.engine}
    wanted: dict[str, Any] = {
        name: int(then[name]) if name in ("n_ctx", "gpu_layers") else then[name]
        for name in ENGINE
        if then.get(name) and given.get(name) is None and then[name] != "auto"
    }
    return type(settings).model_validate({**settings.model_dump(), **wanted})


def _found(spec: AdapterSpec, shelf: AdapterShelf, base: str) -> AdapterSpec:
    """The adapter with its file where it is now. Raises `AdapterError` where there is none."""
    if Path(spec.path).is_file():
        return spec
    return replace(spec, path=str(shelf.find(spec.kind, spec.name, base).path))


def _under(context: click.Context, reply: Reply, shelf: AdapterShelf, base: str) -> Under:
    """The reply's profile as its file stands now, with its adapters for this model."""
    from warmchat.session.replay.run import Under
    from warmchat.voices.setting import NONE, setting_for

    _, profiles = settings_and_profiles(context)
    profile = profiles.get(reply.profile)
    setting = setting_for(profile, NONE, shelf, base)
    for message, hint in setting.missing:
        talk(f"warmchat: {message}" + (f" ({hint})" if hint else ""))
    return Under(profile, setting.adapters)


def _told(done: Replayed) -> list[str]:
    from warmchat.session.replay.words import causes, meaning, side_by_side

    lines = [f"  {line}" for line in (side_by_side(done.difference) if done.difference is not None else ())]
    lines.append(meaning(done))
    if named := causes(done):
        lines.append("What could have made the difference:")
        lines += [f"- {cause}" for cause in named]
    elif done.differing:
        lines.append("Equal, though this is not as it was then:")
        lines += [f"- {fact.name}: {fact.then} then, {fact.now} now" for fact in done.differing]
    return lines
