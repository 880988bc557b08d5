"""A reply on the screen: plain text while it comes, Markdown once at the end where it holds any.

Repainting Markdown for every token costs most of a core on long lists and fences; plain text ten times a second does
not, if only its end is repainted: lines that are done are set down in widgets of their own, and a new layout is asked
for only where the end has grown by a line. A reply that holds no Markdown stays plain: nothing jumps, and long sessions
open faster. So does one that would become more widgets than the screen can bear, and of a very long one the beginning
is drawn.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content

from warmchat.domain.text import printable
from warmchat.ui.bounded import bounded, export_words
from warmchat.ui.chat.folded_text import FoldedText
from warmchat.ui.chat.laid_once import Lines, Stack

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from textual.widgets import Markdown

# A sign of Markdown somewhere: emphasis, code, headings, lists, quotes, rules, tables, links, indented code.
_MARKDOWN = re.compile(
    r"[*_~]\S|`|^\s{0,3}(?:#{1,6}\s|[-+*]\s|\d{1,9}[.)]\s|>|={3,}|-{3,}|\|)|\]\(|^ {4}\S|^\t\S|\|.*\|", re.MULTILINE
)
_OPENING = "<think>"
_SET_DOWN = 24  # lines at once; fewer would make many widgets, more would make each repaint dearer

# As Markdown a reply costs more than as plain text; with more than this it holds the screen for over a second.
MOST_BLOCKS = 600  # about 200 items of a list
MOST_LINES = 1_000  # of code above all, which is coloured
MOST_CHARACTERS = 40_000
_FENCE = 3  # blocks that one is as dear as


class ReplyView(Stack):
    """One reply: thinking (folded), text, and a line that says what is going on."""

    def __init__(self, text: str = "", thinking: str = "") -> None:
        self._raw = ""
        self._doing = ""
        self._painted = ""
        self._ended = bool(text or thinking)
        self._thinking = FoldedText(thinking, summary=_thought(thinking), classes="thinking")
        self._thinking.display = bool(thinking)
        plain = printable(text)
        self._drawn = bounded(plain)
        self._tail = Lines(Content(self._drawn), markup=False, classes="tail")
        self._marked_up = _marked_up(text)
        self._tail.display = bool(text) and self._marked_up is None
        self._more = Lines(Content(""), markup=False, classes="status")
        self._more.display = False
        self._status = Lines(Content(""), markup=False, classes="status")
        self._status.display = False
        self._set_down = 0  # characters that stand in widgets of their own
        super().__init__(self._thinking, self._tail, self._more, self._status)
        self._say_more(plain)

    def compose(self) -> ComposeResult:
        yield from super().compose()
        if self._marked_up is not None:
            yield self._marked_up

    def status(self, text: str) -> None:
        """Say what is going on in one quiet line; nothing for ""."""
        if text == self._doing:  # said with every fragment: a layout each time would cost more than all the rest
            return
        self._doing = text
        self._status.update(Content(printable(text)))
        self.show(self._status, shown=bool(text))

    def add(self, fragment: str) -> None:
        """More text; it is painted by `paint`."""
        self._raw += fragment

    def paint(self) -> None:
        """Show what came since the last call."""
        if self._raw == self._painted or self._ended:
            return
        self._painted = self._raw
        if _OPENING.startswith(self._raw.strip()):  # "<thi": not known yet whether it thinks
            return
        from warmchat.domain.conversation import split_thinking

        thinking, text = split_thinking(self._raw)
        self._show_thinking(thinking, still_thinking=not text)
        self._show_end(printable(text))

    async def resume(self, text: str, thinking: str) -> None:
        """More is coming after what stands here: plain again, until it is whole."""
        from textual.widgets import Markdown

        await self.remove_children(Markdown)
        self._raw = f"{_OPENING}{thinking}{'</think>' if text else ''}{text}" if thinking else text
        self._ended, self._painted, self._drawn, self._set_down = False, "", "", 0
        self.show(self._tail)
        self.paint()

    async def finish(self, text: str, thinking: str) -> None:
        """The reply as it stands in the log."""
        self._ended = True
        self.status("")
        self._show_thinking(thinking, still_thinking=False)
        plain = printable(text)
        self._drawn = bounded(plain)
        self._tail.update(Content(self._drawn))
        marked_up = _marked_up(text)
        self.show(self._tail, shown=bool(text.strip()) and marked_up is None)
        self._say_more(plain)
        await self.remove_children(".set-down")
        if marked_up is not None:
            await self.mount(marked_up, before=self._status if self._status.parent is self else None)

    def toggle_thinking(self) -> None:
        """Fold or unfold the thinking, where there is any."""
        if self._thinking.display:
            self._thinking.toggle()

    def _show_thinking(self, thinking: str, *, still_thinking: bool) -> None:
        if thinking:
            self._thinking.show_text(thinking, "thinking…" if still_thinking else _thought(thinking))
        self.show(self._thinking, shown=bool(thinking))

    def _show_end(self, text: str) -> None:
        """Repaint what is not set down yet; set down lines that are done."""
        self._say_more(text)
        head = bounded(text)
        if head == self._drawn:  # more came, but none of it is drawn
            return
        self._drawn = head
        end = head[self._set_down :]
        done = [m.end() for m in re.finditer("\n", end)]
        stood = self._tail.display and self._tail.size.width > 0
        self.show(self._tail, shown=bool(text.strip()))
        if len(done) >= 2 * _SET_DOWN and self._tail.parent is self:  # so much may come before the first paint
            cut = done[_SET_DOWN - 1]
            self.mount(Lines(Content(end[: cut - 1]), markup=False, classes="set-down"), before=self._tail)
            self._set_down += cut
            end = end[cut:]
        content = Content(end)
        grown = not stood or content.get_height({}, self._tail.size.width) != self._tail.size.height
        self._tail.update(content, layout=grown)

    def _say_more(self, text: str) -> None:
        """Say how much of the text is not drawn."""
        more = export_words(text, bounded(text))
        if more or self._more.display:
            self._more.update(Content(more))
        self.show(self._more, shown=bool(more))


def needs_markdown(text: str) -> bool:
    """Whether plain text would show this otherwise than Markdown does."""
    return _MARKDOWN.search(text) is not None


def _marked_up(text: str) -> Markdown | None:
    """The text as Markdown; None where it holds none, or more than can be shown in a moment."""
    if len(text) > MOST_CHARACTERS or text.count("\n") > MOST_LINES or not needs_markdown(text):
        return None
    # A block takes a character at least, so that most texts need not be read for their blocks.
    if len(text) >= MOST_BLOCKS and _blocks(text) > MOST_BLOCKS:
        return None
    from textual.widgets import Markdown  # after the first paint: the parser is heavy

    return Markdown(printable(text), parser_factory=markdown_parser, open_links=False)


def _blocks(text: str) -> int:
    """How dear a text is as Markdown: each block becomes a widget."""
    tokens = markdown_parser().parse(printable(text))
    return sum(_FENCE if token.type == "fence" else token.nesting >= 0 for token in tokens)


def markdown_parser() -> MarkdownIt:
    """Markdown in which nothing can hide: HTML stays visible, and entities, which could bring back a control
    character that `printable` has taken out, stay as they are written."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("gfm-like", {"html": False}).disable(["entity"])
    parser.core.ruler.push("keep_line_breaks", _keep_line_breaks)
    return parser


def _keep_line_breaks(state: StateCore) -> None:
    """Lines stay where the model broke them: poems and addresses read so, and nothing moves at the end of a reply."""
    for token in state.tokens:
        for child in token.children or ():
            if child.type == "softbreak":
                child.type = "hardbreak"


def _thought(thinking: str) -> str:
    words = len(thinking.split())
    return f"thought, {words:,} {'word' if words == 1 else 'words'}"
