"""``warmchat`` and ``warmchat chat``: the terminal app."""

from __future__ import annotations

import sys
from typing import Any

import click

from warmchat.cli.trust import settings_and_profiles
from warmchat.domain.errors import WarmchatError
from warmchat.voices.dial import checked_dial


@click.command()
@click.option("--profile", "-p", help="Profile that speaks first.")
@click.option("--remote", "remote_url", help="OpenAI-compatible server to use instead of a model file.")
@click.option("--model", type=click.Path(), help="GGUF file to run, or a name that `models list` shows.")
@click.option("--session", metavar="ID", help="Go on with a session of the log; `last` is the newest.")
@click.option("--warmth", type=float, help="Where the first voice's warmth dial stands, -1 to +1.")
@click.pass_context
def chat(context: click.Context, /, session: str | None = None, warmth: float | None = None, **options: Any) -> None:
    """Open the chat."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WarmchatError("The chat needs a terminal", "in a script or a pipe use: warmchat ask TEXT")
    settings, profiles = settings_and_profiles(context, **options)
    from warmchat.wiring import chosen_model, make_app, open_log

    profiles.get(settings.profile)  # an unknown name is said here, in the shell, not on a screen
    profiles.get(settings.reference)
    if warmth is not None:
        checked_dial(warmth)
    if session is not None:
        with open_log(settings) as log:
            session = log.find_session(session)
    make_app(settings, profiles=profiles, model=chosen_model(settings), session=session, warmth=warmth).run()
