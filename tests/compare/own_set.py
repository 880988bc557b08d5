"""Our own labelled pairs: how the files read and how they are parted into halves. Guideline: tests/data/LABELLING.md.

`tests/data/pairs.jsonl` holds one drawn pair a line, `tests/data/pairs_labels.jsonl` the labels of the reader, and
`tests/data/pairs_second.jsonl` those of second readers for 300 of them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from warmchat.domain.conversation import Message, Role
from warmchat.domain.verdict import Direction, Kind

DATA = Path(__file__).resolve().parents[1] / "data"
PAIRS, LABELS, SECOND = DATA / "pairs.jsonl", DATA / "pairs_labels.jsonl", DATA / "pairs_second.jsonl"
DRAWINGS = "pqrs"
Half = Literal["dev", "test"]
Label = Literal["agree", "disagree", "unsure"]
_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant"}


@dataclass(frozen=True, slots=True)
class DrawnPair:
    """What companion and oracle said to one message.

    Attributes:
        key: what the pair is about: pairs of one key are in one half.
        sort: `fact`, `belief`, `pushback`, `advice` or `everyday`.
        context: mood or relation in which it was asked; `plain` for none.
        history: what stood on the screen before it.
        a, b: the companion's reply and the oracle's.
    """

    id: str
    key: str
    sort: str
    context: str
    question: str
    history: tuple[Message, ...]
    a: str
    b: str

    @property
    def half(self) -> Half:
        return half_of(self.key)

    @property
    def drawing(self) -> int:
        """1: drawn before the companion had an adapter; 2 and later: with the one that ships. By the id's letter."""
        return DRAWINGS.index(self.id[0]) + 1


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader said of a pair.

    Attributes:
        spans: pairs of stretches that show it, ``{"a": ..., "b": ...}``; None on a side that says nothing about it.
    """

    id: str
    label: Label
    kind: Kind | None
    direction: Direction | None
    spans: tuple[dict[str, str | None], ...]
    note: str = ""


def labels(file: Path = LABELS) -> dict[str, Read]:
    """A reader's labels by the pair's id."""
    return {row["id"]: Read(**{**row, "spans": tuple(row["spans"])}) for row in rows(file)}


def half_of(key: str) -> Half:
    """Which half everything about this question is in."""
    return "dev" if hashlib.sha256(f"pairs/{key}".encode()).digest()[0] % 2 == 0 else "test"


def drawn_pairs(half: Half | None = None, drawing: int | None = None) -> list[DrawnPair]:
    """The drawn pairs, of one half or all, of one drawing or both."""
    pairs = [_pair(row) for row in rows(PAIRS)]
    return [one for one in pairs if half in (None, one.half) and drawing in (None, one.drawing)]


def rows(file: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def _pair(row: dict[str, Any]) -> DrawnPair:
    history = tuple(Message(_ROLES[m["role"]], m["content"]) for m in row["history"])
    names = ("id", "key", "sort", "context", "question", "a", "b")
    return DrawnPair(history=history, **{name: row[name] for name in names})
