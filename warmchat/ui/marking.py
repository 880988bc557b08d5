"""Marking a turn, wherever it stands: in the open session or in another one of the log."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from warmchat.domain.errors import WarmchatError
from warmchat.domain.text import one_line

if TYPE_CHECKING:
    from warmchat.domain.mark import Mark
    from warmchat.domain.turn import Turn
    from warmchat.ui.app import WarmchatApp
    from warmchat.ui.services import FlagLog

Took = Callable[["Mark | None"], None]
COMPANION = "companion"


def names_of(app: WarmchatApp, turn: Turn) -> dict[str, str]:
    """What the two are called that a mark of this turn is about: ``voice`` and ``reference``, in small letters."""
    reference = turn.shadow.profile if turn.shadow is not None else app.reference
    voice = turn.reply.profile if turn.reply is not None else turn.profile
    if voice == reference:  # the other one is whoever was asked too
        asked = app.session.beside.answers(turn.id) if _is_here(app, turn) and app.session is not None else ()
        voice = next((reply.profile for reply in reversed(asked) if reply.profile != reference), COMPANION)
    return {"voice": app.chat.look_of(voice).name.lower(), "reference": app.chat.look_of(reference).name.lower()}


def show_mark(app: WarmchatApp, turn: Turn, took: Took) -> None:
    """Find out what the turn is marked as; of another session in a thread, for the log is asked."""
    if _is_here(app, turn) and app.session is not None:
        took(app.session.beside.mark(turn.id))
    else:
        _ask_log(app, lambda log: took_later(app, took, log.marks(turn.session_id).get(turn.id)))


def ask_mark(app: WarmchatApp, turn: Turn, took: Took) -> None:
    """Ask for a mark and set it. `took` is called with the mark that the turn has from then on."""

    def ask(now: Mark | None) -> None:
        from warmchat.ui.pickers.mark_form import Chosen, MarkForm

        def take(chosen: Chosen | None) -> None:
            if chosen is not None:
                set_mark(app, turn, chosen.mark, took)

        app.push_screen(MarkForm(now, **names_of(app, turn)), take)

    show_mark(app, turn, ask)


def set_mark(app: WarmchatApp, turn: Turn, mark: Mark | None, took: Took) -> None:
    """Mark a turn; None takes a mark back."""
    session = app.session
    if _is_here(app, turn) and session is not None:
        app.chat.flow.run("mark", lambda: session.beside.set_mark(turn.id, mark))
        took(mark)
        return

    def write(log: FlagLog) -> None:
        log.save_mark(turn.id, mark.mark if mark is not None else None, mark.note if mark is not None else "")
        took_later(app, took, mark)

    _ask_log(app, write)


def took_later(app: WarmchatApp, took: Took, mark: Mark | None) -> None:
    """Hand a mark from a thread to the screen."""
    app.call_from_thread(took, mark)


def _is_here(app: WarmchatApp, turn: Turn) -> bool:
    return app.session is not None and app.session.id == turn.session_id


def _ask_log(app: WarmchatApp, deed: Callable[[FlagLog], None]) -> None:
    def ask() -> None:
        try:
            deed(app.services.flags())
        except WarmchatError as error:
            app.call_from_thread(app.tell, error.message, error.hint, severity="error")
        except Exception as error:  # a thread of its own: nobody else would hear of it
            app.call_from_thread(app.tell, f"The log could not be asked: {one_line(str(error), 200)}", severity="error")

    threading.Thread(target=ask, name="mark", daemon=True).start()
