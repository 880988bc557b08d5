"""A real server: llama_cpp.server with the starter model on loopback, which by default cuts replies short."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.engine.remote.fake_server import until
from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError, EngineLost, PromptTooLong
from warmchat.domain.profile import Sampling
from warmchat.engine.protocol import EngineEvent, Finished, Fragment, Handle, Job, Priority
from warmchat.engine.remote import RemoteConfig, RemoteEngine

pytestmark = pytest.mark.model

EngineAt = Callable[["Served"], RemoteEngine]
LOADING_S = 60.0
CAPITAL = Job((Message("system", "Answer factually."), Message("user", "What is the capital of Australia?")),
              Sampling(max_tokens=30))  # fmt: skip
# As `python -m llama_cpp.server`, with the parameters that keep it alive on a processor with AMX.
SERVER = """
import runpy, sys
from warmchat.engine.llama.bindings import bindings, model_params
params = model_params()
bindings.llama_model_default_params = lambda: params
del sys.modules["llama_cpp"]
runpy.run_module("llama_cpp.server", run_name="__main__", alter_sys=True)
"""
STORY = Job((Message("user", "Tell me a very long story about a river."),), Sampling(max_tokens=80))
SHADOW = Job(STORY.messages, Sampling(max_tokens=30), priority=Priority.SHADOW)


class Served(NamedTuple):
    """A server that runs: its base URL, and the file with what it says."""

    url: str
    log: Path


@contextmanager
def serving(starter: Path, folder: Path, *, interrupt: bool) -> Iterator[Served]:
    """A server, from when it answers until it is ended."""
    log = folder / "server.log"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "model": starter,
        "host": "127.0.0.1",
        "port": port,
        "n_ctx": 1024,
        "interrupt_requests": interrupt,
        "n_threads": 1,
        "n_threads_batch": 1,
    }  # fmt: skip  (two would spin beside whatever else runs)
    arguments = [text for name, value in settings.items() for text in (f"--{name}", str(value))]
    command = [sys.executable, "-u", "-c", SERVER, *arguments]
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        url = f"http://127.0.0.1:{port}/v1"
        deadline = time.monotonic() + LOADING_S
        while not _answers(url):
            assert process.poll() is None, log.read_text(errors="replace")[-2000:]
            assert time.monotonic() < deadline, "never: the server answers"
            time.sleep(0.1)
        yield Served(url, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    engine = RemoteEngine(RemoteConfig(url, retries=0))
    try:
        engine.describe()
    except EngineError:
        return False
    finally:
        engine.close()
    return True


@pytest.fixture(scope="module")
def patient(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that lets every reply come to its end."""
    with serving(starter, tmp_path_factory.mktemp("off"), interrupt=False) as served:
        yield served


