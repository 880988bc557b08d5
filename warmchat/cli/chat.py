"""``warmchat`` and ``warmchat chat``: the terminal app, or with ``--plain`` the chat line by line."""

from __future__ import annotations

import sys
from typing import Any

import click

from warmchat.cli.trust import settings_and_profiles
from warmchat.domain.errors import WarmchatError
from warmchat.profiles.library import ProfileLibrary
from warmchat.settings import Settings
from warmchat.voices.dial import checked_dial


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
    settings, profiles = settings_and_profiles(context, **options)
    on_a_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if not (settings.plain or on_a_terminal):
        raise WarmchatError(
            "The chat needs a terminal", "in a script or a pipe use: warmchat ask TEXT, or warmchat chat --plain"
        )
    from warmchat.wiring import chosen_model, make_app, open_log

    profiles.get(settings.profile)  # an unknown name is said here, in the shell, not on a screen
    profiles.get(settings.reference)
    if warmth is not None:
        checked_dial(warmth)
    if session is not None:
        with open_log(settings) as log:
            session = log.find_session(session)
    if settings.plain:
        context.exit(_chat_by_lines(settings, profiles, session, warmth))
    make_app(settings, profiles=profiles, model=chosen_model(settings), session=session, warmth=warmth).run()


def _chat_by_lines(settings: Settings, profiles: ProfileLibrary, session: str | None, warmth: float | None) -> int:
    from warmchat.ui.plain.chat import PlainChat
    from warmchat.ui.plain.console import Console
    from warmchat.wiring import chosen_model, make_services

    interactive = sys.stdin.isatty()
    services = make_services(
        settings, profiles=profiles, model=chosen_model(settings), session=session, warmth=warmth, read_ahead=False
    )
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
