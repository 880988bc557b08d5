"""What comes from a clipboard goes into any field as plain text, and what goes to one is text that can be sent."""

from __future__ import annotations

from textual import events
from textual.app import App

from warmchat.domain.text import printable


class PastingApp(App[None]):
    """An app whose fields never hold what a terminal would obey: a paste may, and a field shows what it holds."""

    async def on_event(self, event: events.Event) -> None:
        """Every event on its way to the widget that has the focus."""
        if isinstance(event, events.Paste):
            event.text = printable(event.text)
        await super().on_event(event)

    @property
    def clipboard(self) -> str:
        """The app's own clipboard, as fields take it."""
        return printable(super().clipboard)

    def copy_to_clipboard(self, text: str) -> None:
        super().copy_to_clipboard(text.encode("utf-8", "replace").decode())  # half a character cannot be sent
