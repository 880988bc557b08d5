"""The file as other tools see it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.storage.examples import AGREE, flagged, reply, shadow, tell, turn
from warmchat.storage.log import SessionLog

TABLES = ("sessions", "turns", "replies", "profiles", "verdicts", "evidence", "marks")


@pytest.fixture
def db(file: Path, log: SessionLog) -> Database:
    """The log in sqlite-utils, as a user opens it."""
    flagged(log, turn("t1", "Is it fine?"))
    tell(log, turn("t2", minute=4), reply("r2"), shadow("x2"), AGREE)
    log.save_mark("t1", "oracle_right", "sure")
    return Database(sqlite3.connect(file))


@pytest.mark.parametrize("table", TABLES)
def test_the_schema_explains_itself(db: Database, table: str) -> None:
    schema = db.table(table).schema
    assert "-- " in schema.split("\n")[1], "what the table holds"
    assert schema.endswith("STRICT")
    # A name that says all needs no comment; a column of codes, JSON or NULLs does.
    for line in schema.split("\n"):
        if re.search(r"json_valid|CHECK", line):
            assert "--" in line or "mark" in line or "kind" in line, line


def test_sqlite_utils_finds_the_search_index(db: Database) -> None:
    assert [row["id"] for row in db.table("turns").search("fine")] == ["t1", "t2"]
    assert db.table("replies").detect_fts() == "replies_fts"


def test_the_view_flags_shows_the_disagreements(db: Database) -> None:
    (row,) = db.query("SELECT * FROM flags")
    assert (row["turn_id"], row["session_title"], row["user_text"]) == ("t1", "Is it fine?", "Is it fine?")
    assert (row["reply"], row["shadow"], row["kind"]) == ("Yes, of course it is.", "No, it is not.", "contradiction")
    assert (row["mark"], row["note"], row["dial"], row["model_name"]) == (
        "oracle_right",
        "sure",
        0.25,
        "SmolLM2-135M-Instruct",
    )


def test_the_view_exchanges_has_a_row_for_each_turn(db: Database) -> None:
    assert [(r["turn_id"], r["label"]) for r in db.query("SELECT * FROM exchanges")] == [
        ("t1", "disagree"),
        ("t2", "agree"),
    ]


def test_the_index_survives_a_vacuum(file: Path, db: Database, log: SessionLog) -> None:
    log.delete_session("s1")
    for number in range(5):
        tell(log, turn(f"v{number}", f"number{number}", session=f"v{number}"))
    log.delete_session("v0")
    with closing(sqlite3.connect(file)) as other:
        other.execute("VACUUM")
    assert [hit.turn_id for hit in log.search("number3")] == ["v3"]
    for index in ("turns_fts", "replies_fts"):
        log._db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")


def test_the_database_itself_refuses_words_it_does_not_know(log: SessionLog) -> None:
    tell(log)
    for sql in (
        "UPDATE replies SET role = 'loud'",
        "UPDATE turns SET shadow_history = 'all'",
        "UPDATE turns SET window = 'no json'",
        "INSERT INTO marks (turn_id, mark) VALUES ('t1', 'fine')",
        "INSERT INTO marks (turn_id, mark) VALUES ('t9', 'both_fine')",
        "UPDATE replies SET threads = 'many'",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            log._db.execute(sql)
