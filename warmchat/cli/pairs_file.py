"""Pairs of replies in a JSONL file or on standard input, as ``warmchat compare`` reads them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from warmchat.domain.conversation import Message, Role
from warmchat.domain.errors import WarmchatError

_HINT = 'one object per line: {"question": "...", "a": "the reply", "b": "the shadow reply"}'
_HISTORY_HINT = '"history" is a list of {"role": "user" or "assistant", "content": "..."}'
_ROLES: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant"}
_LABELS = {"0": 0, "1": 1, "agree": 0, "disagree": 1}


@dataclass(frozen=True, slots=True)
class GivenPair:
    """One line of the input.

    Attributes:
        label: 1 = the two disagree, 0 = they agree, None where the line says neither.
    """

    line: int
    question: str
    reply: str
    shadow: str
    history: tuple[Message, ...]
    label: int | None
    source: str


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no pair, and why."""

    line: int
    error: WarmchatError


def read_pairs(path: str) -> Iterator[GivenPair | BadLine]:
    """The lines of the file in order, or of standard input where `path` is ``-``; blank ones are passed over.

    Raises:
        WarmchatError: the file cannot be opened.
    """
    with _opened(path) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield _pair(number, line)
            except WarmchatError as error:
                yield BadLine(number, error)


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    if path == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(path).open("rb")  # noqa: SIM115  closed below; a read error inside shall not look like an open error
    except OSError as error:
        raise WarmchatError(
            f"{path} cannot be read: {error.strerror or error}", "name a JSONL file, or - for standard input"
        ) from error
    with file:
        yield file


def _pair(number: int, line: bytes) -> GivenPair:
    try:
        given = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except (ValueError, RecursionError) as error:
        raise WarmchatError(f"line {number} is no JSON: {error}", _HINT) from error
    if not isinstance(given, dict):
        raise WarmchatError(f"line {number} is no JSON object", _HINT)
    missing = [key for key in ("question", "a", "b") if not isinstance(given.get(key), str)]
    if missing:
        raise WarmchatError(f"line {number} has no text under {' and '.join(map(repr, missing))}", _HINT)
    return GivenPair(
        line=number,
        question=_clean(given["question"]),
        reply=_clean(given["a"]),
        shadow=_clean(given["b"]),
        history=_history(number, given.get("history")),
        label=_label(given.get("label")),
        source=_clean(str(given.get("source") or "")),
    )


def _label(given: Any) -> int | None:
    """0, 1, "agree", "disagree"; whatever else stands there ("unsure") leaves the pair out of the figures."""
    return _LABELS.get(str(int(given) if isinstance(given, bool | float) and given in (0, 1) else given))


def _history(number: int, given: Any) -> tuple[Message, ...]:
    if given is None:
        return ()
    problem = WarmchatError(f"line {number} has a history that cannot be read", _HISTORY_HINT)
    if not isinstance(given, list):
        raise problem
    messages = []
    for item in given:
        role = _ROLES.get(str(item.get("role"))) if isinstance(item, dict) else None
        if role is None or not isinstance(item.get("content"), str):
            raise problem
        messages.append(Message(role, _clean(item["content"])))
    return tuple(messages)


def _clean(text: str) -> str:
    """Lone surrogates, which JSON can spell and no encoding can write, become "?"; lengths stay."""
    return text.encode("utf-8", "replace").decode("utf-8")
