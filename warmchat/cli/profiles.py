"""`warmchat profiles`: the voices, and the files that they come from."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from warmchat.cli.common import print_json, print_table, print_text, settings_of, talk
from warmchat.domain.errors import ProfileError
from warmchat.domain.text import one_line, shown
from warmchat.profiles.files import TEMPLATE, ProfileFiles, renamed
from warmchat.profiles.foreign.read import read_foreign
from warmchat.profiles.foreign.write import FORMATS
from warmchat.profiles.library import ProfileLibrary, default_folders
from warmchat.profiles.parse import read_profile
from warmchat.ui.external_editor import edit_file


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
    library = _library(context)
    files = ProfileFiles(library)
    text = TEMPLATE.format(id=profile_id) if origin is None else renamed(files.text(origin), profile_id)
    _said_where(files, profile_id, files.create(profile_id, text))


def _said_where(files: ProfileFiles, profile_id: str, file: Path) -> None:
    """The new file on stdout; on stderr what it replaces, or what keeps it from being read."""
    hidden_by = files.hidden_by(profile_id, file)
    if hidden_by is not None:
        talk(f"{hidden_by} comes first in the search order, so the new file is not used")
    elif files.shipped(profile_id) is not None:
        talk(f"It takes the place of the shipped {profile_id}.")
    print_text(str(file))


@profiles.command()
@click.argument("profile_id", metavar="ID")
@click.pass_context
def edit(context: click.Context, profile_id: str) -> None:
    """Open a profile in $VISUAL or $EDITOR; what you change of a shipped one is a copy in your config folder."""
    files = ProfileFiles(_library(context))
    file, copied = files.edit(profile_id, edit_file)
    if copied:
        talk(f"{profile_id} comes with the program; your copy is {file}")
    for warning in read_profile(file).warnings:
        talk(f"warning: {warning}")
    print_text(f"{profile_id}: fine")


@profiles.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--id", "profile_id", metavar="ID", help="What the profile is called; else its own name.")
@click.option("--show", "only_show", is_flag=True, help="Print the profile instead of writing it.")
@click.pass_context
def import_(context: click.Context, file: Path, profile_id: str | None, *, only_show: bool) -> None:
    """Make a profile of another program's file, and say what had no place in it. Nothing is ever overwritten.

    \b
      role.md           aichat role, or agent of Claude Code or VS Code
      template.yaml     template of llm
      card.json         character card V1 to V3
    """
    found = read_foreign(file)
    talk(f"{one_line(file.name, 60)}: {found.kind}")
    for line in found.dropped:
        talk(f"left out: {line}")
    if only_show:
        print_text(found.text.rstrip("\n"))
        return
    files = ProfileFiles(_library(context))
    wanted = profile_id or found.profile_id
    _said_where(files, wanted, files.create(wanted, found.text))


@profiles.command()
@click.argument("profile_id", metavar="ID")
@click.option("--to", "form", type=click.Choice(["warmchat", *FORMATS]), default="warmchat", show_default=True,
              help="The program it is for; card: a character card V2.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="A new file instead of stdout.")
@click.pass_context
def export(context: click.Context, profile_id: str, form: str, output: Path | None) -> None:
    """Write a profile for another program, and say what had no place in it."""
    library = _library(context)
    lost: list[str]
    if form == "warmchat":
        text, lost = ProfileFiles(library).text(profile_id), []
    else:
        text, lost = FORMATS[form][1](library.get(profile_id))
    for line in lost:
        talk(f"left out: {line}")
    if output is None:
        print_text(text.rstrip("\n"))
        return
    try:
        with output.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise ProfileError(f"{one_line(str(output))} cannot be written: {error.strerror}",
                           "name a new file in a folder that can be written") from error  # fmt: skip
    print_text(str(output))


def _library(context: click.Context) -> ProfileLibrary:
    return ProfileLibrary(default_folders(settings_of(context)))


def _jsonable(value: object) -> object:
    """Values of YAML as JSON has them: what it does not know becomes text."""
    if isinstance(value, dict):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_jsonable(item) for item in value]
    if isinstance(value, int) and abs(value) >= 2**64:  # Python refuses to spell a number of thousands of digits
        return shown(value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else shown(value, 1_000)
