"""Sinks that a browser reads: the page of a log and the page of a measurement, opened in headless Chromium.

What acts is seen in two ways: a title that a script has changed, and a request that a listener of ours has heard. That
both ways see is shown on a page that protects nothing.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.attacks.hostile import CLASSES
from tests.attacks.sinks.case import Sink, hostile_records
from tests.evals.examples import example_replies, example_run
from warmchat.evals.page.write import eval_page
from warmchat.evals.report import report
from warmchat.storage.exports.html_page import html_page

ACTED = "acted"
PATIENCE_S = 60.0
RAW = (
    "<script>document.title='acted'</script>",
    "<img src=x onerror=\"document.title='acted'\">",
    "<svg onload=\"document.title='acted'\"></svg>",
    "<iframe srcdoc=\"<script>parent.document.title='acted'</script>\"></iframe>",
    "<script src={url}/script></script>",
    "<img src={url}/img>",
    "<link rel=stylesheet href={url}/style>",
    "<link rel=prefetch href={url}/prefetch>",
    "<style>@import '{url}/import'; body { background: url({url}/css) }</style>",
    "<p style='background: url({url}/inline)'>x</p>",
    "<iframe src={url}/frame></iframe>",
    "<object data={url}/object></object>",
    "<embed src={url}/embed>",
    "<video src={url}/video autoplay></video>",
    "<audio src={url}/audio autoplay></audio>",
    "<form id=f action={url}/form><input name=x></form><script>document.getElementById('f').submit()</script>",
    "<script>fetch('{url}/fetch'); new Image().src = '{url}/image'; navigator.sendBeacon('{url}/beacon')</script>",
    "<body onload=\"document.title='acted'\">",
)
"""What acts on a page that protects nothing."""
SEEN = (RAW[0], RAW[4], RAW[5], RAW[6], RAW[8], RAW[10], RAW[16])
"""Of these what shows in a headless browser at once, whether something acts: the others may keep it waiting."""


def browser() -> str | None:
    """The path of a Chromium, where there is one."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


def raw_at(url: str, what: tuple[str, ...] = RAW) -> str:
    """What acts, asking for things at this address."""
    return "\n".join(what).replace("{url}", url)


@contextmanager
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and the paths that were asked for there."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def opened(page: Path) -> str:
    """The document as the browser has it after its scripts have run. Raises `AssertionError` where it has no end."""
    program = browser()
    assert program is not None
    profile = page.with_name("profile")
    with subprocess.Popen(
        [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         f"--user-data-dir={profile}", "--virtual-time-budget=3000", "--dump-dom", page.as_uri()],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            document, _ = process.communicate(timeout=PATIENCE_S)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # it starts others, which stay where it is stopped
    assert process.returncode == 0
    return document.decode("utf-8", "replace")


def title_of(document: str) -> str:
    """What stands in the first title of a document."""
    return document.partition("<title>")[2].partition("</title>")[0]


def log_page(text: str) -> str:
    """The page of a log in which every text is hostile."""
    return "".join(html_page(hostile_records(text)))


def measured_page(text: str) -> str:
    """The page of a measurement in which every text is hostile."""
    run = example_run(("oracle", "companion"))
    voices = tuple(
        replace(v, system_prompt=text, profile=text, adapters=({"name": text, "strength": 1},), sampling={text: text})
        for v in run.voices
    )
    run = replace(run, model_name=text, model=text, template=text, versions={text: text}, set_name=text, voices=voices)
    return "".join(eval_page(report(run, example_replies(("oracle", "companion")))))


def in_the_browser(text: str, folder: Path) -> None:
    """Both pages with a hostile text; and both with the same text let in raw, which the policy alone must hold back."""
    folder.mkdir(parents=True, exist_ok=True)
    with listener() as (url, heard):
        raw = raw_at(url)
        for name, page in (("log", log_page(text)), ("measured", measured_page(text))):
            for how, whole in (("escaped", page), ("raw", page.replace("</main>", f"{raw}\n{text}</main>"))):
                file = folder / f"{name}-{how}.html"
                file.write_bytes(whole.encode("utf-8", "replace"))
                document = opened(file)
                assert title_of(document) != ACTED, file.name
                assert not heard, (file.name, heard)
                assert "</html>" in document


def everything() -> str:
    """All strings of all classes, those for pages first."""
    names = sorted(CLASSES, key=lambda name: name != "scripts")
    return "\n".join(text[:300] for name in names for text in CLASSES[name])


SINKS = (Sink("browser", in_the_browser),) if browser() else ()
