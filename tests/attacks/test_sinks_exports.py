"""Hostile text in exports, as file names, and as questions to a database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attacks.hostile import CLASSES, FORMULAS, PATHS, QUERIES, SCRIPTS
from tests.attacks.sinks.case import Sink, all_in_one
from tests.attacks.sinks.files import SINKS, to_csv, to_html, to_the_database, to_the_file_system


@pytest.mark.parametrize("sink", SINKS, ids=lambda sink: sink.name)
@pytest.mark.parametrize("name", list(CLASSES))
def test_a_class_at_a_sink(name: str, sink: Sink, tmp_path: Path) -> None:
    sink.send(all_in_one(name), tmp_path)


@pytest.mark.parametrize(
    ("send", "strings"),
    [(to_csv, FORMULAS), (to_html, SCRIPTS), (to_the_database, QUERIES), (to_the_file_system, PATHS)],
    ids=["csv", "html", "database", "file system"],
)
def test_what_is_made_for_a_sink_comes_alone(
    send: Callable[[str, Path], object], strings: tuple[str, ...], tmp_path: Path
) -> None:
    """Some act only at the beginning of a cell, a name or a question."""
    for number, text in enumerate(strings):
        send(text, tmp_path / str(number))
