"""The file: who may read it, what goes wrong with it, threads, programs side by side, and a kill."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.storage.examples import COMPANION, flagged, reply, tell, turn
from warmchat.domain.errors import LogError, LogNotWritable, WarmchatError
from warmchat.storage import connection
from warmchat.storage.log import SessionLog


def modes(file: Path) -> dict[str, int]:
    return {part.name: part.stat().st_mode & 0o777 for part in file.parent.glob("log.db*")}


def pragma(log: SessionLog, name: str) -> object:
    return log._db.execute(f"PRAGMA {name}").fetchone()[0]


# ---- who may read it


def test_only_its_owner_can_read_it(file: Path) -> None:
    before = os.umask(0)  # the loosest: everybody may read and write what is made
    try:
        with SessionLog.open(file) as log:
            tell(log)
            assert modes(file) == {"log.db": 0o600, "log.db-wal": 0o600, "log.db-shm": 0o600}
            assert file.parent.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


def test_there_is_no_moment_at_which_others_can_read_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "chmod", lambda *_: pytest.fail("a mode that is set later is set too late"))
    before = os.umask(0)
    try:
        with SessionLog.open(file) as log:
            tell(log)
            assert set(modes(file).values()) == {0o600}
    finally:
        os.umask(before)


def test_a_file_that_others_could_read_is_closed_to_them(file: Path) -> None:
    SessionLog.open(file).close()
    file.chmod(0o644)
    with SessionLog.open(file) as log:
        tell(log)
        assert set(modes(file).values()) == {0o600}


def test_sqlite_is_set_as_designed(log: SessionLog) -> None:
    assert pragma(log, "journal_mode") == "wal"
    assert pragma(log, "foreign_keys") == 1
    assert pragma(log, "secure_delete") == 1
    assert int(str(pragma(log, "busy_timeout"))) < 1000  # nobody waits a second for another program


def test_a_log_in_memory_takes_the_same_calls_and_leaves_no_file(in_folder: Path) -> None:
    with SessionLog.open(None) as log:
        expected = flagged(log)
        assert log.turns("s1") == [expected]
        assert log.search("fine")
        assert log.delete_session("s1") is True
        assert log.file is None
    assert list(in_folder.iterdir()) == []


def test_a_file_named_like_memory_is_a_file(in_folder: Path) -> None:
    with SessionLog.open(Path(":memory:")) as log:
        tell(log)
    assert (in_folder / ":memory:").stat().st_size > 0


# ---- what goes wrong


def failure(path: Path) -> WarmchatError:
    with pytest.raises(LogError) as raised:
        SessionLog.open(path)
    assert raised.value.hint, "says what to do"
    assert raised.value.__cause__ is not None, "keeps what the library said"
    return raised.value


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    error = failure(tmp_path / "file" / "log.db")
    assert isinstance(error, LogNotWritable)
    assert "cannot be opened" in error.message


def test_a_folder_in_place_of_the_file(file: Path) -> None:
    file.mkdir(parents=True)
    assert isinstance(failure(file), LogNotWritable)


def test_a_file_that_may_only_be_read(log: SessionLog) -> None:
    log._db.execute("PRAGMA query_only = ON")  # what a read-only file answers, for root too
    with pytest.raises(LogNotWritable, match="readonly") as raised:
        tell(log)
    assert isinstance(raised.value.__cause__, sqlite3.OperationalError)


def test_a_full_disk_is_said_and_the_log_goes_on_when_there_is_room(log: SessionLog) -> None:
    tell(log)
    room = pragma(log, "max_page_count")
    log._db.execute(f"PRAGMA max_page_count = {pragma(log, 'page_count')}")
    with pytest.raises(LogNotWritable, match="disk is full"):
        log.save_reply("t1", reply(text="many words " * 20_000))
    log._db.execute(f"PRAGMA max_page_count = {room}")
    assert [t.reply.text for t in log.turns("s1") if t.reply] == ["Yes, of course it is."]
    log.save_reply("t1", reply("r-t1", text="Now it fits"))
    assert log.search("fits")


def test_a_file_that_is_no_database(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"no database at all" * 1000)
    assert "not an SQLite database" in failure(file).message
    assert file.read_bytes() == b"no database at all" * 1000


def test_a_damaged_file(file: Path) -> None:
    with SessionLog.open(file) as log:
        for number in range(50):
            tell(log, turn(f"t{number}", "word " * 200))
    content = bytearray(file.read_bytes())
    content[4096:] = b"\x07" * (len(content) - 4096)  # the header's page stays
    file.write_bytes(content)
    with pytest.raises(LogError) as raised:
        SessionLog.open(file).turns("s1")
    assert "damaged" in raised.value.message
    assert "recover" in raised.value.hint


def test_a_log_that_another_program_holds(file: Path, log: SessionLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_S", 0.05)
    with SessionLog.open(file) as other:
        log._db.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogError, match="held by another program"):
            tell(other)
        log._db.rollback()
        tell(other)
    assert log.turns("s1")


def test_a_closed_log_says_so(log: SessionLog) -> None:
    log.close()
    log.close()
    with pytest.raises(LogError, match="closed"):
        tell(log)
    with pytest.raises(LogError, match="closed"):
        log.sessions()


def test_a_number_that_sqlite_has_no_room_for(log: SessionLog) -> None:
    with pytest.raises(LogError, match="cannot hold"):
        log.sessions(limit=2**70)


def test_every_code_of_sqlite_becomes_a_log_error() -> None:
    names = [name for name in dir(sqlite3) if name.startswith("SQLITE_")]
    for name in names:
        error = sqlite3.OperationalError("something")
        error.sqlite_errorcode = getattr(sqlite3, name)
        with pytest.raises(LogError), connection.errors_mapped(None):
            raise error


# ---- several at once


def test_threads_share_one_log(log: SessionLog) -> None:
    errors: list[BaseException] = []

    def write(name: str) -> None:
        try:
            for number in range(20):
                tell(log, turn(f"{name}{number}", session=name))
                log.turns(name)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert {s.id: s.turns for s in log.sessions()} == dict.fromkeys("abcd", 20)


def started(program: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


WRITER = """
import sys
from pathlib import Path
from tests.storage.examples import tell, turn
from warmchat.storage.log import SessionLog
name = sys.argv[2]
with SessionLog.open(Path(sys.argv[1])) as log:
    for number in range(25):
        tell(log, turn(f"{name}{number}", session=name))
