"""The model used last, in the small file of facts that are kept between runs (`Settings.history_file`).

Other rooms keep their facts in the same file: what is not ours is carried over as it stands.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from warmchat.settings import Settings

MAX_BYTES = 4 * 1024 * 1024


def read_state(file: Path) -> dict[str, Any]:
    """What the file says; empty where it is missing or damaged."""
    try:
        with file.open("rb") as opened:
            state = json.loads(opened.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return state if isinstance(state, dict) else {}


def remember_model(settings: Settings, path: Path) -> bool:
    """Keep this model as the one used last. False where the data folder cannot be written: no reason to stop for."""
    file = settings.history_file
    state = {**read_state(file), "model": str(path.absolute())}
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as opened:  # noqa: PTH123  a descriptor, not a path
            json.dump(state, opened)
        draft.replace(file)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        return False
    return True
