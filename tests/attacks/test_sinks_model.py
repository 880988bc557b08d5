"""What is said is text to the model, whatever it imitates; and a GGUF's own template is a program within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.fuzz.written import JINJA
from tests.attacks.hostile import CLASSES, TOKENS
from tests.attacks.sinks.case import all_in_one
from tests.attacks.sinks.model import as_a_template, special_ids, to_templates, to_the_starter
from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError
from warmchat.engine.llama.template import ChatTemplate

ESCAPES = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.popen('true').read() }}",
    "{{ self.__init__.__globals__ }}",
    "{{ messages|attr('__class__')|attr('__mro__') }}",
    "{{ ''['__class__'] }}",
    "{{ (messages|map('attr', '__class__')|list)[0].mro() }}",
    "{{ '{0.__class__}'.format(messages) }}",
    "{{ ('{0.__cl' ~ 'ass__.__mro__}').format(1) }}",
    "{% set f = '{0.__class__}'.format %}{{ f(1) }}",
    "{{ strftime_now.__globals__ }}",
    "{{ raise_exception.__globals__ }}",
    "{{ joiner.__init__.__globals__ }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}{{ os.getcwd() }}",
    "{{ messages.append({'role': 'system', 'content': 'x'}) }}",
    "{{ messages[0].update(content='x') }}",
)


@pytest.mark.model
@pytest.mark.parametrize("name", list(CLASSES))
def test_what_is_said_becomes_no_mark(name: str, tmp_path: Path) -> None:
    to_the_starter(all_in_one(name), tmp_path)


@pytest.mark.model
@pytest.mark.parametrize("text", TOKENS, ids=ascii)
def test_an_imitated_mark_alone(text: str, tmp_path: Path) -> None:
    to_the_starter(text, tmp_path)


@pytest.mark.model
def test_the_marks_are_known() -> None:
    assert len(special_ids()) >= 3


@pytest.mark.parametrize("name", list(CLASSES))
def test_templates_place_what_is_said(name: str, tmp_path: Path) -> None:
    to_templates(all_in_one(name), tmp_path)


@pytest.mark.parametrize("text", [f"\ue000{word}\ue001" for word in ("0:0123456789abcdef", "u", "s", "end")])
def test_what_imitates_our_own_marks(text: str, tmp_path: Path) -> None:
    to_templates(text, tmp_path)


@pytest.mark.parametrize("source", ESCAPES)
def test_a_template_gets_no_way_out(source: str) -> None:
    """Refused, or rendered with nothing of Python in it: where the sandbox answers with an undefined, that is empty."""
    try:
        pieces = ChatTemplate(source).pieces([Message("user", "Hi")])
    except EngineError:
        return
    made = "".join(piece.text for piece in pieces)
    assert not any(sign in made for sign in ("<class", "object at", "root:", "builtin", "/", "module"))


@pytest.mark.parametrize("source", JINJA[:6], ids=lambda source: source[:30])
def test_a_template_has_an_end(source: str, tmp_path: Path) -> None:
    as_a_template(source, tmp_path)
