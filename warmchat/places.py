"""Where the user's own files are, told without what reads and validates them: the first paint cannot wait."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path

FILE_NAME = "warmchat.toml"
MAX_SETTINGS = 256 * 1024  # bytes of a settings file
MAX_DOTS = 64


def config_folder() -> Path:
    """The user's config folder; holds ``warmchat.toml`` and ``system_prompts/``. Not created by asking."""
    return user_config_path("warmchat", appauthor=False)


def data_folder() -> Path:
    """The user's data folder; holds the log and pulled models. Not created by asking."""
    return user_data_path("warmchat", appauthor=False)


def read_settings_file(file: Path) -> dict[str, Any]:
    """What a settings file says; it may come from elsewhere, so reading it is bounded.

    Raises:
        OSError: it is not there, or cannot be read.
        ValueError: it is no ordinary file, too long, not UTF-8, or not TOML.
    """
    if not stat.S_ISREG(file.stat().st_mode):  # a pipe would wait for its writer, a device may have no end
        raise ValueError("it is not an ordinary file")
    with file.open("rb") as opened:
        raw = opened.read(MAX_SETTINGS + 1)
    if len(raw) > MAX_SETTINGS:
        raise ValueError(f"it is longer than {MAX_SETTINGS >> 10} KiB")
    if any(line.split(b"=")[0].count(b".") > MAX_DOTS for line in raw.split(b"\n")):  # reading them is quadratic
        raise ValueError("a name in it has too many parts")
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("its values are nested too deeply") from None
