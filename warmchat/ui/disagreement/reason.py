"""What a comparison came to, in plain words. Pure."""

from __future__ import annotations

from textual.content import Content

from warmchat.domain.text import one_line
from warmchat.domain.verdict import Verdict
from warmchat.ui.voice_look import VoiceLook
from warmchat.ui.words import (
    APART,
    KIND_SENTENCES,
    KINDS,
    SYMBOLS,
    direction_words,
    pair_words,
    score_words,
    strip_words,
)


def reason_text(verdict: Verdict, now: int, *, voice: VoiceLook, reference: VoiceLook) -> Content:
    """What a check came to, and the pair of spans the reader is at."""
    words = strip_words(verdict, reference=reference.name.lower(), own=voice.id == reference.id and voice.plain)
    parts: list[str | tuple[str, str]] = [(f"{SYMBOLS[verdict.label]} {words.headline}", "bold")]
    direction = direction_words(verdict, voice.name.lower(), reference.name.lower())
    # What the kind means is a claim about the two: it is made only where the verdict makes it.
    sentences = [KIND_SENTENCES[verdict.kind]] if verdict.kind is not None and verdict.label == "disagree" else []
    reason = one_line(verdict.reason, 400)
    parts += ["\n", (" ".join([*sentences, reason[:1].upper() + reason[1:]]), "$foreground")]
    if direction:
        parts.append((f" ({direction})", "$foreground"))
    parting = parting_words(verdict, now)
    if parting:
        parts.append((f"\n{parting}", "$foreground"))
    return Content.assemble(*parts)


def apart_text(verdict: Verdict, now: int) -> Content:
    """Where two answers to the same words part. It is no check: which of the two is the reference's is not asked."""
    said = APART[verdict.label] + score_words(verdict)
    more = KIND_SENTENCES[verdict.kind] if verdict.kind is not None and verdict.label == "disagree" else ""
    if verdict.label == "unjudged":
        more = one_line(verdict.reason, 200)
    lines = [line for line in (more, parting_words(verdict, now)) if line]
    below = "".join(f"\n{line}" for line in lines)
    return Content.assemble((f"{SYMBOLS[verdict.label]} {said}", "bold"), (below, "$foreground"))


def parting_words(verdict: Verdict, now: int, *, limit: int = 60) -> str:
    """The pair of spans the reader is at, of how many; "" where there is none. ``limit``: characters of a span."""
    if not verdict.evidence:
        return ""
    pair = verdict.evidence[now % len(verdict.evidence)]
    return f"{now + 1} of {len(verdict.evidence)}: {pair_words(pair, limit)} · {KINDS.get(pair.kind, pair.kind)}"
