"""Opening sessions for the screen, one after the other, and letting go of the one before."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.message import Message

from warmchat.domain.errors import WarmchatError
from warmchat.ui.keymap import first_key
from warmchat.ui.services import start_notes
from warmchat.ui.words import start_words

if TYPE_CHECKING:
    from warmchat.session import ChatSession
    from warmchat.session.start import StartNotes
    from warmchat.storage.records import CutOff
    from warmchat.ui.app import WarmchatApp

LEAVE_TWICE_S = 5.0


class SessionOpened(Message):
    """A session is open, or could not be opened."""

    def __init__(
        self, session: ChatSession | None, error: WarmchatError | None, *, turn_id: str, notes: StartNotes | None,
        asked: int,
    ) -> None:  # fmt: skip
        super().__init__()
        self.session = session
        self.error = error
        self.turn_id = turn_id
        self.notes = notes
        self.asked = asked


class SessionDoor:
    """Opens sessions, in threads: that reads the log. All of it is called on the screen's thread.

    Attributes:
        opening: a session was asked for and is not there yet; so from the start of the program on. What is written and
            pressed meanwhile is meant for it.
        doomed: sessions to be deleted once the open one, which is among them, is closed.
    """

    def __init__(self, app: WarmchatApp) -> None:
        self._app = app
        self._asked = 0
        self._leaving_at = float("-inf")
        self.opening = True
        self.doomed: tuple[str, ...] = ()

    def open(self, session_id: str | None, *, turn_id: str = "") -> None:
        """Open a new session, or go on with one from the log.

        Args:
            turn_id: the turn to bring into sight; "" the last one.
        """
        app = self._app
        if app.chat.flow.replying:
            app.tell("A reply is still coming", f"{first_key('stop-the-reply')} stops it first")
            return
        if self._would_lose_turns():
            return
        self.opening = True
        self._asked += 1
        asked, first = self._asked, app.session is None

        def open_it() -> None:
            session, error = None, None
            notes = start_notes(app.services) if first else None
            try:
                session = app.services.open_session(session_id)
            except WarmchatError as failed:
                error = failed
            except Exception as failed:  # nobody else would hear of it
                error = WarmchatError(f"The session could not be opened: {type(failed).__name__}: {failed}")
            app.post_message(SessionOpened(session, error, turn_id=turn_id, notes=notes, asked=asked))

        threading.Thread(target=open_it, name="open-session", daemon=True).start()

    def _would_lose_turns(self) -> bool:
        """Turns off the record stand nowhere but on the screen: leaving them is asked for twice."""
        now = time.monotonic()
        session = self._app.session
        kept_nowhere = session is not None and any(turn.off_record for turn in session.turns)
        if not kept_nowhere or now - self._leaving_at <= LEAVE_TWICE_S:
            return False
        self._leaving_at = now
        self._app.tell(
            "Turns off the record would be gone for good", "once more within 5 s leaves them", severity="warning"
        )
        return True

    async def opened(self, event: SessionOpened) -> None:
        """Show the session that is there now, and do what was asked meanwhile."""
        app = self._app
        if event.asked != self._asked:  # another one was asked for since
            if event.session is not None:
                threading.Thread(target=event.session.close, name="close-session", daemon=True).start()
            return
        self.opening = False
        if event.session is None:
            if event.error is not None:
                app.tell(event.error.message, event.error.hint, severity="error")
            app.chat.give_back_held()
            app.chat.flow.do_later()
            return
        problem = app.services.log_problem()
        if problem and app.session is None:
            app.tell(problem, severity="warning")
        old, app.session = app.session, event.session
        event.session.off_record = app.off_record
        if app.seat.engine is not None and event.session.engine is not app.seat.engine:
            event.session.use_engine(app.seat.engine)
        if old is not None:
            self._let_go(old)
        await app.chat.show_session(event.session)
        for message, hint in start_words(event.notes, self._how_to_go_on):
            app.tell(message, hint, severity="warning")
        threading.Thread(target=self._learn_messages, name="messages", daemon=True).start()
        await app.chat.go_to(event.turn_id)

    def _how_to_go_on(self, cut: CutOff) -> str:
        session = self._app.session
        if session is None or cut.session_id != session.id:
            return f"{first_key('sessions-search-go-on-rename-delete')} and Enter go on with it"
        again = ("go-on-with-a-cut-reply", "goes on") if cut.said else ("make-the-reply-again", "asks again")
        return f"{first_key(again[0])} {again[1]}"

    def _learn_messages(self) -> None:
        """What was written in earlier sessions, for walking back through it."""
        with suppress(WarmchatError, RuntimeError):  # RuntimeError: the app is closing
            messages = self._app.services.messages()
            self._app.call_later(self._app.chat.recall.learn, messages)

    def _let_go(self, old: ChatSession) -> None:
        """Close a session, and delete what waited for that."""
        doomed, self.doomed = self.doomed, ()
        if doomed:
            from warmchat.ui.sessions.errand import delete_for_good

            delete_for_good(self._app, doomed, first=old.close)
        else:
            threading.Thread(target=old.close, name="close-session", daemon=True).start()
