"""The trials of this machine, in a small file of the data folder: who may judge, and who was found wanting."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from warmchat.compare.judging.judge import PROMPT_VERSION
from warmchat.compare.judging.trial import Trial
from warmchat.domain.errors import WarmchatError

_MAX_BYTES = 1 << 20


def kept_trial(file: Path, identity: str, detector: str) -> Trial | None:
    """The trial of that model beside that detector, by today's question; None where there was none."""
    given = _read(file).get(_key(identity, detector))
    names = {field.name for field in fields(Trial)}
    if not isinstance(given, dict) or given.get("prompt") != PROMPT_VERSION or not names <= given.keys():
        return None
    try:
        trial = Trial(**{name: given[name] for name in names})
        return trial if isinstance(trial.passed, bool) else None
    except TypeError:  # somebody wrote words where numbers stand
        return None


def keep_trial(file: Path, trial: Trial) -> None:
    """Write it down, instead of an earlier one of the same two.

    Raises:
        WarmchatError: the data folder cannot be written.
    """
    known = {**_read(file), _key(trial.identity, trial.detector): asdict(trial)}
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(known, indent=1), encoding="utf-8")
        draft.replace(file)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        why = error.strerror or error
        raise WarmchatError(f"The result of the trial cannot be kept: {why}", f"look at {file.parent}") from error


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            known = json.loads(opened.read(_MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def _key(identity: str, detector: str) -> str:
    return f"{identity} beside {detector}"
