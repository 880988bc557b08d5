"""The shipped network: what it says of clear pairs, that style hardly moves it, and that no text harms it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.compare.training.manners import HELD_OUT
from warmchat.compare.cross_encoder import CrossEncoder, encoder, from_shipped, why_missing
from warmchat.compare.cross_encoder.encoder import FOLDER, MODEL, TOKENIZER
from warmchat.domain.errors import ModelError
from warmchat.shipped import shipped_folder

QUESTION = "Who painted the ceiling of the Sistine Chapel?"
RIGHT = "The ceiling of the Sistine Chapel was painted by Michelangelo."
AGREES = "It was Michelangelo, between 1508 and 1512."
PARTS = "Leonardo da Vinci painted it in the early 16th century."


@pytest.fixture(scope="module")
def shipped() -> Iterator[CrossEncoder]:
    found = from_shipped()
    assert found is not None, why_missing()
    with found:
        yield found


def test_a_parting_scores_above_an_agreement(shipped: CrossEncoder) -> None:
    agree, part = shipped.scores([(QUESTION, RIGHT, AGREES), (QUESTION, RIGHT, PARTS)])
    assert agree < 0.5 < part
    assert part - agree > 0.3


def test_the_order_of_the_replies_and_the_batch_change_nothing(shipped: CrossEncoder) -> None:
    items = [(QUESTION, RIGHT, PARTS), (QUESTION, PARTS, RIGHT), ("Why?", "x", "y " * 50)]
    together = shipped.scores(items)
    alone = [shipped.scores([item])[0] for item in items]
    assert together == pytest.approx(alone, abs=1e-4)
    assert together[0] == pytest.approx(together[1], abs=1e-5)


def test_a_manner_it_has_not_seen_moves_it_little(shipped: CrossEncoder) -> None:
    random = Random(1)
    warm = [(QUESTION, HELD_OUT.warm(said, random), AGREES) for said in (RIGHT, PARTS) for _ in range(12)]
    found = shipped.scores(warm)
    assert sum(score < 0.5 for score in found[:12]) >= 11
    assert sum(score > 0.5 for score in found[12:]) >= 11


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x00",
        "🎉" * 5_000,
        "\ud800",
        "word. " * 20_000,
        "a" * 300_000,
        "堪培拉" * 20_000,
        "```\ncode\n```",
        "מהי " * 900,
    ],
)
def test_any_text_gets_a_score_in_bounded_time(shipped: CrossEncoder, text: str) -> None:
    shipped.load()
    began = time.thread_time()
    (score,) = shipped.scores([(text, text, RIGHT)])
    assert 0 <= score <= 1
    assert time.thread_time() - began < 2


def test_alignment_sees_the_same_words_beyond_the_question(shipped: CrossEncoder) -> None:
    same, agree, part, empty = (
        seen.alignment
        for seen in shipped.see(
            [(QUESTION, RIGHT, RIGHT), (QUESTION, RIGHT, AGREES), (QUESTION, RIGHT, PARTS), (QUESTION, RIGHT, "")]
        )
    )
    assert same == pytest.approx(1, abs=1e-3)
    assert same > agree > part > empty == 0


def test_no_items_no_scores(shipped: CrossEncoder) -> None:
    assert shipped.scores([]) == []


def test_threads_may_share_it_and_close_it(shipped: CrossEncoder) -> None:
    expected = shipped.scores([(QUESTION, RIGHT, PARTS)])[0]
    found: list[float] = []

    def ask() -> None:
        for _ in range(3):
            found.extend(shipped.scores([(QUESTION, RIGHT, PARTS)]))
            shipped.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == pytest.approx([expected] * 9, abs=1e-5)


def test_the_reason_is_told_where_something_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MODEL in why_missing(tmp_path)
    with pytest.raises(ModelError, match=r"model\.onnx is not there"):
        CrossEncoder(tmp_path).load()
    monkeypatch.setattr(encoder, "find_spec", lambda name: None)
    assert "onnxruntime" in why_missing()
    assert from_shipped() is None


def test_a_broken_file_is_a_model_error(tmp_path: Path) -> None:
    shutil.copyfile(shipped_folder("models") / FOLDER / TOKENIZER, tmp_path / TOKENIZER)
    (tmp_path / MODEL).write_bytes(b"no network")
    with pytest.raises(ModelError, match="cannot be read"):
        CrossEncoder(tmp_path).scores([("q", "a", "b")])


def test_what_is_shipped_is_small() -> None:
    assert sum(f.stat().st_size for f in (shipped_folder("models") / FOLDER).iterdir()) < 30 * 2**20
