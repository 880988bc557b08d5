"""One answer under the name of its voice, with the spans marked in which it parts from the other."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from warmchat.domain.text import printable
from warmchat.domain.verdict import Span
from warmchat.ui.bounded import bounded, export_words
from warmchat.ui.disagreement.heat import Heat, heat_parts
from warmchat.ui.disagreement.spans import pieces
from warmchat.ui.voice_look import VoiceLook

STYLES = {"": "", "parting": "on $parting", "now": "bold $parting-on on $parting-now"}


class Side(VerticalScroll):
    """An answer, whole or as it comes.

    Args:
        beside: a word or two after the name of the voice.
    """

    def __init__(self, look: VoiceLook, text: str, spans: Sequence[Span | None] = (), *, beside: str = "") -> None:
        super().__init__(classes=f"side {look.css_class}", can_focus=False)
        self._look = look
        self.hold(text, spans)
        self._who = Static(Content(""), markup=False, classes="who")
        self._body = Static(Content(""), markup=False, classes="body")
        self.name_it(look, beside)

    def compose(self) -> ComposeResult:
        yield self._who
        yield self._body

    def name_it(self, look: VoiceLook, beside: str) -> None:
        """Say whose answer it is."""
        self.remove_class(self._look.css_class)
        self.add_class(look.css_class)
        self._look = look
        self._who.update(Content.assemble((look.title, look.ink_style), (f"  {beside}" if beside else "", "$faint")))

    def hold(self, text: str, spans: Sequence[Span | None] = ()) -> None:
        """Another text, or other partings in it; `mark` draws them."""
        self._text, self._spans = bounded(text), spans
        self._more = export_words(text, self._text)

    def write(self, text: str) -> None:
        """What there is so far of an answer that is coming; the reader stays at its end."""
        self.hold(text)
        self._show([(printable(self._text), "")])
        self.scroll_end(animate=False)

    def colour(self, heat: Sequence[tuple[str, Heat]]) -> None:
        """Show how surprised the reference was instead of where the two part."""
        self._show(heat_parts(heat, len(self._text)))

    def mark(self, now: int) -> None:
        """Mark all spans and, stronger, the one the reader is at; bring it into view."""
        cut = [(printable(text), mark) for text, mark in pieces(self._text, self._spans, now)]
        self._show([(text, STYLES[mark]) for text, mark in cut])
        before = ""
        for text, mark in cut:
            if mark == "now":
                self.call_after_refresh(self._bring_into_view, before)
                return
            before += text

    def _show(self, parts: Sequence[tuple[str, str]]) -> None:
        more = [("\n" + self._more, "$faint")] if self._more else []
        self._body.update(Content.assemble(*parts, *more))

    def _bring_into_view(self, before: str) -> None:
        width = max(1, self._body.content_size.width)
        line = Content(before + "x").get_height({}, width)  # of the span's first line, from 1
        self.scroll_to(y=max(0, line - self.size.height // 2), animate=False)
