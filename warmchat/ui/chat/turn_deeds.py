"""The chat screen's deeds on the turns that stand on it: check, compare, copy, edit, make again, walk branches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from warmchat.domain.turn import Turn
from warmchat.ui.chat import branches, copying, errands
from warmchat.ui.chat.other_voice import ask_other
from warmchat.ui.chat.turn_view import TurnView

if TYPE_CHECKING:
    from textual.widgets import Markdown

    from warmchat.ui.chat.screen import ChatScreen


class TurnDeeds(Screen[None]):
    """What a key or command does with the turn that it means. A base of `ChatScreen`."""

    @property
    def _chat(self) -> ChatScreen:
        return cast("ChatScreen", self)

    def meant_turn(self, wanted: Callable[[Turn], bool]) -> Turn | None:
        """The turn that a key means: the chosen one, else the newest of which `wanted` holds."""
        if self._chat.session is None:
            return None
        turns = self._chat.session.turns
        if self._chat.transcript.chosen is not None:
            return next((t for t in turns if t.id == self._chat.transcript.chosen.turn_id), None)
        return next((t for t in reversed(turns) if wanted(t)), turns[-1] if turns else None)

    def action_side_by_side(self) -> None:
        errands.compare(self._chat, self.meant_turn(lambda t: t.shadow is not None))

    def on_turn_view_compare_asked(self, event: TurnView.CompareAsked) -> None:
        turns = self._chat.session.turns if self._chat.session is not None else ()
        errands.compare(self._chat, next((t for t in turns if t.id == event.turn_id), None))

    def action_check_now(self) -> None:
        errands.check_now(self._chat, self.meant_turn(errands.can_be_checked))

    async def action_mark(self, words: str = "") -> None:
        asked = self._chat.session.beside.answers if self._chat.session is not None else lambda _: ()
        errands.mark(self._chat, self.meant_turn(lambda t: t.shadow is not None or bool(asked(t.id))), words)

    async def action_ask_other(self, profile_id: str = "") -> None:
        ask_other(self._chat, self.meant_turn(lambda _: True), profile_id)

    # ---- branches

    def action_edit(self) -> None:
        branches.edit(self._chat, self.meant_turn(lambda _: True))

    async def action_ask_again(self) -> None:
        await branches.ask_again(self._chat, self.meant_turn(lambda _: True))

    async def action_go_on(self) -> None:
        await branches.go_on(self._chat, self.meant_turn(lambda _: True))

    async def action_branch_before(self) -> None:
        await branches.walk_branches(self._chat, self._forked(), -1)

    async def action_branch_after(self) -> None:
        await branches.walk_branches(self._chat, self._forked(), 1)

    def _forked(self) -> Turn | None:
        session = self._chat.session
        return self.meant_turn(lambda turn: session is not None and len(session.branches(turn.id)) > 1)

    # ---- copying

    def action_copy_reply(self) -> None:
        copying.copy_reply(self._chat, self.meant_turn(lambda t: t.reply is not None and bool(t.reply.text)))

    def action_copy_code(self) -> None:
        copying.copy_code(self._chat, self.meant_turn(copying.has_code))

    def action_open_link(self) -> None:
        from warmchat.ui.chat.links import links_of, open_link

        open_link(self._chat, self.meant_turn(lambda t: t.reply is not None and bool(links_of(t.reply.text))))

    def action_copy_markdown(self) -> None:
        chosen = self._chat.transcript.chosen is not None
        copying.copy_markdown(self._chat, self.meant_turn(lambda _: True) if chosen else None)

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """What a model writes is not an address to trust: it is shown whole, and the reader is asked."""
        event.stop()
        errands.follow_link(self._chat, event.href)
