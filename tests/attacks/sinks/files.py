"""Sinks that are files and databases: exports in every form, and what a log is asked for."""

from __future__ import annotations

import csv
import io
import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import cast

from markdown_it import MarkdownIt

from tests.attacks.sinks.case import Sink, harmless, hostile_memory, hostile_records, refused
from warmchat.domain.verdict import Label
from warmchat.storage.exports.csv_table import csv_table
from warmchat.storage.exports.html_page import html_page
from warmchat.storage.exports.jsonl import jsonl, read_jsonl
from warmchat.storage.exports.markdown import markdown
from warmchat.storage.log import SessionLog
from warmchat.storage.records import TurnFilter
from warmchat.storage.rows import storable_text

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


class Tags(HTMLParser):
    """Every tag of a page with the names and values of its attributes, and what it says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.said: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def to_markdown(text: str, folder: Path) -> None:
    """No text opens a tag, and each ends with its quote: the strips under the turns stand outside of any."""
    page = harmless("".join(markdown(hostile_records(text))))
    tokens = MarkdownIt("commonmark", {"html": True}).parse(page)
    kinds = {token.type for block in tokens for token in (block, *(block.children or ()))}
    assert not kinds & {"html_block", "html_inline"}
    strips = [token.level for token in tokens if token.type == "inline" and "have said otherwise" in token.content]
    assert 1 in strips, "a paragraph of its own, in no quote"
    assert sum(token.type == "heading_open" and token.tag == "h2" and token.level == 0 for token in tokens) == 3


def to_csv(text: str, folder: Path) -> None:
    """A row for each turn, and no cell that a spreadsheet would compute."""
    table = harmless("".join(csv_table(hostile_records(text))))
    csv.field_size_limit(1 << 30)
    head, *rows = csv.reader(io.StringIO(table, newline=""))
    assert len(rows) == 3
    for row in rows:
        for name, cell in zip(head, row, strict=True):
            number = re.fullmatch(r"-?\d+(?:\.\d+)?", cell) and name in ("score", "noise", "dial", "seed")
            assert number or not FORMULA.match(cell), (name, cell[:40])


def to_jsonl(text: str, folder: Path) -> None:
    """A line for each turn, on which nothing acts; read back it is the same, and so is what is imported."""
    records = hostile_records(text)
    lines = list(jsonl(records))
    harmless("".join(lines))
    assert all(len(line.splitlines()) == 1 for line in lines)
    assert [json.loads(line)["turn"]["user_text"] for line in lines] == [storable_text(text)] * 3
    read = list(read_jsonl(lines, "x"))
    with SessionLog.open(None) as log:
        assert log.add(read) == len(lines)
        assert list(jsonl(log.records(TurnFilter()))) == lines


def to_html(text: str, folder: Path) -> None:
    """A page with the tags and attributes that a page of plain words has, and no others."""
    plain, found = _plain_page(), Tags(harmless("".join(html_page(hostile_records(text)))))
    assert found.tags <= plain.tags
    assert found.attributes <= plain.attributes


@cache
def _plain_page() -> Tags:
    return Tags("".join(html_page(hostile_records("Is it fine?"))))


def to_the_database(text: str, folder: Path) -> None:
    """Text as a value of every question to a log: nothing is found that is not meant, nothing is changed."""
    with hostile_memory("Is it fine?") as log:
        before = list(jsonl(log.records(TurnFilter())))
        log.search(text)
        log.search(f"{text}*")
        for ask in (log.find_session, log.find_turn, log.title):
            said = refused(lambda: ask(text))  # noqa: B023  asked at once
            assert len(harmless(said)) < 600
            assert said or text == "last"
        for where in (
            TurnFilter(sessions=(text,)),
            TurnFilter(profiles=(text,)),
            TurnFilter(labels=(cast("Label", text),)),
        ):
            assert log.records(where) == []
        log.records(TurnFilter(model=text))
        for read in (log.turns, log.alternatives, log.marks):
            harmless(refused(lambda: read(text)))  # noqa: B023  asked at once
        assert list(jsonl(log.records(TurnFilter()))) == before
        log.rename_session("s1", text)
        harmless(log.title("s1"))
        assert log.delete_session("s2")
        assert len(log.records(TurnFilter())) == 2


def to_the_file_system(text: str, folder: Path) -> None:
    """Text as a title makes no name, as an id a tame one; as a name it is that name or refused."""
    from warmchat.storage.exports.files import write_file
    from warmchat.ui.words import export_stem

    stem = export_stem(text)
    assert re.fullmatch(r"warmchat-[A-Za-z0-9_-]{0,64}", stem)
    inside = folder / "a" / "b"
    inside.mkdir(parents=True)
    name = text.replace("/", "∕")
    said = harmless(refused(lambda: write_file(inside / name, ["x"])))
    assert [p for p in folder.rglob("*") if p.is_file()] == ([] if said else [inside / name])
    assert said or (inside / name).stat().st_mode & 0o777 == 0o600


SINKS = (
    Sink("export md", to_markdown),
    Sink("export csv", to_csv),
    Sink("export jsonl", to_jsonl),
    Sink("export html", to_html),
    Sink("database", to_the_database),
    Sink("file system", to_the_file_system),
)
