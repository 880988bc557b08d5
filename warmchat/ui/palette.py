"""What the command palette offers: what the keys of the screen do, by name; in the chat also the voices."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.screen import Screen

from warmchat.domain.text import one_line
from warmchat.ui.keymap import QUIT, first_key, shown
from warmchat.ui.keys import CHAT, Deed

if TYPE_CHECKING:
    from warmchat.ui.app import WarmchatApp


def commands(app: WarmchatApp, screen: Screen[Any]) -> Iterator[SystemCommand]:
    """The commands for a screen."""
    deeds: tuple[Deed, ...] = CHAT if screen is app.chat else getattr(screen, "DEEDS", ())
    for deed in deeds:
        if deed.action:
            command = f"/{deed.command}" if deed.command else ""
            say = " · ".join(part for part in (shown(deed), command, deed.more) if part)
            yield SystemCommand(deed.title, say, _run(screen, deed.action))
    if screen is app.chat:
        for profile in app.profiles.all():
            name, about = _unmarked(one_line(profile.name, 40)), _unmarked(one_line(profile.description, 120))
            yield SystemCommand(f"Speak as {name}", about, partial(app.chat.speak_as, profile.id))
    else:
        yield SystemCommand("Quit", first_key(QUIT), app.action_quit)


def _unmarked(text: str) -> str:
    """The palette takes all that it is given for markup: a name with brackets could end the app, or bring an action."""
    return text.replace("[", "(").replace("]", ")")


def _run(screen: Screen[Any], action: str) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        await screen.run_action(action)

    return run
