"""A server that does as it is told: every way in which a server can answer, late, wrongly, or not at all."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE_S = 10.0
Script = Callable[["Exchange"], None]


class Exchange:
    """One request to be answered."""

    def __init__(self, handler: BaseHTTPRequestHandler, server: FakeServer) -> None:
        self._handler = handler
        self.server = server
        self.path = handler.path
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        size = int(self.headers.get("content-length", 0))
        self.body: dict[str, Any] = json.loads(handler.rfile.read(size)) if size else {}

    def json(self, value: object, status: int = 200, **headers: str) -> None:
        self.raw(json.dumps(value).encode(), status, "application/json", **headers)

    def raw(self, content: bytes, status: int = 200, kind: str = "text/html", **headers: str) -> None:
        self._handler.send_response(status)
        for name, text in {"content-type": kind, "content-length": str(len(content)), **headers}.items():
            self._handler.send_header(name.replace("_", "-"), text)
        self._handler.end_headers()
        self._handler.wfile.write(content)

    def begin(self) -> None:
        self._handler.send_response(200)
        self._handler.send_header("content-type", "text/event-stream")
        self._handler.send_header("transfer-encoding", "chunked")
        self._handler.end_headers()

    def line(self, text: str) -> None:
        """One event of the stream, as it stands."""
        data = f"{text}\n\n".encode()
        self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self._handler.wfile.flush()

    def value(self, value: object) -> None:
        self.line(f"data: {json.dumps(value)}")

    def delta(self, finish: str | None = None, **delta: object) -> None:
        self.value({"model": "fake", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    def say(self, *pieces: str) -> None:
        for piece in pieces:
            self.delta(content=piece)

    def end(self, finish: str | None = "stop", *, done: bool = True) -> None:
        """The last words of an orderly stream."""
        if finish:
            self.delta(finish)
        if done:
            self.line("data: [DONE]")
        self._handler.wfile.write(b"0\r\n\r\n")

    def cut(self) -> None:
        """Break the connection."""
        self._handler.wfile.flush()
        self._handler.connection.shutdown(socket.SHUT_RDWR)

    def wait_for_hang_up(self) -> bool:
        """Whether the client goes away in time."""
        readable, _, _ = select.select([self._handler.connection], [], [], PATIENCE_S)
        return bool(readable) and self._handler.connection.recv(1) == b""


def reply(*pieces: str, finish: str = "stop") -> Script:
    """An orderly reply."""

    def script(exchange: Exchange) -> None:
        exchange.begin()
        exchange.delta(role="assistant")
        exchange.say(*pieces)
        exchange.end(finish)

    return script


def status(code: int, value: object = None, **headers: str) -> Script:
    """An error answer."""
    return lambda exchange: exchange.json({"error": {"message": "no"}} if value is None else value, code, **headers)


class FakeServer:
    """Listens on loopback until `close`.

    Attributes:
        models: what it says its models are.
        routes: scripts for single paths; everything else but the API is not found.
        chats: scripts for the next chat requests, in order; when they are used up, `reply` answers "ok".
        asked: the chat requests that came.
        most_at_once: how many chat requests were open at the same time.
        hung_up: set when a client left in the middle of a stream that watched for it.
    """

    def __init__(self) -> None:
        self.models: object = {"object": "list", "data": [{"id": "fake", "object": "model"}]}
        self.routes: dict[str, Script] = {}
        self.chats: list[Script] = []
        self.asked: list[Exchange] = []
        self.paths: list[str] = []
        self.most_at_once = 0
        self.hung_up = threading.Event()
        self._open = 0
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [exchange.body for exchange in self.asked]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, exchange: Exchange) -> None:
        with self._lock:
            self.paths.append(exchange.path)
        if exchange.path in self.routes:
            self.routes[exchange.path](exchange)
        elif exchange.path == "/v1/models":
            exchange.json(self.models)
        elif exchange.path == "/v1/chat/completions":
            self._chat(exchange)
        else:
            exchange.json({"detail": "Not Found"}, 404)

    def _chat(self, exchange: Exchange) -> None:
        with self._lock:
            self.asked.append(exchange)
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
            script = self.chats.pop(0) if self.chats else reply("ok")
        try:
            script(exchange)
        finally:
            with self._lock:
                self._open -= 1

    def watch(self, *pieces: str) -> Script:
        """Say something, then wait for the client to go."""

        def script(exchange: Exchange) -> None:
            try:
                exchange.begin()
                exchange.say(*pieces)
                gone = exchange.wait_for_hang_up()
            except OSError:
                gone = True
            if gone:
                self.hung_up.set()

        return script


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is what many tests are about."""


def _handler(server: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.answer(Exchange(self, server))
            self.close_connection = True

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Tests print nothing."""

    return Handler


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for a predicate."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.005)
