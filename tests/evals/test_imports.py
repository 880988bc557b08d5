"""Question files from elsewhere: every known format, and every mistake named by its line with nothing imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from warmchat.domain.errors import QuestionError
from warmchat.evals.imports import read_questions
from warmchat.evals.shipped_sets import question_set

TRUTHFULQA = Path(__file__).parents[3] / "shared" / "data" / "truthfulqa.csv"


def written(folder: Path, name: str, content: str | bytes | list[Any]) -> Path:
    file = folder / name
    if isinstance(content, list):
        content = "\n".join(json.dumps(row) for row in content)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def row(**other: Any) -> dict[str, Any]:
    return {"question": "What is the capital of France?", "answers": ["Paris"], "wrong": "Lyon", **other}


def refused(file: Path) -> QuestionError:
    with pytest.raises(QuestionError) as error:
        read_questions(file)
    assert error.value.hint
    return error.value


def test_jsonl(tmp_path: Path) -> None:
    given = [
        row(id="a", subject="cities", difficulty=2, source="atlas"),
        {},
        row(question="Who wrote Emma?", answers="Austen; Jane Austen", wrong=["Eliot", "Burney"]),
    ]
    one, two = read_questions(written(tmp_path, "set.jsonl", "\n\n".join(json.dumps(r) for r in given if r)))
    assert (one.id, one.question, one.answers, one.wrong) == ("a", "What is the capital of France?", ("Paris",), "Lyon")
    assert (one.subject, one.difficulty, one.source, one.complete) == ("cities", 2, "atlas", False)
    assert (two.id, two.answers, two.wrong, two.also_wrong) == (
        "set-3",
        ("Austen", "Jane Austen"),
        "Eliot",
        ("Burney",),
    )


def test_csv_with_quotes_and_lines_within_a_field(tmp_path: Path) -> None:
    text = (
        'Question,Answers,Wrong,Subject\r\n"What is ""H2O"",\nin a word?",water|Water ice,wine,chemistry\r\n\r\n'
        "Who?,me,you,\r\n"
    )
    one, two = read_questions(written(tmp_path, "set.csv", text))
    assert one.question == 'What is "H2O",\nin a word?'
    assert one.answers == ("water", "Water ice")
    assert (two.question, two.wrong, two.id) == ("Who?", "you", "set-5")


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_of_another_delimiter(tmp_path: Path, delimiter: str) -> None:
    text = "\n".join(delimiter.join(cells) for cells in (("question", "answers", "wrong"), ("Who?", "me|I", "you")))
    (one,) = read_questions(written(tmp_path, "set.csv", text))
    assert (one.answers, one.wrong) == (("me", "I"), "you")


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    (one,) = read_questions(written(tmp_path, "set.csv", b"\xef\xbb\xbfquestion,answers,wrong\nWho?,me,you\n"))
    assert one.question == "Who?"


def test_truthfulqa(tmp_path: Path) -> None:
    text = (
        "Type,Category,Question,Best Answer,Best Incorrect Answer,Correct Answers,Incorrect Answers,Source\n"
        "Adversarial,Health,What heals a cold?,Nothing heals it,Vitamin C heals it,"
        "Nothing heals it; Time,Garlic heals it; Vitamin C heals it,https://example.org\n"
    )
    (one,) = read_questions(written(tmp_path, "t.csv", text))
    assert one.answers == ("Nothing heals it", "Time")
    assert (one.wrong, one.also_wrong) == ("Vitamin C heals it", ("Garlic heals it",))
    assert (one.subject, one.source) == ("Health", "https://example.org")
    both = read_questions(written(tmp_path, "v.csv", text.replace("Garlic heals it;", "time; Garlic heals it;")))[0]
    assert both.also_wrong == one.also_wrong, "a word that its list calls correct, too"
    older = text.replace("Best Incorrect Answer,", "").replace("Vitamin C heals it,Nothing", "Nothing")
    assert read_questions(written(tmp_path, "u.csv", older))[0].wrong == "Garlic heals it"


def test_triviaqa_as_its_own_files_and_as_hugging_face_give_it(tmp_path: Path) -> None:
    own = {
        "Data": [
            {
                "Question": "Who?",
                "QuestionId": "tc_1",
                "QuestionSource": "http://q",
                "Answer": {"Value": "Me", "Aliases": ["Me", "Myself"]},
            }
        ]
    }
    (one,) = read_questions(written(tmp_path, "web.json", json.dumps(own)))
    assert (one.id, one.question, one.answers, one.wrong) == ("tc_1", "Who?", ("Me", "Myself"), "")
    theirs = [{"question": "Who?", "question_id": "tc_1", "answer": {"value": "Me", "aliases": ["Myself"]}}]
    for name, content in (("hf.json", json.dumps(theirs)), ("hf.jsonl", theirs)):
        assert read_questions(written(tmp_path, name, content))[0].answers == ("Me", "Myself")
    hidden = {"Data": [{"Question": "Who?", "QuestionId": "tc_2"}]}
    assert "entry 1 has no answer" in str(refused(written(tmp_path, "test.json", json.dumps(hidden))))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([row(), {"question": "Who?", "answers": ["me"]}], "line 2 has no 'wrong'"),
        ([row(), {"answers": ["me"], "wrong": "you"}], "line 2 has no 'question'"),
        ([row(), row(question="Who?", answers=[])], "line 2 has no 'answers'"),
        ([row(), row(question="what is the capital of france")], "line 2 asks the same as line 1"),
        ([row(id="a"), row(id="a", question="Who?")], "line 2 has the id 'a' of line 1"),
        ([row(wrong="paris.")], "line 1 has 'Paris' both as an accepted and as the wrong answer"),
        ([row(question="How many?", answers=["six"], wrong="6")], "line 1 has 'six' both"),
        ([row(difficulty=7)], "line 1 has a difficulty of '7'"),
        ([row(question=["Who?"])], "line 1 has no text under 'question'"),
        ([row(), "Who?"], "line 2 is no JSON object"),
        (b'{"question": \n', "line 1 is no JSON"),
        (b'{"question": "Wer?", "answers": ["ich"], "wrong": "du"}\n{"F\xfcr": ""}', "line 2 of bad.jsonl is not UTF"),
        ([row(), {"question": "Who?", "wrong": "you"}], "line 2 has no 'answers'"),
        ([row(), row(question="Who?", wrong=["you", "paris"])], "line 2 has 'Paris' both"),
        ([row(question="Who?" * 2_000)], "line 1 asks in 8,000 characters"),
        ('{"question": "Who?"}'.encode("utf-16"), "is in UTF-16"),
        ('{"question": "Who?"}'.encode("utf-32"), "is in UTF-32"),
        ('{"question": "Who?"}'.encode("utf-16-le"), "line 1 of bad.jsonl holds a zero byte"),
        (b"", "holds no question"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_and_nothing_imported(tmp_path: Path, given: list[Any] | bytes, said: str) -> None:
    assert said in str(refused(written(tmp_path, "bad.jsonl", given)))


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    error = refused(written(tmp_path, "bad.jsonl", [{"question": f"Who {i}?"} for i in range(9)]))
    assert "line 3" in error.message
    assert "line 4" not in error.message
    assert "6 more" in error.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "has no column 'question'"),
        ("", "has no column 'question'"),
        ('question,answers,wrong\n"Who\nis it?",me,you\nWho?,me\n', "line 4 has 2 fields where the first line has 3"),
        ('question,answers,wrong\nWho?,me,you\n"never closed,me,you\n', "line 3 is no CSV"),
        ("question,answers,wrong\nWho?,,you\n", "line 2 has no 'answers'"),
        ("question,Question,answers,wrong\nWho?,Whom?,me,you\n", "line 1 of bad.csv has two columns 'question'"),
    ],
)  # fmt: skip
def test_a_bad_csv_is_named(tmp_path: Path, text: str, said: str) -> None:
    assert said in str(refused(written(tmp_path, "bad.csv", text)))


def test_files_that_are_no_question_sets(tmp_path: Path) -> None:
    assert "none of the known kinds" in str(refused(written(tmp_path, "set.xlsx", b"PK")))
    assert "cannot be read" in str(refused(tmp_path / "absent.csv"))
    assert "cannot be read" in str(refused(tmp_path))
    assert "no list of questions" in str(refused(written(tmp_path, "set.json", "{}")))
    assert "is no JSON" in str(refused(written(tmp_path, "set.json", "[" * 100_000)))


def test_a_file_is_found_where_a_set_is_named(tmp_path: Path) -> None:
    assert len(question_set(str(written(tmp_path, "mine.jsonl", [row()])))) == 1


@pytest.mark.skipif(not TRUTHFULQA.exists(), reason="../shared/data/truthfulqa.csv is not on this machine")
def test_truthfulqa_as_it_is_published() -> None:
    questions = read_questions(TRUTHFULQA)
    assert len(questions) == 490
    assert all(q.wrong and q.subject for q in questions)
