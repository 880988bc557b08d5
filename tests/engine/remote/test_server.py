"""What is learnt of a server before it is used: kind, model, window, counting, and where the text goes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.remote.conftest import Open
from tests.engine.remote.fake_server import Exchange, FakeServer, Script
from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError
from warmchat.engine.protocol import Capabilities
from warmchat.engine.remote import RemoteEngine
from warmchat.engine.remote.config import checked_address

ASKED = [Message("system", "Be brief."), Message("user", "Hello, 世界")]


def says(value: object) -> Script:
    return lambda exchange: exchange.json(value)


def model(owner: str, **more: object) -> dict[str, Any]:
    return {"data": [{"id": "m", "owned_by": owner, **more}]}


def test_llama_server(server: FakeServer, open_engine: Open) -> None:
    def tokens(exchange: Exchange) -> None:
        exchange.json({"tokens": list(range(len(exchange.body["content"].split())))})

    def template(exchange: Exchange) -> None:
        exchange.json({"prompt": " ".join(f"{m['role']} {m['content']}" for m in exchange.body["messages"])})

    server.models = model("llamacpp", meta={"n_ctx_train": 8192, "n_params": 5, "size": 6})
    server.routes = {
        "/props": says({"default_generation_settings": {"n_ctx": 3000}, "total_slots": 2, "build_info": "b77"}),
        "/apply-template": template,
        "/tokenize": tokens,
    }
    engine = open_engine(parallel=8)
    info = engine.describe()
    assert (info.n_ctx, info.n_ctx_train, info.n_params, info.size_bytes) == (3000, 8192, 5, 6)
    assert info.capabilities == Capabilities(parallel=2), "no adapters, scores or hidden states"
    assert info.versions["server"] == "llama.cpp b77"
    assert info.notes == ("The server makes 2 at a time, not 8 as set",)
    assert engine.count(ASKED) == 6
    server.routes.pop("/tokenize")
    with pytest.raises(EngineError, match="tokenize"):
        engine.count(ASKED)


def test_vllm(server: FakeServer, engine: RemoteEngine) -> None:
    server.models = model("vllm", max_model_len=1234)
    server.routes = {"/version": says({"version": "1.2"}), "/tokenize": says({"count": 17})}
    info = engine.describe()
    assert (info.n_ctx, info.versions["server"], info.notes) == (1234, "vLLM 1.2", ())
    assert engine.count(ASKED) == 17


def test_ollama(server: FakeServer, open_engine: Open) -> None:
    server.models = {"data": [{"id": "small:latest", "owned_by": "library"}]}
    server.routes = {"/api/version": says({"version": "0.9"}), "/api/ps": says({"models": []})}
    info = open_engine(model="small").describe()
    assert info.n_ctx == 4096
    assert any("4,096" in note for note in info.notes)
    server.routes["/api/ps"] = says({"models": [{"name": "small:latest", "context_length": 9000}]})
    info = open_engine(model="small").describe()
    assert info.n_ctx == 9000
    assert info.model_name == "small"
    assert any("without a word" in note for note in info.notes)


def test_a_server_that_says_little(server: FakeServer, engine: RemoteEngine) -> None:
    info = engine.describe()
    assert info.n_ctx == 4096
    assert info.path == server.url
    assert any("4,096 tokens are assumed" in note for note in info.notes)
    assert any("estimate" in note for note in info.notes)
    assert engine.count(ASKED) == round((9 + 13) / 3.5) + 16
    engine.describe()
    assert server.paths == ["/v1/models"], "asked once, and nothing else"


@pytest.mark.parametrize("name", ["context_length", "context_window", "max_context_length"])
def test_other_names_of_the_window(server: FakeServer, engine: RemoteEngine, name: str) -> None:
    server.models = model("somebody", **{name: 777})
    assert engine.describe().n_ctx == 777


def test_the_setting_decides_but_a_smaller_window_of_the_server_is_believed(
    server: FakeServer, open_engine: Open
) -> None:
    server.models = model("vllm", max_model_len=1000)
    assert open_engine(n_ctx=500).describe().n_ctx == 500
    info = open_engine(n_ctx=5000).describe()
    assert info.n_ctx == 1000
    assert any("not 5,000 as set" in note for note in info.notes)


def test_which_model(server: FakeServer, open_engine: Open) -> None:
    server.models = {"data": [{"id": "/models/a b.Q4.gguf"}, {"id": "other"}]}
    info = open_engine().describe()
    assert info.model_name == "a b.Q4.gguf", "not where it lies on the server's disk"
    assert any("2 models" in note for note in info.notes)
    assert open_engine(model="other").describe().model_name == "other"
    assert open_engine(model="other").describe().model != info.model
    assert any("lists no model called third" in note for note in open_engine(model="third").describe().notes)


@pytest.mark.parametrize("props", [[], {"default_generation_settings": 3, "total_slots": "x"}, {"total_slots": -1}])
def test_strange_answers_beside_the_api_do_no_harm(server: FakeServer, engine: RemoteEngine, props: object) -> None:
    server.models = model("llamacpp", meta="?")
    server.routes = {"/props": says(props), "/tokenize": says({"tokens": "?"}), "/apply-template": says({"prompt": 1})}
    info = engine.describe()
    assert info.n_ctx == 4096
    assert engine.count(ASKED) > 0


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://localhost:8080/v1/", ""),
        ("http://127.8.8.8/v1", ""),
        ("http://[::1]:80/v1", ""),
        ("http://192.168.1.5:8000/v1", "sent there"),
        ("http://gpubox:8000/v1", "sent there"),
        ("http://gpubox.local/v1", "sent there"),
        ("https://models.example.org/v1", "sent there"),
        ("http://models.example.org/v1", "unencrypted"),
        ("http://8.8.8.8/v1", "unencrypted"),
        ("http://[2a00::1]/v1", "unencrypted"),
    ],
)
def test_where_the_text_goes_is_said(url: str, said: str) -> None:
    address = checked_address(url)
    notes = " ".join(address.notes)
    assert said in notes
    assert bool(said) == bool(notes)
    assert ("unencrypted" in notes) == (said == "unencrypted")
    assert not address.base.endswith("/")
    assert not address.root.endswith("/v1")
