"""What only the engine can say about the voice that speaks next: how full its window is, what its dial drives."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from warmchat.domain.errors import WarmchatError

if TYPE_CHECKING:
    from warmchat.session import ChatSession, ContextUse
    from warmchat.voices.setting import Setting


class VoiceMeasured(Message):
    """It was found out.

    Attributes:
        moves: how often the adapters had been changed when it was asked.
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
    session: ChatSession, tell: Callable[[VoiceMeasured], object], *, moves: int, probe: bool, others: bool,
    lock: threading.Lock,
) -> None:  # fmt: skip
    """Find it out in a thread, for it waits for the model; one at a time."""
    voice = session.profile.id

    def measure() -> None:
        with lock:
            try:
                setting = session.setting(others=others)
                use = session.context_use()
            except WarmchatError:  # no engine, or it was lost: the next turn says so
                return
        tell(VoiceMeasured(session, voice, use, setting, moves=moves, probed=probe))

    threading.Thread(target=measure, name="measure-voice", daemon=True).start()
