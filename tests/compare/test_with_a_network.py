"""The detector beside a network that reads both replies: what it asks, how it weighs, what happens without it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmchat.compare.cross_encoder.encoder import Item, Seen
from warmchat.compare.detector import BatchDetector, Compared, detect_many
from warmchat.compare.signal_detector import SignalDetector
from warmchat.domain.conversation import Message
from warmchat.domain.errors import ModelError
from warmchat.domain.verdict import Verdict

QUESTION = "Why is the sky blue?"
HERE = "Air scatters short waves of light far more than long ones."
THERE = "Because the oceans are mirrored in the air above them."


class Reader:
    """Says the same of every pair, and keeps what it was asked."""

    name = "reader"

    def __init__(self, disagreement: float = 0.5, alignment: float = 0.5, *, broken: bool = False) -> None:
        self.seen = Seen(disagreement, alignment)
        self.broken = broken
        self.asked: list[Sequence[Item]] = []
        self.read_again: list[Sequence[Item]] = []

    def see(self, items: Sequence[Item], glanced: Sequence[Seen] = ()) -> list[Seen]:
        assert list(glanced) == [self.seen] * len(items)
        self.read_again.append(items)
        return [self.seen] * len(items)

    def glance(self, items: Sequence[Item]) -> list[Seen]:
        self.asked.append(items)
        if self.broken:
            raise ModelError("It cannot be read", "install it anew")
        return [self.seen] * len(items)


def judge(reader: Reader | None, reply: str = HERE, shadow: str = THERE, question: str = QUESTION) -> Verdict:
    return SignalDetector(reader).detect(question, (), reply, shadow)


def test_its_opinion_moves_the_score_and_shows_the_sentences() -> None:
    apart, alike = judge(Reader(0.99, 0.1)), judge(Reader(0.01, 0.9))
    assert apart.score is not None
    assert alike.score is not None
    assert apart.score > alike.score
    assert apart.label == "disagree"
    assert alike.label == "agree"
    shown = apart.evidence[0]
    assert shown.reply is not None
    assert shown.shadow is not None
    assert apart.detector == "signals/4+cross"
    assert {"cross", "tokens_apart"} <= apart.signals.keys()


def test_where_it_cannot_be_read_the_rules_judge_and_the_verdict_says_so() -> None:
    verdict = judge(Reader(0.99, broken=True))
    assert verdict.detector == "signals/4"
    assert verdict == judge(None)


def test_it_is_not_asked_of_other_languages_empty_and_equal_replies() -> None:
    reader = Reader(0.99)
    judge(reader, "Столица Австралии — Сидней.", "Столица Австралии — Канберра.")
    judge(reader, "", THERE)
    judge(reader, HERE, f"{HERE} 💛")
    assert reader.asked == []


def test_of_long_replies_it_reads_two_sentences() -> None:
    reader = Reader()
    filler = "People have looked at it for ages and painted it in many colours of their own. "
    long = f"Dear friend! {HERE} {filler * 9}"
    judge(reader, long, THERE)
    (item,) = reader.asked[0]
    assert HERE in item[1]
    assert len(item[1].split()) < 40


def test_both_orders_are_read_only_where_that_could_turn_the_label() -> None:
    sure = Reader(0.001)
    assert judge(sure).label == "agree"
    assert sure.read_again == []
    edge = next(d / 100 for d in range(1, 100) if judge(Reader(d / 100)).label == "unsure")
    near = Reader(edge)
    judge(near)
    assert near.read_again == near.asked


def test_code_and_list_marks_are_not_read_as_prose() -> None:
    reader = Reader()
    judge(reader, "It is **blue**:\n- air\n- light\n```py\nx = 1\n```", "It is blue.")
    assert reader.asked[0][0][1] == "It is blue:, air, light"


def test_many_pairs_are_read_in_batches_and_come_out_in_order() -> None:
    reader = Reader(0.9)
    detector = SignalDetector(reader)
    assert isinstance(detector, BatchDetector)
    pairs = [Compared(QUESTION, (), f"There are {n} reasons.", "There are 7 reasons.") for n in range(1, 41)]
    found = list(detect_many(detector, pairs))
    assert [v.label for v in found] == [detector.detect(p.question, (), p.reply, p.shadow).label for p in pairs]
    assert found[6].reason == "both say the same words"
    assert [len(items) for items in reader.asked[:2]] == [31, 8]


def test_a_detector_of_one_pair_at_a_time_will_do() -> None:
    class Single:
        name = "single"

        def detect(
            self, question: str, history: Sequence[Message], reply: str, shadow: str, *, scores: Sequence[float] = ()
        ) -> Verdict:
            return Verdict("agree", reply)

    pairs = [Compared(QUESTION, (), f"{n}", THERE) for n in range(3)]
    assert [v.reason for v in detect_many(Single(), pairs)] == ["0", "1", "2"]


@pytest.mark.parametrize("unit", [" ", "\n", "#", "*", "_", "- ", "7 km ", "\n- a", "1. ", "don't ", "you're so "])
def test_walls_of_one_thing_end(unit: str) -> None:
    wall = unit * (60_000 // len(unit))
    for reply, shadow in ((f"It is so. {wall}", THERE), (HERE, f"{wall} It is so."), (wall + "x", wall + "y")):
        assert judge(Reader(), reply, shadow).label in ("agree", "disagree", "unsure", "unjudged")


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=120), st.text(max_size=120), st.floats(0, 1), st.floats(0, 1.2))
def test_no_text_and_no_opinion_raises(reply: str, shadow: str, disagreement: float, alignment: float) -> None:
    verdict = judge(Reader(disagreement, alignment), reply, shadow)
    assert verdict.reason
    assert verdict.score is None or 0 <= verdict.score <= 1
    if verdict.label == "disagree":
        assert verdict.evidence
        assert verdict.kind is not None
    if verdict.label == "agree" and disagreement > 0.6:
        assert verdict.score == 0 or verdict.detector == "signals/4" or verdict.signals["cross"] > 0.5
