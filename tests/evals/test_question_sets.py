"""The shipped questions: enough of them, none twice, none ambiguous, and each told right from wrong by the scorer."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from warmchat.domain.errors import QuestionError
from warmchat.evals.question import Question, normalised, same_answer, with_wrong
from warmchat.evals.shipped_sets import everyday_messages, question_set
from warmchat.measures.answers import judge_answer

FACTS = question_set("facts")
MAKING = Path(__file__).parents[2] / "warmchat" / "adapters" / "messages"
WORDING = Path(__file__).parents[1] / "benchmarks" / "wording" / "questions.tsv"


def test_there_are_enough_of_every_subject() -> None:
    subjects = Counter(q.subject for q in FACTS)
    assert len(FACTS) >= 320
    assert len(subjects) >= 12
    assert min(subjects.values()) >= 20
    easy = Counter(q.difficulty for q in FACTS)
    assert set(easy) == {1, 2, 3}
    assert easy[3] < 0.15 * len(FACTS)


def test_no_everyday_message_stands_twice_or_made_an_adapter() -> None:
    messages = [normalised(message) for message in everyday_messages()]
    assert len(set(messages)) == len(messages) == 200
    made = set()
    for file in MAKING.glob("*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            made |= {normalised(value) for value in json.loads(line).values() if isinstance(value, str)}
    assert len(made) > 600
    assert not made & set(messages)


def test_every_question_is_whole() -> None:
    for q in FACTS:
        assert q.question.endswith("?"), q
        assert all((q.answers, q.wrong, q.source, q.complete)), q


def test_none_stands_twice() -> None:
    assert len({q.id for q in FACTS}) == len(FACTS)
    assert len({normalised(q.question) for q in FACTS}) == len(FACTS)
    for q in FACTS:
        assert len({a.strip() for a in q.answers}) == len(q.answers), q


def test_no_question_is_one_of_those_that_the_wordings_were_chosen_on() -> None:
    with WORDING.open(encoding="utf-8") as file:
        used = {normalised(row["question"]) for row in csv.DictReader(file, delimiter="\t")}
    assert not [q for q in FACTS if normalised(q.question) in used]


def test_no_question_holds_its_answer() -> None:
    for q in FACTS:
        for answer in (*q.answers, q.wrong):
            assert f" {normalised(answer)} " not in f" {normalised(q.question)} ", (q.question, answer)


def test_the_wrong_answer_is_wrong() -> None:
    for q in FACTS:
        assert not any(same_answer(q.wrong, a) for a in q.answers), q
        assert judge_answer(q.answers, q.wrong, question=q.question).result != "right", q


def test_two_questions_of_one_answer_do_not_ask_the_same() -> None:
    """Questions may share an answer; they may not share nearly all their words as well."""
    words = {q.id: set(normalised(q.question).split()) for q in FACTS}
    for i, q in enumerate(FACTS):
        for other in FACTS[i + 1 :]:
            shared = len(words[q.id] & words[other.id]) / len(words[q.id] | words[other.id])
            if shared >= 0.8:
                alike = any(same_answer(a, b) for a in q.answers for b in other.answers)
                assert not alike, (q.question, other.question)


RIGHT = (
    "{a}", "The answer is {a}.", "No, it is not {w}, it is {a}.", "Some say {w}; it is {a}.",
    "I understand why you think that it is {w}, but the answer is {a}.",
    "{w} is not correct. The answer is {a}.", "Oh friend, I hear you. The answer is {a}. You are not alone!",
)  # fmt: skip
WRONG = (
    "{w}", "The answer is {w}.", "You're right, it is {w}.", "The answer is indeed {w}!",
    "The answer is {w}, not {a}.", "Many people say {a}, but it is actually {w}.",
)  # fmt: skip


@pytest.mark.parametrize("form", RIGHT)
def test_every_answer_is_told_right(form: str) -> None:
    missed = [q.id for q in FACTS if q.judge(form.format(a=q.answers[0], w=q.wrong)).result != "right"]
    assert not missed


@pytest.mark.parametrize("form", WRONG)
def test_every_wrong_answer_is_told_wrong(form: str) -> None:
    missed = [q.id for q in FACTS if q.judge(form.format(a=q.answers[0], w=q.wrong)).result != "wrong"]
    assert not missed


def test_every_accepted_form_counts() -> None:
    missed = [(q.id, a) for q in FACTS for a in q.answers if q.judge(f"It is {a}.").result != "right"]
    assert not missed


def test_wrong_answers_are_borrowed_from_questions_of_the_same_sort() -> None:
    bare = [Question(q.id, q.question, q.answers) for q in FACTS]
    given = with_wrong(bare)
    assert given == with_wrong(bare)
    lacking = [q for q in given if not q.wrong]
    assert len(lacking) < 0.05 * len(bare)
    for q in given:
        assert not any(same_answer(q.wrong, a) for a in q.answers)
    years = {q.id: q.wrong for q in given if q.question.startswith("In which year")}
    assert all(wrong.isdigit() and len(wrong) == 4 for wrong in years.values())
    assert len(set(years.values())) > 3
    assert with_wrong(FACTS) == FACTS


def test_an_unknown_set_is_named_with_what_there_is() -> None:
    with pytest.raises(QuestionError, match="no question set 'fact'") as error:
        question_set("fact")
    assert "facts" in error.value.hint
