"""`warmchat profiles`: the voices, and the files that they come from."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click

from warmchat.cli.common import print_json, print_table, print_text, settings_of, talk
from warmchat.domain.errors import ProfileError
from warmchat.domain.text import one_line
from warmchat.places import config_folder
from warmchat.profiles.library import SHIPPED, ProfileLibrary, default_folders
from warmchat.profiles.parse import is_profile_id, read_profile
from warmchat.shipped import shipped_folder

_NEW = """\
---
name: {id}
description: What this voice is for, in one line.
sampling: {{temperature: 0.7, top_p: 0.9, min_p: 0.05}}
accent: warm
---
You are a helpful assistant.
"""


@click.group()
def profiles() -> None:
    """Voices: system prompt, sampling and adapters, one Markdown file each."""


@profiles.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on stdout.")
@click.pass_context
def list_(context: click.Context, *, as_json: bool) -> None:
    """List the profiles that can be used, and where each comes from."""
    library = _library(context)
    found = library.all()
    if as_json:
        print_json([profile.as_dict() for profile in found])
    else:
        print_table(
            ["id", "description", "temperature", "from"],
            [(p.id, p.description, p.sampling.temperature, p.source) for p in found],
            empty="There are no profiles; warmchat profiles new ID writes one.",
        )
    for problem in library.problems():
        talk(f"not used: {problem}")


@profiles.command()
@click.argument("profile_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_context
def show(context: click.Context, profile_id: str, *, as_json: bool) -> None:
    """Show one profile: its file as it is, or with --json what was understood of it."""
    library = _library(context)
    parsed = library.parsed(profile_id)
    if as_json:
        print_json({**parsed.profile.as_dict(), "extra": _jsonable(parsed.extra)})
    else:
        _, file = library.file_of(profile_id)
        talk(str(file))
        print_text(file.read_text(encoding="utf-8", errors="replace").rstrip("\n"))
    for warning in parsed.warnings:
        talk(warning)


@profiles.command()
@click.argument("what", metavar="[FILE|ID]...", nargs=-1)
@click.pass_context
def check(context: click.Context, what: tuple[str, ...]) -> None:
    """Check profile files (without arguments: all that are found). Exit code 1 where one cannot be used."""
    library = _library(context)
    problems = [] if what else library.problems()
    warnings = [] if what else library.warnings()
    fine = [] if what else library.ids()
    for item in what:
        try:
            file = Path(item) if os.sep in item or item.endswith(".md") else library.file_of(item)[1]
            parsed = read_profile(file)
        except ProfileError as error:
            problems.append(str(error))
        else:
            warnings += parsed.warnings
            fine.append(item)
    for name in fine:
        print_text(f"{name}: fine")
    for warning in warnings:
        talk(f"warning: {warning}")
    if problems:
        for problem in problems:
            talk(f"problem: {problem}")
        count = f"{len(problems)} of {len(problems) + len(fine)}"
        raise ProfileError(f"{count} profiles have problems", "each line above says what to write")


@profiles.command()
@click.argument("profile_id", metavar="ID")
@click.option("--from", "origin", metavar="ID", help="Copy this profile instead of a small example.")
@click.pass_context
def new(context: click.Context, profile_id: str, origin: str | None) -> None:
    """Write a new profile into your config folder. Nothing is ever overwritten."""
    if not is_profile_id(profile_id):
        raise ProfileError(
            f"A profile cannot be called {one_line(profile_id, 60)!r}",
            "use small letters, digits, - and _, such as my-voice",
        )
    library = _library(context)
    text = _NEW.format(id=profile_id)
    if origin is not None:
        text = text_of(library.file_of(origin)[1])
        text = re.sub(r"\A(---\n(?:(?!---).*\n)*?)name:.*\n", rf"\g<1>name: {profile_id}\n", text, count=1)
    file = write_new(profile_id, text)
    now = library.file_of(profile_id)[1]
    if now != file:
        talk(f"{now} comes first in the search order, so the new file is not used")
    elif (shipped_folder("system_prompts") / file.name).exists():
        talk(f"It takes the place of the shipped {profile_id}.")
    print_text(str(file))


@profiles.command()
@click.argument("profile_id", metavar="ID")
@click.pass_context
def edit(context: click.Context, profile_id: str) -> None:
    """Open a profile in $VISUAL or $EDITOR; a shipped one is copied to your config folder first."""
    library = _library(context)
    label, file = library.file_of(profile_id)
    if label == SHIPPED:
        file = write_new(profile_id, text_of(file))
        talk(f"{profile_id} comes with the program; your copy is {file}")
    _run_editor(file)
    for warning in read_profile(file).warnings:
        talk(f"warning: {warning}")
    print_text(f"{profile_id}: fine")


def _library(context: click.Context) -> ProfileLibrary:
    return ProfileLibrary(default_folders(settings_of(context)))


def text_of(file: Path) -> str:
    """The text of a profile file. Raises `ProfileError`."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"{one_line(str(file))} cannot be read", "warmchat profiles check says why") from error


def own_file(profile_id: str) -> Path:
    """Where a profile of this id stands in the user's folder."""
    return config_folder() / "system_prompts" / f"{profile_id}.md"


def write_new(profile_id: str, text: str) -> Path:
    """A new file in the user's folder. Raises `ProfileError` where there is one."""
    file = own_file(profile_id)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError as error:
        raise ProfileError(f"{file} exists already", f"warmchat profiles edit {profile_id} opens it") from error
    except OSError as error:
        raise ProfileError(f"{file} cannot be written: {error.strerror}", "check the folder's permissions") from error
    return file


def _run_editor(file: Path) -> None:
    wanted = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    found = next((path for name in ("nano", "vi", "notepad") if (path := shutil.which(name))), None)
    try:
        command = shlex.split(wanted) if wanted else [found] if found else []
        if not command:
            raise ProfileError("There is no editor", f"set EDITOR, or edit {file} by other means")
        code = subprocess.run([*command, str(file)], check=False).returncode
    except (OSError, ValueError) as error:  # ValueError: quotes in $EDITOR that do not close
        raise ProfileError(f"The editor {wanted!r} cannot be run: {error}", "set EDITOR to another one") from error
    if code != 0:
        raise ProfileError(f"The editor ended with code {code}", f"the file is {file}")


def _jsonable(value: object) -> object:
    """Values of YAML as JSON has them: what it does not know becomes text."""
    if isinstance(value, dict):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_jsonable(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
