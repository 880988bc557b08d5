"""A modal that shows where a link leads, whole, before anything is opened."""

from __future__ import annotations

import os
import sys
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from warmchat.domain.text import printable

OPENED = ("http", "https", "mailto")
Answer = Literal["open", "copy"]


def why_not_opened(address: str) -> str:
    """Why this address cannot be opened from here, in words; empty where it can be."""
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return "this is no address that could be opened"
    if scheme not in OPENED:
        return "only web and mail addresses are opened"
    if not _has_desktop():
        return "there is no desktop here that a browser could open on"
    return ""


def _has_desktop() -> bool:
    """A browser in this same terminal would write over the screen."""
    known = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"))
    return known or sys.platform in {"darwin", "win32"}


class LinkForm(ModalScreen[Answer | None]):
    """Gives back what to do with the link, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "answer('')", "Back", priority=True),
        Binding("o", "answer('open')", "Open", priority=True),
        Binding("c", "answer('copy')", "Copy", priority=True),
    ]

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = printable(address).replace("\n", " ")
        self._why_not = why_not_opened(address)

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box -small")
        box.border_title = Content(" This link leads to ")
        box.border_subtitle = Content(" c copies · Esc back " if self._why_not else " o opens · c copies · Esc back ")
        with box:
            yield Static(Content(self._address), markup=False, id="address")
            host = _host(self._address)
            note = self._why_not or f"A model wrote it: look at the name of the host, {host}, before you open it."
            yield Static(Content(f"{note[:1].upper()}{note[1:]}"), markup=False, classes="label")

    def action_answer(self, answer: str) -> None:
        if answer == "open" and self._why_not:
            return
        self.dismiss("open" if answer == "open" else "copy" if answer == "copy" else None)


def _host(address: str) -> str:
    """The host as it is asked for on the net, so that look-alike letters show."""
    try:
        host = urlsplit(address).hostname or address
        return host.encode("idna").decode()
    except (ValueError, UnicodeError):
        return address
