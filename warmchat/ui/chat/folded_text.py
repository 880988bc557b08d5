"""Text that is shown in part until it is unfolded: long messages, and what a model thought before it answered."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.reactive import reactive

from warmchat.domain.text import printable
from warmchat.ui.bounded import bounded, export_words, more_words
from warmchat.ui.chat.laid_once import Lines

SHOWN_LINES = 12
SHOWN_CHARACTERS = 1_500


class FoldedText(Lines):
    """A message that shows its beginning, or nothing of a text but a summary, until it is opened by click or key.

    Args:
        summary: where given, the text is hidden wholly behind this line.
    """

    opened: reactive[bool] = reactive(False, init=False)

    def __init__(self, text: str, *, summary: str = "", classes: str = "") -> None:
        self._text = printable(text)
        self._summary = summary
        super().__init__(self._drawn(False), markup=False, classes=classes)

    @property
    def foldable(self) -> bool:
        """Whether something is hidden while it is folded."""
        return bool(self._summary) or self._head() != self._text

    def show_text(self, text: str, summary: str = "") -> None:
        """Replace text and summary; draws only where that can be seen."""
        seen = self.opened or summary != self._summary
        self._text, self._summary = printable(text), summary
        if seen:
            self.update(self._drawn(self.opened))

    def toggle(self) -> None:
        """Fold or unfold."""
        if self.foldable:
            self.opened = not self.opened

    def watch_opened(self, opened: bool) -> None:
        self.update(self._drawn(opened))

    def on_click(self, event: events.Click) -> None:
        if self.foldable:
            event.stop()
            self.toggle()

    def _head(self) -> str:
        return bounded(self._text, characters=SHOWN_CHARACTERS, lines=SHOWN_LINES)

    def _bounded(self) -> str:
        shown = bounded(self._text)
        more = export_words(self._text, shown)
        return f"{shown}\n{more}" if more else shown

    def _drawn(self, opened: bool) -> Content:
        if self._summary:
            title = Content.styled(f"{'▾' if opened else '▸'} {self._summary}", "$faint")
            return Content.assemble(title, "\n", (self._bounded(), "$faint")) if opened else title
        shown = bounded(self._text) if opened else self._head()
        more = more_words(self._text, shown)
        if not more:
            return Content(shown)
        how = "all of it was sent" if opened else "all of it was sent; click to unfold"
        return Content.assemble(shown, "\n", (f"… {more} ({how})", "$faint"))
