"""Question sets from files: TruthfulQA's CSV, TriviaQA's JSON, plain CSV and JSONL. All of a file, or nothing of it."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from warmchat.domain.errors import QuestionError
from warmchat.domain.text import one_line
from warmchat.evals.formats import TRUTHFULQA, lowered, plain, triviaqa, truthfulqa
from warmchat.evals.question import Question, checked, refuse

MAX_BYTES = 512 * 1024 * 1024  # TriviaQA's largest file with questions alone is smaller
FORMATS = "CSV or JSONL with question, answers, wrong; TruthfulQA's CSV; TriviaQA's JSON"
_HINT = f"known formats: {FORMATS}"
_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF32_BE, "UTF-32"), (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)  # fmt: skip

Entry = Mapping[str, Any]


def read_questions(file: Path) -> tuple[Question, ...]:
    """The questions of a file. Its format is seen by its ending and its keys or columns.

    Raises:
        QuestionError: it cannot be read, or a line cannot be used; the lines are named and nothing is imported.
    """
    name = one_line(file.name)
    text = _decoded(_bytes(file, name), name)
    ending = file.suffix.lower()
    if ending in (".csv", ".tsv"):
        entries, unit = _csv(text, name), "line"
    elif ending in (".jsonl", ".ndjson"):
        entries, unit = _jsonl(text), "line"
    elif ending == ".json":
        entries, unit = _json(text, name), "entry"
    else:
        raise QuestionError(f"{name} is none of the known kinds of files", _HINT)
    placed: list[tuple[int, Question]] = []
    mistakes: list[str] = []
    for place, entry in entries:
        try:
            if isinstance(entry, str):
                raise ValueError(entry)  # noqa: TRY301, TRY004  what the reader found wrong with this line
            placed.append((place, _shape(entry)(entry, f"{file.stem}-{place}")))
        except ValueError as error:
            mistakes.append(f"{unit} {place} {error}")
    refuse(mistakes, name)
    return checked(placed, name, unit)


def _shape(entry: Entry) -> Callable[[Entry, str], Question]:
    if all(column in entry for column in TRUTHFULQA):
        return truthfulqa
    trivia = isinstance(entry.get("answer"), Mapping) or ("questionid" in entry and "answers" not in entry)
    return triviaqa if trivia else plain


def _bytes(file: Path, name: str) -> bytes:
    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise QuestionError(f"{name} cannot be read: {error.strerror or error}", "name a file of questions") from error
    if len(raw) > MAX_BYTES:
        raise QuestionError(f"{name} is larger than {MAX_BYTES // 2**20} MiB", "take a part of it")
    return raw


def _decoded(raw: bytes, name: str) -> str:
    for mark, encoding in _OTHER_MARKS:
        if raw.startswith(mark):
            raise QuestionError(f"{name} is in {encoding}, not UTF-8", "save it as UTF-8")
    zero = raw.find(b"\0")
    if zero >= 0:
        line = raw.count(b"\n", 0, zero) + 1
        raise QuestionError(f"line {line} of {name} holds a zero byte", "if it is in UTF-16, save it as UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise QuestionError(
            f"line {line} of {name} is not UTF-8 (byte 0x{raw[error.start]:02x})",
            f"if it is Latin-1: iconv -f latin1 -t utf-8 {name}",
        ) from error


def _csv(text: str, name: str) -> Iterator[tuple[int, Entry | str]]:
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        columns = [column.strip().casefold() for column in next(reader, [])]
        if "question" not in columns:
            raise QuestionError(f"{name} has no column 'question' in its first line", _HINT)
        twice = next((column for column in columns if column and columns.count(column) > 1), "")
        if twice:
            raise QuestionError(f"line 1 of {name} has two columns {one_line(twice, 40)!r}", "leave one of them out")
        line = reader.line_num + 1  # where the next record begins: one record may span lines
        for cells in reader:
            if cells and any(cell.strip() for cell in cells):
                if len(cells) != len(columns):
                    yield line, f"has {len(cells)} fields where the first line has {len(columns)}"
                else:
                    yield line, dict(zip(columns, cells, strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        yield line, f"is no CSV: {error}"


def _jsonl(text: str) -> Iterator[tuple[int, Entry | str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, _object(line)


def _object(line: str) -> Entry | str:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"is no JSON: {error}"
    return lowered(given) if isinstance(given, dict) else "is no JSON object"


def _json(text: str, name: str) -> Iterator[tuple[int, Entry | str]]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"{name} is no JSON: {error}", _HINT) from error
    if isinstance(given, dict):
        given = lowered(given).get("data")
    if not isinstance(given, list):
        raise QuestionError(f"{name} holds no list of questions", _HINT)
    for number, entry in enumerate(given, start=1):
        yield number, lowered(entry) if isinstance(entry, dict) else "is no JSON object"
