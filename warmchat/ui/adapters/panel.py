"""The active voice's adapters in a modal list: arrow keys or a typed number change a strength, live."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from warmchat.domain.errors import SettingsError
from warmchat.domain.text import one_line, printable
from warmchat.ui.adapters.rows import adapter_row
from warmchat.ui.chat.dial import number_of
from warmchat.ui.keymap import first_key, key_line
from warmchat.ui.keys import ADAPTERS, ADAPTERS_MOVING, bindings, moving_bindings
from warmchat.ui.voice_look import VoiceLook
from warmchat.ui.words import raw_words

if TYPE_CHECKING:
    from warmchat.ui.chat.steering import Steering
    from warmchat.voices.setting import AdapterState

ARROWS = {"Left": "←", "Right": "→"}
NOT_WHILE_TYPING = frozenset({"choose", "step", "reset", "reset_all", "help"})
LONGEST = 12  # characters of a number


class AdaptersPanel(ModalScreen[None]):
    """Each adapter of the voice that speaks next: what stands in its file, what is in force, what is missing and why.

    A change is in force with the next reply; nothing is loaded anew.
    """

    CSS_PATH = "panel.tcss"
    DEEDS = ADAPTERS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ADAPTERS), *moving_bindings(ADAPTERS_MOVING)]

    def __init__(self, steering: Steering, voice: VoiceLook) -> None:
        super().__init__()
        self._steering = steering
        self._voice = voice
        self._box = Vertical(classes="box")
        self._list = OptionList(compact=True, markup=False)
        self._state = Static(Content(""), markup=False, id="state")
        self._line = Static(Content(""), markup=False, id="typed")
        self._typed: str | None = None  # of a number, while one is typed
        self._answer = Static(Content(""), markup=False, id="warning")
        self._foot = Static(Content(""), markup=False, id="foot")
        self._changed = False  # here, by now

    def compose(self) -> ComposeResult:
        self._box.border_title = Content(f" Adapters of the {one_line(self._voice.name.lower(), 24)} ")
        with self._box:
            yield self._state
            yield self._list
            yield self._line
            yield self._answer
            yield self._foot

    def on_mount(self) -> None:
        self._line.display = self._answer.display = False
        self._steering.watcher = self._show
        self._show()
        self._list.focus()

    def on_unmount(self) -> None:
        self._steering.watcher = None

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    # ---- what is shown

    @property
    def _states(self) -> tuple[AdapterState, ...]:
        setting = self._steering.setting
        return setting.states if setting is not None else ()

    def _show(self) -> None:
        """Draw the adapters as they stand; the reader stays at the same one."""
        said = self._said()
        self._state.update(Content(printable(said)))
        self._state.display = bool(said)
        at = self._list.highlighted or 0
        width = self._list.scrollable_content_region.width - 2
        states = self._shown
        known_why = self._steering.why_not is not None
        self._box.border_subtitle = Content(f" {_keys(can_change=not known_why)} ")
        self._list.set_options([Option(adapter_row(state, width, said=known_why)) for state in states])
        self._list.display = bool(states)
        if states:
            self._list.highlighted = min(at, len(states) - 1)
        self._foot.update(Content(self._below()))
        self._foot.display = any(state.found is not None for state in states)

    def _below(self) -> str:
        """What Enter would do, or what the changes come to."""
        state = self._chosen
        if self._typed is not None and state is not None:
            low, high = (raw_words(end) for end in state.span)
            span = f"{low} to {high}" if state.found is not None and state.found.measured else "range not measured"
            return f"Enter gives {one_line(state.name, 40)} this strength ({span}) · Esc leaves it"
        if not self._changed:
            return "A change is in force from the next reply on"
        cost = "; ".join(self._steering.cost)
        return f"From the next reply on: {cost}" if cost else "From the next reply on"

    @property
    def _shown(self) -> list[AdapterState]:
        """Where the engine takes no adapters, only what the profile asks for in vain."""
        return [s for s in self._states if s.named or self._steering.why_not is None]

    def _said(self) -> str:
        why_not = self._steering.why_not
        if why_not is not None:
            return f"{why_not[0]}: {why_not[1]}."
        return "" if self._states else "The model is still loading: its adapters are shown as soon as it is there."

    # ---- what is changed

    @property
    def _chosen(self) -> AdapterState | None:
        states, at = self._shown, self._list.highlighted
        return states[at] if at is not None and at < len(states) else None

    def _meant(self) -> AdapterState | None:
        """The chosen adapter, if it can be changed; says why not."""
        state = self._chosen
        if state is not None and state.missing is not None:
            self._say("There is no file for it, so there is nothing to change")
            return None
        self._say("")
        return state

    def _give(self, state: AdapterState, strength: float | None) -> None:
        self._changed = True
        self._steering.set_strength(state, strength)

    def action_step(self, direction: int) -> None:
        state = self._meant()
        if state is not None:
            self._give(state, state.next_strength(direction))

    def action_reset(self) -> None:
        state = self._meant()
        if state is not None:
            self._give(state, None)

    def action_reset_all(self) -> None:
        self._say("")
        self._changed = True
        self._steering.reset()

    def action_choose(self, step: int) -> None:
        if self._shown:
            self._list.highlighted = ((self._list.highlighted or 0) + step) % len(self._shown)
            self._say("")

    # ---- a number that is typed

    def action_type(self, character: str) -> None:
        """A number begins wherever one is, and goes on."""
        if self._typed is None:
            self._start_typing()
        if self._typed is not None:
            self._show_typed((self._typed + character)[:LONGEST])

    def action_rub_out(self) -> None:
        if self._typed is not None:
            self._show_typed(self._typed[:-1])

    def action_enter(self) -> None:
        if self._typed is None:
            self._start_typing()
        else:
            self._take_typed(self._typed)

    def on_option_list_option_selected(self) -> None:
        """A click."""
        self._start_typing()

    def _start_typing(self) -> None:
        if self._meant() is not None:
            self._show_typed("")

    def _take_typed(self, typed: str) -> None:
        state = self._meant()
        if not typed or state is None:
            self._show_typed(None)
            return
        try:
            strength = state.checked(_number(typed))
        except SettingsError as error:
            self._say(f"{error.message}\n{error.hint}")
            return
        self._show_typed(None)
        self._give(state, strength)

    def _show_typed(self, typed: str | None) -> None:
        """Show the number as far as it is typed; None: no number is typed any more."""
        self._typed = typed
        state = self._chosen
        self._line.display = typed is not None
        if typed is not None and state is not None:
            now = ("", "") if typed else (f" now {raw_words(state.strength)}", "$faint")
            self._line.update(Content.assemble(f"{one_line(state.name, 40)}  ", (typed, "bold"), (" ", "reverse"), now))
        self._foot.update(Content(self._below()))

    def _say(self, text: str) -> None:
        self._answer.update(Content(printable(text)))
        self._answer.display = bool(text)

    # ---- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # the base's
        """While a number is typed, nothing else is changed."""
        return self._typed is None or action not in NOT_WHILE_TYPING

    def action_help(self) -> None:
        from warmchat.ui.help.screen import HelpScreen

        self.app.push_screen(HelpScreen(ADAPTERS))

    def action_leave(self) -> None:
        if self._typed is not None:
            self._say("")
            self._show_typed(None)
        else:
            self.dismiss(None)


def _keys(*, can_change: bool) -> str:
    arrows = " ".join(ARROWS.get(key, key) for key in (first_key("weaker"), first_key("stronger")))
    change = (f"{arrows} change", "0-9 type", ("as-the-profiles-file-says", "as the file")) if can_change else ()
    return key_line(*change, ("help", "help"), ("back-to-the-chat", "back"))


def _number(words: str) -> float:
    try:
        return number_of(words)
    except ValueError:
        raise SettingsError(f"{one_line(words, 20)} is no number", "a strength is one, such as 0.25 or -0.1") from None
