"""Text that is shown in part until it is unfolded: long messages, and what a model thought before it answered."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.reactive import reactive

from warmchat.domain.text import printable
from warmchat.ui.chat.laid_once import Lines

SHOWN_LINES = 12
SHOWN_CHARACTERS = 1_500
MOST_CHARACTERS = 40_000  # unfolded: wrapping more than this would hold up the screen


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
        lines = self._text.split("\n")
        return "\n".join(lines[:SHOWN_LINES])[:SHOWN_CHARACTERS]

    def _drawn(self, opened: bool) -> Content:
        if self._summary:
            title = Content.styled(f"{'▾' if opened else '▸'} {self._summary}", "$faint")
            return Content.assemble(title, "\n", (self._text[:MOST_CHARACTERS], "$faint")) if opened else title
        shown = self._text[:MOST_CHARACTERS] if opened else self._head()
        hidden = len(self._text) - len(shown)
        if hidden <= 0:
            return Content(shown)
        lines = self._text[len(shown) :].count("\n")
        more = f"{lines:,} more lines" if lines else f"{hidden:,} more characters"
        how = "all of it was sent" if opened else "all of it was sent; click to unfold"
        return Content.assemble(shown, "\n", (f"… {more} ({how})", "$faint"))
