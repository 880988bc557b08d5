"""Lists and code beside prose: list items are read as one sentence, code is compared as code or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from warmchat.compare.words import Sentence, without_code

_ITEM = re.compile(r"(?:[-*•–#>+]|\(?\d{1,2}[.)])\s+\Z")
_MARK = re.compile(r"(?:\A|\n)[ \t]*(?:[-*•–+]|\(?\d{1,2}[.)])[ \t]+")
_EMPHASIS = re.compile(r"\*\*|__|(?<![\w*_#])[*_#]{1,6}(?=\w)|(?<=\w)[*_]{1,3}(?!\w)")
_SHORT = 8  # tokens of an item that says no sentence of its own
_LONGEST = 60  # tokens of a list that are read as one sentence
_COMMENT = re.compile(r"(?m)(?:#|//).*$")


def joined_lists(split: Sequence[Sentence], text: str) -> list[Sentence]:
    """The sentences, with the short items that follow each other joined into one: "1. Mercury\\n2. Venus" is one"
    " answer."""
    out: list[Sentence] = []
    open_list = False
    for sentence in split:
        item = _is_item(sentence, text)
        if item and open_list and len(out[-1].tokens) + len(sentence.tokens) <= _LONGEST:
            out[-1] = Sentence(out[-1].start, sentence.end, out[-1].tokens + sentence.tokens)
        else:
            out.append(sentence)
        open_list = item
    return out


def _is_item(sentence: Sentence, text: str) -> bool:
    line = text.rfind("\n", 0, sentence.start) + 1
    before = text[max(line, sentence.start - 6) : sentence.start]
    return len(sentence.tokens) <= _SHORT and _ITEM.match(before) is not None


def as_prose(text: str) -> str:
    """A reply on one line for a reader of prose: code left out, list marks as commas, marks of emphasis off."""
    plain = _MARK.sub(", ", without_code(text))
    return " ".join(_EMPHASIS.sub("", plain).split()).replace(" ,", ",").strip(" ,")


def code(text: str) -> tuple[str, ...]:
    """The fenced code of a reply, without its language, comments and spacing: what has to be equal to be the same."""
    parts = []
    for part in text.split("```")[1::2]:
        first, _, rest = part.partition("\n")
        body = rest if rest and re.fullmatch(r"[\w+#.-]*\s*", first) else part
        parts.append("".join(_COMMENT.sub("", body).split()))
    return tuple(p for p in parts if p)
