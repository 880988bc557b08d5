"""A modal form that asks in which format and where to a session is exported."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, RadioButton, RadioSet, Static

from warmchat.domain.errors import PathError
from warmchat.domain.paths import typed_path
from warmchat.domain.text import one_line, printable

CHOICES = (
    ("md", "Markdown, for reading"),
    ("html", "HTML, one page with filters"),
    ("jsonl", "JSON Lines, with everything, for programs"),
    ("csv", "CSV, a row for each turn"),
)


class ExportForm(ModalScreen[tuple[str, Path] | None]):
    """Gives back (format, path), or None.

    Args:
        stem: proposed file name without its ending.
        form: the format that is chosen first.
        title: what is exported.
    """

    CSS_PATH = "pickers.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss_none", "Back", priority=True)]

    def __init__(self, stem: str, form: str, *, title: str = "Export this session") -> None:
        super().__init__()
        self._title = title
        self._stem = stem
        self._form = form
        self._warned = ""

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box -small")
        box.border_title = Content(f" {self._title} ")
        box.border_subtitle = Content(" Tab moves · Enter in the path writes · Esc back ")
        with box:
            with RadioSet(compact=True):
                for form, label in CHOICES:
                    yield RadioButton(label, value=form == self._form)
            yield Static(Content("to"), markup=False, classes="label")
            yield Input(value=f"{self._stem}.{self._form}", compact=True)
            yield Static(Content(""), markup=False, id="warning")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_radio_set_changed(self, event: RadioSet.Changed) -> None:
        """The ending of the path follows the format, unless it was changed by hand."""
        old, self._form = self._form, CHOICES[event.index][0]
        field = self.query_one(Input)
        if field.value.endswith(f".{old}"):
            field.value = field.value.removesuffix(f".{old}") + f".{self._form}"

    def on_input_submitted(self, event: Input.Submitted) -> None:
        typed = event.value.strip()
        if not typed:
            return
        try:
            target = typed_path(typed)
        except PathError as error:
            self.query_one("#warning", Static).update(Content(printable(error.message)))
            return
        if target.exists() and self._warned != typed:  # asked once for each path
            self._warned = typed
            name = one_line(target.name, 60)
            self.query_one("#warning", Static).update(Content(f"{name} exists: Enter again replaces it"))
            return
        self.dismiss((self._form, target))

    def action_dismiss_none(self) -> None:
        self.dismiss(None)
