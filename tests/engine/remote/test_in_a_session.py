"""Whole turns at a server: what is cut short is kept and not compared, and chat and log go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.remote.conftest import Open
from tests.engine.remote.fake_server import Exchange, FakeServer, Script, reply
from warmchat.compare.signal_detector import SignalDetector
from warmchat.domain.turn import ReplyFinished, TurnEvent, TurnFailed, VerdictReached
from warmchat.engine.remote import RemoteEngine
from warmchat.profiles.library import ProfileLibrary
from warmchat.session import ChatSession, SessionRules
from warmchat.storage.log import SessionLog

Make = Callable[[RemoteEngine], ChatSession]
WARM = "Oh friend, the capital of Australia is Sydney."
COLD = "The capital of Australia is Canberra."


def interrupted(*pieces: str) -> Script:
    """As llama_cpp.server ends a reply when another request comes."""

    def script(exchange: Exchange) -> None:
        exchange.begin()
        exchange.delta(role="assistant")
        exchange.say(*pieces)
        exchange.line("data: [DONE]")
        exchange.cut()

    return script


@pytest.fixture
def log() -> SessionLog:
    return SessionLog.open(None)


@pytest.fixture
def make(tmp_path: Path, log: SessionLog) -> Make:
    (tmp_path / "oracle.md").write_text("---\nname: oracle\nsampling: {temperature: 0}\n---\nAnswer plainly.\n")
    (tmp_path / "companion.md").write_text("---\nname: companion\n---\nBe warm.\n")
    profiles = ProfileLibrary([("test", tmp_path)])

    def session(engine: RemoteEngine) -> ChatSession:
        return ChatSession(
            engine=engine, profiles=profiles, log=log, detector=SignalDetector(), rules=SessionRules(),
            profile="companion",
        )  # fmt: skip

    return session


def turn(session: ChatSession, text: str = "What is the capital of Australia?") -> list[TurnEvent]:
    return list(session.send(text))


def test_a_turn_is_answered_and_compared(server: FakeServer, engine: RemoteEngine, make: Make, log: SessionLog) -> None:
    server.chats = [reply(*WARM.split(" ")), reply(COLD)]
    session = make(engine)
    (reached,) = [e for e in turn(session) if isinstance(e, VerdictReached)]
    assert reached.verdict.label == "disagree"
    (logged,) = log.turns(session.id)
    assert logged.reply is not None
    assert logged.reply.origin.versions["openai"]
    assert [body["messages"][0]["content"].strip() for body in server.bodies] == ["Be warm.", "Answer plainly."]


def test_a_reply_cut_short_is_kept_as_interrupted_and_not_compared(
    server: FakeServer, engine: RemoteEngine, make: Make, log: SessionLog
) -> None:
    server.chats = [interrupted("Oh", " friend"), reply(WARM), reply(COLD)]
    session = make(engine)
    failed = turn(session)[-1]
    assert isinstance(failed, TurnFailed)
    assert "before it was finished" in failed.message
    assert [e for e in turn(session) if isinstance(e, VerdictReached)]
    lost, after = log.turns(session.id)
    assert lost.reply is not None
    assert (lost.reply.text, lost.reply.stop) == ("Oh friend", "interrupted")
    assert lost.verdict is not None
    assert lost.verdict.label == "unjudged"
    assert lost.shadow is None
    assert after.verdict is not None
    assert after.verdict.label == "disagree"


def test_a_shadow_cut_short_is_no_omission(server: FakeServer, engine: RemoteEngine, make: Make) -> None:
    server.chats = [reply(WARM), interrupted("The capital")]
    events = turn(make(engine))
    assert [e for e in events if isinstance(e, ReplyFinished)]
    (reached,) = [e for e in events if isinstance(e, VerdictReached)]
    assert reached.verdict.label == "unjudged"
    assert reached.shadow is None


def test_a_server_that_comes_back(server: FakeServer, open_engine: Open, make: Make, log: SessionLog) -> None:
    server.routes["/v1/models"] = lambda exchange: exchange.json({"detail": "no"}, 401)
    session = make(open_engine())
    failed = turn(session)[-1]
    assert isinstance(failed, TurnFailed)
    assert "WARMCHAT_REMOTE_KEY" in failed.hint
    del server.routes["/v1/models"]
    assert isinstance(turn(session)[-1], VerdictReached)
    assert len(log.turns(session.id)) == 2