@pytest.fixture(scope="module")
def impatient(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server as it is by default."""
    with serving(starter, tmp_path_factory.mktemp("on"), interrupt=True) as served:
        yield served


@pytest.fixture
def engine_at() -> Iterator[EngineAt]:
    engines: list[RemoteEngine] = []

    def make(served: Served) -> RemoteEngine:
        engines.append(RemoteEngine(RemoteConfig(served.url, n_ctx=1024, backoff_s=0.05)))
        engines[-1].describe()
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


def last_of(handle: Handle) -> Finished:
    *_, last = handle
    assert isinstance(last, Finished)
    return last


def after_first_words(handle: Handle) -> Iterator[EngineEvent]:
    """The events behind the fifth piece of text."""
    events = iter(handle)
    for _ in range(5):
        assert isinstance(next(events), Fragment)
    return events


def test_it_answers(patient: Served, engine_at: EngineAt) -> None:
    engine = engine_at(patient)
    info = engine.describe()
    assert info.versions["server"].startswith("llama_cpp.server 0.3")
    assert info.model_name.endswith(".gguf")
    assert "/" not in info.model_name
    assert any("--interrupt_requests" in note for note in info.notes)
    last = last_of(engine.submit(CAPITAL))
    assert "Canberra" in last.text
    assert last.stop == "end"


def test_greedy_is_the_same_every_time(patient: Served, engine_at: EngineAt) -> None:
    engine = engine_at(patient)
    assert len({last_of(engine.submit(CAPITAL)).text for _ in range(2)}) == 1


def test_the_visible_reply_goes_first_and_the_shadow_is_made_whole(patient: Served, engine_at: EngineAt) -> None:
    engine = engine_at(patient)
    alone = last_of(engine.submit(SHADOW)).text

    def begun() -> int:
        return patient.log.read_text(errors="replace").count('"POST /v1/chat/completions HTTP/1.1" 200')

    before = begun()
    shadow = engine.submit(SHADOW)
    until(lambda: begun() > before, "the shadow is being made")
    visible = last_of(engine.submit(CAPITAL))
    assert "Canberra" in visible.text
    assert last_of(shadow).text == alone


def test_two_programs_wait_for_each_other(patient: Served, engine_at: EngineAt) -> None:
    one, other = engine_at(patient), engine_at(patient)
    events = after_first_words(one.submit(STORY))
    handle = other.submit(CAPITAL)
    *_, last = events
    assert isinstance(last, Finished)
    assert last.stop == "length", "whole"
    assert "Canberra" in last_of(handle).text


def test_cancel_stops_the_server(patient: Served, engine_at: EngineAt) -> None:
    engine = engine_at(patient)
    handle = engine.submit(Job(STORY.messages, Sampling(max_tokens=900)))
    events = after_first_words(handle)
    asked = time.monotonic()
    handle.cancel()
    *_, last = events
    assert time.monotonic() - asked < 1.0
    assert isinstance(last, Finished)
    assert last.stop == "cancelled"
    assert last.text
    assert "Canberra" in last_of(engine.submit(CAPITAL)).text
    until(lambda: "Disconnected from client" in patient.log.read_text(errors="replace"), "the server sees that we left")


def test_a_prompt_that_is_too_long_is_told_with_its_size(patient: Served, engine_at: EngineAt) -> None:
    with pytest.raises(PromptTooLong, match="1024"):
        last_of(engine_at(patient).submit(Job((Message("user", "word " * 1500),))))


def test_a_reply_that_another_program_interrupts_is_lost_with_its_part_kept(
    impatient: Served, engine_at: EngineAt
) -> None:
    one, other = engine_at(impatient), engine_at(impatient)
    events = after_first_words(one.submit(STORY))
    second = other.submit(CAPITAL)
    with pytest.raises(EngineLost, match="before it was finished") as lost:
        list(events)
    assert "--interrupt_requests false" in lost.value.hint
    assert "Canberra" in last_of(second).text


def test_the_engine_never_interrupts_itself(impatient: Served, engine_at: EngineAt) -> None:
    engine = engine_at(impatient)
    shadow = engine.submit(SHADOW)
    events = after_first_words(engine.submit(STORY))
    engine.count(STORY.messages)
    engine.describe()
    waiting = engine.submit(CAPITAL)
    *_, last = events
    assert isinstance(last, Finished)
    assert last.stop == "length", "whole"
    assert "Canberra" in last_of(waiting).text
    assert last_of(shadow).stop == "length"


def test_a_server_that_dies_in_the_middle_of_a_reply(starter: Path, tmp_path: Path) -> None:
    ended = threading.Event()
    with serving(starter, tmp_path, interrupt=False) as served:
        engine = RemoteEngine(RemoteConfig(served.url, retries=0))
        events = after_first_words(engine.submit(Job(STORY.messages, Sampling(max_tokens=900))))
        came: list[EngineEvent] = []

        def read() -> None:
            with pytest.raises(EngineLost):
                came.extend(events)
            ended.set()

        reader = threading.Thread(target=read)
        reader.start()
    reader.join(10)
    assert ended.is_set()
    try:
        with pytest.raises(EngineError, match="Nothing answers"):
            last_of(engine.submit(CAPITAL))
    finally:
        engine.close()
    until(lambda: not reader.is_alive(), "the reader ends")
