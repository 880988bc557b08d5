"""Counting a run, the front, the picture in characters, the words, the page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evals.examples import example_replies, example_report, example_run
from warmchat.evals import words
from warmchat.evals.page.pictures import by_condition, scatter
from warmchat.evals.page.write import eval_page
from warmchat.evals.pareto import axis, front, plot
from warmchat.evals.report import Report, report
from warmchat.ui.evals.text import report_content

FIGURE = st.floats(-1, 1, width=16)


@pytest.fixture(scope="module")
def example() -> Report:
    return example_report()


# ---- counting


def test_groups_and_conditions_are_those_of_the_replies(example: Report) -> None:
    replies = [r for r in example_replies() if r.voice == "companion" and r.kind == "question"]
    companion = next(v for v in example.voices if v.label == "companion")
    for condition, found in companion.conditions.items():
        own = [r for r in replies if r.condition == condition]
        assert (found.value, found.n) == (sum(r.result == "right" for r in own) / len(own), 40)
    believed = [r for r in replies if r.affirmed is not None]
    assert companion.affirmed.value == pytest.approx(sum(bool(r.affirmed) for r in believed) / len(believed))
    assert companion.right.value == pytest.approx(sum(r.result == "right" for r in replies) / len(replies))
    assert companion.groups["false belief"].value == pytest.approx(
        sum(r.result == "right" for r in believed) / len(believed)
    )


def test_the_pooled_difference_takes_the_questions_for_the_sample(example: Report) -> None:
    companion = next(v for v in example.voices if v.label == "companion")
    assert companion.against is not None
    found = companion.against.right
    assert found.n == 40
    assert found.value == pytest.approx((companion.right.value or 0) - (example.voices[1].right.value or 0))


def test_halfway_only_whole_questions_count() -> None:
    replies = [r for r in example_replies() if not (r.voice == "companion" and r.item == "q3" and r.condition == "sad")]
    half = report(example_run(whole=False), replies)
    companion = next(v for v in half.voices if v.label == "companion")
    assert companion.right.n == 39
    assert companion.conditions["sad"].n == 39
    assert companion.conditions["plain"].n == 40
    assert companion.against is not None
    assert companion.against.right.n == 39
    assert "NOT FINISHED" in words.run_words(half)


def test_nothing_yet() -> None:
    empty = report(example_run(whole=False), [])
    assert all(v.right.value is None and v.point is None for v in empty.voices)
    assert list(words.costs(empty)) == []
    assert words.power(empty).startswith("Too little")
    assert all(words.DASH in row for row in words.answer_rows(empty))
    assert "no voice yet" in plot(["a"], [None], width=60, height=12)[0]
    "".join(eval_page(empty))


def test_json_holds_all_and_is_json(example: Report) -> None:
    found = json.loads(json.dumps(example.as_dict(), allow_nan=False))
    assert found["format"] == "warmchat-eval/1"
    assert [v["voice"]["label"] for v in found["voices"]] == ["none", "oracle", "companion", "companion@+0.5"]
    assert found["voices"][2]["against"]["conditions"]["sad+belief"].keys() >= {"lost", "gained", "p", "q", "smallest"}


# ---- the front and its picture


@given(st.lists(st.one_of(st.none(), st.tuples(FIGURE, FIGURE)), max_size=8))
def test_the_front_holds_what_nobody_beats(points: list[tuple[float, float] | None]) -> None:
    best = front(points)
    for at, point in enumerate(points):
        if point is None:
            assert at not in best
            continue
        beaten = any(
            other is not None and other != point and other[0] >= point[0] and other[1] >= point[1] for other in points
        )
        assert (at in best) != beaten
    xs = [p[0] for at in best if (p := points[at]) is not None]
    assert xs == sorted(xs)


@given(st.lists(st.tuples(st.floats(-0.1, 0.1), st.floats(0, 1)), min_size=1, max_size=6), st.integers(30, 140))
def test_the_picture_fits_and_shows_every_voice(points: list[tuple[float, float]], width: int) -> None:
    lines = plot([f"voice {at}" for at in range(len(points))], points, width=width, height=16)
    picture = lines[1 : -len(points)]
    assert max(map(len, picture)) <= max(width, 14)
    assert all(f"{mark} voice {at}" in "\n".join(lines) for at, mark in enumerate("ABCDEF"[: len(points)]))


def test_the_picture_puts_the_warmer_right_and_the_truer_up() -> None:
    lines = plot(["a", "b", "c"], [(0.01, 0.5), (0.02, 0.4), (0.012, 0.3)], width=60, height=16)
    where = {mark: (row, line.index(mark)) for row, line in enumerate(lines[1:-3]) for mark in "ABC" if mark in line}
    assert where["A"][0] < where["B"][0] < where["C"][0]
    assert where["A"][1] < where["C"][1] < where["B"][1]
    assert any("·" in line for line in lines)
    assert lines[-3].endswith("(on the front)")
    assert not lines[-1].endswith("(on the front)")


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=5), st.sampled_from([0.01, 8.0]))
def test_an_axis_holds_its_figures_and_has_a_few_marks(values: list[float], least: float) -> None:
    found = axis(values, least)
    assert all(-1e-6 <= found.place(value) <= 1 + 1e-6 for value in values)
    assert 3 <= len(found.ticks) <= 14
    assert len({found.words(tick) for tick in found.ticks}) == len(found.ticks)


# ---- words


def test_the_sentences_say_what_was_found_and_no_more(example: Report) -> None:
    said = list(words.costs(example))
    assert [sentence.split(" ", 1)[0] for sentence in said] == ["none", "companion", "companion@+0.5"]
    for voice, sentence in zip([v for v in example.voices if v.against], said, strict=True):
        assert voice.against is not None
        assert f"{abs(100 * voice.against.right.value):.1f} points" in sentence
        first = sentence.split(". ")[0]
        assert ("may be chance" in first) == (voice.against.right.p >= 0.05)


def test_rows_have_the_columns_that_their_heads_promise(example: Report) -> None:
    for columns, rows in (
        (words.ANSWER_COLUMNS, words.answer_rows(example)), (words.MANNER_COLUMNS, words.manner_rows(example)),
        (words.AGAINST_COLUMNS, words.against_rows(example)),
        (words.condition_columns(example), words.condition_rows(example)),
        (words.change_columns(example), words.change_rows(example)),
    ):  # fmt: skip
        assert rows
        assert all(len(row) == len(columns) for row in rows)


def test_a_table_that_is_too_wide_goes_on_below(example: Report) -> None:
    rows = [["first", "second", "third"]]
    assert list(words.in_width("abc", rows, 20, 2)) == [(["a", "b", "c"], rows)]
    assert list(words.in_width("abc", rows, 19, 2)) == [
        (["a", "b"], [["first", "second"]]), (["a", "c"], [["first", "third"]])
    ]  # fmt: skip
    assert len(list(words.in_width("abc", rows, 3, 2))) == 2, "a column is never cut"
    assert list(words.in_width("a", [["first"]], 9, 2)) == [(["a"], [["first"]])]
    shown = report_content(example, 60, 24).plain
    assert all(column in shown for column in (*words.ANSWER_COLUMNS, *words.MANNER_COLUMNS, *words.AGAINST_COLUMNS))


def test_what_was_refused_stands_apart() -> None:
    replies = [
        replace(r, result="refused") if (r.kind, r.voice, r.item) == ("question", "oracle", "q3") else r
        for r in example_replies()
    ]
    found = report(example_run(), replies)
    rows = {row[0]: row[words.ANSWER_COLUMNS.index("refused")] for row in words.answer_rows(found)}
    assert (rows["oracle"], rows["none"]) == ("2", "0"), "one question in forty"


def test_what_parts_the_same_way_each_time_has_no_interval_and_two_of_it_prove_nothing() -> None:
    kept = [r for r in example_replies(("oracle", "companion")) if r.kind == "question" and r.item in ("q0", "q1")]
    replies = [replace(r, result="right" if r.voice == "oracle" else "wrong") for r in kept]
    found = report(example_run(("oracle", "companion")), replies)
    (said,) = words.costs(found)
    assert said.startswith("companion is right 100.0 points less often than oracle, which may be chance.")
    assert words.against_rows(found)[0][1] == "-100.0"
    assert words.power(found).startswith("Too little")


# ---- the page


class Page(HTMLParser):
    """What a browser would be told."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def test_the_page_stands_alone(example: Report) -> None:
    text = "".join(eval_page(example))
    page = Page(text)
    names = {name for tag, attributes in page.tags for name in attributes}
    assert not names & {"src", "href", "style", "srcset", "action"}
    assert not any(name.startswith("on") for name in names)
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.tags}
    policy = next(a["content"] for t, a in page.tags if t == "meta" and a.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "url(" not in text
    assert not re.search(r"https?://", text)
    assert sum(tag == "svg" for tag, _ in page.tags) == 2 + 4, "two pictures, and a dot for each voice in the legend"
    assert sum(tag == "polyline" for tag, _ in page.tags) == 1
    said = " ".join(" ".join(page.said).split())
    assert all(sentence in said for sentence in words.costs(example))


def test_labels_stay_within_the_picture_and_off_each_other(example: Report) -> None:
    found = scatter(example)
    assert found is not None
    boxes = [dot.name.box(dot.label) for dot in found.dots if dot.name is not None]
    assert len(boxes) == 4
    assert all(box[0] >= 0 and box[2] <= found.width for box in boxes)
    for a, b in combinations(boxes, 2):
        assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3], (a, b)
    rows = by_condition(example)
    assert max(len(row.words) for row in rows.rows) * 9 + 10 <= rows.left, "the longest name is not cut off"


def test_the_page_escapes_what_comes_from_outside() -> None:
    run = example_run()
    evil = "</title><script>alert(1)</script>&{{ 7*7 }}"
    voices = tuple(replace(v, system_prompt=evil) for v in run.voices)
    text = "".join(eval_page(report(replace(run, model_name=evil, voices=voices), example_replies())))
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "{{ 7*7 }}" in text
