"""Help: what works on the screen one came from."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from warmchat.ui.keymap import shown
from warmchat.ui.keys import Deed

WIDTHS = [(0, "-narrow"), (60, "-roomy")]
VERDICTS = (
    ("=", "the two answers agree", "$said-agree"),
    ("≠", "the oracle would have said otherwise", "$said-disagree"),
    ("≈", "compared, and not clear", "$said-unsure"),
    ("–", "not compared, with the reason", "$said-unjudged"),
)


class HelpScreen(ModalScreen[None]):
    """Keys and commands of one screen.

    Args:
        deeds: what can be done there.
        signs: also what the signs of a verdict mean.
    """

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q,question_mark", "leave", "Back", priority=True)]

    HORIZONTAL_BREAKPOINTS = WIDTHS

    def __init__(self, deeds: tuple[Deed, ...], *, signs: bool = False) -> None:
        super().__init__()
        self._deeds = deeds
        self._signs = signs

    def compose(self) -> ComposeResult:
        box = VerticalScroll(classes="box")
        box.border_title = Content(" What works here ")
        box.border_subtitle = Content(" ↑ ↓ scroll · Esc back ")
        with box:
            for group, members in groupby(self._deeds, key=lambda deed: deed.group):
                yield Static(Content(group), markup=False, classes="group")
                with Grid(classes="table"):
                    for deed in members:
                        yield from _row(shown(deed) or _command(deed), deed.title, _beside(deed))
            if self._signs:
                yield from _sign_rows()

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_leave(self) -> None:
        self.dismiss(None)


def _sign_rows() -> ComposeResult:
    yield Static(Content("Signs under a reply"), markup=False, classes="group")
    with Grid(classes="table"):
        for symbol, meaning, style in VERDICTS:
            yield from _row(symbol, meaning, "", style)
    yield Static(Content("Neither answer is proved right: a sign says whether the two part."), classes="foot")


def _row(key: str, title: str, beside: str, style: str = "") -> ComposeResult:
    yield Static(Content.styled(key, f"bold {style}".strip()), markup=False)
    yield Static(Content.assemble(title, ("  " + beside if beside else "", "$faint")), markup=False)


def _command(deed: Deed) -> str:
    return f"/{deed.command} {deed.argument}".rstrip() if deed.command else ""


def _beside(deed: Deed) -> str:
    return " · ".join(part for part in (deed.more, _command(deed) if deed.shown else "") if part)
