"""Files and pastes that go into a message whole while the prompt shows a line for each."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from warmchat.domain.errors import WarmchatError
from warmchat.domain.text import one_line, printable
from warmchat.ui.words import size_words

LIMIT_BYTES = 512_000  # far above any local window; a mistake, not a document
BIG_LINES = 12
BIG_CHARACTERS = 1_200


class AttachError(WarmchatError):
    """A file cannot be put into a message."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """Text that stands in the prompt as one short mark and is sent whole.

    Attributes:
        mark: what the prompt shows; unique within a message.
        text: what is sent in its place.
    """

    mark: str
    text: str


def is_big(pasted: str) -> bool:
    """Whether a paste is better shown as a mark than in full."""
    return len(pasted) > BIG_CHARACTERS or pasted.count("\n") >= BIG_LINES


def paste_enclosure(pasted: str, number: int) -> Enclosure:
    """A paste as an enclosure, made harmless, otherwise whole."""
    text = printable(pasted)
    lines = text.count("\n") + 1
    return Enclosure(f"[paste {number}: {lines:,} {_lines(lines)}, {len(text):,} characters]", text)


def file_enclosure(path: Path, number: int) -> Enclosure:
    """The text of a file as an enclosure, fenced, under its name.

    Raises:
        AttachError: missing, a folder, not readable, too large, or not text.
    """
    shown = one_line(path.name or str(path), 60)
    text = printable(_read(path, shown)).rstrip("\n")
    lines = text.count("\n") + 1
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    language = path.suffix[1:].lower() if re.fullmatch(r"\.[A-Za-z0-9+]{1,10}", path.suffix) else ""
    body = f"{shown}:\n{fence}{language}\n{text}\n{fence}"
    return Enclosure(f"[file {number}: {shown.replace(']', ')')}, {lines:,} {_lines(lines)}]", body)


def expanded(written: str, enclosures: dict[str, Enclosure]) -> str:
    """What is sent: the written text with every mark that is still there replaced by what it stands for."""
    if not enclosures:
        return written
    marks = "|".join(re.escape(mark) for mark in sorted(enclosures, key=len, reverse=True))
    return re.sub(marks, lambda found: enclosures[found.group()].text, written)


def _read(path: Path, shown: str) -> str:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise AttachError(f"{shown} is a folder", "attach one file at a time")
        if not stat.S_ISREG(status.st_mode):  # a pipe or device would block, or never end
            raise AttachError(f"{shown} is not an ordinary file", "attach a text file")
        if status.st_size > LIMIT_BYTES:
            raise AttachError(
                f"{shown} is too large: {size_words(status.st_size)}",
                f"at most {size_words(LIMIT_BYTES)}; cut out the part that matters",
            )
        with path.open("rb") as opened:
            raw = opened.read(LIMIT_BYTES + 1)
    except FileNotFoundError as error:
        raise AttachError(f"There is no file {shown}", f"looked in {one_line(str(path.parent.absolute()))}") from error
    except PermissionError as error:
        raise AttachError(f"{shown} may not be read", "its permissions do not allow it") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise AttachError(f"{shown} cannot be read: {error}") from error
    if len(raw) > LIMIT_BYTES:
        raise AttachError(f"{shown} is too large", f"at most {size_words(LIMIT_BYTES)}")
    return _decoded(raw, shown)


def _decoded(raw: bytes, shown: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\x00" in raw:
        raise AttachError(f"{shown} is not text", "it holds binary data")
    else:
        encoding = "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise AttachError(f"{shown} is not text in UTF-8", "save it as UTF-8 and attach it again") from error


def _lines(count: int) -> str:
    return "line" if count == 1 else "lines"
