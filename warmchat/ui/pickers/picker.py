"""A modal list to choose one thing from. The list is made in a thread: looking for models walks the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from warmchat.domain.errors import WarmchatError
from warmchat.domain.text import one_line, printable
from warmchat.ui.bounded import beginning
from warmchat.ui.pickers.rows import Row


class Picker(ModalScreen[str | None]):
    """Gives back the value of the chosen row, or what was typed, or None.

    Args:
        load: makes the rows; may block, may raise `WarmchatError`.
        empty: said where there are no rows.
        typed: what may be typed instead of choosing; "" leaves the input out.
    """

    CSS_PATH = "pickers.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Back", priority=True),
        Binding("down", "to_list", show=False),
    ]

    class Loaded(Message):
        """The rows are there, or what went wrong."""

        def __init__(self, rows: Sequence[Row], trouble: str) -> None:
            super().__init__()
            self.rows = rows
            self.trouble = trouble

    def __init__(self, title: str, *, load: Callable[[], Sequence[Row]], empty: str, typed: str = "") -> None:
        super().__init__()
        self._title = title
        self._load = load
        self._empty = empty
        self._typed = typed
        self._rows: list[Row] = []

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box")
        box.border_title = Content(f" {one_line(self._title, 60)} ")
        box.border_subtitle = Content(" Enter chooses · Esc back ")
        with box:
            if self._typed:
                yield Input(placeholder=self._typed, select_on_focus=False, compact=True)
            yield Static(Content("Looking …"), markup=False, id="state")
            yield OptionList(compact=True, markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).display = False
        threading.Thread(target=self._load_rows, name="picker", daemon=True).start()

    def _load_rows(self) -> None:
        try:
            loaded = self.Loaded(list(self._load()), "")
        except WarmchatError as error:
            loaded = self.Loaded([], str(error))
        except Exception as error:  # else the list would say "looking" for ever
            loaded = self.Loaded([], f"The list could not be made: {error}")
        self.post_message(loaded)

    def on_picker_loaded(self, event: Loaded) -> None:
        self._rows = list(event.rows)
        state, options = self.query_one("#state", Static), self.query_one(OptionList)
        state.update(Content(beginning(printable(event.trouble or self._empty), characters=2_000)))
        state.display = not self._rows
        options.display = bool(self._rows)
        options.add_options([Option(row.content) for row in self._rows])
        if self._rows:
            options.highlighted = 0
            if not (self._typed and self.query_one(Input).value):
                options.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._rows[event.option_index].value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(event.value.strip())

    def on_key(self, event: events.Key) -> None:
        """Writing begins wherever the focus is."""
        if self._typed and event.is_printable and event.character and isinstance(self.focused, OptionList):
            field = self.query_one(Input)
            field.focus()
            field.insert_text_at_cursor(event.character)
            event.stop()

    def action_to_list(self) -> None:
        if self._rows:
            self.query_one(OptionList).focus()

    def action_dismiss_none(self) -> None:
        self.dismiss(None)
