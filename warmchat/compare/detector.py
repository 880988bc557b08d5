"""The seam of the check: two replies to one message go in, a verdict comes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from warmchat.domain.conversation import Message
from warmchat.domain.verdict import Verdict


class Detector(Protocol):
    """Compares a reply with the shadow reply. Pure: no model of its own need be loaded, nothing is written."""

    @property
    def name(self) -> str:
        """Name and version, as the log keeps it."""

    def detect(
        self,
        question: str,
        history: Sequence[Message],
        reply: str,
        shadow: str,
        *,
        scores: Sequence[float] = (),
    ) -> Verdict:
        """Compare.

        Args:
            question: the user's message that both answered.
            history: what stood on the screen before it, oldest first.
            reply: what the active profile said (thinking left out).
            shadow: what the reference said to the same message.
            scores: natural log-probability of each token of the reply as the reference read it; empty where the engine
                cannot say.

        Returns:
            A verdict with label `agree`, `disagree`, `unsure`, or `unjudged` with the reason (empty reply, ...).
            Never raises on any text.
        """
