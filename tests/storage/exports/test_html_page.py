"""The page: whole in itself, escaped, and true to its own policy."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from tests.storage.examples import AGREE, COMPANION, disagreement, flagged, reply, shadow, tell, turn
from warmchat.domain.verdict import Evidence, Span
from warmchat.storage.exports.html_page import Segment, html_page, segments
from warmchat.storage.log import SessionLog

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;{{ 7*7 }}</style>"


class Page(HTMLParser):
    """The page as a list of elements, with the text of each."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.raw: dict[str, str] = {}
        self.open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes what it opened"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.raw[self.open[-1]] = self.raw.get(self.open[-1], "") + data
        else:
            self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def source_of(log: SessionLog) -> str:
    return "".join(html_page(log.records()))


def evil_log(log: SessionLog) -> SessionLog:
    evil = replace(COMPANION, id=EVIL, name=EVIL)
    message = replace(turn("t1", EVIL), profile=EVIL)
    log.open_turn(message, evil)
    log.save_reply("t1", reply("r1", EVIL, profile=evil))
    span = Span(0, 8, EVIL[:8])
    verdict = replace(disagreement(), reason=EVIL, evidence=(Evidence(span, span, "contradiction", 0.9),))
    log.save_verdict("t1", "r1", shadow("x1", EVIL), verdict)
    log.fail_turn("t1", EVIL)
    log.rename_session("s1", EVIL)
    log.save_mark("t1", "both_fine", EVIL)
    flagged(log, turn("t2", session="s2"))
    return log


def test_everything_that_was_said_is_escaped(log: SessionLog) -> None:
    source = source_of(evil_log(log))
    page = Page(source)
    assert page.open == [], "every element is closed"
    assert [len(page.named(tag)) for tag in ("script", "style", "img")] == [1, 1, 0]
    shown = "".join(page.texts)
    assert shown.count("<img src=x onerror=alert(2)>") >= 7, "message, replies, reason, title, note, error"
    assert "{{ 7*7 }}" in shown, "what was said is not a template"
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)


def test_it_needs_nothing_from_outside(log: SessionLog) -> None:
    page = Page(source_of(evil_log(log)))
    for tag, attributes in page.elements:
        assert not {"src", "href", "srcset", "action", "data"} & set(attributes), tag
    assert {tag for tag, _ in page.elements}.isdisjoint({"link", "iframe", "object", "embed", "base", "img"})
    assert not re.search(r"url\(|@import|https?:", page.raw["style"])
    assert not re.search(r"fetch|XMLHttp|import\(|https?:|innerHTML|eval", page.raw["script"])


def test_the_policy_lets_only_this_style_and_this_script_run(log: SessionLog) -> None:
    flagged(log)
    page = Page(source_of(log))
    (policy,) = [m["content"] for m in page.named("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for what in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(page.raw[what].encode()).digest()).decode()
        assert rules[f"{what}-src"] == f"'sha256-{digest}'"
    assert "unsafe" not in policy


def test_disagreements_stand_side_by_side_with_their_spans(log: SessionLog) -> None:
    flagged(log, turn("t1"))
    tell(log, turn("t2", minute=5), reply("r2"), shadow("x2"), AGREE)
    source = source_of(log)
    assert source.count('<div class="replies apart">') == 1
    assert '<mark data-pair="1">Yes</mark>, of course it is.' in source
    assert '<mark data-pair="1 2">No</mark>, it is not.' in source
    assert "The oracle would have said otherwise" in source
    assert "Compared with the oracle: no parting found" in source
    assert '<div class="voice warm">' in source
    assert '<div class="voice cold">' in source


def test_the_filters_offer_what_there_is(log: SessionLog) -> None:
    flagged(log, turn("t1"))
    tell(log, turn("t2", minute=5))
    page = Page(source_of(log))
    offered = [option.get("value") for option in page.named("option")]
    assert offered == ["", "disagree", "unchecked", "", "contradiction", "", None]
    assert [(t["data-label"], t["data-kind"]) for t in page.named("article")] == [
        ("disagree", "contradiction"),
        ("unchecked", ""),
    ]


def test_the_words_claim_no_more_than_was_measured(log: SessionLog) -> None:
    flagged(log)
    assert not re.search(r"wrong|verified|incorrect", "".join(Page(source_of(log)).texts), re.IGNORECASE)


def test_it_has_light_and_dark(log: SessionLog) -> None:
    flagged(log)
    assert "prefers-color-scheme: dark" in Page(source_of(log)).raw["style"]


@given(st.text(max_size=12), st.lists(st.tuples(st.integers(-2, 14), st.integers(-2, 14)), max_size=5))
def test_segments_lose_nothing_and_mark_what_the_spans_say(text: str, edges: list[tuple[int, int]]) -> None:
    spans = [(n, Span(start, end, text[start:end] if 0 <= start < end else "")) for n, (start, end) in enumerate(edges)]
    pieces = segments(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    for n, span in spans:
        if 0 <= span.start < span.end <= len(text):
            assert "".join(piece.text for piece in pieces if n in piece.pairs) == span.text


def test_a_span_that_is_not_in_the_text_is_passed_over() -> None:
    assert segments("abc", [(1, Span(0, 2, "zz")), (2, Span(2, 1, "")), (3, Span(1, 2, "b"))]) == (
        Segment("a", ()),
        Segment("b", (3,)),
        Segment("c", ()),
    )
