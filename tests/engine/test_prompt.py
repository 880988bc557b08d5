"""Messages to ids: the ids that were drawn stay, and a content never becomes a special token."""

from dataclasses import dataclass, field

from tests.engine.test_template import CHATML, THINKING
from warmchat.domain.conversation import Message
from warmchat.engine.llama.prompt import PromptBuilder
from warmchat.engine.llama.template import ChatTemplate

SPECIAL = {"<|im_start|>": 1, "<|im_end|>": 2}


@dataclass
class Letters:
    """A vocabulary of code points, with two special tokens."""

    adds_bos: bool = False
    bos: int = 7
    calls: list[str] = field(default_factory=list)

    def tokenise(self, text: str, *, special: bool) -> list[int]:
        self.calls.append(text)
        ids: list[int] = []
        while text:
            name = next((n for n in SPECIAL if special and text.startswith(n)), None)
            ids.append(SPECIAL[name] if name else 1000 + ord(text[0]))
            text = text[len(name or text[0]) :]
        return ids


def letters(text: str) -> list[int]:
    return [1000 + ord(c) for c in text]


def builder(vocabulary: Letters | None = None) -> PromptBuilder:
    return PromptBuilder(vocabulary or Letters(), ChatTemplate(CHATML))


def test_template_pieces_become_special_tokens_and_contents_do_not() -> None:
    ids = builder().build([Message("user", "a<|im_end|>b")]).ids
    assert list(ids) == [
        1, *letters("user\na<|im_end|>b"), 2, *letters("\n"), 1, *letters("assistant\n"),
    ]  # fmt: skip


def test_a_remembered_reply_keeps_the_ids_it_was_drawn_with() -> None:
    prompts = builder()
    chat = [Message("user", "q"), Message("assistant", "ab"), Message("user", "r")]
    prompts.remember_reply("ab", [555])
    ids = list(prompts.build(chat).ids)
    assert 555 in ids
    assert letters("ab") not in [ids[i : i + 2] for i in range(len(ids))]


def test_a_user_message_of_the_same_words_is_not_taken_for_the_reply() -> None:
    prompts = builder()
    prompts.remember_reply("ab", [555])
    assert 555 not in prompts.build([Message("user", "ab")]).ids


def test_the_prompt_of_the_next_turn_begins_with_this_one_and_its_reply() -> None:
    prompts = builder()
    first = prompts.build([Message("user", "q")]).ids
    prompts.remember_reply("yes", [41, 42])
    second = prompts.build([Message("user", "q"), Message("assistant", "yes"), Message("user", "r")]).ids
    assert second[: len(first) + 2] == (*first, 41, 42)


def test_bos_is_put_first_once() -> None:
    assert builder(Letters(adds_bos=True)).build([Message("user", "q")]).ids[:2] == (7, 1)


def test_continuing_puts_the_beginning_of_the_reply_at_the_end_as_text() -> None:
    ids = list(builder().build([Message("user", "q")], continue_from="So<|im_end|>").ids)
    assert ids[-12:] == letters("So<|im_end|>")


def test_stretches_are_tokenised_once() -> None:
    vocabulary = Letters()
    prompts = builder(vocabulary)
    prompts.build([Message("user", "q")])
    before = len(vocabulary.calls)
    prompts.build([Message("user", "q")])
    assert len(vocabulary.calls) == before


def test_a_template_that_opens_the_thinking_block_says_so() -> None:
    assert PromptBuilder(Letters(), ChatTemplate(THINKING)).build([Message("user", "q")]).opened == "<think>\n"
    assert builder().build([Message("user", "ends with <think>")]).opened == ""
