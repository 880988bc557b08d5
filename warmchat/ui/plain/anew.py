"""Commands on the last turn of the line-based chat: its message written anew, its reply made again or gone on with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from warmchat.domain.errors import NotFound, WarmchatError

if TYPE_CHECKING:
    from warmchat.domain.turn import Turn
    from warmchat.ui.plain.chat import PlainChat


class AnewCommands:
    """What they replace stays in the log, on a branch of its own.

    Args:
        last: the last turn; raises where there is none.
    """

    def __init__(self, chat: PlainChat, last: Callable[[], Turn]) -> None:
        self._chat = chat
        self._last = last

    def edit(self, text: str) -> None:
        """Another message in place of the last one."""
        turn = self._last()
        if not text:
            raise NotFound("What should the message say instead?", "/edit TEXT")
        self._chat.answer(text, instead_of=turn)

    def again(self, _: str) -> None:
        """Another reply to the last message, by the voice that speaks now."""
        turn = self._last()
        self._chat.answer(turn.user_text, instead_of=turn, anew=True)

    def go_on(self, _: str) -> None:
        """More of a reply that was cut."""
        turn = self._last()
        why_not = self._chat.session.cannot_go_on(turn.id)
        if why_not:
            raise WarmchatError(why_not, "/again makes it anew")
        self._chat.go_on(turn)
