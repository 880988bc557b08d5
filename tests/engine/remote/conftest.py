"""The fake server and engines that talk to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.engine.remote.fake_server import FakeServer
from warmchat.engine.remote import RemoteConfig, RemoteEngine

Open = Callable[..., RemoteEngine]


@pytest.fixture
def server() -> Iterator[FakeServer]:
    server = FakeServer()
    yield server
    server.close()


@pytest.fixture
def open_engine(server: FakeServer) -> Iterator[Open]:
    """Makes engines at the fake server, with short waits; closes them."""
    engines: list[RemoteEngine] = []

    def make(base_url: str = "", **changes: Any) -> RemoteEngine:
        config = RemoteConfig(base_url or server.url, **{"backoff_s": 0.01, **changes})
        engines.append(RemoteEngine(config))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


@pytest.fixture
def engine(open_engine: Open) -> RemoteEngine:
    return open_engine()
