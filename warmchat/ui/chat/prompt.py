"""Where the user writes. Big pastes and files stand in it as one mark each and are sent whole."""

from __future__ import annotations

from pathlib import Path

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from warmchat.domain.text import printable
from warmchat.ui.attach import Enclosure, expanded, file_enclosure, is_big, paste_enclosure
from warmchat.ui.voice_look import VoiceLook

# xterm's modifyOtherKeys names Shift+Enter with the character itself.
NEWLINE_KEYS = frozenset({"ctrl+j", "shift+enter", "alt+enter", "ctrl+enter", "shift+\r", "alt+\r", "ctrl+\r"})


class Prompt(TextArea):
    """The text box. It does not clear itself: whoever takes the message does."""

    class Sent(Message):
        """Enter was pressed on something written. ``text`` is what to send, ``written`` what stands in the box."""

        def __init__(self, text: str, written: str) -> None:
            super().__init__()
            self.text = text
            self.written = written

    class EnterOnNothing(Message):
        """Enter was pressed while nothing was written."""

    class HelpAsked(Message):
        """A question mark was typed while nothing was written."""

    class Scrolled(Message):
        """Up or Down was pressed while nothing was written."""

        def __init__(self, lines: int) -> None:
            super().__init__()
            self.lines = lines

    class MarkBroken(Message):
        """The mark of a paste or file was edited: it would not be sent whole."""

        def __init__(self, mark: str) -> None:
            super().__init__()
            self.mark = mark

    def __init__(self) -> None:
        super().__init__(soft_wrap=True, highlight_cursor_line=False, tab_behavior="focus")
        self._enclosures: dict[str, Enclosure] = {}
        self._count = 0

    # ---- what others do with it

    def show_voice(self, look: VoiceLook) -> None:
        """Say on the border who will answer."""
        self.border_title = Content.styled(f" {look.badge} ", look.badge_style)
        if look.colour is not None:
            self.styles.border = ("round", look.colour)
        else:
            self.styles.border = None

    def show_hint(self, hint: str) -> None:
        """The quiet words on the lower border."""
        self.border_subtitle = Content(printable(hint))

    def put(self, text: str) -> None:
        """Replace what is written, for example to give a message back; a big one comes back as a mark."""
        self.clear_written()
        self.take_paste(text)

    def rewrite(self, text: str) -> None:
        """Replace what is written; what its marks stand for stays."""
        self.load_text(printable(text))
        self.move_cursor(self.document.end)

    def clear_written(self) -> None:
        """Forget what is written and enclosed."""
        self.load_text("")
        self._enclosures.clear()
        self._count = 0

    def take_paste(self, pasted: str) -> None:
        """Insert a paste: as it is, or as a mark where it is big."""
        if is_big(pasted):
            self._enclose(paste_enclosure(pasted, self._count + 1))
        else:
            self._insert(printable(pasted))

    def take_file(self, path: Path) -> None:
        """Enclose a text file. Raises `AttachError`."""
        self._enclose(file_enclosure(path, self._count + 1))

    def _enclose(self, enclosure: Enclosure) -> None:
        self._count += 1
        self._enclosures[enclosure.mark] = enclosure
        self._insert(enclosure.mark + " ")

    def _insert(self, text: str) -> None:
        start, end = self.selection
        result = self.replace(text, start, end, maintain_selection_offset=False)
        self.move_cursor(result.end_location)

    # ---- keys

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]  # the base awaits whatever comes back
        if event.key == "enter":
            self._enter()
        elif event.key in NEWLINE_KEYS:
            self._insert("\n")
        elif event.character == "?" and not self.text:
            self.post_message(self.HelpAsked())
        elif event.key in {"up", "down"} and not self.text:
            self.post_message(self.Scrolled(-1 if event.key == "up" else 1))
        else:
            return
        event.stop()
        event.prevent_default()

    def _on_paste(self, event: events.Paste) -> None:  # type: ignore[override]
        event.stop()
        event.prevent_default()
        self.take_paste(event.text)

    def action_paste(self) -> None:
        self.take_paste(self.app.clipboard)

    def action_delete_left(self) -> None:
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        mark = next((m for m in self._enclosures if before.endswith(m)), None)
        if mark is None or not self.selection.is_empty:
            super().action_delete_left()
        else:  # a mark goes as a whole, or what it stands for would be lost unseen
            self.delete((row, column - len(mark)), (row, column), maintain_selection_offset=False)

    def action_delete_to_start_of_line(self) -> None:
        row, column = self.cursor_location
        if column and self.selection.is_empty:  # of the line as it was written: where it is folded is chance
            self.delete((row, 0), (row, column), maintain_selection_offset=False)
        else:
            super().action_delete_to_start_of_line()

    async def action_delete_to_end_of_line_or_delete_line(self) -> None:
        row, column = self.cursor_location
        end = len(self.document.get_line(row))
        if column < end and self.selection.is_empty:
            self.delete((row, column), (row, end), maintain_selection_offset=False)
        else:
            await super().action_delete_to_end_of_line_or_delete_line()

    def _enter(self) -> None:
        written = self.text
        if not written.strip():
            self.post_message(self.EnterOnNothing())
            return
        broken = next((m for m in self._enclosures if m not in written and m.split(":")[0] + ":" in written), None)
        if broken is not None:
            self.post_message(self.MarkBroken(broken))
            return
        self.post_message(self.Sent(printable(expanded(written, self._enclosures)).strip("\n"), written))
