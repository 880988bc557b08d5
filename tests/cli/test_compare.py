"""`warmchat compare`: pairs in, verdicts out, in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from warmchat.cli.compare import compare
from warmchat.cli.main import main

CAPITAL = "What is the capital of Australia?"
GOOD = {"question": CAPITAL, "a": "It is Sydney.", "b": "It is Canberra.", "label": 1, "source": "x"}
SAME = {"question": CAPITAL, "a": "Canberra!", "b": "It is Canberra.", "label": 0, "source": "y"}


def write(path: Path, *lines: object) -> str:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return str(path)


def run(*arguments: str, text: str | bytes | None = None) -> list[dict[str, Any]]:
    result = CliRunner().invoke(compare, arguments, input=text, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_verdict_per_line_in_order(tmp_path: Path) -> None:
    first, second = run(write(tmp_path / "p.jsonl", GOOD, "", SAME), "--json")
    assert {"label", "kind", "score", "evidence", "reason", "ms", "detector", "signals", "direction"} <= first.keys()
    assert (first["label"], first["kind"], first["detector"]) == ("disagree", "contradiction", "signals/4+cross")
    assert first["evidence"][0]["reply"] == {"start": 6, "end": 12, "text": "Sydney"}
    assert second["label"] == "agree"
    assert first["ms"] > 0


def test_standard_input_and_history() -> None:
    history = [
        {"role": "user", "content": f"{CAPITAL} I think it is Sydney."},
        {"role": "assistant", "content": "Yes."},
    ]
    line = json.dumps(
        {"question": "Are you sure?", "a": "Yes, Sydney.", "b": "No, it is Canberra.", "history": history}
    )
    (verdict,) = run("-", "--json", text=line)
    assert (verdict["label"], verdict["kind"], verdict["direction"]) == ("disagree", "premise_accepted", "reply")


def test_a_table_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", write(tmp_path / "p.jsonl", GOOD, SAME)]) == 0
    out = capsys.readouterr().out
    assert "disagree" in out
    assert "agree" in out


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("{broken", "line 2 is no JSON"),
        ("[1]", "line 2 is no JSON object"),
        ({"question": "x", "a": 1}, "line 2 has no text under 'a' and 'b'"),
        ({**GOOD, "history": "x"}, "line 2 has a history that cannot be read"),
        ({**GOOD, "history": [{"role": "cat", "content": "x"}]}, "line 2 has a history that cannot be read"),
        ("[" * 100_000, "line 2 is no JSON"),
    ],
    ids=["syntax", "list", "fields", "history", "role", "depth"],
)
def test_a_bad_line_is_named_and_the_others_are_compared(
    tmp_path: Path, bad: object, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", write(tmp_path / "p.jsonl", GOOD, bad, SAME), "--json"]) == 1
    captured = capsys.readouterr()
    first, broken, last = map(json.loads, captured.out.splitlines())
    assert (first["label"], broken["label"], last["label"]) == ("disagree", "unjudged", "agree")
    assert [one["line"] for one in (first, broken, last)] == [1, 2, 3]
    assert message in broken["reason"]
    assert broken["score"] is None
    assert message in captured.err
    assert "1 line could not be used" in captured.err


def test_bytes_that_are_no_utf8_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(b'{"question": "\xff"}\n')
    assert main(["compare", str(path)]) == 1
    assert "line 1 is no JSON" in capsys.readouterr().err


def test_many_bad_lines_are_counted_and_not_all_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", write(tmp_path / "p.jsonl", *["oops"] * 50, GOOD)]) == 1
    captured = capsys.readouterr()
    assert "disagree" in captured.out
    assert "50 lines could not be used" in captured.err
    assert captured.err.count("is no JSON") == 10


def test_a_missing_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(tmp_path / "none.jsonl")]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_lone_surrogates_can_be_written(tmp_path: Path) -> None:
    line = '{"question": "Who?", "a": "Anna \\ud800 Berg did.", "b": "Carl \\udfff Holm did."}'
    (verdict,) = run(write(tmp_path / "p.jsonl", line), "--json")
    assert verdict["label"] in ("disagree", "unsure")


def test_metrics_come_as_a_last_line_by_source(tmp_path: Path) -> None:
    *verdicts, last = run(write(tmp_path / "p.jsonl", GOOD, SAME), "--json", "--metrics")
    assert len(verdicts) == 2
    found = last["metrics"]
    assert (found["pairs"], found["auroc"], found["precision"], found["recall"]) == (2, 1.0, 1.0, 1.0)
    assert found["unsure_rate"] == 0
    assert found["by_source"]["x"]["recall"] == 1.0
    assert found["by_source"]["y"]["auroc"] is None


def test_metrics_tell_the_calibration_in_five_bins(tmp_path: Path) -> None:
    *_, last = run(write(tmp_path / "p.jsonl", GOOD, SAME), "--json", "--metrics")
    bins = last["metrics"]["bins"]
    assert [one["pairs"] for one in bins] == [1, 0, 0, 0, 1]
    assert bins[4]["disagreeing"] == 1.0
    assert bins[4]["interval"] == pytest.approx([0.2065, 1.0])
    assert bins[1]["interval"] is None
    assert 0 < last["metrics"]["calibration_error"] < 0.25


def test_metrics_as_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", write(tmp_path / "p.jsonl", GOOD, SAME), "--metrics"]) == 0
    out = capsys.readouterr().out
    assert "AUROC" in out
    assert "95 %" in out


def test_labels_may_be_words_and_the_readers_doubt_is_not_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = {**GOOD, "label": "disagree"}, {**SAME, "label": "agree"}, {**SAME, "label": "unsure"}
    assert main(["compare", write(tmp_path / "p.jsonl", *lines), "--metrics", "--json"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out.splitlines()[-1])["metrics"]
    assert (found["pairs"], found["disagreeing"], found["auroc"]) == (2, 1, 1.0)
    assert "1 of 3 pairs have no label" in captured.err


def test_metrics_need_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unlabelled = {key: value for key, value in GOOD.items() if key != "label"}
    assert main(["compare", write(tmp_path / "p.jsonl", unlabelled), "--metrics"]) == 1
    assert 'no line has a "label"' in capsys.readouterr().err


def test_an_empty_file_is_no_failure(tmp_path: Path) -> None:
    assert run(write(tmp_path / "p.jsonl", ""), "--json") == []
