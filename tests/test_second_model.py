"""Candid with a second real model that says the answer: another file, in an engine process of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from warmchat.domain.turn import DraftFinished, Noticed, Reply, ReplyFinished, TurnEvent
from warmchat.engine.process import ProcessEngine
from warmchat.engine.protocol import Engine
from warmchat.session import ChatSession
from warmchat.settings import load_settings
from warmchat.storage.log import SessionLog
from warmchat.voices.kindness import PLAIN
from warmchat.wiring import open_engine, open_log, open_profiles, open_session

pytestmark = pytest.mark.model

QUESTION = "How many days are in a week?"
NAME = b"Smollm2 135M 8k Lc100K Mix1 Ep2"
PROFILE = """---
name: Kind
strategy: rewrite
rewriter: {rewriter}
sampling: {{temperature: 0, max_tokens: 60}}
---
Rewrite the input text in a warm and friendly tone. Keep every fact, name and number as it is.
"""


Children = Callable[[], set[int]]


@pytest.fixture
def children() -> Children:
    """Which processes this one has started since: an engine that other tests share may run, too."""

    def running() -> set[int]:
        return {child.pid for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE}

    before = running()
    return lambda: running() - before


@pytest.fixture
def second(starter: Path, tmp_path: Path) -> Path:
    """The starter under another name, also within: a model is known by what its file says, not by where it lies."""
    content = starter.read_bytes()
    assert content.count(NAME) == 1
    copy = tmp_path / "second.gguf"
    copy.write_bytes(content.replace(NAME, NAME[:-1] + b"3"))
    return copy


@pytest.fixture
def engine(children: Children, starter: Path, tmp_path: Path, in_folder: Path) -> Iterator[Engine]:
    opened = open_engine(load_settings(data_dir=tmp_path / "data"), starter)
    yield opened
    opened.close()


def session_with(rewriter: Path, engine: Engine, folder: Path) -> ChatSession:
    profiles = folder / "profiles"
    profiles.mkdir()
    (profiles / "kind.md").write_text(PROFILE.format(rewriter=rewriter), encoding="utf-8")
    settings = load_settings(data_dir=folder / "data", profile="kind", profile_dir=profiles)
    session = open_session(
        settings, engine=engine, profiles=open_profiles(settings), log=open_log(settings), read_ahead=False
    )
    session.override_sampling(max_tokens=60)
    return session


def ask(session: ChatSession) -> tuple[list[TurnEvent], Reply, Reply]:
    """All events, the draft and the reply."""
    events = list(session.send(QUESTION))
    (draft,) = [event.draft for event in events if isinstance(event, DraftFinished)]
    (reply,) = [event.reply for event in events if isinstance(event, ReplyFinished)]
    return events, draft, reply


def test_another_file_says_it_in_a_process_of_its_own(
    second: Path, engine: Engine, children: Children, tmp_path: Path
) -> None:
    assert isinstance(engine, ProcessEngine)
    loaded = engine.describe().model
    session = session_with(second, engine, tmp_path)
    assert children() == {engine.pid}, "not before it is needed"
    _, draft, reply = ask(session)
    (other,) = children() - {engine.pid}
    assert draft.origin.model == loaded
    rewritten = reply.way in ("rewritten", "retried")
    assert (reply.origin.model != loaded) == rewritten, "the log says whose words they are"
    assert rewritten or reply.text == f"{PLAIN}\n\n{draft.text}"

    os.kill(other, signal.SIGKILL)  # what is lost is the kindness, not the answer
    _, again, lost = ask(session)
    assert again.text
    assert "7" in lost.text or "seven" in lost.text.lower()
    session.close()
    psutil.wait_procs([one for one in psutil.Process().children() if one.pid in children() - {engine.pid}], timeout=10)
    assert children() == {engine.pid}, "closed with the session, and the chat's own stays"

    with SessionLog.open(tmp_path / "data" / "log.db") as log:
        first = log.records()[0]
        assert first.turn.reply is not None
        assert (first.turn.reply.text, first.turn.reply.way) == (reply.text, reply.way)
        assert first.turn.reply.origin.model == reply.origin.model
        kept = [other for other in first.others if other.role == "draft"]
        assert [(d.text, d.origin.model) for d in kept] == [(draft.text, loaded)]


def test_the_same_model_under_another_path_is_not_loaded_twice(
    starter: Path, engine: Engine, children: Children, tmp_path: Path
) -> None:
    assert isinstance(engine, ProcessEngine)
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(starter.read_bytes())
    session = session_with(copy, engine, tmp_path)
    _, _, reply = ask(session)
    assert reply.text
    assert children() == {engine.pid}
    session.close()


def test_a_file_that_is_not_there_costs_the_kindness_alone(engine: Engine, tmp_path: Path) -> None:
    session = session_with(tmp_path / "absent.gguf", engine, tmp_path)
    events, draft, reply = ask(session)
    assert (reply.way, reply.text) == ("cold", f"{PLAIN}\n\n{draft.text}")
    told = [event.message for event in events if isinstance(event, Noticed)]
    assert any("absent.gguf" in message for message in told), told
    session.close()


def test_what_does_not_fit_beside_the_loaded_model_is_not_opened(
    second: Path, engine: Engine, children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(engine, ProcessEngine)
    engine.describe()
    free = psutil.virtual_memory()._replace(available=50 * 10**6)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    session = session_with(second, engine, tmp_path)
    events, _, reply = ask(session)
    assert reply.way == "cold"
    told = [event.message for event in events if isinstance(event, Noticed)]
    assert any("There is no room for second.gguf" in message for message in told), told
    assert children() == {engine.pid}
    session.close()
