"""What a reply is made of, what the request for it says, and who goes first."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from tests.engine.remote.conftest import Open
from tests.engine.remote.fake_server import Exchange, FakeServer, Script, reply, status, until
from warmchat.domain.conversation import Message, split_thinking
from warmchat.domain.errors import EngineError, EngineLost
from warmchat.domain.profile import Sampling
from warmchat.engine.protocol import AdapterSpec, Engine, EngineEvent, Finished, Fragment, Job, Priority, Progress
from warmchat.engine.remote import RemoteEngine

HELLO = Job((Message("system", "Be brief."), Message("user", "Hello")), Sampling(max_tokens=50, seed=7))
SHADOW = replace(HELLO, priority=Priority.SHADOW)
LLAMA = {"data": [{"id": "m", "owned_by": "llamacpp"}]}
VLLM = {"data": [{"id": "m", "owned_by": "vllm", "max_model_len": 100}]}


def finish(engine: Engine, job: Job = HELLO) -> Finished:
    *_, last = engine.submit(job)
    assert isinstance(last, Finished)
    return last


def values(*chunks: dict[str, Any]) -> Script:
    def script(exchange: Exchange) -> None:
        exchange.begin()
        for chunk in chunks:
            exchange.value(chunk)
        exchange.end(None)

    return script


def deltas(*found: dict[str, Any]) -> Script:
    return values(*({"choices": [{"delta": delta}]} for delta in found), {"choices": [{"finish_reason": "stop"}]})


def test_the_fragments_are_the_text_and_the_end_says_how(server: FakeServer, engine: RemoteEngine) -> None:
    server.chats = [reply("Good", " day", "…")]
    events = list(engine.submit(HELLO))
    last = events[-1]
    assert isinstance(last, Finished)
    assert [e.text for e in events if isinstance(e, Fragment)] == ["Good", " day", "…"]
    assert last.text == "Good day…"
    assert last.stop == "end"
    assert last.origin.model == engine.describe().model
    assert last.origin.model_name == "fake"
    assert (last.origin.seed, last.origin.sampling) == (7, HELLO.sampling)
    assert last.usage.reply_tokens == 3, "pieces, where the server does not count"
    assert 0 < last.timings.first_token_s <= last.timings.reply_s


def test_the_request_says_what_the_profile_says(server: FakeServer, engine: RemoteEngine) -> None:
    finish(engine)
    assert server.bodies[0] == {
        "model": "fake",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}],
        "temperature": 0.0,
        "top_p": 1.0,
        "max_tokens": 50,
        "seed": 7,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_what_differs_from_the_usual_is_sent_along(server: FakeServer, engine: RemoteEngine) -> None:
    finish(engine, replace(HELLO, sampling=Sampling(min_p=0.1, top_k=9, repeat_penalty=1.2, dry_multiplier=0.8)))
    sent = server.bodies[0]
    assert (sent["min_p"], sent["top_k"], sent["repeat_penalty"], sent["dry_multiplier"]) == (0.1, 9, 1.2, 0.8)
    assert "repeat_last_n" not in sent


def test_each_kind_of_server_is_told_in_its_own_words(server: FakeServer, open_engine: Open) -> None:
    sampling = Sampling(temperature=0.7, repeat_penalty=1.2, max_tokens=50)
    server.models = VLLM
    finish(open_engine(), replace(HELLO, sampling=sampling))
    server.models = LLAMA
    finish(open_engine(), replace(HELLO, sampling=sampling))
    vllm, llama = server.bodies
    assert vllm["repetition_penalty"] == 1.2
    assert "repeat_penalty" not in vllm
    assert llama["repeat_penalty"] == 1.2
    for sent in (vllm, llama):
        assert (sent["top_k"], sent["min_p"]) == (0, 0.0), "off is said: the servers' own defaults are not off"


def test_the_reply_is_kept_within_the_window_where_the_server_would_refuse(
    server: FakeServer, engine: RemoteEngine
) -> None:
    server.models = VLLM
    server.routes["/tokenize"] = lambda exchange: exchange.json({"count": 70})
    server.chats = [reply("a", finish="length")]
    assert finish(engine).stop == "window"
    assert server.bodies[0]["max_tokens"] == 30


def test_unknown_fields_are_left_out_and_the_log_says_so(server: FakeServer, engine: RemoteEngine) -> None:
    refusal = {"error": {"message": "Extra inputs are not permitted: min_p, stream_options"}}
    server.chats = [status(400, refusal), reply("a"), reply("b")]
    job = replace(HELLO, sampling=Sampling(min_p=0.1, top_k=9))
    last = finish(engine, job)
    assert last.text == "a"
    assert last.origin.versions["not taken"] == "min_p"
    finish(engine, job)
    assert len(server.asked) == 3, "it is remembered"
    assert not {"min_p", "stream_options"} & server.bodies[1].keys() & server.bodies[2].keys()
    assert server.bodies[2]["top_k"] == 9


def test_the_newer_name_of_max_tokens_is_used_where_it_is_wanted(server: FakeServer, engine: RemoteEngine) -> None:
    said = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."
    server.chats = [status(400, {"error": {"message": said}})]
    assert finish(engine).text == "ok"
    assert server.bodies[1]["max_completion_tokens"] == 50
    assert "max_tokens" not in server.bodies[1]


def test_the_servers_own_counts_are_kept(server: FakeServer, engine: RemoteEngine) -> None:
    usage = {"prompt_tokens": 40, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 30}}
    server.chats = [
        values(
            {"choices": [], "prompt_progress": {"processed": 20, "total": 40}},
            {"choices": [{"delta": {"content": "a b c"}, "finish_reason": "length"}], "system_fingerprint": "b1234"},
            {"choices": [], "usage": usage},
        )
    ]
    events = list(engine.submit(HELLO))
    assert events[0] == Progress(20, 40)
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.usage.prompt_tokens, last.usage.evaluated_tokens, last.usage.reply_tokens) == (40, 10, 3)
    assert last.stop == "window", "it stopped before max_tokens: its window was full"
    assert last.origin.versions["fingerprint"] == "b1234"


def test_a_reply_that_reached_max_tokens_says_so(server: FakeServer, engine: RemoteEngine) -> None:
    server.chats = [reply("a", finish="length")]
    assert finish(engine).stop == "length"


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_thinking_stands_before_the_answer(server: FakeServer, engine: RemoteEngine, name: str) -> None:
    server.chats = [deltas({name: "Hm"}, {name: ", 4"}, {"content": "Four"}, {"content": "."})]
    assert split_thinking(finish(engine).text) == ("Hm, 4", "Four.")


def test_thinking_alone_is_no_answer(server: FakeServer, engine: RemoteEngine) -> None:
    server.chats = [deltas({"reasoning_content": "Hm"})]
    assert split_thinking(finish(engine).text) == ("Hm", "")


def test_what_the_server_says_is_text_and_nothing_more(server: FakeServer, engine: RemoteEngine) -> None:
    wild = "\x1b]0;x\x07 [DONE] data: {} </think> \u202e\r\n"
    server.chats = [reply(wild)]
    assert finish(engine).text == wild


def test_a_character_cut_in_two_is_whole_again(server: FakeServer, engine: RemoteEngine) -> None:
    pieces = ("a\ud83d", "\ude00b", "\ud83d", "c\ude00")
    server.chats = [deltas(*({"content": piece} for piece in pieces))]
    assert finish(engine).text == "a😀b\ufffdc\ufffd"


def test_a_broken_paste_is_sent_with_a_mark(server: FakeServer, engine: RemoteEngine) -> None:
    finish(engine, Job((Message("user", "a\ud83d"),)))
    assert server.bodies[0]["messages"][0]["content"] == "a?"


def test_going_on_from_a_partial_reply(server: FakeServer, open_engine: Open) -> None:
    job = replace(HELLO, continue_from="Once")
    with pytest.raises(EngineError, match="partial"):
        list(open_engine().submit(job))
    server.models = VLLM
    finish(open_engine(), job)
    assert server.bodies[0]["messages"][-1] == {"role": "assistant", "content": "Once"}
    assert server.bodies[0]["continue_final_message"] is True


def test_reading_ahead_costs_the_server_nothing(server: FakeServer, engine: RemoteEngine) -> None:
    last = finish(engine, replace(HELLO, task="read", priority=Priority.PRIMING))
    assert (last.text, last.stop) == ("", "end")
    assert server.paths == []


def test_what_a_server_cannot_do_is_refused(server: FakeServer, engine: RemoteEngine) -> None:
    with pytest.raises(EngineError, match="how likely"):
        finish(engine, replace(HELLO, task="score", continue_from="Hi"))
    off, on = (AdapterSpec("control_vector", "warmth", "warmth.gguf", strength) for strength in (0.0, 0.5))
    with pytest.raises(EngineError, match="adapters"):
        finish(engine, replace(HELLO, adapters=(on,)))
    assert finish(engine, replace(HELLO, adapters=(off,))).origin.adapters == ()


# ---- cancelling, and who goes first


@pytest.mark.parametrize("moment", ["before the answer", "while it comes"])
def test_cancel_closes_the_connection_at_once(server: FakeServer, engine: RemoteEngine, moment: str) -> None:
    if moment == "while it comes":
        server.chats = [server.watch("some", " text")]
    else:
        server.chats = [lambda exchange: server.hung_up.set() if exchange.wait_for_hang_up() else None]
    handle = engine.submit(HELLO)
    events = iter(handle)
    if moment == "while it comes":
        assert next(events) == Fragment("some")
        assert next(events) == Fragment(" text")
    else:
        until(lambda: len(server.asked) == 1, "the request comes")
    asked = time.monotonic()
    handle.cancel()
    last = next(events)
    assert time.monotonic() - asked < 0.2
    assert isinstance(last, Finished)
    assert last.stop == "cancelled"
    assert last.text == ("some text" if moment == "while it comes" else "")
    assert server.hung_up.wait(5), "the server can stop working"
    handle.cancel()  # a second time does no harm
    assert finish(engine).text == "ok"


def test_a_job_cancelled_while_it_waits_never_reaches_the_server(server: FakeServer, engine: RemoteEngine) -> None:
    server.chats = [server.watch("a")]
    first = engine.submit(HELLO)
    waiting = engine.submit(HELLO)
    next(iter(first))
    waiting.cancel()
    *_, last = waiting
    assert isinstance(last, Finished)
    assert (last.stop, last.text) == ("cancelled", "")
    first.cancel()
    until(server.hung_up.is_set, "the first goes")
    assert len(server.asked) == 1


def test_letting_go_of_the_events_cancels(server: FakeServer, engine: RemoteEngine) -> None:
    server.chats = [server.watch("a")]
    for _ in engine.submit(HELLO):
        break
    assert server.hung_up.wait(5)


def test_a_visible_reply_pushes_the_shadow_aside_and_the_shadow_starts_anew(
    server: FakeServer, engine: RemoteEngine
) -> None:
    server.chats = [server.watch("half a sha"), reply("visible"), reply("whole ", "shadow")]
    shadow = engine.submit(SHADOW)
    until(lambda: len(server.asked) == 1, "the shadow is being made")
    began = time.monotonic()
    assert finish(engine).text == "visible"
    assert time.monotonic() - began < 2, "it did not wait"
    assert server.hung_up.wait(5)
    events = list(shadow)
    assert [e.text for e in events if isinstance(e, Fragment)] == ["whole shadow"], "no beginning twice"
    assert isinstance(events[-1], Finished)
    assert events[-1].text == "whole shadow"
    assert events[-1].timings.queued_s > 0


def test_jobs_wait_for_each_other_and_the_better_goes_first(server: FakeServer, engine: RemoteEngine) -> None:
    go = threading.Event()

    def held(exchange: Exchange) -> None:
        go.wait(5)
        reply("first")(exchange)

    server.chats = [held]
    first = engine.submit(HELLO)
    until(lambda: len(server.asked) == 1, "the first is being made")
    others = [
        engine.submit(replace(HELLO, messages=(Message("user", p.name),), priority=p))
        for p in (Priority.NOISE, Priority.ASKED)
    ]
    go.set()
    for handle in (first, *others):
        list(handle)
    assert [body["messages"][-1]["content"] for body in server.bodies] == ["Hello", "ASKED", "NOISE"]
    assert server.most_at_once == 1


def test_two_at_once_where_the_server_may(server: FakeServer, open_engine: Open) -> None:
    meet = threading.Barrier(2, timeout=5)

    def together(exchange: Exchange) -> None:
        meet.wait()
        reply("both")(exchange)

    server.chats = [together, together]
    engine = open_engine(parallel=2)
    assert engine.describe().capabilities.parallel == 2
    handles = [engine.submit(HELLO), engine.submit(SHADOW)]
    for handle in handles:
        events: list[EngineEvent] = list(handle)
        assert isinstance(events[-1], Finished)
        assert events[-1].text == "both"


def test_closing_ends_what_is_being_made(server: FakeServer, engine: RemoteEngine) -> None:
    server.chats = [server.watch("a")]
    running, waiting = iter(engine.submit(HELLO)), engine.submit(SHADOW)
    assert next(running) == Fragment("a")
    engine.close()
    for events in (running, iter(waiting)):
        with pytest.raises(EngineLost, match="closed"):
            next(events)
    with pytest.raises(EngineLost):
        engine.submit(HELLO)
    with pytest.raises(EngineLost):
        engine.describe()
    assert server.hung_up.wait(5)
    engine.close()
