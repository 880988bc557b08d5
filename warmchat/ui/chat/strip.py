"""The strip under a reply: what its check came to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events
from textual.content import Content
from textual.message import Message

from warmchat.ui.chat.laid_once import Lines
from warmchat.ui.keymap import first_key
from warmchat.ui.words import StripWords, strip_words

if TYPE_CHECKING:
    from warmchat.domain.verdict import Verdict

NARROW = 48
LABELS = ("pending", "agree", "disagree", "unsure", "unjudged")


class Strip(Lines):
    """Symbol, word and colour of a verdict; a click opens side by side."""

    class Opened(Message):
        """The strip was clicked."""

    def __init__(self, *, reference: str, own: bool) -> None:
        super().__init__(Content(""), markup=False)
        self._reference = reference
        self._own = own
        self.display = False
        self.verdict: Verdict | None = None
        self._words = StripWords("", "")
        self._narrow = False

    def compared_with_itself(self, own: bool) -> None:
        """Whether the reference was compared with a second answer of its own."""
        if own != self._own:
            self._own = own
            if self.verdict is not None:
                self.show(self.verdict)

    def show(self, verdict: Verdict, *, checkable: bool = True) -> None:
        """Show this verdict. ``checkable``: there is a reply that a check could compare."""
        self.verdict = verdict
        for label in LABELS:
            self.set_class(label == verdict.label, f"-{label}")
        keys = (first_key("side-by-side"), first_key("check-now"))
        words = strip_words(verdict, reference=self._reference, own=self._own, keys=keys)
        if verdict.label == "unjudged" and not checkable:
            words = replace(words, hint="")
        self._words = words
        self._draw()
        self.display = True

    def on_resize(self, event: events.Resize) -> None:
        if self._narrow != (event.size.width < NARROW):
            self._narrow = not self._narrow
            self._draw()

    def _draw(self) -> None:
        """Where there is little room, what can be done is left to the help."""
        self.update(strip_content(replace(self._words, hint="") if self._narrow else self._words))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Opened())


def strip_content(words: StripWords) -> Content:
    """The words, the sentence strong, what it rests on and what can be done quieter."""
    parts: list[str | tuple[str, str]] = [(f"{words.symbol} {words.headline}", "bold")]
    if words.detail:
        parts += ["\n  ", words.detail]
    if words.hint:
        parts += ["  ", (words.hint, "$faint")]
    return Content.assemble(*parts)
