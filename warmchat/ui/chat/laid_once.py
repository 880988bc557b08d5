"""Widgets of the transcript. A new size of one of them is taken as it is, and asks for no second layout.

Textual lays the whole screen out anew after each layout that changed a widget's size, in case its scroll bars came or
went. What stands in the transcript has none (the transcript's own are asked for apart), so every line that a coming
reply grows by cost two layouts.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static


class LaidOnce(Widget):
    """A widget whose new size changes nothing about where the others stand. CSS is inherited from a class's first base,
    so this is the last."""

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:  # noqa: ARG002
        return super()._size_updated(size, virtual_size, container_size, layout=False)


class Lines(Static, LaidOnce):
    """Text."""


class Stack(Vertical, LaidOnce):
    """Widgets below each other, in the order in which they are given. One that shows nothing is mounted when it does:
    of the widgets of a turn in a long session that is half.

    Args:
        ordered: the widgets; more may be mounted between them.
    """

    def __init__(self, *ordered: Widget, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._ordered = ordered
        self._composed = False

    def compose(self) -> ComposeResult:
        yield from (widget for widget in self._ordered if widget.display)

    def on_mount(self) -> None:
        self._composed = True
        for widget in self._ordered:  # shown since it was composed
            self.show(widget, shown=bool(widget.display))

    def show(self, widget: Widget, *, shown: bool = True) -> None:
        """Show or hide one of the widgets."""
        widget.display = shown
        if shown and widget.parent is None and self._composed:
            before = [each for each in self._ordered[: self._ordered.index(widget)] if each.parent is self]
            if before:
                self.mount(widget, after=before[-1])
            else:
                self.mount(widget, before=0)
