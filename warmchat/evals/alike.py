"""Messages to which a voice says the same, so that it need be asked but once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from warmchat.evals.material import Ask
from warmchat.evals.voice import EvalVoice
from warmchat.voices.bare import bare
from warmchat.voices.neutral import argues


def leading(voice: EvalVoice, asks: Sequence[Ask]) -> Mapping[Ask, Ask]:
    """For each message the first that this voice answers with the same words: often itself.

    A voice that answers bare questions and draws nothing is asked the same under nearly all conditions.
    """
    first: dict[Hashable, Ask] = {}
    return {ask: first.setdefault(_read(voice, ask), ask) for ask in asks}


def _read(voice: EvalVoice, ask: Ask) -> Hashable:
    """What the voice reads, as far as that decides what it says."""
    profile = voice.profile
    if not profile.neutralise or profile.strategy != "direct" or profile.sampling.temperature > 0:
        return ask.place
    question = bare(ask.text)
    if not question and argues(ask.text):  # the model is asked for it
        return ask.place
    return question or ask.text, ask.before, ask.most
