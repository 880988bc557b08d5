"""JSON Lines: what is written is read back the same, and what is not one is refused by its line."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.storage.examples import COMPANION, flagged, reply, tell, turn
from warmchat.domain.errors import ExportError
from warmchat.storage.exports.jsonl import SCHEMA, jsonl, read_jsonl
from warmchat.storage.log import SessionLog
from warmchat.storage.records import TurnRecord


@pytest.fixture
def records(log: SessionLog) -> list[TurnRecord]:
    flagged(log)
    log.save_mark("t1", "both_fine", "hm")
    log.save_reply("t1", reply("n1", "Sampled", role="sample"))
    tell(log, turn("t2", "Line\u2028break \x9b31m \u00e9 \U0001f49b \x00", parent="t1"))
    return log.records()


def test_what_is_written_is_read_back(records: list[TurnRecord]) -> None:
    text = "".join(jsonl(records))
    back = list(read_jsonl(text.splitlines(), "a.jsonl"))
    here = replace(COMPANION, source="")
    assert [replace(r, profiles={}) for r in back] == [replace(r, profiles={}) for r in records]
    assert back[0].profiles[COMPANION.hash] == here, "where the file stood on this machine is left out"
    with SessionLog.open(None) as other:
        assert other.add(back) == 2
        assert other.records() == back


def test_every_line_stands_alone_and_names_its_schema_first(records: list[TurnRecord]) -> None:
    lines = list(jsonl(records))
    assert len(lines) == 2
    for line in lines:
        assert line.startswith('{"schema":"warmchat.turn/1","session_title":')
        assert line.endswith("}\n")
        value = json.loads(line)
        spoken = value["turn"]["reply"]["profile_hash"]
        assert value["profiles"][spoken]["system_prompt"] == "You are warm."
        assert value["session_title"] == "Is it fine?"


def test_no_line_breaks_for_readers_that_know_more_line_ends(records: list[TurnRecord]) -> None:
    text = "".join(jsonl(records))
    assert len(text.splitlines()) == 2
    assert "\x9b" not in text
    assert "é 💛" in text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("no json", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "schema 'None'"),
        ('{"schema": "warmchat.turn/2"}', "warmchat.turn/2"),
        (f'{{"schema": "{SCHEMA}"}}', "session_title"),
    ],
)
def test_a_line_that_is_no_turn_is_refused(records: list[TurnRecord], line: str, words: str) -> None:
    good = next(iter(jsonl(records)))
    with pytest.raises(ExportError) as raised:
        list(read_jsonl([good, "\n", line], "a.jsonl"))
    assert "a.jsonl, line 3" in raised.value.message
    assert words in raised.value.message
    assert raised.value.hint


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("turn", "user_text"), 5),
        (("turn", "user_text"), {"a": 1}),
        (("turn", "shadow_history"), "all"),
        (("turn", "reply", "role"), "loud"),
        (("turn", "reply", "usage", "reply_tokens"), "6"),
        (("turn", "verdict", "label"), "wrong"),
        (("judgements",), None),
    ],
)
def test_a_value_of_another_type_is_refused(
    records: list[TurnRecord], path: tuple[str, ...], value: object
) -> None:
    line = json.loads(next(iter(jsonl(records))))
    place = line
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ExportError, match=".".join(path[:2])):
        list(read_jsonl([json.dumps(line)], "a.jsonl"))


def test_keys_of_a_later_version_are_passed_over(records: list[TurnRecord]) -> None:
    line = json.loads(next(iter(jsonl(records))))
    line["later"] = line["turn"]["later"] = 1
    assert [r.turn for r in read_jsonl([json.dumps(line)], "a.jsonl")] == [records[0].turn]
