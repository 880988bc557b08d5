"""The plain strategy: the profile's system prompt, the history, the message; one generation."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

from warmchat.domain.conversation import Message, prompt_hash, with_user
from warmchat.domain.profile import Profile, Sampling
from warmchat.engine.protocol import AdapterSpec, Job, Priority

Question = tuple[str, tuple[AdapterSpec, ...], Sampling]


def prompt_messages(profile: Profile, history: Sequence[Message], text: str) -> tuple[Message, ...]:
    """What the voice reads: its system prompt where it has one, the history, the new message."""
    system = [Message("system", profile.system_prompt)] if profile.system_prompt.strip() else []
    return (*system, *with_user(history, text))


def seeded(sampling: Sampling) -> Sampling:
    """The sampling with a seed in it: the profile's own, 0 where nothing is drawn, else a new one."""
    if sampling.seed is not None:
        return sampling
    return replace(sampling, seed=0 if sampling.temperature <= 0 else secrets.randbits(31))


def direct_job(
    profile: Profile,
    history: Sequence[Message],
    text: str,
    *,
    sequence: str,
    priority: Priority,
    adapters: tuple[AdapterSpec, ...] = (),
) -> Job:
    """The job that makes this profile's reply to `text`."""
    return Job(
        adapters=adapters,
        messages=prompt_messages(profile, history, text),
        sampling=seeded(profile.sampling),
        sequence=sequence,
        priority=priority,
    )


DRAWN_AT = 0.7  # temperature at which a voice that draws nothing is asked again


def asked_anew(profile: Profile) -> Profile:
    """The voice, to be asked for another reply to the same message: with a new draw, also where its file asks for none.

    Without one it would say the same again, word for word.
    """
    sampling = profile.sampling
    return replace(profile, sampling=replace(sampling, temperature=sampling.temperature or DRAWN_AT, seed=None))


def drawn_again(job: Job, seed: int) -> Job:
    """The same question once more, with another draw: how far a voice parts from itself."""
    sampling = replace(job.sampling, temperature=max(job.sampling.temperature, DRAWN_AT), seed=seed)
    return replace(job, sampling=sampling, batched=True)


def undrawn(job: Job) -> Job:
    """The same question, with the likeliest token at every step."""
    return replace(job, sampling=replace(job.sampling, temperature=0.0, seed=0), batched=True)


def question_of(job: Job) -> Question:
    """What a job asks of which voice, but for the draw: equal for two that ask the same. It holds no messages."""
    return prompt_hash(job.messages), job.adapters, replace(job.sampling, seed=None)
