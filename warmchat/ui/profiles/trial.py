"""Two profiles answer one message side by side. Nothing of it is kept: it is for hearing a draft before it is saved."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from warmchat.domain.conversation import split_thinking
from warmchat.domain.errors import WarmchatError
from warmchat.domain.profile import Profile
from warmchat.domain.text import one_line, printable
from warmchat.engine.protocol import Finished, Fragment, Handle
from warmchat.ui.bounded import bounded
from warmchat.ui.keymap import first_key
from warmchat.ui.voice_look import VoiceLook

if TYPE_CHECKING:
    from warmchat.session import ChatSession
    from warmchat.ui.app import WarmchatApp

PAINT_S = 0.1
WIDTHS = [(0, "-stacked"), (100, "-beside")]
Named = tuple[str, Profile]


def try_out(app: WarmchatApp, left: Named, right: Named) -> None:
    """Open the trial, or say why nobody can answer."""
    if app.session is None or app.seat.state.status not in {"ready", "loading"}:
        app.tell("There is no model to try it with", f"{first_key('choose-a-model')} in the chat chooses one")
    elif app.chat.flow.replying:
        app.tell("A reply is still coming", f"{first_key('stop-the-reply')} in the chat stops it")
    else:
        app.push_screen(TrialScreen(app.session, left, right))


class TrialScreen(Screen[None]):
    """A message on top, an answer on each side."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back", priority=True)]
    HORIZONTAL_BREAKPOINTS = WIDTHS

    def __init__(self, session: ChatSession, left: Named, right: Named) -> None:
        super().__init__()
        self._session = session
        self._sides = (left, right)
        self._texts = ["", ""]
        self._shown = ["", ""]
        self._state = ""
        self._bodies = [Static(Content(""), markup=False, classes="body") for _ in self._sides]
        self._note = Static(Content(""), markup=False, id="note")
        self._handle: Handle | None = None
        self._asked = 0
        self._lock = threading.Lock()

    def compose(self) -> ComposeResult:
        yield Input(placeholder="A message to both, then Enter", compact=True)
        with Container(id="sides"):
            for (name, profile), body in zip(self._sides, self._bodies, strict=True):
                look = VoiceLook.of(profile)
                with VerticalScroll(classes=f"side {look.css_class}", can_focus=False):
                    yield Static(Content.styled(one_line(name, 40), look.ink_style), markup=False)
                    yield body
        yield self._note
        ways = any(profile.strategy != "direct" or profile.neutralise for _, profile in self._sides)
        plain = " · strategies left out" if ways else ""
        yield Static(Content(f"Nothing is kept · same seed for both{plain} · Esc back"), markup=False, id="keys")

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.set_interval(PAINT_S, self._paint)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        text = printable(event.value).strip()
        if text:
            self._stop()
            self._texts[:] = ["", ""]
            self._state = "answering…"
            threading.Thread(target=self._ask, args=(self._asked, text), name="trial", daemon=True).start()

    def _stop(self) -> None:
        with self._lock:
            self._asked += 1
            handle, self._handle = self._handle, None
        if handle is not None:
            handle.cancel()

    def _ask(self, number: int, text: str) -> None:
        """In a thread: one side after the other, as a model on few cores would anyway."""
        said = ""
        try:
            for side, (_, profile) in enumerate(self._sides):
                handle = self._session.try_out(profile, text)
                with self._lock:
                    if number != self._asked:
                        handle.cancel()
                    else:
                        self._handle = handle
                self._hear(number, side, handle)
        except WarmchatError as error:
            said = str(error)
        except Exception as error:  # a thread of its own: nobody else would hear of it
            said = f"Something went wrong inside warmchat: {error}"
        if number == self._asked:
            self._state = said

    def _hear(self, number: int, side: int, handle: Handle) -> None:
        for event in handle:
            if number != self._asked:
                continue
            if isinstance(event, Fragment):
                self._texts[side] += event.text
            elif isinstance(event, Finished):
                self._texts[side] = event.text

    def _paint(self) -> None:
        for side, text in enumerate(self._texts):
            if text != self._shown[side]:
                self._shown[side] = text
                thinking, answer = split_thinking(text)
                said = printable(answer)
                self._bodies[side].update(Content(bounded(said) or ("thinking…" if thinking else "")))
        self._note.update(Content(printable(self._state)))

    def action_leave(self) -> None:
        self._stop()
        self.dismiss(None)
