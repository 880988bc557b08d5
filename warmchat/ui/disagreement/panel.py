"""Reply and shadow reply side by side: what a check found."""

from __future__ import annotations

from textual.content import Content

from warmchat.domain.turn import Turn
from warmchat.domain.verdict import PENDING
from warmchat.ui.disagreement.comparison import Comparison
from warmchat.ui.disagreement.reason import reason_text
from warmchat.ui.voice_look import VoiceLook


class DisagreementPanel(Comparison):
    """The reply of a turn, and what the reference answered unseen."""

    def __init__(self, turn: Turn, *, voice: VoiceLook, reference: VoiceLook) -> None:
        super().__init__(turn, turn.shadow, voice=voice, other=reference, reference=reference)
        self.show_verdict(turn.verdict or PENDING, turn.shadow)

    def reason(self, now: int) -> Content:
        return reason_text(self.verdict, now, voice=self.voice, reference=self.reference)
