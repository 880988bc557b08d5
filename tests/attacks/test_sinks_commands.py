"""Hostile text in logs, profiles, models and adapters, and what the commands print of it on a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.hostile import CLASSES
from tests.attacks.sinks.case import SMALL, all_in_one
from tests.attacks.sinks.commands import (
    ARGUMENTS,
    LOG_COMMANDS,
    arguments,
    log_commands,
    looked_at,
    measurements,
    models_and_adapters,
    profiles,
)


@pytest.mark.parametrize("name", list(CLASSES))
def test_logs_on_a_terminal(name: str, tmp_path: Path, in_folder: Path) -> None:
    log_commands(all_in_one(name), tmp_path / "data")


@pytest.mark.parametrize("name", list(CLASSES))
def test_profiles_on_a_terminal(name: str, tmp_path: Path, in_folder: Path) -> None:
    profiles(all_in_one(name), tmp_path)


@pytest.mark.parametrize("name", list(CLASSES))
def test_measurements(name: str, tmp_path: Path, in_folder: Path) -> None:
    measurements(all_in_one(name), tmp_path)


@pytest.mark.parametrize("names", [SMALL, ("nested",), ("huge",)], ids=["small", "nested", "huge"])
def test_what_compare_and_doctor_tell(names: tuple[str, ...], tmp_path: Path, in_folder: Path) -> None:
    looked_at("\n".join(all_in_one(name) for name in names), tmp_path)


@pytest.mark.parametrize("name", list(CLASSES))
def test_what_a_gguf_says_of_itself(name: str, tmp_path: Path, in_folder: Path) -> None:
    models_and_adapters(all_in_one(name), tmp_path)


@pytest.mark.parametrize("text", [strings[0] for strings in CLASSES.values()] + ["x" * 300, "\udc80", "-rf"])
def test_arguments(text: str, tmp_path: Path, in_folder: Path) -> None:
    arguments(text, tmp_path)


def test_there_are_commands_to_try() -> None:
    assert len(LOG_COMMANDS) > 10
    assert len(ARGUMENTS) > 15
