"""Asking another voice about a past turn, and letting its answer be the reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from warmchat.domain.errors import WarmchatError
from warmchat.ui.beside import other_than, wants_check
from warmchat.ui.chat.branches import free_session
from warmchat.ui.keymap import first_key

if TYPE_CHECKING:
    from warmchat.domain.turn import Turn, TurnEvent
    from warmchat.session import ChatSession
    from warmchat.ui.chat.screen import ChatScreen
    from warmchat.ui.disagreement.other import OtherPanel


def ask_other(screen: ChatScreen, turn: Turn | None, profile_id: str) -> None:
    """Let another voice answer a turn, or show what was answered already.

    Args:
        profile_id: the voice; "": the one that was asked last, else the one that is meant beside the reply's.
    """
    from warmchat.ui.disagreement.other import OtherPanel

    app, session = screen.chat_app, free_session(screen)
    if session is None:
        return
    if turn is None:
        app.tell("There is no turn to ask another voice about yet")
        return
    shows = bool(session.beside.answers(turn.id)) and not profile_id
    spoke = turn.reply.profile if turn.reply is not None else turn.profile
    asks = "" if shows else profile_id or other_than(spoke, app.profiles.ids(), app.reference, screen.last_other)
    if asks is None:
        app.tell("There is no other voice", "put a profile file into system_prompts/")
    elif shows or _can_answer(screen, asks, spoke):

        def keep(reply_id: str) -> None:
            _keep(screen, session, turn, reply_id, panel)

        panel = OtherPanel(
            screen, session, turn, asks=asks, keep=keep, choose=lambda take: _choose(screen, spoke, take)
        )
        app.push_screen(panel)


def _can_answer(screen: ChatScreen, profile_id: str, spoke: str) -> bool:
    """Whether this voice can be asked; says why not."""
    app = screen.chat_app
    try:
        app.profiles.get(profile_id)
    except WarmchatError as error:
        app.tell(error.message, error.hint, severity="warning")
        return False
    if app.seat.state.status not in {"ready", "loading"}:
        app.tell("There is no model to ask", f"{first_key('choose-a-model')} chooses one")
        return False
    if profile_id == spoke:
        again = first_key("make-the-reply-again")
        app.tell(f"The {screen.look_of(spoke).name.lower()} spoke here", f"{again} makes its reply again")
        return False
    return True


def _choose(screen: ChatScreen, spoke: str, take: Callable[[str], None]) -> None:
    from warmchat.ui.pickers.picker import Picker
    from warmchat.ui.pickers.rows import profile_rows

    def chosen(profile_id: str | None) -> None:
        if profile_id is not None and _can_answer(screen, profile_id, spoke):
            take(profile_id)

    profiles = [profile for profile in screen.chat_app.profiles.all() if profile.id != spoke]
    screen.app.push_screen(
        Picker("Who answers this too?", load=lambda: profile_rows(profiles), empty="There is no other voice"), chosen
    )


def _keep(screen: ChatScreen, session: ChatSession, turn: Turn, reply_id: str, panel: OtherPanel) -> None:
    """Let the answer be the reply and go back to the chat, or say what hinders it."""
    if free_session(screen) is None:
        return
    if turn.id in screen.transcript.pending:
        screen.chat_app.tell("This turn is still being checked", "keep the answer when that is done")
        return

    async def heard(event: TurnEvent) -> None:
        from warmchat.domain.turn import ReplyKept

        if isinstance(event, ReplyKept):
            if panel.is_attached:
                panel.dismiss(None)
            await _show_kept(screen, session, turn, event.turn)

    screen.flow.run("keep", lambda: session.beside.keep(turn.id, reply_id), heard=heard)


async def _show_kept(screen: ChatScreen, session: ChatSession, old: Turn, new: Turn) -> None:
    transcript = screen.transcript
    if new.id == old.id:
        await transcript.replace_view(new)
    else:
        await transcript.follow_path()
        transcript.choose(transcript.view(new.id))
        screen.chat_app.tell(
            "Kept on a branch of its own", f"{first_key('branch-before')} leads back to what was said after the reply"
        )
    transcript.show_asides()
    screen.measure_context()
    if wants_check(session, new):  # like every reply that is shown
        screen.flow.check(session, new)