"""


def test_a_log_that_another_program_is_making_is_waited_for(file: Path) -> None:
    file.parent.mkdir(parents=True)
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, other.execute, ["COMMIT"])
    release.start()
    try:
        with SessionLog.open(file) as log:
            assert pragma(log, "journal_mode") == "wal"
    finally:
        release.join()
        other.close()


def test_two_programs_make_and_write_one_log_at_once(file: Path) -> None:
    writers = [started(WRITER, file, name) for name in "ab"]
    said = [writer.communicate(timeout=60)[1] for writer in writers]
    assert said == ["", ""]
    with SessionLog.open(file) as log:
        assert {s.id: s.turns for s in log.sessions()} == {"a": 25, "b": 25}
        assert pragma(log, "integrity_check") == "ok"


STREAMER = """
import sys
from pathlib import Path
from tests.storage.examples import COMPANION, reply, turn
from warmchat.storage.log import SessionLog
log = SessionLog.open(Path(sys.argv[1]))
log.open_turn(turn(), COMPANION)
text = ""
while True:
    text += "warm words "
    log.save_reply("t1", reply(text=text, stop="interrupted"))
    print(len(text), flush=True)
"""


def test_a_kill_leaves_what_was_said_so_far(file: Path) -> None:
    program = started(STREAMER, file)
    assert program.stdout is not None
    saved = [int(program.stdout.readline()) for _ in range(30)][-1]
    program.send_signal(signal.SIGKILL)
    program.communicate()
    with SessionLog.open(file) as log:
        assert pragma(log, "integrity_check") == "ok"
        found = log.turns("s1")[0]
        assert found.user_text == "Is it fine?"
        assert found.reply is not None
        assert found.reply.stop == "interrupted"
        assert len(found.reply.text) >= saved, "all that was said to be saved is there"
        assert log.search("warm words")
        log.open_turn(turn("t2", parent="t1"), COMPANION)
