"""How a voice answers a message, whatever its strategy: the one entry for sessions and measurements alike."""

from __future__ import annotations

from warmchat.domain.errors import ProfileError
from warmchat.domain.profile import Profile
from warmchat.engine.protocol import Priority
from warmchat.voices.neutral import bare_question
from warmchat.voices.rewrite import Check, rewrite
from warmchat.voices.strategy import Speaker, Strategy, direct


def speak(
    voice: Speaker, reference: Speaker | None, text: str, check: Check, priority: Priority = Priority.VISIBLE
) -> Strategy:
    """The strategy of this voice's profile for one message.

    Args:
        reference: who answers for a voice that rewrites; None where the voice answers itself.
        check: what a rewriting is checked with.

    Raises:
        ProfileError: the voice rewrites and there is no reference that answers by itself.
    """
    rewrites = voice.profile.strategy == "rewrite"
    if rewrites and (reference is None or reference.profile.strategy == "rewrite"):
        raise _no_reference(voice.profile)
    answering = reference if rewrites and reference is not None else voice
    asked = ""
    if voice.profile.neutralise or answering.profile.neutralise:
        asked = yield from bare_question(answering, text, priority)
    if rewrites and reference is not None:
        return (yield from rewrite(voice, reference, text, check, asked=asked, priority=priority))
    return (yield from direct(voice, text, asked=asked, priority=priority))


def _no_reference(profile: Profile) -> ProfileError:
    return ProfileError(
        f"{profile.name} rewrites what the reference answers, and the reference rewrites too",
        'name a reference with strategy: direct, such as reference = "oracle"',
    )
