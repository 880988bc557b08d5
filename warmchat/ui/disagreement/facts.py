"""How a reply came about, as a table: dial, adapters, sampling, seed."""

from __future__ import annotations

from typing import Any

from textual.content import Content

from warmchat.domain.making import way_words
from warmchat.domain.text import one_line
from warmchat.domain.turn import Reply
from warmchat.ui.disagreement.heat import heat_words
from warmchat.ui.sampling import sampling_words
from warmchat.ui.voice_look import VoiceLook
from warmchat.ui.words import dial_words, raw_words


def fact_rows(reply: Reply) -> list[tuple[str, str]]:
    """The facts, each with its name."""
    origin = reply.origin
    rows = [
        ("model", one_line(origin.model_name or origin.model, 60) or "not recorded"),
        ("warmth dial", dial_words(origin.dial) if origin.dial is not None else "none"),
        ("adapters", one_line(", ".join(adapter_words(adapter) for adapter in origin.adapters), 800) or "none"),
        ("sampling", sampling_words(origin.sampling)),
        ("seed", str(origin.seed) if origin.sampling.temperature > 0 else "none: nothing is drawn"),
    ]
    more = (("made", way_words(reply, "reference")), ("answered as", one_line(reply.asked, 200)))
    rows += [(name, words) for name, words in more if words]
    surprise = heat_words(reply.scores)
    return [*rows, ("surprise", surprise)] if surprise else rows


def adapter_words(adapter: dict[str, Any]) -> str:
    """An adapter with its raw strength; the log may hold anything."""
    strength = adapter.get("strength")
    raw = raw_words(strength) if isinstance(strength, int | float) else "?"
    kind = str(adapter.get("kind", "")).replace("_", " ")
    return one_line(f"{adapter.get('name', '?')} {raw}" + (f" ({kind})" if kind else ""), 80)


def facts_text(reply: Reply, look: VoiceLook) -> Content:
    """The table under the name of the voice."""
    lines = [f"\n{name:<12}{value}" for name, value in fact_rows(reply)]
    return Content.assemble((look.title, look.ink_style), *lines)
