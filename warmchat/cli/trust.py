"""Asking once per folder whether it may decide what replies are checked against."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from warmchat.cli.common import settings_of, talk
from warmchat.places import FILE_NAME
from warmchat.profiles.library import ProfileLibrary
from warmchat.profiles.trust import trust_folder, trusted_folders, untrusted_reference
from warmchat.settings import Settings, local_file_needs_trust


def settings_and_profiles(context: click.Context, **command_line: Any) -> tuple[Settings, ProfileLibrary]:
    """The settings and profiles of this run.

    Where the current folder replaces the reference (by its ``system_prompts/`` or its ``warmchat.toml``) the user is
    asked once; without a terminal to ask in, or after a no, the folder's own are left out, and that is said.
    """
    from warmchat.wiring import open_profiles

    settings = settings_of(context, **command_line)
    here, store = Path.cwd(), settings.trust_file
    unasked = local_file_needs_trust() and here.resolve() not in trusted_folders(store)
    what = f"{FILE_NAME} in this folder decides where replies are made or how they are checked"
    if unasked and not _trusted(what, here, store):
        return settings_and_profiles_elsewhere(context, **command_line)
    profiles = open_profiles(settings)
    replaced = untrusted_reference(profiles, settings.reference, store)
    if replaced is None or _trusted(
        f"{replaced.parent.name}/{replaced.name} in this folder replaces the profile that replies are checked against",
        replaced.parent, store,
    ):  # fmt: skip
        return settings, profiles
    return settings, open_profiles(settings, local=False)


def settings_and_profiles_elsewhere(
    context: click.Context, **command_line: Any
) -> tuple[Settings, ProfileLibrary]:
    """The same where the current folder's own are left out. Nothing is asked."""
    from warmchat.wiring import open_profiles

    settings = settings_of(context, local_file=False, **command_line)
    return settings, open_profiles(settings, local=False)


def _trusted(what: str, folder: Path, store: Path) -> bool:
    """Ask; a yes is remembered."""
    if sys.stdin.isatty() and sys.stderr.isatty():
        if click.confirm(f"{what}. Use it?", default=False, err=True):
            trust_folder(folder, store)
            return True
        return False
    talk(f"warmchat: {what}: left out, as there is no terminal to ask in")
    return False
