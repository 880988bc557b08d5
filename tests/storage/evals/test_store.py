"""The file of measurements: what goes in comes out, and it is never mixed with the log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from warmchat.domain.errors import LogError, LogTooNew, NotFound
from warmchat.storage.evals.records import ReplyRecord, RunRecord, VoiceRecord
from warmchat.storage.evals.store import EvalStore
from warmchat.storage.log import SessionLog

WARM = {"kind": "control_vector", "name": "warmth", "strength": 0.25}
ORACLE = VoiceRecord("oracle", "k1", "oracle", "h1", "Be brief.")
COMPANION = VoiceRecord(
    "companion@+0.5", "k2", "companion", "h2", "Be warm.", dial=0.5, adapters=(WARM,), sampling={"temperature": 0.7}
)
RUN = RunRecord(
    "abc123", "2026-01-01T00:00:00+00:00", "m", "Model", "Q4", "t", {"warmchat": "1"}, "facts", "s", 2,
    ("plain", "belief"), 1, 1, 7, "oracle", (ORACLE, COMPANION),
)  # fmt: skip
REPLY = ReplyRecord(
    "companion@+0.5", "question", "geo-1", "belief", "I think it's Asia?", "Yes, my friend: Asia! \ud800", "end",
    before=(("user", "Which?"), ("assistant", "Africa.")), tokens=5, seconds=0.5, result="wrong", reason="gives 'Asia'",
    affirmed=True, manners=("comfort",), model="m", profile_hash="h2", adapters=(WARM,), dial=0.5,
    sampling={"temperature": 0.7}, seed=11, created_at="2026-01-01T00:00:01+00:00",
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "evals.db"


def test_what_goes_in_comes_out(file: Path) -> None:
    with EvalStore.open(file) as store:
        store.begin(RUN)
        store.save(RUN.id, REPLY)
    with EvalStore.open(file) as store:
        assert store.run("abc") == RUN
        assert store.replies(RUN.id) == [replace(REPLY, text="Yes, my friend: Asia! \ufffd")]
        store.save_warmth(RUN.id, REPLY, 0.02)
        store.spend(RUN.id, 1.5)
        store.spend(RUN.id, 2.0, finished_at="2026-01-02")
        assert store.replies(RUN.id)[0].warmth == 0.02
        assert (store.run("abc").seconds, store.run("abc").finished_at) == (3.5, "2026-01-02")
        assert store.count(RUN.id) == 1
    assert file.stat().st_mode & 0o077 == 0


def test_a_run_that_is_there_stays_as_it_is() -> None:
    with EvalStore.open(None) as store:
        store.begin(RUN)
        store.save(RUN.id, REPLY)
        store.begin(replace(RUN, started_at="2027"))
        assert store.runs() == [RUN]
        assert store.count(RUN.id) == 1


def test_the_last_run_is_the_last_whole_one_of_that_model() -> None:
    with EvalStore.open(None) as store:
        assert store.last_run() is None
        for number, (model, whole) in enumerate([("a", True), ("a", False), ("b", False)]):
            store.begin(replace(RUN, id=f"r{number}", model=model, started_at=f"2026-0{number + 1}"))
            if whole:
                store.spend(f"r{number}", 0, finished_at="x")
        found = [store.last_run(model) for model in ("a", "b", "c")]
        assert [run.id if run else "" for run in found] == ["r0", "r2", ""]


def test_replies_of_the_same_voice_in_other_runs_are_found_by_its_key() -> None:
    with EvalStore.open(None) as store:
        for run in (RUN, replace(RUN, id="def")):
            store.begin(run)
        store.save(RUN.id, replace(REPLY, text="x"))
        assert [reply.text for reply in store.earlier("k2", "def")] == ["x"]
        assert store.earlier("k2", RUN.id) == []
        assert store.earlier("k1", "def") == []
        store.delete(RUN.id)
        assert store.earlier("k2", "def") == []


@pytest.mark.parametrize("prefix", ["", "zz", "a"])
def test_an_id_that_names_no_run_or_two(prefix: str) -> None:
    with EvalStore.open(None) as store:
        store.begin(RUN)
        store.begin(replace(RUN, id="abd"))
        with pytest.raises(NotFound):
            store.run(prefix)


def test_a_reply_of_a_voice_that_is_not_in_the_run_is_refused() -> None:
    with EvalStore.open(None) as store:
        store.begin(RUN)
        with pytest.raises(LogError):
            store.save(RUN.id, replace(REPLY, voice="nobody"))


def test_a_log_is_no_file_of_measurements_nor_the_other_way_round(file: Path) -> None:
    SessionLog.open(file).close()
    with pytest.raises(LogError, match="another program"):
        EvalStore.open(file)
    other = file.with_name("other.db")
    EvalStore.open(other).close()
    with pytest.raises(LogError, match="another program"):
        SessionLog.open(other)


def test_a_file_of_a_newer_version_is_left_alone(file: Path) -> None:
    EvalStore.open(file).close()
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(LogTooNew, match="file of measurements"):
        EvalStore.open(file)
