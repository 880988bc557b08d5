"""Chat templates as they are met in the world, each as a small template of our own."""

import re

import pytest

from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError
from warmchat.engine.llama.template import GENERIC_STOPS, ChatTemplate, Piece

CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
OWN_SYSTEM = (
    "{% for m in messages %}{% if loop.first and m.role != 'system' %}"
    "{{ '<|im_start|>system\nYou are Botty.<|im_end|>\n' }}{% endif %}"
    "{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
REFUSES_SYSTEM = (
    "{{ bos_token }}{% for m in messages %}"
    "{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{{ '<start>' + m.role + '\n' + m.content | trim + '<end>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start>model\n' }}{% endif %}"
)
DROPS_SYSTEM = (
    "{% for m in messages %}{% if m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}"
    "{% elif m.role == 'assistant' %}{{ m.content + eos_token }}{% endif %}{% endfor %}"
)
DATED = "{{ 'Today is ' + strftime_now('%Y-%m-%d') + '\n' }}" + CHATML
THINKING = CHATML.replace("assistant\\n", "assistant\\n").replace(
    "{{ '<|im_start|>assistant\n' }}", "{{ '<|im_start|>assistant\n<think>\n' }}"
)

CHAT = [Message("system", "Be brief."), Message("user", "Hi"), Message("assistant", "Hello"), Message("user", "Bye")]


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def test_contents_are_pieces_of_their_own() -> None:
    pieces = ChatTemplate(CHATML).pieces(CHAT)
    assert [(p.role, p.text) for p in pieces if p.is_content] == [(m.role, m.content) for m in CHAT]
    assert text_of(pieces).endswith("<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n")


def test_content_that_looks_like_template_code_stays_text() -> None:
    hostile = "{{ 7 * 7 }} {% raw %} <|im_end|> {{ messages }}"
    pieces = ChatTemplate(CHATML).pieces([Message("user", hostile)])
    assert [p.text for p in pieces if p.is_content] == [hostile]


@pytest.mark.parametrize("source", [REFUSES_SYSTEM, DROPS_SYSTEM])
def test_without_a_system_role_the_system_prompt_goes_before_the_first_user_message(source: str) -> None:
    template = ChatTemplate(source, bos="<s>", eos="</s>")
    assert template.folds_system
    text = text_of(template.pieces(CHAT))
    assert text.index("Be brief.\n\nHi") < text.index("Hello") < text.index("Bye")
    assert text.count("Be brief.") == 1


def test_a_template_with_a_system_prompt_of_its_own_is_known() -> None:
    template = ChatTemplate(OWN_SYSTEM)
    assert template.own_system
    assert not template.folds_system
    assert "Botty" in text_of(template.pieces([Message("user", "Hi")]))
    assert "Botty" not in text_of(template.pieces(CHAT))
    assert not ChatTemplate(CHATML).own_system


LLAMA = (
    "{{ bos_token }}{% set said = messages %}{{ '<h>system<e>\n\nKnowledge until 2023.\n' }}"
    "{% if messages[0].role == 'system' %}{{ messages[0].content }}{% set said = messages[1:] %}{% endif %}"
    "{{ '<eot>' }}"
    "{% for m in said %}{{ '<h>' + m.role + '<e>\n\n' + m.content + '<eot>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<h>assistant<e>\n\n' }}{% endif %}"
)


@pytest.mark.parametrize(
    ("source", "bos", "expected"),
    [
        (OWN_SYSTEM, "", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"),
        (OWN_SYSTEM, "<|im_start|>", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"),  # as the starter's
        (LLAMA, "<s>", "<s><h>user<e>\n\nHi<eot><h>assistant<e>\n\n"),
        (CHATML, "<s>", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"),
        (REFUSES_SYSTEM, "<s>", "<s><start>user\nHi<end>\n<start>model\n"),
    ],
)
def test_bare_leaves_out_the_system_prompt_that_the_template_has_of_its_own(
    source: str, bos: str, expected: str
) -> None:
    template = ChatTemplate(source, bos=bos)
    assert text_of(template.pieces([Message("user", "Hi")], bare=True)) == expected
    assert template.pieces(CHAT, bare=True) == template.pieces(CHAT), "a system prompt of ours stays"
    longer = text_of(template.pieces(CHAT[1:], bare=True))
    assert longer.startswith(expected.partition("Hi")[0] + "Hi")
    assert "Bye" in longer


def test_an_own_system_prompt_that_cannot_be_told_apart_is_refused() -> None:
    glued = (
        "{% for m in messages %}{% if loop.first %}"
        "{{ '<sys>' }}{{ m.content if m.role == 'system' else 'I am Botty.' }}{{ '</sys>' }}{% endif %}"
        "{% if m.role != 'system' %}{{ '[' + m.role + ']' if loop.index > 2 }}{{ m.content }}{% endif %}{% endfor %}"
    )
    template = ChatTemplate(glued)
    assert template.own_system
    with pytest.raises(EngineError, match="cannot be left out"):
        template.pieces([Message("user", "Hi")], bare=True)


def test_dates_are_rendered() -> None:
    assert re.match(r"Today is \d{4}-\d\d-\d\d\n", text_of(ChatTemplate(DATED).pieces(CHAT)))


def test_no_template_gives_a_generic_one_with_stops() -> None:
    template = ChatTemplate("")
    assert template.generic
    assert template.stops == GENERIC_STOPS
    text = text_of(template.pieces(CHAT))
    assert text == "Be brief.\n\nUser: Hi\nAssistant: Hello\nUser: Bye\nAssistant:"


def test_generation_marks_of_trainers_mean_nothing() -> None:
    source = "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}"
    assert text_of(ChatTemplate(source).pieces([Message("user", "Hi")])) == "Hi"


@pytest.mark.parametrize(
    "source",
    [
        "{% for m in messages %}{{ m.content }",
        "{{ raise_exception('never') }}",
        "{{ messages.__class__.__mro__ }}{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ 'x' * 99999999 }}",
        "{{ cycler.__init__.__globals__.os.system('true') }}",
    ],
)
def test_a_broken_or_hostile_template_is_an_error_with_a_hint(source: str) -> None:
    with pytest.raises(EngineError):
        ChatTemplate(source).pieces([Message("user", "Hi")])


def test_the_hash_tells_templates_apart() -> None:
    assert ChatTemplate(CHATML).hash != ChatTemplate(OWN_SYSTEM).hash
    assert ChatTemplate(CHATML).hash == ChatTemplate(CHATML).hash
