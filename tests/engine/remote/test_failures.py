"""Servers that are down, slow, broken, strange or strict: one clear error each, and the part that came is kept."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from tests.engine.remote.conftest import Open
from tests.engine.remote.fake_server import Exchange, FakeServer, Script, status
from tests.engine.remote.test_replies import HELLO, SHADOW, finish
from warmchat.domain.errors import EngineError, EngineLost, PromptTooLong, WarmchatError
from warmchat.engine.protocol import EngineEvent, Fragment, Job
from warmchat.engine.remote import RemoteConfig, RemoteEngine

KEY = "sk-very-secret-0123456789"


def streamed(*pieces: str, after: Callable[[Exchange], None]) -> Script:
    def script(exchange: Exchange) -> None:
        exchange.begin()
        exchange.delta(role="assistant")
        exchange.say(*pieces)
        after(exchange)

    return script


def cut_after_text(engine: RemoteEngine, job: Job = HELLO) -> tuple[str, EngineLost]:
    """What came, and the error that ended it."""
    came: list[EngineEvent] = []
    events = iter(engine.submit(job))
    with pytest.raises(EngineLost) as lost:
        came.extend(events)  # a list keeps what it was given before the error
    return "".join(e.text for e in came if isinstance(e, Fragment)), lost.value


def stays_silent(released: threading.Event) -> Script:
    def script(_: Exchange) -> None:
        released.wait(5)

    return script


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (lambda e: e.end(None), "ended the reply before it was finished"),  # [DONE] without a reason to be done
        (lambda e: e.end(None, done=False), "ended the reply before it was finished"),
        (lambda e: e.cut(), "broke"),
        (lambda e: (e.line("data: [DONE]"), e.cut()), "before it was finished"),  # llama_cpp.server, interrupted
        (lambda e: e.end("abort"), "before it was finished"),
        (lambda e: e.end("content_filter"), "withheld"),
        (lambda e: (e.value({"error": {"message": "out of memory"}}), e.end()), "out of memory"),
        (lambda e: (e.line("data: {not json"), e.end()), "not JSON"),
        (lambda e: (e.value([1, 2]), e.end()), "no part of a reply"),
    ],
)
@pytest.mark.parametrize("job", [HELLO, SHADOW])
def test_a_reply_cut_short_is_told_as_lost_and_its_part_is_kept(
    server: FakeServer, engine: RemoteEngine, after: Callable[[Exchange], None], says: str, job: Job
) -> None:
    server.chats = [streamed("half", " a reply", after=after)]
    text, error = cut_after_text(engine, job)
    assert text == "half a reply"
    assert says in error.message
    assert error.hint
    assert len(server.asked) == 1, "never again after text came"
    assert finish(engine).text == "ok", "the next reply is none the worse"


def test_a_stream_cut_before_any_text_is_asked_for_again(server: FakeServer, engine: RemoteEngine) -> None:
    server.chats = [streamed(after=lambda e: e.end(None)), lambda e: e.cut()]
    assert finish(engine).text == "ok"
    assert len(server.asked) == 3


def test_an_end_that_says_why_is_whole_whatever_comes_behind_it(server: FakeServer, engine: RemoteEngine) -> None:

    def breaks_behind_it(exchange: Exchange) -> None:
        exchange.delta("stop")
        exchange.cut()

    server.chats = [streamed("whole", after=breaks_behind_it)]
    assert finish(engine).text == "whole"


@pytest.mark.parametrize("code", [429, 500, 503])
def test_what_may_pass_is_tried_again_a_few_times(server: FakeServer, open_engine: Open, code: int) -> None:
    server.chats = [status(code), status(code, retry_after="0.01")]
    assert finish(open_engine()).text == "ok"
    server.chats = [status(code)] * 4
    with pytest.raises(EngineError, match=str(code)) as refused:
        finish(open_engine(retries=1))
    assert refused.value.hint
    assert len(server.asked) == 3 + 2


def test_a_server_that_is_still_loading_is_waited_for(server: FakeServer, engine: RemoteEngine) -> None:

    def loaded_now(exchange: Exchange) -> None:
        del server.routes["/v1/models"]
        status(503, {"error": {"message": "Loading model"}})(exchange)

    server.routes["/v1/models"] = loaded_now
    assert finish(engine).text == "ok"


@pytest.mark.parametrize(
    ("script", "says", "hint"),
    [
        (status(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}}), "401", "WARMCHAT_REMOTE_KEY"),
        (status(403), "403", "WARMCHAT_REMOTE_KEY"),
        (status(404), "404", "/v1"),
        (status(500, {"error": {"message": f"cannot read {KEY}"}}), "cannot read [key]", "log"),
        (status(307, location="http://127.0.0.1:1/v1/models"), "elsewhere", "base URL"),
        (lambda e: e.raw(b"<html>hello</html>"), "no list of models", "/v1"),
        (lambda e: e.raw(b"\xff\xfe{", kind="application/json"), "JSON", "/v1"),
        (lambda e: e.json(["a"]), "no list of models", "/v1"),
        (lambda e: e.json({"data": []}), "no model", "name one"),
        (lambda e: e.json({"data": [{"id": 7}, 3]}), "no model", "name one"),
    ],
)
def test_a_server_that_cannot_be_used_says_why_and_is_asked_again(
    server: FakeServer, open_engine: Open, script: Script, says: str, hint: str
) -> None:
    server.routes["/v1/models"] = script
    engine = open_engine(api_key=KEY)
    with pytest.raises(EngineError) as refused:
        engine.describe()
    assert says in refused.value.message
    assert hint in refused.value.hint
    assert KEY not in f"{refused.value!r} {refused.value} {refused.value.__cause__} {refused.value.hint}"
    with pytest.raises(EngineError):
        finish(engine)
    del server.routes["/v1/models"]
    assert engine.describe().model_name == "fake"


def test_a_server_that_is_down(open_engine: Open) -> None:
    with socket.socket() as taken:  # a port on which nobody listens
        taken.bind(("127.0.0.1", 0))
        engine = open_engine(f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
        for ask in (engine.describe, lambda: engine.count(HELLO.messages), lambda: finish(engine)):
            with pytest.raises(EngineError, match="Nothing answers") as refused:
                ask()
            assert "running" in refused.value.hint


def test_a_machine_that_does_not_exist(open_engine: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)  # to ask who that is would leave this machine
    with pytest.raises(EngineError, match="no machine"):
        open_engine("http://nowhere.invalid/v1").describe()


def test_encryption_spoken_to_a_server_that_knows_none(server: FakeServer, open_engine: Open) -> None:
    with pytest.raises(EngineError, match="encrypted"):
        open_engine(server.url.replace("http:", "https:")).describe()


def test_a_server_that_is_slow(server: FakeServer, open_engine: Open) -> None:
    released = threading.Event()
    try:
        server.routes["/v1/models"] = stays_silent(released)
        with pytest.raises(EngineError, match=r"no answer within 0\.1 s"):
            open_engine(answer_s=0.1).describe()
        del server.routes["/v1/models"]
        engine = open_engine(first_token_s=0.2, between_s=0.1)

        def alive_without_text(exchange: Exchange) -> None:
            exchange.begin()
            while not released.wait(0.02):
                exchange.line(": ping")
                exchange.delta(role="assistant")

        for script in (stays_silent(released), alive_without_text):
            server.chats = [script]
            with pytest.raises(EngineError, match=r"no text within 0\.2 s"):
                finish(engine)
        server.chats = [streamed("half", after=stays_silent(released))]
        text, error = cut_after_text(engine)
        assert text == "half"
        assert "no more text within 0.1 s" in error.message
    finally:
        released.set()


def test_a_reply_without_an_end_is_ended(
    server: FakeServer, engine: RemoteEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warmchat.engine.remote.reply.LONGEST_REPLY", 1000)

    def endless(exchange: Exchange) -> None:
        exchange.begin()
        while True:
            exchange.say("on and on ")

    server.chats = [endless]
    text, error = cut_after_text(engine)
    assert 900 < len(text) <= 1000
    assert "without an end" in error.message


TOO_LONG = [
    {"error": {"code": 400, "type": "exceed_context_size_error", "message": "request (9 tokens) exceeds it"}},
    {"error": {"code": "context_length_exceeded", "message": "too many"}},
    {"object": "error", "message": "This model's maximum context length is 1024 tokens. However, you asked for more."},
]


@pytest.mark.parametrize("body", TOO_LONG)
def test_a_text_that_is_too_long(server: FakeServer, engine: RemoteEngine, body: object) -> None:
    server.chats = [status(400, body)]
    with pytest.raises(PromptTooLong) as refused:
        finish(engine)
    assert "shorten" in refused.value.hint
    assert len(server.asked) == 1


def test_a_stream_without_a_word_is_asked_about(server: FakeServer, engine: RemoteEngine) -> None:
    """As llama_cpp.server does with a prompt that is too long."""

    def empty(exchange: Exchange) -> None:
        exchange.begin()
        exchange.end(None, done=False)

    server.chats = [empty, status(400, TOO_LONG[1])]
    with pytest.raises(PromptTooLong):
        finish(engine)
    assert "stream" not in server.bodies[1]


def test_other_refusals_are_not_repeated(server: FakeServer, engine: RemoteEngine) -> None:
    server.chats = [status(400, {"error": {"message": "the model is offended"}})]
    with pytest.raises(EngineError, match="the model is offended"):
        finish(engine)
    assert len(server.asked) == 1


# ---- what is sent, and to whom


def test_the_key_is_sent_and_stands_nowhere_else(server: FakeServer, open_engine: Open) -> None:
    engine = open_engine(api_key=f" {KEY}\n")
    last = finish(engine)
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    config = RemoteConfig(server.url, api_key=KEY)
    assert KEY not in f"{config!r} {engine!r} {engine.describe()!r} {last!r}"
    assert [f.name for f in fields(config) if not f.repr] == ["api_key"]


def test_nothing_meant_for_another_service_is_sent(
    server: FakeServer, engine: RemoteEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID"):
        monkeypatch.setenv(f"OPENAI_{name}", "somebody-else")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "x-secret: somebody-else")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    finish(engine)
    assert "somebody-else" not in str(server.asked[0].headers)
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize(
    "settings",
    [{"base_url": "ftp://x/v1"}, {"base_url": "localhost:8080/v1"}, {"base_url": "http://"}, {"base_url": ""},
     {"base_url": "http://me:pa55word@x/v1"}, {"base_url": "https://x/v1?key=pa55word"}, {"base_url": "http://x:no/v1"},
     {"base_url": "http://x/v 1"}, {"base_url": "http://x/v1\r\nhost: y"},
     {"base_url": "http://x/v1", "api_key": "pa55word\nx: y"}],
)  # fmt: skip
def test_an_address_or_key_that_cannot_be_used_is_refused_without_repeating_it(settings: dict[str, Any]) -> None:
    with pytest.raises(WarmchatError) as refused:
        RemoteEngine(RemoteConfig(**settings))
    assert refused.value.hint
    assert "pa55word" not in str(refused.value)


def test_an_engine_that_was_never_used_closes(open_engine: Open) -> None:
    engine = open_engine()
    engine.close()
    with pytest.raises(EngineLost):
        engine.count(HELLO.messages)


def test_a_reply_in_one_piece_is_no_stream(server: FakeServer, open_engine: Open) -> None:
    """A server that does not stream: its answer is no event, so nothing comes, and that is said."""
    whole = {"choices": [{"message": {"content": "all at once"}, "finish_reason": "stop"}]}
    server.chats = [lambda exchange: exchange.json(whole)] * 9
    with pytest.raises(EngineError, match="before it was finished"):
        finish(open_engine(retries=0))
