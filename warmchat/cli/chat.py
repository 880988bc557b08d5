"""``warmchat`` and ``warmchat chat``: the terminal app, or with ``--plain`` the chat line by line."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any

import click

from warmchat.domain.errors import LogNotWritable, WarmchatError
from warmchat.voices.dial import checked_dial

if TYPE_CHECKING:
    from warmchat.ui.glance import Glance
    from warmchat.ui.services import Services


@click.command()
@click.option("--profile", "-p", help="Profile that speaks first.")
@click.option("--remote", "remote_url", help="OpenAI-compatible server to use instead of a model file.")
@click.option("--model", type=click.Path(), help="GGUF file to run, or a name that `models list` shows.")
@click.option("--session", metavar="ID", help="Go on with a session of the log; `last` is the newest.")
@click.option("--warmth", type=float, help="Where the first voice's warmth dial stands, -1 to +1.")
@click.option("--plain", is_flag=True, default=None, help="Line by line, for screen readers and pipes.")
@click.pass_context
def chat(context: click.Context, /, session: str | None = None, warmth: float | None = None, **options: Any) -> None:
    """Open the chat.

    With --plain it reads a message a line, also from a pipe, and writes text alone: no colours, nothing rewritten.
    """
    from warmchat.cli.glance import folder_has_a_say, glance, wants_plain

    given = {**(context.find_root().obj or {}), **_given(options)}
    plain = wants_plain(given)
    if not plain and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WarmchatError(
            "The chat needs a terminal", "in a script or a pipe use: warmchat ask TEXT, or warmchat chat --plain"
        )
    if warmth is not None:
        checked_dial(warmth)
    if plain:
        services = _services(context, options, session=session, warmth=warmth, local=True, read_ahead=False)
        context.exit(_chat_by_lines(services))

    # Nothing that the first paint makes is garbage: looking through it takes time, then and ever after.
    gc.disable()
    from warmchat.ui.app import WarmchatApp

    def load(*, local: bool = False) -> Services:
        gc.freeze()
        gc.enable()
        return _services(context, options, session=session, warmth=warmth, local=local)

    if folder_has_a_say():  # whether it is trusted is asked here in the shell, before anything of it is used
        services = load(local=True)
        app = WarmchatApp(_look(services), lambda: services)
    else:
        app = WarmchatApp(glance(given), load)
    app.run()
    if app.start_error is not None:
        raise app.start_error
    if app.session is not None and app.session.unsaved:
        raise LogNotWritable(
            "The log could not be written: what was said last is not in it", "`warmchat doctor` looks at it"
        )


def _services(
    context: click.Context, options: dict[str, Any], *, session: str | None, warmth: float | None, local: bool,
    read_ahead: bool = True,
) -> Services:  # fmt: skip
    """All that the screens need. Heavy: it imports what reads settings, profiles and models.

    Args:
        local: the current folder's own settings and profiles count, where the user trusts it.
        read_ahead: silent voices read the transcript in idle time.

    Raises:
        WarmchatError: of settings, a profile, the model or the session that were asked for.
    """
    from warmchat.cli.trust import settings_and_profiles, settings_and_profiles_elsewhere
    from warmchat.screens import screen_services
    from warmchat.wiring import chosen_model, open_log

    settings, profiles = (settings_and_profiles if local else settings_and_profiles_elsewhere)(context, **options)
    profiles.get(settings.profile)  # an unknown name is said in the shell, not on a screen
    profiles.get(settings.reference)
    if session is not None:
        with open_log(settings) as log:
            session = log.find_session(session)
    return screen_services(
        settings, profiles=profiles, model=chosen_model(settings), session=session, warmth=warmth, read_ahead=read_ahead
    )


def _chat_by_lines(services: Services) -> int:
    from warmchat.ui.plain.chat import PlainChat
    from warmchat.ui.plain.console import Console

    interactive = sys.stdin.isatty()
    read = _typed_line if interactive else _piped_line
    return PlainChat(services, Console(read, sys.stdout, sys.stderr, interactive)).run()


def _typed_line(prompt: str) -> str:
    """A line as it is typed; with what `readline` gives where it is there: editing, and the lines before."""
    import contextlib

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  `input` uses it once it is imported
    return input(prompt)


def _piped_line(_: str) -> str:
    line = sys.stdin.buffer.readline()
    if not line:
        raise EOFError
    return line.decode("utf-8", "replace").rstrip("\r\n")


def _look(services: Services) -> Glance:
    from warmchat.ui.glance import Glance

    settings, speaks = services.settings, services.profiles.get(services.settings.profile)
    return Glance(speaks.id, speaks.name, speaks.accent, settings.reference, settings.theme, settings.log)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}
