"""What only the engine can say about the voice that speaks next: how full its window is, what its dial drives."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from warmchat.domain.errors import WarmchatError
from warmchat.voices.dial import STEP, Setting

if TYPE_CHECKING:
    from warmchat.session import ChatSession, ContextUse


class VoiceMeasured(Message):
    """It was found out.

    Attributes:
        moves: how often the dial had been moved when it was asked.
        probed: it was asked why the dial drives nothing.
    """

    def __init__(
        self, session: ChatSession, voice: str, use: ContextUse, setting: Setting, *, moves: int, probed: bool
    ) -> None:
        super().__init__()
        self.session = session
        self.voice = voice
        self.use = use
        self.setting = setting
        self.moves = moves
        self.probed = probed


def measure_voice(
    session: ChatSession, tell: Callable[[VoiceMeasured], object], *, moves: int, probe: bool, lock: threading.Lock
) -> None:
    """Find it out in a thread, for it waits for the model; one at a time."""
    voice = session.profile.id

    def measure() -> None:
        with lock:
            try:
                setting = probed_setting(session) if probe else session.setting()
                use = session.context_use()
            except WarmchatError:  # no engine, or it was lost: the next turn says so
                return
        tell(VoiceMeasured(session, voice, use, setting, moves=moves, probed=probe))

    threading.Thread(target=measure, name="measure-voice", daemon=True).start()


def probed_setting(session: ChatSession) -> Setting:
    """What the active voice's adapters come to, with the reason why its dial drives nothing. Waits for the model.

    A profile that names no vector misses none until its dial is moved: so it is moved, and put back.
    """
    if any(ref.kind == "control_vector" for ref in session.profile.adapters):
        return session.setting()
    session.turn_dial(STEP)
    try:
        return session.setting()
    finally:
        session.turn_dial(0.0)
