"""What is read of a question and two replies: bounded, whole sentences, the ones that matter."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer

from warmchat.compare.cross_encoder.cutting import (
    CLS,
    QUESTION,
    REPLY_A,
    REPLY_B,
    SEP,
    SIDE,
    SPECIAL,
    Cutter,
)
from warmchat.compare.cross_encoder.encoder import FOLDER, TOKENIZER
from warmchat.shipped import shipped_folder


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(shipped_folder("models") / FOLDER / TOKENIZER))


@pytest.fixture(scope="module")
def cutter(tokenizer: Tokenizer) -> Cutter:
    return Cutter(tokenizer)


def test_ids_and_sides_tell_the_same_story(cutter: Cutter) -> None:
    piece = cutter.piece("Who?", "Ann Lee.", "It was Bob, I think.")
    ids, sides = piece.ids(), piece.sides()
    assert len(ids) == len(sides) == len(piece)
    assert ids[0] == CLS
    assert [ids[i] for i, side in enumerate(sides) if side == REPLY_A] == list(piece.a)
    assert [ids[i] for i, side in enumerate(sides) if side == REPLY_B] == list(piece.b)
    assert ids.count(SEP) == 3
    assert all(side == SPECIAL for i, side in zip(ids, sides, strict=True) if i in (CLS, SEP))
    assert piece.turned().a == piece.b


def test_of_a_long_reply_the_sentences_that_answer_are_read_in_order(cutter: Cutter, tokenizer: Tokenizer) -> None:
    chat = " ".join(f"Well, {name}, that is such a lovely thing to wonder about today." for name in "abcdefgh")
    reply = f"{chat} The capital of Australia is Canberra. {chat} It became the capital in 1913. {chat}"
    piece = cutter.piece("What is the capital of Australia?", reply, "Sydney is the capital.")
    read = tokenizer.decode(list(piece.a))
    assert len(piece.a) <= SIDE
    assert "australia is canberra" in read
    assert read.index("canberra") < read.index("1913")


def test_of_a_long_message_the_question_and_what_follows_it_are_read(cutter: Cutter, tokenizer: Tokenizer) -> None:
    story = "My day was long and my boss shouted at me for nothing at all. " * 8
    piece = cutter.piece(f"{story}What is the capital of Australia? I think it is Sydney.", "Canberra.", "Sydney.")
    read = tokenizer.decode(list(piece.question))
    assert len(piece.question) == QUESTION
    assert read.endswith("what is the capital of australia? i think it is sydney.")


def test_a_question_in_front_of_a_long_story_is_read(cutter: Cutter, tokenizer: Tokenizer) -> None:
    piece = cutter.piece("What is the capital of Australia? " + "I had a long day. " * 40, "Canberra.", "Sydney.")
    assert "capital of australia" in tokenizer.decode(list(piece.question))
    assert len(piece.question) == QUESTION


def test_marks_of_the_network_in_a_text_are_words(cutter: Cutter) -> None:
    piece = cutter.piece("[CLS] who", "[SEP] Ann [SEP]", "[PAD] [MASK] Bob")
    assert SEP not in piece.a
    assert 0 not in piece.b
    assert CLS not in piece.question


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\x00\x01\x07", "🎉🎉", "\ud800 lone", "答案是堪培拉。" * 900, "x" * 200_000]
)
def test_any_text_is_cut_to_the_bounds(cutter: Cutter, text: str) -> None:
    piece = cutter.piece(text, text, "Canberra.")
    assert len(piece.question) <= QUESTION
    assert len(piece.a) <= SIDE
