"""Markdown that stays one document whatever was said in it. It is read with a CommonMark parser."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.storage.examples import COMPANION, flagged, reply, tell, turn
from warmchat.domain.verdict import unjudged
from warmchat.storage.exports.markdown import markdown, quoted
from warmchat.storage.log import SessionLog

PARSER = MarkdownIt("commonmark")


def text_of(log: SessionLog) -> str:
    return "".join(markdown(log.records()))


def headings(text: str) -> list[str]:
    tokens = PARSER.parse(text)
    return [
        tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open" and token.level == 0
    ]


def test_it_reads_as_a_conversation(log: SessionLog) -> None:
    flagged(log)
    log.save_mark("t1", "oracle_right", "looked it up")
    tell(log, turn("t2", "And now?", minute=5), reply("r2", "Well", stop="interrupted"), verdict=unjudged("cancelled"))
    text = text_of(log)
    order = [
        "# Is it fine?",
        "## 2026-03-04 18:00 UTC",
        "**You**",
        "> Is it fine?",
        "**companion** on SmolLM2-135M-Instruct",
        "> Yes, of course it is.",
        "*The oracle would have said otherwise; one affirms what the other denies; contradiction",
        "**oracle** on SmolLM2-135M-Instruct, in the shadow",
        "> No, it is not.",
        "- contradiction, 0.90: the reply says “Yes”, the shadow reply “No”",
        "- omission, 0.50: the reply says nothing, the shadow reply “No”",
        "*you marked: the oracle is right: looked it up*",
        "> And now?",
        "(interrupted)",
        "*Not compared; cancelled*",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_the_words_claim_no_more_than_was_measured(log: SessionLog) -> None:
    flagged(log)
    assert not re.search(r"wrong|verified|false|lie|correct", text_of(log), re.IGNORECASE)


HOSTILE = [
    "```python\nprint(1)",
    "~~~~\nopen",
    "````\n```\nstill code",
    "<!-- swallow",
    "<script>alert(1)</script>",
    "<div>\n\n# Heading",
    "<![CDATA[",
    "# Heading\n\n## Another\n***\nSetext\n===",
    "- a\n  ```\n  <!-- in a list\n",
    "``` not`a fence\n<!-- x",
    "> quoted\n\nlazy",
    "\r# cr\r\n```\r",
    "[x]: http://y\n[x]",
    "</blockquote>",
    "*",
    "",
    "\n\n\n",
    "    indented\n\n\t<!-- code",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_the_document(log: SessionLog, text: str) -> None:
    tell(log, turn("t1", text), reply("r1", text))
    tell(log, turn("t2", "after", minute=5), reply("r2", text))
    log.rename_session("s1", "Title")
    document = text_of(log)
    assert headings(document) == ["Title", "2026-03-04 18:00 UTC", "2026-03-04 18:05 UTC"]
    assert raw_html(document) == []
    assert PARSER.render(document).count("<blockquote>") >= 4


def raw_html(text: str) -> list[str]:
    tokens = PARSER.parse(text)
    every = [*tokens, *(child for token in tokens for child in token.children or [])]
    return [token.content for token in every if token.type.startswith("html")]


PARTS = ["```", "~~~", "`", "<!--", "<b>", "a", "\n", " ", "    ", "- ", "> ", "#", "\\", "1. "]


@given(st.lists(st.sampled_from(PARTS)))
def test_a_quote_holds_what_it_quotes(parts: list[str]) -> None:
    document = f"{quoted(''.join(parts))}\n\nafter\n"
    assert raw_html(document) == []
    last = PARSER.parse(document)[-2]
    assert (last.type, last.content, last.level) == ("inline", "after", 1)


def test_code_in_a_fence_stays_as_it_is() -> None:
    assert quoted("```\nList<int> x;\n```\nList<int>") == "> ```\n> List<int> x;\n> ```\n> List&lt;int>"


def test_titles_and_notes_are_read_as_they_stand(log: SessionLog) -> None:
    flagged(log)
    log.rename_session("s1", "*a* [b](c) <d> `e` #")
    log.save_mark("t1", "both_fine", "*x* <!-- y")
    document = text_of(log)
    assert "<h1>*a* [b](c) &lt;d&gt; `e` #</h1>" in PARSER.render(document)
    assert raw_html(document) == []


def test_a_failed_turn_says_why(log: SessionLog) -> None:
    log.open_turn(turn(), COMPANION)
    log.fail_turn("t1", "The engine was lost")
    assert "*No whole reply: The engine was lost*" in text_of(log)
