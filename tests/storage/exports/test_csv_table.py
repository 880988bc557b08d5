from __future__ import annotations

import csv
import io

import pytest

from tests.storage.examples import COMPANION, flagged, reply, tell, turn
from warmchat.storage.exports.csv_table import csv_table
from warmchat.storage.log import SessionLog


def rows(log: SessionLog) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(csv_table(log.records())), newline="")))


def test_a_row_for_each_turn(log: SessionLog) -> None:
    flagged(log)
    log.open_turn(turn("t2", 'Line\nbreak, "quoted"', parent="t1"), COMPANION)
    first, second = rows(log)
    assert (first["user_text"], first["reply"], first["shadow"]) == (
        "Is it fine?",
        "Yes, of course it is.",
        "No, it is not.",
    )
    assert (first["label"], first["kind"]) == ("disagree", "contradiction")
    assert (first["score"], first["dial"]) == ("0.9", "0.25")
    assert first["evidence"].split("\n")[0] == "contradiction, 0.90: Yes | No"
    assert second["user_text"] == 'Line\nbreak, "quoted"'
    assert (second["reply"], second["label"], second["model_name"]) == ("", "", "")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", " =1", "＝1", '=HYPERLINK("x")'])
def test_no_text_is_a_formula(log: SessionLog, text: str) -> None:
    tell(log, turn(text=text), reply(text=text))
    log.rename_session("s1", text)
    (row,) = rows(log)
    assert row["user_text"] == row["reply"] == f"'{text}"
    for name, cell in row.items():
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")), name


@pytest.mark.parametrize(
    ("text", "cell"), [("\r=1", "'\n=1"), ("\x00=1", "'=1"), ("\x1b[1m=1", "'=1"), ("a\x00b", "ab")]
)
def test_what_a_terminal_would_obey_is_taken_out_before_it_is_looked_at(log: SessionLog, text: str, cell: str) -> None:
    tell(log, turn(text=text))
    assert rows(log)[0]["user_text"] == cell


def test_a_negative_number_stays_a_number(log: SessionLog) -> None:
    tell(log)
    log._db.execute("UPDATE replies SET dial = -0.5")
    assert rows(log)[0]["dial"] == "-0.5"


def test_nothing_at_all_for_no_turns(log: SessionLog) -> None:
    assert list(csv_table(log.records())) == []
