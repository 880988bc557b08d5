"""A modal form that asks from which day and to which; what is understood stands below while one types."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from warmchat.domain.days import Days, typed_span
from warmchat.domain.errors import DayError
from warmchat.domain.text import printable

EXAMPLE = "2026-03-04, 2026-03, monday, 3 weeks ago"


class DaysForm(ModalScreen[Days | None]):
    """Gives back the days, without bounds where both lines are empty; None where the form was left.

    Args:
        now: the days that are chosen already.
        today: on the reader's clock.
    """

    CSS_PATH = "pickers.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Back", priority=True),
        Binding("up", "app.focus_previous", show=False, priority=True),
        Binding("down", "app.focus_next", show=False, priority=True),
    ]

    def __init__(self, now: Days, today: date) -> None:
        super().__init__()
        self._today = today
        self._first = Input(str(now.first or ""), placeholder=f"any day, or {EXAMPLE}", compact=True, id="first")
        self._last = Input(str(now.last or ""), placeholder="any day", compact=True, id="last")
        self._said = Static(Content(""), markup=False, id="warning")

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box -small")
        box.border_title = Content(" From which day to which? ")
        box.border_subtitle = Content(" Tab moves · Enter takes them · Esc back ")
        with box:
            yield Static(Content("from"), markup=False, classes="label")
            yield self._first
            yield Static(Content("to, that day included"), markup=False, classes="label")
            yield self._last
            yield self._said

    def on_mount(self) -> None:
        self._first.focus()

    def on_input_changed(self) -> None:
        """Say which days were understood; what is wrong is said at Enter, for half a word is no mistake."""
        try:
            words = self._typed().words
        except DayError:
            words = ""
        self._said.update(Content(words))

    def on_input_submitted(self) -> None:
        try:
            days = self._typed()
        except DayError as error:
            self._said.update(Content(printable(f"{error.message}: {error.hint}")))
        else:
            self.dismiss(days)

    def _typed(self) -> Days:
        return typed_span(self._first.value, self._last.value, self._today)

    def action_dismiss_none(self) -> None:
        self.dismiss(None)
