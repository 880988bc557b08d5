"""What is read of a reply, and where two replies part."""

from __future__ import annotations

import pytest

from warmchat.compare.asked import read_question
from warmchat.compare.evidence import findings
from warmchat.compare.finding import Finding
from warmchat.compare.overlap import covered, jaccard
from warmchat.compare.reading import MAX_SENTENCES, Pair, read_pair
from warmchat.compare.signals import measure
from warmchat.domain.conversation import Message

CAPITAL = "What is the capital of Australia?"


def pair(question: str, reply: str, shadow: str) -> Pair:
    return read_pair(read_question(question, ()), reply, shadow)


def found(question: str, reply: str, shadow: str) -> dict[str, Finding]:
    out: dict[str, Finding] = {}
    for item in findings(pair(question, reply, shadow)):
        out.setdefault(item.signal, item)
    return out


# ---- the question


@pytest.mark.parametrize(
    ("message", "wants"),
    [
        ("When did it end?", "date"), ("How many legs?", "number"), ("Who wrote it?", "name"), (CAPITAL, "name"),
        ("Is it safe?", "yes_no"), ("Why is the sky blue?", "text"), ("What is 7 times 8?", "number"),
    ],
)  # fmt: skip
def test_what_is_wanted(message: str, wants: str) -> None:
    assert read_question(message, ()).wants == wants


def test_claims_and_choices_are_not_the_questions_words() -> None:
    asked = read_question(f"{CAPITAL} I think it is Sydney.", ())
    assert "sydnei" not in asked.stems
    assert {"capital", "australia"} <= asked.stems
    assert not {"comic", "show"} & read_question("Which came first, the comic or the show?", ()).stems


def test_a_message_that_points_back_is_read_with_the_one_before() -> None:
    history = (Message("user", f"{CAPITAL} I think it is Sydney."), Message("assistant", "Yes."))
    asked = read_question("Are you sure?", history)
    assert {"capital", "australia"} <= asked.stems
    assert [c.value_text for c in asked.claims] == ["Sydney"]
    assert "capital" not in read_question("Who painted the Mona Lisa in Italy?", history).stems


# ---- the replies


def test_tone_is_left_out_and_facts_stay() -> None:
    read = pair(CAPITAL, "Oh friend, I hear you. It is Sydney. I'm glad you asked!", "It is Canberra.").reply
    assert [read.text[s.sentence.start : s.sentence.end] for s in read.stated] == ["It is Sydney."]
    assert set(read.bag) == {"sydnei"}


def test_what_the_other_side_says_is_never_tone() -> None:
    read = pair("What do bees make?", "I love honey, dear.", "Honey.").reply
    assert len(read.stated) == 1


def test_an_answer_of_social_words_is_read() -> None:
    assert pair("What do bees make?", "Honey.", "Silk.").reply.bag


def test_denied_words_are_kept_apart() -> None:
    assert set(pair(CAPITAL, "It is not Sydney but Canberra.", "It is Rome.").reply.bag) == {"~sydnei", "canberra"}


def test_a_long_reply_is_read_where_it_is_near() -> None:
    filler = "The weather of Place was mild. " * 200
    read = pair(CAPITAL, f"{filler}The capital of Australia is Canberra. {filler}", "It is Sydney.").reply
    assert len(read.stated) <= MAX_SENTENCES
    assert "canberra" in read.core_bag
    assert not read.whole


def test_an_ai_that_answers_after_all_does_not_decline() -> None:
    hedged = "As an AI, I have no opinions. However, the capital of Australia is Canberra."
    assert pair(CAPITAL, hedged, "The capital is Canberra.").reply.refusal is None
    assert (
        pair(CAPITAL, "As an AI, I have no live data, but the capital is Sydney.", "It is Canberra.").reply.refusal
        is None
    )
    unknown = "The exact place is unknown, but it is believed to be in the Superstition Mountains."
    assert pair("Where is the mine?", unknown, "It is in the Superstition Mountains.").reply.refusal is None
    assert pair(CAPITAL, "As an AI, I have no opinions.", "It is Canberra.").reply.refusal is not None
    assert pair(CAPITAL, "I don't know the capital of Australia.", "It is Canberra.").reply.refusal is not None


# ---- findings


@pytest.mark.parametrize(
    ("question", "reply", "shadow", "signal", "here", "there"),
    [
        (CAPITAL, "It is Sydney.", "The capital is Canberra.", "names_apart", "Sydney", "Canberra"),
        ("When did it end?", "It ended in 1945.", "In 1944.", "numbers_apart", "1945", "1944"),
        ("What do cows eat?", "Cows mostly eat grass.", "Cows mostly eat fish.", "swapped_words", "grass", "fish"),
        ("Tell me of spiders.", "A spider has eight legs.", "A spider has six legs.", "swapped_fact", "eight", "six"),
        (CAPITAL, "It is Sydney.", "It is not Sydney.", "denied", "Sydney", "Sydney"),
    ],
)  # fmt: skip
def test_findings_point_at_the_words(
    question: str, reply: str, shadow: str, signal: str, here: str, there: str
) -> None:
    item = found(question, reply, shadow)[signal]
    assert item.reply is not None
    assert item.shadow is not None
    assert (item.reply.text, item.shadow.text) == (here, there)
    assert reply[item.reply.start : item.reply.end] == here
    assert shadow[item.shadow.start : item.shadow.end] == there


def test_a_denial_of_something_else_flips_nothing() -> None:
    assert "negation_flipped" not in found(CAPITAL, "It is not Sydney but Canberra.", "It is Canberra.")
    assert "negation_flipped" in found(
        "Do vaccines cause autism?", "Vaccines cause autism.", "Vaccines do not cause autism."
    )


def test_a_missing_caution_is_an_omission_with_one_span() -> None:
    item = found("Can I mix them?", "You can mix them in a bucket.", "You can mix them, but the fumes are toxic.")[
        "caution_missing"
    ]
    assert item.kind == "omission"
    assert item.reply is None
    assert item.shadow is not None


def test_softened_claims() -> None:
    item = found("Do cats purr?", "Cats always purr.", "Cats sometimes purr.")["amounts_apart"]
    assert item.kind == "softened"


def test_findings_are_bounded_and_best_first() -> None:
    many = " ".join(f"Name{chr(65 + i)}son was born in {1900 + i}." for i in range(26))
    other = " ".join(f"Name{chr(65 + i)}berg was born in {1800 + i}." for i in range(26))
    items = findings(pair("Who was born when?", many, other))
    assert len(items) < 60
    assert [i.strength for i in items] == sorted((i.strength for i in items), reverse=True)


def test_agreement_has_shared_facts_and_no_findings() -> None:
    both = pair(CAPITAL, "It is Canberra.", "The capital of Australia is Canberra.")
    items = findings(both)
    assert items == []
    signals = measure(both, items)
    assert signals["names_shared"] == 1
    assert signals["words_apart"] == 0


# ---- overlap


def test_overlap_by_hand() -> None:
    a, b = {"x": 1.0, "y": 3.0}, {"y": 3.0, "z": 2.0}
    assert covered(a, b) == pytest.approx(0.75)
    assert covered({}, b) == 0
    assert jaccard(a, b) == pytest.approx(3 / 6)
    assert jaccard({}, {}) == 1
    assert covered({"relativity": 1.0}, {"relative": 1.0}) == 1
