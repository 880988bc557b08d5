"""Where the user's own files are, told without what reads and validates them: the first paint cannot wait."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_config_path, user_data_path

FILE_NAME = "warmchat.toml"


def config_folder() -> Path:
    """The user's config folder; holds ``warmchat.toml`` and ``system_prompts/``. Not created by asking."""
    return user_config_path("warmchat", appauthor=False)


def data_folder() -> Path:
    """The user's data folder; holds the log and pulled models. Not created by asking."""
    return user_data_path("warmchat", appauthor=False)
