"""The HTML pages in a browser: nothing in them runs but our own script, and nothing is asked of any network."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attacks.sinks.pages import (
    ACTED,
    SEEN,
    browser,
    everything,
    listener,
    log_page,
    measured_page,
    opened,
    raw_at,
    title_of,
)

pytestmark = pytest.mark.skipif(browser() is None, reason="there is no Chromium on this machine")


def test_what_is_tried_acts_where_nothing_protects(tmp_path: Path) -> None:
    """Without this the other tests could pass because they see nothing."""
    with listener() as (url, heard):
        file = tmp_path / "open.html"
        file.write_text("<!doctype html><title>quiet</title>" + raw_at(url, SEEN))
        document = opened(file)
    assert title_of(document) == ACTED
    assert {"/script", "/img", "/style", "/css", "/frame", "/fetch", "/image"} <= set(heard)


@pytest.mark.parametrize(("name", "make"), [("log", log_page), ("measured", measured_page)])
def test_a_page_of_hostile_texts(name: str, make: Callable[[str], str], tmp_path: Path) -> None:
    """Escaped as the program does it; then let in raw, so that the page's own policy alone holds it back."""
    page = make(everything())
    with listener() as (url, heard):
        file = tmp_path / "page.html"
        file.write_bytes(page.replace("</main>", f"{raw_at(url)}</main>").encode("utf-8", "replace"))
        document = opened(file)
        assert title_of(document) != ACTED
        assert not heard
    assert "parent.document.title" in document, "what was let in is there"
    if name == "log":
        assert re.search(r'<form class="filters" id="filters">', document), "our own script has run"
