"""A modal line that asks for a path or a name."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from warmchat.domain.text import printable


class PathForm(ModalScreen[str | None]):
    """Gives back what was typed, or None. ``value`` stands there first."""

    CSS_PATH = "pickers.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss_none", "Back", priority=True)]

    def __init__(self, title: str, placeholder: str, *, value: str = "") -> None:
        super().__init__()
        self._title = title
        self._placeholder = placeholder
        self._value = value

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box -small")
        box.border_title = Content(f" {self._title} ")
        box.border_subtitle = Content(" Enter takes it · Esc back ")
        with box:
            yield Input(printable(self._value), placeholder=self._placeholder, compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip() or None)

    def action_dismiss_none(self) -> None:
        self.dismiss(None)
