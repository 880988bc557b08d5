"""The adapters of the voice that speaks next, as the screen knows and changes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from warmchat.ui.keymap import first_key
from warmchat.voices.dial import next_position

if TYPE_CHECKING:
    from warmchat.session import ChatSession
    from warmchat.ui.chat.screen import ChatScreen
    from warmchat.voices.setting import AdapterState, Setting

NO_ADAPTERS = ("The model runs on a server, which takes no adapters from here", "with a model file they work")


class Steering:
    """What is known of the voices' adapters. All of it is called on the screen's thread.

    What a voice's adapters come to is found out in a thread (`ChatScreen.measure_context`), for it waits for the model;
    from then on it is kept here as well as in the session. A change is for the next turn: one that is made while a turn
    is being opened waits until it is open.

    Attributes:
        moves: what was measured before the last change is out of date.
        others: adapters that the voice does not use are looked for too.
        watcher: is called after every change, for whoever shows the adapters.
    """

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._known: dict[str, Setting] = {}
        self._asked = False
        self.moves = 0
        self.others = False
        self.watcher: Callable[[], None] | None = None

    @property
    def setting(self) -> Setting | None:
        """The active voice's adapters and dial; None while that is not known."""
        session = self._screen.session
        return self._known.get(session.profile.id) if session is not None else None

    @property
    def waiting(self) -> bool:
        """The dial was moved before it is known whether there is anything that it moves."""
        return self._asked

    @property
    def why_not(self) -> tuple[str, str] | None:
        """Why nothing can be steered, and what to do; None where it can, or where the model is still loading."""
        state = self._screen.chat_app.seat.state
        if state.status in {"none", "failed"}:
            return "There is no model to steer", f"{first_key('choose-a-model')} chooses one"
        if state.info is not None and not state.info.capabilities.adapters:
            return NO_ADAPTERS
        return None

    @property
    def has_read(self) -> bool:
        """The active voice spoke last with its adapters as they stand: nothing has to be read anew."""
        from warmchat.voices.setting import recorded  # long after the first paint

        session, setting = self._screen.session, self.setting
        if session is None or setting is None:
            return False
        spoken = [t.reply for t in session.turns if t.reply is not None and t.reply.profile == session.profile.id]
        return bool(spoken) and _strengths(spoken[-1].origin.adapters) == _strengths(recorded(setting))

    @property
    def cost(self) -> list[str]:
        """What the last change comes to with the next turn."""
        screen, session, setting = self._screen, self._screen.session, self.setting
        if session is None or setting is None:
            return []
        voice = screen.look_of(session.profile.id)
        hints = []
        if session.turns and not self.has_read:
            anew = f"its {screen.tokens_read:,} tokens" if screen.tokens_read else "its text"
            hints.append(f"the {voice.name.lower()} reads {anew} anew")
        if voice.id == screen.chat_app.reference and setting.changed:
            hints.append("changed, its replies are checked like any other’s")
        return hints

    # ---- what is found out

    def forget(self) -> None:
        """Another model or session: nothing that was known holds."""
        self._known.clear()
        self._asked = False
        self._tell()

    def learn(self, voice: str, setting: Setting, *, moves: int) -> bool:
        """What was found out about the active voice. False where it is out of date."""
        if moves != self.moves:
            return False
        self._known[voice] = setting
        self._asked = False
        self._tell()
        return True

    # ---- changing

    def turn_dial(self, position: float | None) -> None:
        """Move the warmth dial; None: to where the profile's file says."""

        def turn(session: ChatSession) -> None:
            self._turn(session, position)

        self._change(turn)

    def step_dial(self, direction: int) -> None:
        """Move the warmth dial by a step, also before it is known where it stands."""

        def step(session: ChatSession) -> None:
            if self.setting is not None and self.setting.dial is not None:
                self._turn(session, next_position(self.setting.dial, direction))
            else:
                session.step_dial(direction)
                self._asked = True

        self._change(step)

    def _turn(self, session: ChatSession, position: float | None) -> None:
        session.turn_dial(position)
        driven = self.setting.driven if self.setting is not None else None
        if driven is not None:
            self._keep(session, driven, driven.own if position is None else driven.at(position))
        else:
            self._asked = position is not None

    def set_strength(self, state: AdapterState, strength: float | None) -> None:
        """Give an adapter another raw strength; None: the file's."""

        def give(session: ChatSession) -> None:
            session.set_strength(state.key, strength)
            now = self.setting.state(state.key) if self.setting is not None else None
            if now is not None:
                self._keep(session, now, now.own if strength is None else strength)

        self._change(give)

    def reset(self) -> None:
        """Let all adapters be as the profile's file says."""

        def reset(session: ChatSession) -> None:
            session.reset_adapters()
            for state in self.setting.states if self.setting is not None else ():
                self._keep(session, state, state.own)

        self._change(reset)

    def _change(self, deed: Callable[[ChatSession], None]) -> None:
        def now() -> None:
            session = self._screen.session
            if session is not None:
                self.moves += 1
                deed(session)
                self._tell()

        self._screen.flow.when_opened(now)

    def _keep(self, session: ChatSession, state: AdapterState, strength: float) -> None:
        setting = self.setting
        if setting is not None:
            self._known[session.profile.id] = setting.with_strength(state, strength)
            self._screen.show_voice()

    def _tell(self) -> None:
        if self.watcher is not None:
            self.watcher()


def _strengths(adapters: Sequence[Mapping[str, Any]]) -> set[tuple[str, str, str]]:
    """The adapters of a record, which may come from the log, so that two can be compared."""
    return {(str(a.get("kind")), str(a.get("name")), repr(a.get("strength"))) for a in adapters}
