"""A modal form that asks in which format and where to a session is exported, and what is to be taken out of it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input, RadioButton, RadioSet, Static

from warmchat.domain.errors import PathError
from warmchat.domain.paths import typed_path
from warmchat.domain.text import one_line, printable
from warmchat.ui.services import ExportAsked

CHOICES = (
    ("md", "Markdown, for reading"),
    ("html", "HTML, one page with filters"),
    ("jsonl", "JSON Lines, with everything, for programs"),
    ("csv", "CSV, a row for each turn"),
)
TAKEN_OUT = "Take out e-mail addresses, telephone numbers, keys, passwords"


class Choice(RadioButton):
    """A button whose state shows without colours, too."""

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]  # noqa: N802  the base's name
        return "●" if self.value else "○"


class Tick(Checkbox):
    """A box whose state shows without colours, too."""

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]  # noqa: N802  the base's name
        return "X" if self.value else " "


class ExportForm(ModalScreen[ExportAsked | None]):
    """Gives back what is to be written, or None.

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
        self._form = form
        self._warned = ""
        self._path = Input(value=f"{stem}.{form}", compact=True)
        self._rules = Tick(TAKEN_OUT, compact=True)
        self._names = Input(placeholder="names to take out, too, with commas between", compact=True)
        self._warning = Static(Content(""), markup=False, id="warning")

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box -small")
        box.border_title = Content(f" {self._title} ")
        box.border_subtitle = Content(" Tab moves · Enter in the path writes · Esc back ")
        with box:
            with RadioSet(compact=True):
                for form, label in CHOICES:
                    yield Choice(label, value=form == self._form)
            yield Static(Content("to"), markup=False, classes="label")
            yield self._path
            yield self._rules
            yield self._names
            yield self._warning

    def on_mount(self) -> None:
        self._path.focus()

    def on_radio_set_changed(self, event: RadioSet.Changed) -> None:
        """The ending of the path follows the format, unless it was changed by hand."""
        old, self._form = self._form, CHOICES[event.index][0]
        if self._path.value.endswith(f".{old}"):
            self._path.value = self._path.value.removesuffix(f".{old}") + f".{self._form}"

    def on_input_submitted(self) -> None:
        typed = self._path.value.strip()
        if not typed:
            return
        try:
            target = typed_path(typed)
        except PathError as error:
            self._warning.update(Content(printable(error.message)))
            return
        there = target.exists()
        if there and self._warned != typed:  # asked once for each path
            self._warned = typed
            self._warning.update(Content(f"{one_line(target.name, 60)} exists: Enter again replaces it"))
            return
        self.dismiss(ExportAsked(self._form, target, self._redact(), replace=there))

    def _redact(self) -> tuple[str, ...]:
        names = (name.strip() for name in self._names.value.split(","))
        return (*(["all"] if self._rules.value else []), *(f"name:{name}" for name in names if name))

    def action_dismiss_none(self) -> None:
        self.dismiss(None)
