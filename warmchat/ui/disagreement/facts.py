"""How a reply came about, as a table: dial, adapters, sampling, seed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from textual.content import Content

from warmchat.domain.making import way_words
from warmchat.domain.profile import Sampling
from warmchat.domain.text import one_line
from warmchat.domain.turn import Reply
from warmchat.ui.disagreement.heat import heat_words
from warmchat.ui.voice_look import VoiceLook
from warmchat.ui.words import dial_words, raw_words

OFF: dict[str, float] = {"top_k": 0, "top_p": 1.0, "min_p": 0.0, "repeat_penalty": 1.0, "dry_multiplier": 0.0}
# Said only together with what they belong to.
PARTS = {"repeat_last_n": "repeat_penalty", "dry_allowed_length": "dry_multiplier"}


def fact_rows(reply: Reply) -> list[tuple[str, str]]:
    """The facts, each with its name."""
    origin = reply.origin
    rows = [
        ("model", one_line(origin.model_name or origin.model, 60) or "not recorded"),
        ("warmth dial", dial_words(origin.dial) if origin.dial is not None else "none"),
        ("adapters", ", ".join(adapter_words(adapter) for adapter in origin.adapters) or "none"),
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


def sampling_words(sampling: Sampling) -> str:
    """The steps that are on, and the longest reply."""
    values = asdict(sampling)
    del values["seed"]  # the one that was used has a row of its own
    return ", ".join(f"{name} {values[name]:g}" for name in values if not _is_off(name, values))


def _is_off(name: str, values: dict[str, float]) -> bool:
    step = PARTS.get(name, name)
    return step in OFF and values[step] == OFF[step]


def facts_text(reply: Reply, look: VoiceLook) -> Content:
    """The table under the name of the voice."""
    lines = [f"\n{name:<12}{value}" for name, value in fact_rows(reply)]
    return Content.assemble((look.title, look.ink_style), *lines)
