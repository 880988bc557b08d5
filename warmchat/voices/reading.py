"""Jobs that make no reply: a voice reads ahead what it may have to answer to, or says how likely it found a reply."""

from __future__ import annotations

from collections.abc import Sequence

from warmchat.domain.conversation import Message
from warmchat.domain.profile import Profile
from warmchat.engine.protocol import AdapterSpec, Job, Priority
from warmchat.voices.direct import prompt_messages


def read_job(profile: Profile, history: Sequence[Message], *, sequence: str, adapters: tuple[AdapterSpec, ...]) -> Job:
    """Read the transcript in idle time, so that this voice can answer the next message without reading it then."""
    system = [Message("system", profile.system_prompt)] if profile.system_prompt.strip() else []
    return Job(
        messages=(*system, *history), sequence=sequence, adapters=adapters, task="read", priority=Priority.PRIMING
    )


def score_job(
    profile: Profile,
    history: Sequence[Message],
    text: str,
    reply: str,
    *,
    sequence: str,
    adapters: tuple[AdapterSpec, ...],
) -> Job:
    """How likely this voice would have said `reply` to `text`, token by token. It reads the transcript by the way."""
    return Job(
        messages=prompt_messages(profile, history, text),
        continue_from=reply,
        sequence=sequence,
        adapters=adapters,
        task="score",
        priority=Priority.SHADOW,
    )
