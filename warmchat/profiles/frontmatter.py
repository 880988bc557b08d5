"""Front matter as plain values, with the line on which each of them stands.

A profile file may come from anyone, so the YAML is bounded before anything is built from it: its size, its depth, and
no anchors at all (a few hundred bytes of nested aliases can stand for gigabytes, and no profile needs one).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from warmchat.domain.text import shown

MAX_FILE_BYTES = 256 * 1024
MAX_FRONT_MATTER = 16 * 1024
MAX_MAPPING = 64 * 1024  # characters of a file that is YAML alone
MAX_EVENTS = 4_000  # of YAML's parser, some two for each value; it is slow, and three passes are made
MAX_DEPTH = 6

_TOO_DEEP = ("settings are nested too deeply", "sampling: {temperature: 0.7}")

Keys = tuple[str | int, ...]


class FrontMatterError(Exception):
    """The front matter cannot be read. ``line`` counts from 1 in the whole file; ``write`` says what would be right."""

    def __init__(self, line: int, message: str, write: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message
        self.write = write


@dataclass(frozen=True)
class Document:
    """A file in its two parts.

    Attributes:
        values: the front matter; empty where the file has none.
        lines: the line of each value, by its path such as ``("sampling", "top_p")``.
        body: the text after the front matter, without one leading and one trailing newline.
    """

    values: dict[str, Any]
    lines: dict[Keys, int]
    body: str

    def line_of(self, keys: Keys) -> int:
        """The line of this value, or of the nearest one around it."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return self.lines.get(keys, 1)


def read_document(text: str) -> Document:
    """Part a file into front matter and body. Windows line ends become newlines; a byte order mark is dropped.

    Raises:
        FrontMatterError: not closed, too large, not YAML, not a mapping of words, or a key given twice.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return Document({}, {}, _trimmed(text))
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        raise FrontMatterError(1, "the front matter is not closed", "a line with --- alone after the last setting")
    # The opening line stays in as an empty one, so that YAML's line numbers are the file's.
    source = "\n" + "\n".join(lines[1:end])
    body = _trimmed("\n".join(lines[end + 1 :]))
    if len(source) > MAX_FRONT_MATTER:
        raise FrontMatterError(1, f"the front matter is longer than {MAX_FRONT_MATTER} characters", "settings alone")
    root = _composed(source)
    if root is None:
        return Document({}, {}, body)
    if not isinstance(root, yaml.MappingNode):
        raise FrontMatterError(2, "the front matter is not a list of settings", "lines such as name: companion")
    found: dict[Keys, int] = {}
    _note_lines(root, (), found)
    return Document(_constructed(source), found, body)


def read_mapping(text: str) -> dict[str, Any]:
    """A whole file of YAML that is a mapping of words; bounded like front matter, but for its length.

    Raises:
        FrontMatterError: not YAML, not such a mapping, or too deep.
    """
    source = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(source) > MAX_MAPPING:
        raise FrontMatterError(1, f"the file is longer than {MAX_MAPPING:,} characters", "less")
    root = _composed(source)
    if not isinstance(root, yaml.MappingNode):
        raise FrontMatterError(1, "the file is not a list of settings", "lines such as name: companion")
    _note_lines(root, (), {})
    return _constructed(source)


class _Loader(yaml.SafeLoader):
    """The safe loader, that gives up on depth before it has looked for the end of it, which takes quadratic time."""

    def fetch_flow_collection_start(self, TokenClass: Any) -> None:  # noqa: N803  PyYAML's name
        if self.flow_level > MAX_DEPTH:
            raise FrontMatterError(self.line + 1, *_TOO_DEEP)
        super().fetch_flow_collection_start(TokenClass)


def _trimmed(body: str) -> str:
    return body.removeprefix("\n").removesuffix("\n")


def _composed(source: str) -> yaml.Node | None:
    try:
        _refuse_bombs(source)
        return yaml.compose(source, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        message = f"this is not YAML: {error.problem or error.context}"
        raise FrontMatterError(_line_of(error), message, _yaml_hint(error)) from error
    except yaml.YAMLError as error:  # a character that YAML does not allow
        line = source.count("\n", 0, getattr(error, "position", 0)) + 1
        raise FrontMatterError(line, "there is a character that YAML does not allow", "plain text") from error


def _refuse_bombs(source: str) -> None:
    depth = 0
    for count, event in enumerate(yaml.parse(source, Loader=_Loader)):
        line = event.start_mark.line + 1 if event.start_mark is not None else 1
        if count > MAX_EVENTS:
            raise FrontMatterError(line, "there are too many values", "settings alone")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FrontMatterError(line, "anchors and aliases (& and *) are not allowed", "the value itself, in quotes")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise FrontMatterError(line, *_TOO_DEEP)


def _line_of(error: yaml.MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return mark.line + 1 if mark is not None else 1


def _yaml_hint(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    if "mapping values are not allowed" in problem:
        return 'quotes around a text that contains a colon, such as description: "Warm: and checked"'
    if "cannot start any token" in problem:
        return "spaces instead of tabs, and quotes around a text that starts with a sign"
    return "one setting per line, such as name: companion"


def _note_lines(node: yaml.Node, path: Keys, found: dict[Keys, int]) -> None:
    found[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _note_lines(item, (*path, index), found)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                raise FrontMatterError(line, "the name of a setting is not a word", "a name such as temperature")
            keys = (*path, key.value)
            if keys in found:
                raise FrontMatterError(line, f"{key.value} is given twice", "one of the two lines")
            _note_lines(value, keys, found)
            found[keys] = line


def _constructed(source: str) -> dict[str, Any]:
    try:
        values = yaml.load(source, Loader=_Loader)  # noqa: S506  it is a safe loader
    except yaml.MarkedYAMLError as error:
        raise FrontMatterError(_line_of(error), f"{error.problem}", "plain text or a number") from error
    except Exception as error:  # PyYAML's own, for a date such as 2024-99-99, for `!!int ""`, `!!bool x`, and more
        raise FrontMatterError(1, f"a value cannot be read: {shown(error)}", "quotes around texts") from error
    if not isinstance(values, dict):  # `!!set` and its like begin as a mapping does
        raise FrontMatterError(1, "the settings are of another type than a mapping", "lines such as name: companion")
    return values
