"""From the chat to the list of sessions and back, with what was decided there."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from warmchat.domain.errors import WarmchatError
from warmchat.ui.words import STILL_READ

if TYPE_CHECKING:
    from warmchat.ui.app import WarmchatApp
    from warmchat.ui.chat.screen import ChatScreen
    from warmchat.ui.sessions.screen import Left


def choose_session(screen: ChatScreen) -> None:
    """Open the list; go on with what is chosen there, delete what was deleted there."""
    from warmchat.ui.sessions.screen import SessionsScreen

    app = screen.chat_app
    names = {profile.id: screen.look_of(profile.id).name for profile in app.services.profiles.all()}
    here = screen.session.id if screen.session is not None else ""

    async def take(left: Left | None) -> None:
        if left is not None:
            await _after(screen, left)

    app.push_screen(SessionsScreen(app.services.log, names=names, here=here, busy=screen.flow.replying), take)


async def _after(screen: ChatScreen, left: Left) -> None:
    app, here = screen.chat_app, screen.session.id if screen.session is not None else ""
    if here in left.deleted:
        app.door.doomed = left.deleted  # once the open one is closed, which goes on writing until then
        app.open_session(left.session_id, turn_id=left.turn_id)
        return
    if left.deleted:
        delete_for_good(app, left.deleted)
    if left.session_id is not None and left.session_id == here:
        await screen.go_to(left.turn_id)
    elif left.session_id is not None or left.new:
        app.open_session(left.session_id, turn_id=left.turn_id)


def delete_for_good(app: WarmchatApp, session_ids: tuple[str, ...], first: Callable[[], None] | None = None) -> None:
    """Delete sessions from the log in a thread that outlives the program, and say what came of it.

    Args:
        first: is done before.
    """

    def delete() -> None:
        if first is not None:
            first()
        problem, clean = "", True
        for session_id in session_ids:
            try:
                clean = app.services.log().delete_session(session_id) and clean
            except WarmchatError as error:
                problem = str(error)
        with contextlib.suppress(RuntimeError):  # the program was left meanwhile
            app.call_from_thread(_tell, app, len(session_ids), problem, clean)

    threading.Thread(target=delete, name="delete", daemon=False).start()


def _tell(app: WarmchatApp, count: int, problem: str, clean: bool) -> None:
    if problem:
        app.tell(f"Not all was deleted: {problem}", severity="error")
    else:
        app.tell(f"Deleted {count:,} {'session' if count == 1 else 'sessions'}", "" if clean else STILL_READ)
