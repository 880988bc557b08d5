"""Where the user's own files are, and that nobody else reads them.

Told without what reads and validates them: the first paint cannot wait.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path

FILE_NAME = "warmchat.toml"
MAX_SETTINGS = 256 * 1024  # bytes of a settings file
MAX_DOTS = 64
OTHERS = 0o077  # the bits of a mode that let others than the owner in
# What the program writes into a data folder of the user's choice. Models and adapters there may be shared on purpose.
_WRITTEN = ("log.db*", "evals.db*", "native.log", "trusted.json", "judges.json", "state.json", "training")


def config_folder() -> Path:
    """The user's config folder; holds ``warmchat.toml`` and ``system_prompts/``. Not created by asking."""
    return user_config_path("warmchat", appauthor=False)


def data_folder() -> Path:
    """The user's data folder; holds the log and pulled models. Not created by asking."""
    return user_data_path("warmchat", appauthor=False)


@contextlib.contextmanager
def for_owner_alone() -> Iterator[None]:
    """What is made inside, by this process and those it starts, is readable by its owner alone (0600, folders 0700)."""
    before = os.umask(OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def shut_out_others(data: Path) -> None:
    """Take from others what an earlier version or another umask let them read: of our own folders all that is in them,
    of another folder that is used for data what the program has written there. What may not be changed stays as it is.
    """
    if os.name == "nt":  # has no such modes
        return
    for folder in (config_folder(), data_folder()):
        if not folder.is_symlink() and _open_to_others(folder):
            for inside, _, names in os.walk(folder, topdown=False):  # the folder last: until then it is done again
                _shut(*(Path(inside, name) for name in names), Path(inside))
    if data != data_folder():
        for pattern in _WRITTEN:
            for path in data.glob(pattern):
                _shut(path, *(path.rglob("*") if path.is_dir() else ()))


def _open_to_others(path: Path) -> bool:
    try:
        return not path.is_symlink() and bool(path.stat().st_mode & OTHERS)
    except OSError:
        return False


def _shut(*paths: Path) -> None:
    for path in paths:
        if _open_to_others(path):
            with contextlib.suppress(OSError):  # another's
                path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)


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
