"""What all commands share: settings in the context, JSON and tables on stdout, talk on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from warmchat.domain.text import one_line, printable, printable_json
from warmchat.places import shut_out_others
from warmchat.settings import Settings, load_settings


def settings_of(
    context: click.Context, *, local_file: bool = True, look_only: bool = False, **command_line: Any
) -> Settings:
    """The settings of this run: those of the program's own options with a command's on top.

    Args:
        look_only: nothing is changed; else what others may read of the user's files is taken from them.
    """
    given = {k: v for k, v in (context.find_root().obj or {}).items() if v is not None}
    wanted = {**given, **{k: v for k, v in command_line.items() if v is not None}}
    if "model" in wanted and "remote_url" not in wanted:  # a file named here is meant, whatever server is set elsewhere
        wanted["remote_url"] = ""
    settings = load_settings(local_file=local_file, **wanted)
    if not look_only:
        shut_out_others(settings.data_dir)
    return settings


def print_json(value: Any) -> None:
    """One JSON document on stdout, on one line. What a terminal would obey is written as JSON's own escapes."""
    click.echo(printable_json(json.dumps(value, ensure_ascii=not _utf8())))


def print_text(text: str) -> None:
    """Text on stdout, made harmless where a terminal reads it; else verbatim, but for half characters."""
    click.echo(printable(text) if sys.stdout.isatty() else text.encode("utf-8", "replace").decode())


def talk(text: str) -> None:
    """A remark on stderr."""
    click.echo(printable(text), err=True)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A listing for people; `empty` is said on stderr where there are no rows."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        # The first is what people copy: names, ids.
        table.add_column(Text(one_line(column)), overflow="fold", no_wrap=index == 0)
    count = 0
    for row in rows:
        table.add_row(*(Text(one_line(str(cell))) for cell in row))
        count += 1
    if count == 0:
        talk(empty)
        return
    Console().print(table)


def _utf8() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
