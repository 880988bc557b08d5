"""A reply from what the engine finished."""

from __future__ import annotations

from dataclasses import replace

from warmchat.domain.conversation import split_thinking
from warmchat.domain.turn import Reply
from warmchat.engine.protocol import Finished
from warmchat.voices.dial import Setting


def filled(draft: Reply, finished: Finished, setting: Setting) -> Reply:
    """The draft with text, ending, figures and origin; the dial is ours to say, the engine knows raw strengths only."""
    thinking, text = split_thinking(finished.text)
    return replace(
        draft,
        text=text,
        thinking=thinking,
        stop=finished.stop,
        usage=finished.usage,
        timings=finished.timings,
        origin=replace(finished.origin, dial=setting.dial),
    )
