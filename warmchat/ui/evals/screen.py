"""What this companion costs you in truth: the last measurement of the loaded model."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from warmchat.domain.errors import WarmchatError
from warmchat.domain.text import one_line
from warmchat.evals.report import Report
from warmchat.ui.evals.text import report_content
from warmchat.ui.keymap import key_line
from warmchat.ui.keys import Deed, bindings, moving_bindings

DEEDS: tuple[Deed, ...] = (
    Deed("Measured", "Scroll", "Up, Down, PgUp, PgDn", more="Home and End go all the way"),
    Deed("Measured", "Help", "F1, ?", "f1,question_mark", "help"),
    Deed("Measured", "Back to the chat", "Esc, q, Alt+M", "escape,q,alt+m", "leave"),
)
MOVING: tuple[tuple[str, str], ...] = (
    ("up,k", "scroll(-1)"),
    ("down,j", "scroll(1)"),
    ("pageup", "page(-1)"),
    ("pagedown,space", "page(1)"),
    ("home", "all_the_way(-1)"),
    ("end", "all_the_way(1)"),
)
NOTHING = (
    "Nothing has been measured for this model yet. In the shell:\n\n    warmchat eval run\n\n"
    "asks its voices the same questions, plainly and as people put them, and tells what warmth costs here."
)


class EvalScreen(Screen[None]):
    """The report, to scroll through.

    Args:
        model: what the loaded model is called; empty where none is loaded.
        load: gives the report, or None where nothing was measured; may block, raises `WarmchatError`.
    """

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(DEEDS), *moving_bindings(MOVING)]

    class Loaded(Message):
        """The report was counted, or why it could not be."""

        def __init__(self, report: Report | None, problem: str) -> None:
            super().__init__()
            self.report = report
            self.problem = problem

    def __init__(self, model: str, load: Callable[[], Report | None]) -> None:
        super().__init__()
        self._model = model
        self._load = load
        self._report: Report | None = None
        self._body = Static(Content("Counting …"), markup=False, id="report")
        self._scroll = VerticalScroll(self._body, can_focus=False)

    def compose(self) -> ComposeResult:
        of = f": {one_line(self._model, 60)}" if self._model else ""
        yield Static(Content(f"What this companion costs you in truth{of}"), markup=False, id="title")
        yield self._scroll
        yield Static(
            Content(key_line("↑ ↓ scroll", ("help", "help"), ("back-to-the-chat", "back"))), markup=False, id="keys"
        )

    def on_mount(self) -> None:
        threading.Thread(target=self._count, name="eval-report", daemon=True).start()

    def _count(self) -> None:
        """In a thread: it reads a file and counts thousands of replies."""
        report, problem = None, ""
        try:
            report = self._load()
        except WarmchatError as error:
            problem = f"{error.message}. {error.hint}"
        except Exception as error:  # nobody else would hear of it
            problem = f"The measurement could not be read: {type(error).__name__}: {error}"
        self.post_message(self.Loaded(report, problem))

    def on_eval_screen_loaded(self, event: Loaded) -> None:
        self._report = event.report
        if event.report is None:
            self._body.update(Content(event.problem or NOTHING))
        else:
            self._show()

    def on_resize(self) -> None:
        self._show()

    def _show(self) -> None:
        if self._report is not None:
            self._body.update(report_content(self._report, self.size.width - 5, self.size.height))

    def action_scroll(self, lines: int) -> None:
        self._scroll.scroll_relative(y=lines, animate=False)

    def action_page(self, direction: int) -> None:
        self.action_scroll(direction * max(1, self._scroll.size.height - 2))

    def action_all_the_way(self, direction: int) -> None:
        (self._scroll.scroll_home if direction < 0 else self._scroll.scroll_end)(animate=False)

    def action_help(self) -> None:
        from warmchat.ui.help.screen import HelpScreen

        self.app.push_screen(HelpScreen(DEEDS))

    def action_leave(self) -> None:
        self.dismiss(None)
