"""The sink that is the model: what is said must be read as text, never as the marks of the model's own template."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.attacks.hostile import CLASSES
from tests.attacks.sinks.case import Sink, refused
from warmchat.domain.conversation import Message
from warmchat.engine.llama.template import ChatTemplate
from warmchat.engine.llama.vocabulary import ChatVocabulary
from warmchat.shipped import starter_model

# Templates without anything between the marks and what is said, and one that says everything twice.
TEMPLATES = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}</{{ m.role }}>{% endfor %}{{ '<assistant>' }}",
    "{% for m in messages %}{{ m.content | trim }}{{ eos_token }}{% endfor %}",
    "{% for m in messages %}[INST]{{ m['content'] }}[/INST]{{ m['content'] }}{% endfor %}",
    "",
)


@cache
def _vocabulary() -> ChatVocabulary:
    model = starter_model()
    assert model is not None, "install the extra 'starter'"
    return ChatVocabulary(model)


@cache
def special_ids() -> frozenset[int]:
    """The starter's ids that no text may become."""
    model = _vocabulary()._model
    found = set()
    for text in CLASSES["tokens"]:
        for piece in (text, *text.split("\n")):
            whole = model.tokenise(piece, special=True)
            if whole != model.tokenise(piece, special=False):
                found |= set(whole) - set(model.tokenise(piece, special=False))
    return frozenset(found | {model.bos, model.eos})


def talks(text: str) -> Iterator[tuple[tuple[Message, ...], str]]:
    """Conversations in which one part after the other is the text."""
    yield (Message("user", text),), "Yes."
    yield (Message("system", text), Message("user", "Hi")), "Yes."
    yield (Message("user", "Hi"), Message("assistant", text), Message("user", text)), "Yes."
    yield (Message("user", "Hi"),), text
    half = len(text) // 2
    yield (Message("system", text[:half]), Message("user", text[half:])), text[half:]


def to_the_starter(text: str, folder: Path) -> None:
    """As many of the model's own marks as with plain words, at the same places of the conversation."""
    vocabulary, special = _vocabulary(), special_ids()
    for (messages, reply), (plain, answer) in zip(talks(text), talks("word word"), strict=True):
        found = [token for token in vocabulary.exchange(messages, reply).ids if token in special]
        assert found == [token for token in vocabulary.exchange(plain, answer).ids if token in special]


def to_templates(text: str, folder: Path) -> None:
    """What is said comes out of a template as it went in, as content, and the template's own words are the same."""
    for source in TEMPLATES:
        template = ChatTemplate(source, bos="<s>", eos="</s>")
        for (messages, _), (plain, _) in zip(talks(text), talks("word word"), strict=True):
            pieces = template.pieces(messages)
            own = [piece.text for piece in pieces if not piece.is_content]
            assert own == [piece.text for piece in template.pieces(plain) if not piece.is_content]
            said = "".join(piece.text for piece in pieces if piece.is_content)
            assert all(message.content in said for message in messages)


def as_a_template(text: str, folder: Path) -> None:
    """The text as the template of a GGUF: it is used or refused in words, in bounded time."""

    def use() -> None:
        template = ChatTemplate(text, bos="<s>", eos="</s>")
        template.pieces([Message("user", "Hi"), Message("assistant", "Hello"), Message("user", "Bye")])

    said = refused(use)
    assert len(said) < 1_000


SINKS = (
    Sink("starter's tokens", to_the_starter),
    Sink("templates", to_templates),
    Sink("as a template", as_a_template),
)
