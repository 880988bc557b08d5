"""The warmth dial of the voice that speaks next: two keys and a command move it, the header shows where it stands."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from warmchat.domain.errors import SettingsError
from warmchat.domain.profile import AdapterRef, Profile
from warmchat.domain.text import one_line
from warmchat.domain.turn import Reply
from warmchat.ui.words import dial_words
from warmchat.voices.dial import STEP, WARMTH, Setting, checked_dial

if TYPE_CHECKING:
    from textual.timer import Timer

    from warmchat.session import ChatSession
    from warmchat.ui.chat.screen import ChatScreen

QUIET_S = 0.8  # after the last key press, before it is said what moving the dial costs
MISSING_S = 5.0  # a key that is held down says once that there is no vector
OWN = frozenset({"off", "reset", "own"})
STEPS = {"+": 1, "warmer": 1, "-": -1, "colder": -1}


def next_position(position: float, direction: int) -> float:
    """The next mark of the dial's scale that way; the scale ends at -1 and +1."""
    at = position / STEP
    mark = math.floor(at + 1e-6) + 1 if direction > 0 else math.ceil(at - 1e-6) - 1
    return max(-1.0, min(1.0, mark * STEP))


def position_of(words: str) -> float:
    """A position as people write it. Raises `SettingsError`."""
    try:
        position = float(words.replace(",", ".").replace("−", "-").replace("–", "-"))
    except ValueError:
        raise SettingsError(
            f"{one_line(words, 20)} is no position of the warmth dial", "/warmth takes -1 to 1, +, - or off"
        ) from None
    return checked_dial(position)


def moved_from_own(reply: Reply, profile: Profile) -> bool:
    """Whether a reply was made with the dial elsewhere than the profile's file says.

    The raw strengths tell it: what the file says is one, and what position that is depends on the vector.
    """
    if reply.origin.dial is None:
        return False
    ref = next((a for a in profile.adapters if a.kind == "control_vector"), AdapterRef("control_vector", WARMTH, 0.0))
    strengths = [a.get("strength") for a in reply.origin.adapters if a.get("name") == ref.name]
    strength = strengths[0] if strengths and isinstance(strengths[0], int | float) else 0.0
    return abs(strength - ref.strength) > 1e-6


class WarmthDial:
    """What is known of the voices' dials. All of it is called on the screen's thread.

    What a voice's adapters come to is found out in a thread (`ChatScreen.measure_context`), for it waits for the model;
    from then on the position is kept here as well as in the session.
    """

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._known: dict[str, Setting] = {}
        self._steps = 0  # pressed before it is known where the dial stands
        self._asked = False  # a position was given before it is known whether there is a vector
        self._timer: Timer | None = None
        self._missing_said_at = float("-inf")
        self.moves = 0  # what was measured before the last move is out of date

    @property
    def setting(self) -> Setting | None:
        """The active voice's adapters and dial; None while that is not known."""
        session = self._screen.session
        return self._known.get(session.profile.id) if session is not None else None

    def forget(self) -> None:
        """Another model or session: nothing that was known holds."""
        self._known.clear()
        self._steps, self._asked = 0, False

    def learn(self, voice: str, setting: Setting, *, moves: int, probed: bool) -> None:
        """What was found out about a voice; `probed`: in order to say why its dial drives nothing."""
        if moves == self.moves or voice not in self._known:
            self._known[voice] = setting
        session = self._screen.session
        if session is None or session.profile.id != voice:
            return
        steps, self._steps = self._steps, 0
        asked, self._asked = self._asked, False
        if setting.dial is None and asked:
            session.turn_dial(0.0)  # or each turn would miss the vector again, and the next model be steered unseen
        if setting.dial is None and (asked or probed):
            self._say_missing(setting)
        for _ in range(abs(steps)):
            self.step(1 if steps > 0 else -1)

    # ---- moving

    def step(self, direction: int) -> None:
        """One step colder or warmer."""
        session, setting = self._screen.session, self.setting
        if session is None or not self._can_steer():
            return
        if setting is None:
            self._steps += direction
        elif setting.dial is None:
            self._screen.measure_context(probe=True)
        else:
            self._move(session, setting, next_position(setting.dial, direction))

    def turn(self, words: str) -> None:
        """What follows ``/warmth``."""
        if words in STEPS:
            self.step(STEPS[words])
            return
        session, setting = self._screen.session, self.setting
        try:
            position = None if not words or words.lower() in OWN else position_of(words)
        except SettingsError as error:
            self._screen.chat_app.tell(error.message, error.hint, severity="warning")
            return
        if session is None or not self._can_steer():
            return
        if setting is None:
            if position is not None:
                session.turn_dial(position)
                self.moves += 1
                self._asked = True
        elif setting.dial is None:
            self._screen.measure_context(probe=True)
        elif words:
            self._move(session, setting, setting.own_dial if position is None else position)
        else:
            self._say_where(setting, setting.dial)

    def _move(self, session: ChatSession, setting: Setting, position: float) -> None:
        session.turn_dial(position)
        self.moves += 1
        self._known[session.profile.id] = replace(setting, dial=position)
        self._screen.show_voice()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(QUIET_S, self._say_cost)

    # ---- saying

    def _can_steer(self) -> bool:
        """Whether there is, or soon will be, a model with a dial to turn; says why not."""
        app, state = self._screen.chat_app, self._screen.chat_app.seat.state
        if state.status in {"none", "failed"}:
            app.tell("There is no model whose warmth could be turned", "F3 chooses one")
            return False
        if state.info is not None and not state.info.capabilities.adapters:
            app.tell("This engine cannot steer a model: the warmth dial needs a model on this machine")
            return False
        if state.status == "loading" and not self._steps and not self._asked:
            app.tell("The model is still loading: the dial moves as soon as it is there")
        return True

    def _say_missing(self, setting: Setting) -> None:
        now = time.monotonic()
        if now - self._missing_said_at < MISSING_S:
            return
        self._missing_said_at = now
        for message, hint in setting.missing or (("There is no vector for the warmth dial to drive", ""),):
            self._screen.chat_app.tell(message, hint, severity="warning")

    def _say_where(self, setting: Setting, position: float) -> None:
        hint = f"the profile’s own position is {dial_words(setting.own_dial)}; Alt+- and Alt+= move it"
        self._screen.chat_app.tell(f"The warmth dial stands at {dial_words(position)}", hint)

    def _say_cost(self) -> None:
        """What the last move comes to, once the keys rest; nothing where the voice has read with it already."""
        screen, session, setting = self._screen, self._screen.session, self.setting
        if session is None or setting is None or setting.dial is None:
            return
        voice = screen.look_of(session.profile.id)
        spoken = [t.reply for t in session.turns if t.reply is not None and t.reply.profile == voice.id]
        if spoken and spoken[-1].origin.dial == setting.dial:
            return
        tokens = screen.tokens_read
        anew = f"its {tokens:,} tokens" if tokens else "its text"
        hints = [f"the {voice.name.lower()} reads {anew} anew then"] if session.turns else []
        if voice.id == screen.chat_app.reference and setting.moved:
            hints.append("moved, its replies are checked like any other’s")
        screen.chat_app.tell(f"Warmth {dial_words(setting.dial)} from the next turn on", "; ".join(hints))
