"""A modal form: which of two answers is right, and why. The arrow keys choose while the note is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, get_args

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from warmchat.domain.mark import Mark, MarkName
from warmchat.domain.text import printable
from warmchat.ui.marks import mark_words

NAMES: tuple[MarkName, ...] = get_args(MarkName)
LONGEST_NOTE = 2_000  # characters that a line to write in bears; more come from an import


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen; None: no mark."""

    mark: Mark | None


class MarkForm(ModalScreen[Chosen | None]):
    """Gives back what was chosen, or None where the form was left.

    Args:
        now: the mark that there is.
        voice, reference: names of the two that answered.
    """

    CSS_PATH = "pickers.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Back", priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
    ]

    def __init__(self, now: Mark | None, *, voice: str, reference: str) -> None:
        super().__init__()
        self._now = now
        self._names: list[MarkName | None] = [*NAMES, *([None] if now is not None else [])]
        rows = [mark_words(name, voice=voice, reference=reference) if name else "no mark" for name in self._names]
        options = [Option(Content(row[:1].upper() + row[1:])) for row in rows]
        self._options = OptionList(*options, compact=True, markup=False)
        self._options.can_focus = False
        note = printable(now.note) if now is not None else ""
        self._kept = note if len(note) > LONGEST_NOTE else ""
        stays = f"what you wrote stays ({len(note):,} characters), unless you write anew" if self._kept else ""
        self._note = Input("" if self._kept else note, placeholder=stays, compact=True)

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box -small")
        box.border_title = Content(" Which is right? ")
        box.border_subtitle = Content(" ↑ ↓ choose · Enter marks · Esc back ")
        with box:
            yield self._options
            yield Static(Content("Why, if you like"), markup=False, classes="label")
            yield self._note

    def on_mount(self) -> None:
        self._options.highlighted = self._names.index(self._now.mark) if self._now is not None else 0
        self._note.focus()

    def action_move(self, step: int) -> None:
        self._options.highlighted = ((self._options.highlighted or 0) + step) % len(self._names)

    def on_option_list_option_selected(self) -> None:
        self._take()

    def on_input_submitted(self) -> None:
        self._take()

    def _take(self) -> None:
        name = self._names[self._options.highlighted or 0]
        note = printable(self._note.value).strip() or self._kept
        self.dismiss(Chosen(Mark(name, note) if name is not None else None))

    def action_dismiss_none(self) -> None:
        self.dismiss(None)
