"""Chat templates: the Jinja program in a GGUF, run in Jinja's sandbox, cut into the template's pieces and the contents.

Contents are put in only after rendering, in place of marks: so a user who types ``<|im_end|>`` types text, not the
model's end token, and a template cannot read what it should only place.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser

from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError
from warmchat.domain.text import one_line
from warmchat.engine.llama.bounds import BoundedEnvironment, Given, time_limit

# For models that carry no template: plain roles, told apart by lines, ended by the next "User:".
GENERIC = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ m.content + '\n\n' }}"
    "{% elif m.role == 'user' %}{{ 'User: ' + m.content + '\n' }}"
    "{% else %}{{ 'Assistant: ' + m.content + '\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)
GENERIC_STOPS = ("\nUser:", "\nAssistant:")

_MARK = re.compile("(\ue000[0-9]+:[0-9a-f]{16}\ue001)")
_REPEATS, _REPEATED_ANYWAY = 4, 100_000  # an honest template puts a message in its place once, perhaps twice


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a prompt: the template's own words, or the content of a message (by `role`)."""

    text: str
    role: str = ""

    @property
    def is_content(self) -> bool:
        return self.role != ""


class _Generation(Extension):
    """``{% generation %}`` marks the assistant's words for trainers; for a prompt it means nothing."""

    tags = {"generation"}  # noqa: RUF012  jinja2's own declaration

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)


def _to_json(value: Any, indent: int | None = None, ensure_ascii: bool = False, **_: Any) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=ensure_ascii)


def _now(form: str) -> str:
    return datetime.now().astimezone().strftime(form)


class ChatTemplate:
    """One model's chat template.

    Attributes:
        hash: sixteen hex digits over the source, for the log.
        generic: the model had none.
        folds_system: it takes no system message; ours goes before the first user message.
        own_system: it puts in a system prompt of its own when none is given; `pieces` can leave it out.
        stops: texts that end a reply (generic template only).

    Raises:
        EngineError: the template cannot be parsed or rendered.
    """

    def __init__(self, source: str, *, bos: str = "", eos: str = "") -> None:
        self.generic = not source.strip()
        self.source = source if not self.generic else GENERIC
        self.stops = GENERIC_STOPS if self.generic else ()
        self.hash = hashlib.sha256(self.source.encode("utf-8", "replace")).hexdigest()[:16]
        self._names = {"bos_token": bos, "eos_token": eos}
        env = BoundedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, _Generation], autoescape=False
        )
        env.filters["tojson"] = _to_json
        env.globals.update(raise_exception=_refuse, strftime_now=_now)
        try:
            with time_limit():
                self._template = env.from_string(self.source)
        except Exception as error:  # a template is a program: it can fail in any way
            said = one_line(str(error), 300) or type(error).__name__
            raise EngineError(f"The chat template cannot be parsed: {said}", "try another GGUF of it") from error
        self.folds_system = not self._takes_system()
        self.own_system = not self.folds_system and self._adds_system()

    def pieces(self, messages: Sequence[Message], *, reply: bool = True, bare: bool = False) -> list[Piece]:
        """The prompt for these messages, up to where the assistant's reply begins (not so far: `reply` False).

        Args:
            bare: where no system message is given, the template's own is left out, too.

        Raises:
            EngineError: the template fails, or its own system prompt cannot be told from the rest.
        """
        folded = _fold_system(messages) if self.folds_system else list(messages)
        marks = [f"\ue000{index}:{secrets.token_hex(8)}\ue001" for index in range(len(folded))]
        marked = [{"role": m.role, "content": mark} for m, mark in zip(folded, marks, strict=True)]
        rendered = self._render(marked, reply=reply)
        if bare and self.own_system and folded and folded[0].role == "user":
            rendered = self._without_own_system(rendered, marks[0])
        return _cut(rendered, dict(zip(marks, folded, strict=True)))

    def _without_own_system(self, rendered: str, first: str) -> str:
        """The rendering with nothing before the first user message but what opens any user's turn."""
        before, there, after = rendered.partition(first)
        opening, start = self._user_opening(), self._names["bos_token"]
        if not there or not opening or not before.endswith(opening):
            raise EngineError("The system prompt in this model's template cannot be left out",
                              "measure without the profile `none`")  # fmt: skip
        starts = bool(start) and before.startswith(start) and not opening.startswith(start)
        return (start if starts else "") + opening + first + after

    def _user_opening(self) -> str:
        """What stands before a user's words: what a second user message adds behind a finished reply."""
        chat = [_plain("user", "\ue000u\ue001"), _plain("assistant", "\ue000a\ue001"), _plain("user", "\ue000v\ue001")]
        closed = self._render(chat[:2], reply=False).partition("\ue000a\ue001")[2]
        between = self._render(chat).partition("\ue000a\ue001")[2].partition("\ue000v\ue001")[0]
        return between.removeprefix(closed) if between.startswith(closed) else ""

    def _render(self, messages: list[dict[str, str]], *, reply: bool = True) -> str:
        try:
            with time_limit():
                return self._template.render(messages=Given(messages), add_generation_prompt=reply, **self._names)
        except Exception as error:
            said = one_line(str(error), 300) or type(error).__name__
            raise EngineError(f"The model's chat template failed: {said}", "try another GGUF of this model") from error

    def _takes_system(self) -> bool:
        """Tried, not parsed: a template may refuse, or silently leave the system message out."""
        try:
            out = self._render([_plain("system", "\ue000s\ue001"), _plain("user", "\ue000u\ue001")])
        except EngineError:
            return False
        return "\ue000s\ue001" in out

    def _adds_system(self) -> bool:
        """With no system message, more stands before the user's words than with an empty one taken out."""
        try:
            bare = self._render([_plain("user", "\ue000u\ue001")])
            given = self._render([_plain("system", "\ue000s\ue001"), _plain("user", "\ue000u\ue001")])
        except EngineError:
            return False
        before_mark, _, after_mark = given.partition("\ue000s\ue001")
        return bare.startswith(before_mark) and bare.endswith(after_mark) and len(before_mark) > 0


def _plain(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _fold_system(messages: Sequence[Message]) -> list[Message]:
    """The system message, where there is one, goes before the first user message's words."""
    if not messages or messages[0].role != "system":
        return list(messages)
    system, *rest = messages
    if not rest or rest[0].role != "user":
        return [Message("user", system.content), *rest]
    return [Message("user", f"{system.content}\n\n{rest[0].content}"), *rest[1:]]


def _cut(rendered: str, contents: dict[str, Message]) -> list[Piece]:
    pieces: list[Piece] = []
    most = _REPEATS * sum(len(message.content) for message in contents.values()) + _REPEATED_ANYWAY
    for index, text in enumerate(_MARK.split(rendered)):
        message = contents.get(text) if index % 2 else None
        if message is not None:
            most -= len(message.content)
            pieces.append(Piece(message.content, message.role))
        elif text:
            pieces.append(Piece(text))
    if most < 0:
        raise EngineError("The model's chat template repeats what was said over and over", "try another GGUF of it")
    return pieces
