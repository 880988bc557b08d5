"""How a voice looks with its adapters where they stand now, or where they stood for a reply."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from warmchat.domain.text import one_line
from warmchat.ui.voice_look import VoiceLook
from warmchat.ui.words import dial_words, program_words, raw_words

if TYPE_CHECKING:
    from warmchat.domain.profile import Profile
    from warmchat.domain.turn import Reply
    from warmchat.session import ChatSession
    from warmchat.voices.setting import Setting


def look_with(look: VoiceLook, setting: Setting | None, reference: str) -> VoiceLook:
    """The look of the voice that speaks next; the reference with its adapters changed is told from the plain one."""
    if setting is None or look.id != reference:
        return look
    dial = next((setting.dial for state in setting.changed if state.driven), None)
    return replace(look, moved=dial, changed=any(not state.driven for state in setting.changed))


def says_of(look: VoiceLook, session: ChatSession, reference: VoiceLook) -> tuple[str, str]:
    """What a voice beside the reference is, for the header, at length and short."""
    checked = session.rules.shadow != "off"
    return ("", "") if look.id == reference.id else program_words(reference.name.lower(), checked=checked)


def look_of_reply(look: VoiceLook, reply: Reply, profile: Profile, reference: str) -> VoiceLook:
    """The look of the voice that gave this reply. What stood elsewhere than in its file is said beside its name."""
    from warmchat.voices.setting import changed_from, driven_by_dial  # no reply is there before the first paint

    driven = driven_by_dial(profile)
    changed = changed_from(profile, reply.origin)
    moved = changed.pop((driven.kind, driven.name), None) is not None and look.id == reference
    dial = reply.origin.dial
    beside = [f"warmth {dial_words(dial)}"] if dial and not moved else []
    beside += [f"{one_line(name, 40)} {raw_words(raw) if raw else 'off'}" for (_, name), raw in changed.items()]
    return replace(
        look,
        moved=dial if moved else None,
        changed=bool(changed) and look.id == reference,
        beside=" · ".join(beside),
    )
