"""Markdown: the conversation to read, with what the reference would have said where the two part.

What was said stands in block quotes and is Markdown itself. A fence or list that the text leaves open ends with its
quote, so no text can swallow what follows; a `<` that could open an HTML tag or comment is written as `&lt;` outside
fenced code, because HTML would run on past the quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from warmchat.domain.making import asked_words, missing_words, way_words
from warmchat.domain.text import one_line, printable
from warmchat.domain.turn import Reply, Turn
from warmchat.storage.exports.words import MARKS, STOPS, evidence_line, redaction_words, strip_of
from warmchat.storage.records import TurnRecord

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")  # what means something inside a line
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
# Only at the left edge: there CommonMark cannot read it in another way. A fence deeper in is text to us: too much is
# escaped then, never too little.
_FENCE = re.compile(r"(`{3,})[^`]*\Z|(~{3,})")


def markdown(records: Iterable[TurnRecord]) -> Iterator[str]:
    """A heading for each session, then its turns in their order."""
    session = None
    for record in records:
        if record.turn.session_id != session:
            if session is None and record.redacted:
                yield f"*{_plain(redaction_words(record.redacted))}*\n\n"
            lead = "" if session is None else "\n"
            session = record.turn.session_id
            yield f"{lead}# {_plain(record.session_title)}\n\n"
            yield f"Session `{_code(session)}`, {_when(record.session_started_at)}\n"
        yield "\n" + "\n\n".join(_turn(record)) + "\n"


def quoted(text: str) -> str:
    """The text as a block quote that ends where the text ends, without what a terminal would obey."""
    out: list[str] = []
    fence = ""
    for line in printable(text).split("\n"):
        if fence:
            out.append(line)
            closes = re.fullmatch(r" {0,3}" + re.escape(fence[0]) + r"{%d,}[ \t]*" % len(fence), line)  # noqa: UP031
            fence = "" if closes else fence
            continue
        opens = _FENCE.match(line)
        fence = (opens.group(1) or opens.group(2)) if opens else ""
        out.append(line if fence else _TAG.sub("&lt;", line))
    return "\n".join(f"> {line}" if line else ">" for line in out)


def _turn(record: TurnRecord) -> Iterator[str]:
    turn = record.turn
    yield f"## {_when(turn.created_at)}"
    yield "**You**"
    yield quoted(turn.user_text)
    if turn.reply is not None:
        yield _speaker(turn.reply)
        yield quoted(turn.reply.text)
    if missing := missing_words(turn):
        yield f"*No whole reply: {_plain(missing)}*"
    strip = strip_of(turn)
    facts = "".join(f"; {_plain(fact)}" for fact in strip.facts)
    yield f"*{_plain(strip.headline)}{facts}*"
    if turn.verdict is not None and turn.verdict.label == "disagree" and turn.shadow is not None:
        yield _speaker(turn.shadow) + ", in the shadow"
        yield quoted(turn.shadow.text)
        if turn.verdict.evidence:
            yield "\n".join(_evidence(turn))
    if record.mark is not None:
        note = f": {_plain(record.mark.note)}" if record.mark.note else ""
        yield f"*{_plain(MARKS[record.mark.mark])}{note}*"


def _speaker(reply: Reply) -> str:
    model = f" on {_plain(reply.origin.model_name)}" if reply.origin.model_name else ""
    stop = f" ({STOPS[reply.stop]})" if reply.stop in STOPS else ""
    made = "".join(f"; {_plain(words)}" for words in (way_words(reply, "reference"), asked_words(reply)) if words)
    return f"**{_plain(reply.profile)}**{model}{stop}{made}"


def _evidence(turn: Turn) -> Iterator[str]:
    assert turn.verdict is not None
    for pair in turn.verdict.evidence:
        sides = (pair.reply, pair.shadow)
        said, other = (f"“{_plain(side.text)}”" if side is not None else "nothing" for side in sides)
        yield f"- {_plain(evidence_line(pair))}: the reply says {said}, the shadow reply {other}"


def _plain(text: str) -> str:
    """The text on one line, to be read as it stands."""
    return _SPECIAL.sub(r"\\\1", one_line(text, limit=2000))


def _code(text: str) -> str:
    """The text on one line, to stand between backticks."""
    return one_line(text).replace("`", "'")


def _when(created_at: str) -> str:
    return f"{_plain(created_at[:10])} {_plain(created_at[11:16])} UTC"
