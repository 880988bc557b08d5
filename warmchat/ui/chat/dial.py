"""The warmth dial of the voice that speaks next: two keys and a command move it, the header shows where it stands."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from warmchat.domain.errors import SettingsError
from warmchat.domain.text import one_line
from warmchat.ui.chat.steering import NO_ADAPTERS, Steering
from warmchat.ui.keymap import first_key
from warmchat.ui.words import dial_words
from warmchat.voices.dial import checked_dial

if TYPE_CHECKING:
    from textual.timer import Timer

    from warmchat.ui.chat.screen import ChatScreen
    from warmchat.voices.setting import Setting

QUIET_S = 0.8  # after the last key press, before it is said what moving the dial costs
MISSING_S = 5.0  # a key that is held down says once that there is no vector
NO_DIAL = ("There is no warmth dial: the model runs on a server, which takes no adapters from here",
           "with a model file it works")  # fmt: skip
OWN = frozenset({"off", "reset", "own"})
STEPS = {"+": 1, "warmer": 1, "-": -1, "colder": -1}


def number_of(words: str) -> float:
    """A number as people write it, with a comma or a long minus. Raises `ValueError`."""
    return float(words.replace(",", ".").replace("−", "-").replace("–", "-"))


def position_of(words: str) -> float:
    """A position as people write it. Raises `SettingsError`."""
    try:
        position = number_of(words)
    except ValueError:
        raise SettingsError(
            f"{one_line(words, 20)} is no position of the warmth dial", "/warmth takes -1 to 1, +, - or off"
        ) from None
    return checked_dial(position)


class WarmthDial:
    """What the keys and ``/warmth`` do with the dial, and what they say. All of it is called on the screen's thread."""

    def __init__(self, screen: ChatScreen, steering: Steering) -> None:
        self._screen = screen
        self._steering = steering
        self._timer: Timer | None = None
        self._missing_said_at = float("-inf")

    def learn(self, voice: str, setting: Setting, *, moves: int, probed: bool) -> None:
        """What was found out about the active voice; `probed`: in order to say why its dial drives nothing."""
        asked = self._steering.waiting
        if not self._steering.learn(voice, setting, moves=moves):
            if asked or probed or self._steering.setting is None:
                self._screen.measure_context(probe=probed)
        elif setting.dial is not None:
            if asked:
                self._say_cost_soon()
        elif asked or probed:
            self._say_missing(setting)
            if asked:  # or each turn would miss the vector again, and the next model be steered unseen
                self._steering.turn_dial(None)

    # ---- moving

    def step(self, direction: int) -> None:
        """One step colder or warmer."""
        if self._can_steer():
            self._steering.step_dial(direction)
            self._say_cost_soon()

    def turn(self, words: str) -> None:
        """What follows ``/warmth``."""
        if words in STEPS:
            self.step(STEPS[words])
            return
        try:
            position = None if not words or words.lower() in OWN else position_of(words)
        except SettingsError as error:
            self._screen.chat_app.tell(error.message, error.hint, severity="warning")
            return
        if not self._can_steer():
            return
        if words:
            self._steering.turn_dial(position)
            self._say_cost_soon()
        else:
            self._say_where()

    # ---- saying

    def _can_steer(self) -> bool:
        """Whether there is, or soon will be, a model with a dial to turn; says why not."""
        app, steering = self._screen.chat_app, self._steering
        if steering.why_not is not None:
            app.tell(*(NO_DIAL if steering.why_not == NO_ADAPTERS else steering.why_not))
            return False
        if steering.setting is not None and steering.setting.dial is None:
            self._screen.measure_context(probe=True)  # it says what is missing, unless it has been made meanwhile
            return False
        if app.seat.state.status == "loading" and not steering.waiting:
            app.tell("The model is still loading: the dial moves as soon as it is there")
        return self._screen.session is not None

    def _say_missing(self, setting: Setting) -> None:
        now = time.monotonic()
        if now - self._missing_said_at < MISSING_S:
            return
        self._missing_said_at = now
        for state in setting.states:
            if state.driven and state.missing is not None:
                self._screen.chat_app.tell(*state.missing, severity="warning")

    def _say_where(self) -> None:
        setting = self._steering.setting
        if setting is not None and setting.dial is not None:
            colder, warmer = first_key("colder"), first_key("warmer")
            hint = f"the profile’s own position is {dial_words(setting.own_dial)}; {colder} and {warmer} move it"
            self._screen.chat_app.tell(f"The warmth dial stands at {dial_words(setting.dial)}", hint)

    def _say_cost_soon(self) -> None:
        """Once the keys rest."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(QUIET_S, self._say_cost)

    def _say_cost(self) -> None:
        """What the last move comes to; nothing where the voice has read with it already."""
        setting = self._steering.setting
        if setting is not None and setting.dial is not None and not self._steering.has_read:
            where = f"Warmth {dial_words(setting.dial)} from the next turn on"
            self._screen.chat_app.tell(where, "; ".join(self._steering.cost))
