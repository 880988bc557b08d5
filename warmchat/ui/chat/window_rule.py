"""The quiet rule between turns that says where the window of the voice that spoke last begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from warmchat.domain.turn import Turn



def window_start(turns: Sequence[Turn], *, none_read: str | None = None) -> int:
    """Index of the first turn that the last one's reply could read; 0 where all were read or nothing is known.

    Args:
        none_read: id of a turn of which it is known that it could read no earlier one.
    """
    if not turns:
        return 0
    last = turns[-1]
    if not last.window:
        return len(turns) - 1 if last.id == none_read else 0
    return next((index for index, turn in enumerate(turns) if turn.id == last.window[0]), 0)


def rule_line(words: tuple[str, ...], width: int) -> Content:
    """A line with the words in it: the longest for which there is room."""
    said = next((each for each in words if len(each) + 6 <= width), words[-1])
    return Content.assemble("── ", said, " ", "─" * max(2, width - len(said) - 4))


class WindowRule(Widget):
    """The rule. Set `words` to change it: from long to short."""

    words: reactive[tuple[str, ...]] = reactive(("",))

    def __init__(self) -> None:
        super().__init__()
        self.display = False

    def render(self) -> RenderResult:
        return rule_line(self.words, self.content_size.width)
