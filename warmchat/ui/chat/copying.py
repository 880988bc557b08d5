"""What can be copied: a reply, a block of code in it, a turn or the whole conversation as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from warmchat.domain.text import one_line
from warmchat.domain.turn import Turn
from warmchat.ui.keymap import first_key
from warmchat.ui.pickers.rows import Row

if TYPE_CHECKING:
    from warmchat.ui.chat.screen import ChatScreen

# As in CommonMark: three or more of the same sign, up to three blanks before; what is left open runs to the end.
_FENCE = re.compile(
    r"^(?P<indent> {0,3})(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)\n"
    r"(?P<code>.*?)(?:^ {0,3}(?P=mark)[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)


def code_blocks(text: str) -> list[tuple[str, str]]:
    """The fenced blocks of a reply: what the fence says of the language, and the code."""
    found = []
    for match in _FENCE.finditer(text):
        indent = len(match["indent"])
        lines = match["code"].splitlines(keepends=True)
        code = "".join(line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in lines)
        found.append((match["info"].strip(), code))
    return found


def has_code(turn: Turn) -> bool:
    """Whether the turn's reply holds a block of code."""
    return turn.reply is not None and bool(code_blocks(turn.reply.text))


def turns_markdown(turns: Sequence[Turn], names: Sequence[str]) -> str:
    """Turns as Markdown, replies as they were written; `names` are those of the voices, one for each turn."""
    parts = []
    for turn, name in zip(turns, names, strict=True):
        parts.append(f"**You:** {turn.user_text.strip()}")
        if turn.reply is not None and turn.reply.text.strip():
            parts.append(f"**{name}:**\n\n{turn.reply.text.strip()}")
        if turn.verdict is not None and turn.verdict.label == "disagree":
            parts.append(f"> The reference would have said otherwise: {one_line(turn.verdict.reason, 300)}")
    return "\n\n".join(parts) + "\n"


def copy_reply(screen: ChatScreen, turn: Turn | None) -> None:
    """Copy a reply as it was written."""
    if turn is None or turn.reply is None or not turn.reply.text:
        screen.chat_app.tell("There is no reply to copy")
        return
    screen.chat_app.copy_to_clipboard(turn.reply.text)


def copy_code(screen: ChatScreen, turn: Turn | None) -> None:
    """Copy a block of code of a reply; asks which, where there are several."""
    blocks = code_blocks(turn.reply.text) if turn is not None and turn.reply is not None else []
    if not blocks:
        screen.chat_app.tell(
            "There is no block of code in this reply", f"{first_key('copy-the-reply')} copies the reply"
        )
        return
    if len(blocks) == 1:
        screen.chat_app.copy_to_clipboard(blocks[0][1])
        return

    def take(index: str | None) -> None:
        if index is not None:
            screen.chat_app.copy_to_clipboard(blocks[int(index)][1])

    from warmchat.ui.pickers.picker import Picker

    screen.app.push_screen(Picker("Copy which block of code", load=lambda: _rows(blocks), empty=""), take)


def _rows(blocks: Sequence[tuple[str, str]]) -> list[Row]:
    rows = []
    for index, (language, code) in enumerate(blocks):
        lines = code.strip("\n").splitlines() or [""]
        size = f"{len(lines):,} {'line' if len(lines) == 1 else 'lines'}"
        head = Content.assemble((one_line(lines[0], 70) or "(empty)", "bold"))
        below = " · ".join(part for part in (one_line(language, 30), size) if part)
        rows.append(Row(str(index), Content.assemble(head, "\n", (below, "$faint"))))
    return rows


def copy_markdown(screen: ChatScreen, turn: Turn | None) -> None:
    """Copy the chosen turn as Markdown; the whole conversation where none is chosen."""
    session = screen.session
    turns = [turn] if turn is not None else list(session.turns) if session is not None else []
    if not turns:
        screen.chat_app.tell("There is nothing to copy yet")
        return
    names = [screen.look_of(each.reply.profile if each.reply is not None else each.profile).name for each in turns]
    screen.chat_app.copy_to_clipboard(turns_markdown(turns, names))
