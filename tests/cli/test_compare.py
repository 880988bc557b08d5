"""`warmchat compare`: pairs in, verdicts out, in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from warmchat.cli.compare import compare
from warmchat.cli.main import main
from warmchat.domain.errors import WarmchatError

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
    assert (first["label"], first["kind"], first["detector"]) == ("disagree", "contradiction", "signals/2+cross")
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
def test_a_bad_line_is_named_and_earlier_output_is_kept(
    tmp_path: Path, bad: object, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", write(tmp_path / "p.jsonl", GOOD, bad), "--json"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["label"] == "disagree"
    assert message in captured.err
    assert "hint:" in captured.err


def test_bytes_that_are_no_utf8_are_named(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(b'{"question": "\xff"}\n')
    with pytest.raises(WarmchatError, match="line 1 is no JSON"):
        CliRunner().invoke(compare, [str(path)], catch_exceptions=False)


def test_a_bad_line_keeps_the_table_of_the_earlier_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", write(tmp_path / "p.jsonl", GOOD, "oops")]) == 1
    assert "disagree" in capsys.readouterr().out


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


def test_metrics_as_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", write(tmp_path / "p.jsonl", GOOD, SAME), "--metrics"]) == 0
    assert "AUROC" in capsys.readouterr().out


def test_metrics_need_labels(tmp_path: Path) -> None:
    unlabelled = {key: value for key, value in GOOD.items() if key != "label"}
    with pytest.raises(WarmchatError, match='line 1 has no "label"'):
        CliRunner().invoke(compare, [write(tmp_path / "p.jsonl", unlabelled), "--metrics"], catch_exceptions=False)


def test_an_empty_file_is_no_failure(tmp_path: Path) -> None:
    assert run(write(tmp_path / "p.jsonl", ""), "--json") == []
