"""A model hub on the loopback interface: the few requests that the client makes, and the troubles it may meet."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "c0ffee" + "0" * 34


@dataclass
class FakeHub:
    """What the hub holds, how it misbehaves, and what was asked of it.

    Attributes:
        files: repository -> path -> content.
        cut_after: bytes after which each of the next downloads breaks off; one is used up per download.
        status: answer everything with this status instead.
        ignore_range: send the whole file whatever part was asked for.
        wrong_hash: state another hash than the content has.
        send_instead: send these bytes instead of the file.
        requests: (method, path, Range header) in order.
    """

    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    cut_after: list[int] = field(default_factory=list)
    status: int = 0
    error_code: str = ""
    ignore_range: bool = False
    wrong_hash: bool = False
    plain_etag: bool = False
    send_instead: bytes = b""
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    endpoint: str = ""
    _server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        hub = self

        class Handler(_Handler):
            pass

        Handler.hub = hub
        self._server = _Server(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def downloads(self) -> list[str]:
        """The Range headers of the downloads, an empty text for a whole one."""
        return [wanted for method, path, wanted in self.requests if method == "GET" and "/resolve/" in path]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up in the middle is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""

    def _answer(self, *, body: bool) -> None:
        hub = self.hub
        hub.requests.append((self.command, self.path, self.headers.get("Range", "")))
        listing = re.fullmatch(r"/api/models/([^/]+/[^/?]+)(?:\?.*)?", self.path)
        download = re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)", self.path)
        repo = (listing or download).group(1) if listing or download else ""  # type: ignore[union-attr]
        if hub.status:
            self._refuse(hub.status, hub.error_code)
        elif repo not in hub.files:
            self._refuse(404, "RepoNotFound")
        elif listing:
            self._list(repo)
        elif download and download.group(2) in hub.files[repo]:
            self._send(hub.files[repo][download.group(2)], body=body)
        else:
            self._refuse(404, "EntryNotFound")

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _list(self, repo: str) -> None:
        files = self.hub.files[repo].items()
        answer = {
            "id": repo,
            "sha": COMMIT,
            "siblings": [{"rfilename": path, "size": len(data), "blobId": "0" * 40} for path, data in files],
        }
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _send(self, data: bytes, *, body: bool) -> None:
        hub = self.hub
        digest = hashlib.sha256(data + (b"!" if hub.wrong_hash else b"")).hexdigest()
        start = 0
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if wanted and not hub.ignore_range:
            start = int(wanted.group(1))
        size = len(data)
        if body and hub.send_instead:
            data = hub.send_instead
        rest = data[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.send_header("Content-Length", str(len(rest)))
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("X-Linked-Size", str(size))
        self.send_header("X-Linked-ETag", f'"{"git-" + digest[:36] if hub.plain_etag else digest}"')
        self.send_header("ETag", '"something-else"')
        self.end_headers()
        if not body:
            return
        if hub.cut_after:
            self.wfile.write(rest[: hub.cut_after.pop(0)])
            self.wfile.flush()
            self.close_connection = True  # fewer bytes than announced, then the end
            return
        self.wfile.write(rest)
