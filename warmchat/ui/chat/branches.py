"""Deeds that make and walk branches: edit a message, ask again, go on with a cut reply, the branch before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warmchat.ui.keymap import first_key

if TYPE_CHECKING:
    from warmchat.domain.turn import Turn
    from warmchat.session import ChatSession
    from warmchat.ui.chat.screen import ChatScreen


def editing_hint() -> str:
    """What the border of the text box says while a message is edited."""
    return f" Editing: Enter sends it as a branch of its own · {first_key('stop-the-reply')} leaves it "


class Editing:
    """The message that is being edited, if any."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._turn_id = ""

    @property
    def going_on(self) -> bool:
        """Whether the text box holds an earlier message."""
        return bool(self._turn_id)

    def begin(self, turn: Turn) -> None:
        """Put the message into the text box; what is sent takes its place."""
        if self._screen.prompt.text.strip():
            self._screen.chat_app.tell("There is something written already", "send it or clear it first")
            return
        self._turn_id = turn.id
        self._screen.prompt.put(turn.user_text)
        self._screen.show_hint()

    def leave(self) -> bool:
        """Leave the message as it was. False where none is edited."""
        if not self._turn_id:
            return False
        self._turn_id = ""
        self._screen.prompt.clear_written()
        self._screen.show_hint()
        return True

    def take(self) -> str:
        """The turn whose place the message takes that is sent now; "" for none. It is edited no longer."""
        turn_id, self._turn_id = self._turn_id, ""
        return turn_id


def free_session(screen: ChatScreen) -> ChatSession | None:
    """The session, where no reply is coming and it can be asked; else says why not."""
    if screen.flow.replying:
        screen.chat_app.tell("A reply is still coming", f"{first_key('stop-the-reply')} stops it first")
        return None
    if screen.session is None or screen.still_opening:
        screen.say_no_session()
        return None
    return screen.session


def edit(screen: ChatScreen, turn: Turn | None) -> None:
    """Let the reader write a message anew and go on from there."""
    if turn is None:
        screen.chat_app.tell("There is no message to edit yet")
    elif free_session(screen) is not None:
        screen.editing.begin(turn)


async def ask_again(screen: ChatScreen, turn: Turn | None) -> None:
    """Let the active voice answer a message once more, on a branch of its own."""
    session = free_session(screen)
    if session is None:
        return
    if turn is None:
        screen.chat_app.tell("There is no reply to make again yet")
        return
    if session.profile.sampling.temperature <= 0:
        name = screen.look_of(session.profile.id).name.lower()
        screen.say_once(f"The {name} draws nothing by itself: asked again, it does", "at temperature 0.7")
    await screen.flow.send(session, turn.user_text, instead_of=turn.id, anew=True)


async def go_on(screen: ChatScreen, turn: Turn | None) -> None:
    """Go on with a reply that was cut, or say why that cannot be."""
    session = free_session(screen)
    if session is None:
        return
    why_not = session.cannot_go_on(turn.id) if turn is not None else "There is no reply to go on with yet"
    if turn is None or why_not:
        again = f"{first_key('make-the-reply-again')} makes a reply again"
        screen.chat_app.tell(why_not, again if turn is not None else "")
        return
    await screen.flow.go_on(session, turn)


async def walk_branches(screen: ChatScreen, turn: Turn | None, step: int) -> None:
    """Show the branch before or after; from the last the first, and back."""
    session = free_session(screen)
    if session is None:
        return
    branches = session.branches(turn.id) if turn is not None else ()
    if turn is None or len(branches) < 2:
        edit, again = first_key("edit-a-message"), first_key("make-the-reply-again")
        screen.chat_app.tell("There is one branch here", f"{edit} edits a message, {again} makes a reply again")
        return
    await show_branch(screen, branches[(branches.index(turn.id) + step) % len(branches)])


async def show_branch(screen: ChatScreen, turn_id: str) -> None:
    """Let the conversation lead through this turn, and choose it."""
    session = screen.session
    if session is None:
        return
    session.show_branch(turn_id)
    await screen.transcript.follow_path()
    screen.transcript.choose(screen.transcript.view(turn_id))
    screen.flow.run("place", session.save_place)
    screen.measure_context()
