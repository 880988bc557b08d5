"""The export formats by the names that commands and screens use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from warmchat.storage.exports.csv_table import csv_table
from warmchat.storage.exports.html_page import html_page
from warmchat.storage.exports.jsonl import jsonl
from warmchat.storage.exports.markdown import markdown
from warmchat.storage.records import TurnRecord

FORMATS: dict[str, Callable[[Sequence[TurnRecord]], Iterable[str]]] = {
    "jsonl": jsonl,
    "csv": csv_table,
    "md": markdown,
    "html": html_page,
}
