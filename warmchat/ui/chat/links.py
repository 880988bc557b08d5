"""The links of a reply, for those who use no mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from warmchat.domain.text import one_line
from warmchat.ui.bounded import bounded
from warmchat.ui.chat.errands import follow_link
from warmchat.ui.pickers.rows import Row

if TYPE_CHECKING:
    from warmchat.domain.turn import Turn
    from warmchat.ui.chat.screen import ChatScreen


def links_of(text: str) -> dict[str, str]:
    """The addresses that a text links to, in order, each with the words that lead there first."""
    from warmchat.ui.chat.reply_view import markdown_parser

    found: dict[str, str] = {}
    for block in markdown_parser().parse(bounded(text)):
        pieces = block.children or []
        for at, piece in enumerate(pieces):
            address = piece.attrGet("href") if piece.type == "link_open" else None
            if address:
                inside = pieces[at + 1 :]
                end = next((n for n, other in enumerate(inside) if other.type == "link_close"), 0)
                found.setdefault(str(address), "".join(other.content for other in inside[:end]))
    return found


def open_link(screen: ChatScreen, turn: Turn | None) -> None:
    """Show where a link of a reply leads; asks which, where there are several."""
    found = links_of(turn.reply.text) if turn is not None and turn.reply is not None else {}
    if not found:
        screen.chat_app.tell("There is no link in this reply")
        return
    if len(found) == 1:
        follow_link(screen, next(iter(found)))
        return

    def take(address: str | None) -> None:
        if address is not None:
            follow_link(screen, address)

    from warmchat.ui.pickers.picker import Picker

    rows = [_row(address, words) for address, words in found.items()]
    screen.app.push_screen(Picker("Follow which link", load=lambda: rows, empty=""), take)


def _row(address: str, words: str) -> Row:
    head = (one_line(words, 70) or "(no words)", "bold")
    return Row(address, Content.assemble(head, "\n", (one_line(address, 90), "$faint")))
