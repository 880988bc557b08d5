"""HTML: one page that needs nothing else, to read, filter and share.

Template, style and script are files beside this module. All text is escaped by Jinja; the page's own policy lets only
this very style and this very script run (their hashes stand in it) and nothing be loaded from anywhere.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from warmchat.domain.making import missing_words, way_words
from warmchat.domain.profile import Profile
from warmchat.domain.text import printable_value
from warmchat.domain.turn import Reply
from warmchat.domain.verdict import Span
from warmchat.storage.exports.words import KINDS, MARKS, STOPS, Strip, evidence_line, redaction_words, strip_of
from warmchat.storage.records import TurnRecord

LABELS = {
    "disagree": "disagree",
    "unsure": "unsure",
    "agree": "agree",
    "unjudged": "not compared",
    "pending": "pending",
    "unchecked": "not checked",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text, and the numbers of the pairs of evidence that it belongs to."""

    text: str
    pairs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """One reply as the page shows it. ``tone`` is `warm` or `cold`; ``facts`` say how the reply came about."""

    profile: str
    tone: str
    segments: tuple[Segment, ...]
    stop: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One turn as the page shows it. ``apart``: the two replies stand side by side."""

    id: str
    when: str
    profile: str
    kind: str
    user_text: str
    error: str
    strip: Strip
    reply: Voice | None
    shadow: Voice | None
    apart: bool
    pairs: tuple[str, ...]
    mark: str
    note: str


def html_page(records: Sequence[TurnRecord]) -> Iterator[str]:
    """The page, in pieces."""
    cards = [(record, _card(record)) for record in records]
    groups: dict[str, tuple[TurnRecord, list[Card]]] = {}
    for record, card in cards:
        groups.setdefault(record.turn.session_id, (record, []))[1].append(card)
    labels = {card.strip.label for _, card in cards}
    kinds = {card.kind for _, card in cards}
    style, script = _beside("page.css"), _beside("page.js")
    return _template().generate(
        title=records[0].session_title if len(groups) == 1 else "Session log",
        sessions=[(first.session_title, _when(first.session_started_at), group) for first, group in groups.values()],
        turns=len(cards),
        disagreements=sum(card.strip.label == "disagree" for _, card in cards),
        labels={name: words for name, words in LABELS.items() if name in labels},
        kinds={name: words for name, words in KINDS.items() if name in kinds},
        profiles=sorted({card.profile for _, card in cards}),
        redacted=redaction_words(records[0].redacted),
        exported=_when(datetime.now(UTC).isoformat()),
        style=style,
        script=script,
        style_hash=_policy_hash(style),
        script_hash=_policy_hash(script),
    )


def segments(text: str, spans: Iterable[tuple[int, Span]]) -> tuple[Segment, ...]:
    """Cut the text where a span begins or ends; spans may overlap, and one that is not in the text is passed over."""
    held = [(n, span) for n, span in spans if 0 <= span.start < span.end and text[span.start : span.end] == span.text]
    cuts = sorted({0, len(text), *(edge for _, span in held for edge in (span.start, span.end))})
    return tuple(
        Segment(text[start:end], tuple(n for n, span in held if span.start <= start and end <= span.end))
        for start, end in pairwise(cuts)
    )


def _card(record: TurnRecord) -> Card:
    turn, verdict = record.turn, record.turn.verdict
    pairs = tuple(enumerate(verdict.evidence, start=1)) if verdict is not None else ()
    said = [(n, pair.reply) for n, pair in pairs if pair.reply is not None]
    other = [(n, pair.shadow) for n, pair in pairs if pair.shadow is not None]
    return Card(
        id=turn.id,
        when=_when(turn.created_at),
        profile=turn.profile,
        kind=(verdict.kind if verdict is not None else None) or "",
        user_text=turn.user_text,
        error=missing_words(turn),
        strip=strip_of(turn),
        reply=_voice(turn.reply, record.profiles, said) if turn.reply is not None else None,
        shadow=_voice(turn.shadow, record.profiles, other) if turn.shadow is not None else None,
        apart=turn.shadow is not None and verdict is not None and verdict.label in ("disagree", "unsure"),
        pairs=tuple(evidence_line(pair) for _, pair in pairs),
        mark=MARKS[record.mark.mark] if record.mark is not None else "",
        note=record.mark.note if record.mark is not None else "",
    )


def _voice(reply: Reply, profiles: Mapping[str, Profile], spans: Iterable[tuple[int, Span]]) -> Voice:
    profile = profiles.get(reply.profile_hash)
    return Voice(
        profile=reply.profile,
        tone="warm" if profile is not None and profile.accent == "warm" else "cold",
        segments=segments(reply.text, spans),
        stop=STOPS.get(reply.stop, ""),
        facts=tuple((name, value) for name, value in _facts(reply) if value),
    )


def _facts(reply: Reply) -> Iterator[tuple[str, str]]:
    origin, usage = reply.origin, reply.usage
    yield "made", way_words(reply, "reference")
    yield "answered as", reply.asked
    yield "model", origin.model_name
    yield "adapters", ", ".join(_adapter(adapter) for adapter in origin.adapters)
    yield "dial", "" if origin.dial is None else f"{origin.dial:+.2f}"
    yield "temperature", f"{origin.sampling.temperature:g}"
    yield "seed", str(origin.seed or "")
    yield "tokens", f"{usage.prompt_tokens:,} read, {usage.reply_tokens:,} said" if usage.reply_tokens else ""
    yield "seconds", f"{reply.timings.reply_s:.1f}" if reply.timings.reply_s else ""
    yield "profile", f"{reply.profile} {reply.profile_hash}"


def _adapter(value: Mapping[str, Any]) -> str:
    """Which, and how strongly; where its file stood is nobody else's business."""
    return " ".join(str(value[key]) for key in ("kind", "name", "strength") if key in value)


def _when(moment: str) -> str:
    return f"{moment[:10]} {moment[11:16]} UTC"


def _policy_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _beside(name: str) -> str:
    return files("warmchat.storage.exports").joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=printable_value
    )
    return environment.from_string(_beside("page.html.jinja"))
