"""Candidate wordings of a system prompt: the shipped ones, and files of one's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from warmchat.domain.errors import QuestionError
from warmchat.domain.profile import Profile
from warmchat.domain.text import one_line

_MOST_BYTES = 256 * 1024
_FORM = 'one wording a line, or a JSON object such as {"name": "Answer briefly."}'


@dataclass(frozen=True, slots=True)
class Wording:
    """A system prompt under a short name."""

    name: str
    text: str


def shipped_wordings(profile: Profile) -> tuple[Wording, ...]:
    """The shipped candidates for a profile: its own where there are any, else those of its sort."""
    given = json.loads(files("warmchat.evals").joinpath("sets", "wordings.json").read_text(encoding="utf-8"))
    sort = "candid" if profile.strategy == "rewrite" else "companion" if profile.accent == "warm" else "oracle"
    return tuple(Wording(name, text) for name, text in given.get(profile.id, given[sort]).items())


def read_wordings(file: Path) -> tuple[Wording, ...]:
    """The candidates of a file: a JSON object of names and wordings where its name ends so, else one wording a line.

    Raises:
        QuestionError: it cannot be read, holds none, or holds something else.
    """
    try:
        raw = file.read_bytes()
        text = raw[: _MOST_BYTES + 1].decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(file, "cannot be read as UTF-8 text") from error
    if len(raw) > _MOST_BYTES:
        raise _refused(file, "is larger than 256 KiB")
    found = _from_json(file, text) if file.suffix.lower() == ".json" else _from_lines(text)
    if not found:
        raise _refused(file, "holds no wording")
    texts: dict[str, str] = {}
    for wording in found:
        if wording.text in texts:
            raise _refused(file, f"holds {wording.name!r} and {texts[wording.text]!r} with the same words")
        texts[wording.text] = wording.name
    return found


def _from_json(file: Path, text: str) -> tuple[Wording, ...]:
    try:
        given = json.loads(text)
    except ValueError as error:
        raise _refused(file, f"is no JSON: {error}") from error
    if not isinstance(given, dict) or not all(isinstance(v, str) and v.strip() for v in given.values()):
        raise _refused(file, "is no object of names and texts")
    return tuple(Wording(one_line(name, 40), value.strip()) for name, value in given.items())


def _from_lines(text: str) -> tuple[Wording, ...]:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    return tuple(Wording(f"line {number}", line) for number, line in lines)


def _refused(file: Path, what: str) -> QuestionError:
    return QuestionError(f"{one_line(str(file))} {what}", f"candidates are {_FORM}")
