"""The command: look at everything, then print it whole."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import click

from warmchat.cli.common import print_json, settings_of
from warmchat.cli.doctor.draw import draw
from warmchat.cli.doctor.installed import look_at_installation
from warmchat.cli.doctor.machine import look_at_machine, look_at_terminal
from warmchat.cli.doctor.model import Subject, look_at_choices, look_at_engine, look_at_judge, look_at_model
from warmchat.cli.doctor.places import (
    local_settings_left_out,
    look_at_folders,
    look_at_log,
    look_at_settings,
)
from warmchat.cli.doctor.report import Section, as_json, examined, problems_of
from warmchat.cli.doctor.voices import look_at_adapters, look_at_profiles
from warmchat.domain.errors import SettingsError
from warmchat.domain.profile import Profile
from warmchat.engine.build import Build
from warmchat.engine.protocol import EngineInfo
from warmchat.settings import Settings, settings_alone


@click.command()
@click.option("--model", type=click.Path(), help="GGUF file to look at, instead of the one that would run.")
@click.option("--remote", "remote_url", help="OpenAI-compatible server to look at instead of a model file.")
@click.option("--no-load", is_flag=True, help="Look at the model's file alone; do not load it, nor ask a server.")
@click.option("--json", "as_json_", is_flag=True, help="One JSON object on stdout.")
@click.pass_context
def doctor(context: click.Context, /, as_json_: bool, no_load: bool, **options: Any) -> None:
    """Say what is installed, what fits this machine, what is wrong and what to do about it.

    Nothing is changed. The exit code is 1 where something would stop a chat.
    """
    settings, broken = _settings(context, **options)
    sections = _Examination(settings, broken, load=not no_load, quiet=as_json_).sections()
    if as_json_:
        print_json(as_json(sections))
    else:
        draw(sections)
    if any(problem.stops for _, problem in problems_of(sections)):
        context.exit(1)


def _settings(context: click.Context, **options: Any) -> tuple[Settings, SettingsError | None]:
    """The settings; where a file or a variable is broken, those of the command line over the defaults."""
    try:
        return _as_in_a_chat(context, **options), None
    except SettingsError as error:
        given = {**(context.find_root().obj or {}), **{k: v for k, v in options.items() if v is not None}}
        try:
            return settings_alone(**given), error
        except SettingsError:
            return settings_alone(), error


def _as_in_a_chat(context: click.Context, **options: Any) -> Settings:
    """But that nothing is asked: a folder that nobody has trusted yet is left out."""
    look = partial(settings_of, context, look_only=True, **options)
    settings = look()
    return look(local_file=False) if local_settings_left_out(settings) else settings


class _Examination:
    """One look at everything, in the order in which things build on each other."""

    def __init__(self, settings: Settings, broken: SettingsError | None, *, load: bool, quiet: bool) -> None:
        self._settings = settings
        self._broken = broken
        self._load = load
        self._quiet = quiet
        self._build: Build | None = None
        self._profiles: list[Profile] = []
        self._subject = Subject()
        self._info: EngineInfo | None = None

    def sections(self) -> list[Section]:
        """Look; says on stderr what takes long, where somebody watches."""
        settings, look = self._settings, partial(examined, debug=self._settings.debug)
        found = [
            look("installed", "Installed", self._installed, stops=True),
            look("machine", "Machine", look_at_machine),
            look("terminal", "Terminal", look_at_terminal),
            look("settings", "Settings", lambda part: look_at_settings(part, settings, self._broken)),
            look("folders", "Folders", lambda part: look_at_folders(part, settings)),
            look("log", "Log", lambda part: look_at_log(part, settings)),
            look("profiles", "Profiles", self._voices, stops=True),
            look("model", "Model", self._model, stops=True),
            look("adapters", "Adapters", self._adapters),
        ]
        can_load = settings.remote_url or (self._subject.plan is not None and self._build is not None)
        if self._load and can_load:
            self._say("loading the model ...")
            found.append(look("engine", "Engine", self._engine, stops=True))
            self._say("")
        found.append(look("automatic", "Chosen, and why", self._choices))
        return found

    def _installed(self, section: Section) -> None:
        self._build = look_at_installation(section)

    def _voices(self, section: Section) -> None:
        self._profiles = look_at_profiles(section, self._settings)

    def _model(self, section: Section) -> None:
        look_at_judge(section, self._settings)
        self._subject = look_at_model(section, self._settings, self._build)

    def _adapters(self, section: Section) -> None:
        look_at_adapters(section, self._settings, self._profiles, self._subject.base)

    def _engine(self, section: Section) -> None:
        self._info = look_at_engine(section, self._settings, self._subject)

    def _choices(self, section: Section) -> None:
        look_at_choices(section, self._info, self._subject.plan)

    def _say(self, what: str) -> None:
        """One line that the next replaces; a large model takes its time."""
        if not self._quiet and sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{what}")
            sys.stderr.flush()
