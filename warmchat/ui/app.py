"""The terminal app: themes, the model's seat, the open session, and the way out."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Event, Key
from textual.message import Message
from textual.screen import Screen

from warmchat.domain.errors import SettingsError
from warmchat.domain.text import printable
from warmchat.ui import keymap
from warmchat.ui.alt_keys import teach_alt_keys
from warmchat.ui.bounded import beginning
from warmchat.ui.chat.screen import ChatScreen
from warmchat.ui.clipboard import copy_with_program
from warmchat.ui.companionship import HourlyCount
from warmchat.ui.glance import Glance, GlanceShelf
from warmchat.ui.keymap import QUIT, first_key
from warmchat.ui.model_seat import ModelSeat, ModelState
from warmchat.ui.palette import commands
from warmchat.ui.pasting import PastingApp
from warmchat.ui.session_door import SessionDoor, SessionOpened
from warmchat.ui.terminal_gone import LOOK_S, is_gone, open_terminal
from warmchat.ui.theme import DARK, LIGHT, THEMES
from warmchat.ui.turn_thread import TurnThreads

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from warmchat.engine.protocol import Engine
    from warmchat.session import ChatSession
    from warmchat.ui.services import ProfileShelf, ScreenSettings, Services

QUIT_TWICE_S = 2.0
LONGEST_NOTICE = 1_500  # characters; a server or a file may have more to say, and it is drawn above all else
CLOSE_WAIT_S = 3.0


class WarmchatApp(PastingApp):
    """The program in a terminal. It paints first; session and model come in threads."""

    TITLE = "warmchat"
    ENABLE_COMMAND_PALETTE = True
    CSS_PATH: ClassVar[list[str]] = [  # type: ignore[assignment]  # only App and Screen may name files
        "app.tcss",
        "chat/screen.tcss",
        "chat/header.tcss",
        "chat/transcript.tcss",
        "chat/turn_view.tcss",
        "chat/reply_view.tcss",
        "chat/strip.tcss",
        "chat/prompt.tcss",
    ]  # of the first screen; each of the others brings its own, which is not parsed before it is opened
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id=QUIT)]

    class ModelChanged(Message):
        """The model's seat has a new state."""

        def __init__(self, state: ModelState) -> None:
            super().__init__()
            self.state = state

    class Loaded(Message):
        """The program behind the screen is there, or it cannot be."""

        def __init__(self, services: Services | None, error: Exception | None) -> None:
            super().__init__()
            self.services = services
            self.error = error

    def __init__(self, glance: Glance, load: Callable[[], Services]) -> None:
        """
        Args:
            glance: what is drawn first.
            load: makes the rest of the program, in a thread, while the user may write already. What it raises ends the
                app and is then `start_error`.
        """
        teach_alt_keys()
        super().__init__()
        self._load = load
        self._loaded = threading.Event()
        self._services: Services | None = None
        self._glance, self._shelf = glance, GlanceShelf(glance)
        self.start_error: Exception | None = None
        self.session: ChatSession | None = None
        self.door = SessionDoor(self)
        self.threads = TurnThreads()
        self.seat = ModelSeat(
            self._open_engine,
            check=self._check_model,
            adopt=self._adopt,
            tell=self._tell_model,
            refuse=lambda error: self.tell(error.message, error.hint, severity="error"),
        )
        self.off_record = not glance.log
        self._profile_hashes: dict[str, str] = {}
        self._problems: set[str] = set()
        self._interrupted_at = float("-inf")
        self.chat = ChatScreen()
        for theme in THEMES.values():
            self.register_theme(theme)
        if glance.keys:
            with suppress(SettingsError):  # the reading that counts tells it
                self.set_keymap(keymap.use(glance.keys))
        # Set before it runs: a theme that is changed on a running app has all styles parsed a second time.
        self.theme = THEMES[glance.theme].name

    @property
    def settings(self) -> ScreenSettings:
        """The settings, as far as they are known."""
        return self._services.settings if self._services is not None else self._glance

    @property
    def profiles(self) -> ProfileShelf:
        """The profiles, as far as they are known."""
        return self._services.profiles if self._services is not None else self._shelf

    @property
    def services(self) -> Services:
        """The rest of the program. Waits for it: to be asked in threads, or once a session is open."""
        self._loaded.wait()
        assert self._services is not None
        return self._services

    def get_default_screen(self) -> Screen[None]:
        return self.chat

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(DARK.variables)

    async def on_event(self, event: Event) -> None:
        """What is typed before anything has the focus, as far back as into the shell, is meant for the text box."""
        typed = isinstance(event, Key) and not event.is_forwarded
        if typed and self.focused is None and self.screen is self.chat and self.chat.prompt.is_attached:
            self.chat.set_focus(self.chat.prompt)
        await super().on_event(event)

    def on_mount(self) -> None:
        self.call_after_refresh(self._start)
        descriptor = None if self.is_headless else open_terminal()
        if descriptor is not None:
            self.set_interval(LOOK_S, lambda: self.exit() if is_gone(descriptor) else None)

    def _start(self) -> None:
        """After the first paint: all that is heavy to import."""

        def load() -> None:
            try:
                loaded = self.Loaded(self._load(), None)
            except Exception as error:  # whoever started the app says it
                loaded = self.Loaded(None, error)
            self.post_message(loaded)

        threading.Thread(target=load, name="start", daemon=True).start()

    def on_warmchat_app_loaded(self, event: Loaded) -> None:
        """The session and the model; both come in threads."""
        if event.services is None:
            self.start_error = event.error
            self.exit()
            return
        self._services = event.services
        self._loaded.set()
        if self.off_record is (not self._glance.log):  # the user has not changed it meanwhile
            self.off_record = not self.settings.log
        if self.settings.theme != self._glance.theme:
            self.theme = THEMES[self.settings.theme].name
        self.set_keymap(keymap.use(self.settings.keys))
        if self.settings.reduced_motion:
            self.animation_level = "none"
            self.chat.prompt.cursor_blink = False
            self.chat.flow.paint_s = (1.0, 1.0)
        self.chat.flow.hourly = HourlyCount(on=self.settings.reminders)
        self.profiles_changed(known=True)
        self.chat.show_start()
        if self.seat.state.status != "starting":
            pass  # a model was asked for on the screen meanwhile
        elif event.services.initial_model is not None:
            self.seat.load(event.services.initial_model)
        else:
            self.seat.leave_empty()
        self.open_session(event.services.initial_session)

    # ---- notices

    def tell(self, message: str, hint: str = "", *, severity: SeverityLevel = "information") -> None:
        """A notice. Text from anywhere may go in; of a very long one the beginning is shown."""
        parts = (beginning(part, characters=LONGEST_NOTICE) for part in (message, hint) if part)
        text = "\n".join(printable(part) for part in parts)
        self.notify(text, severity=severity, timeout=5 if severity == "information" else 10, markup=False)

    # ---- profiles

    @property
    def reference(self) -> str:
        """Id of the profile the others are checked against."""
        return self.session.rules.reference if self.session is not None else self.settings.reference

    def profiles_changed(self, *, known: bool = False) -> bool:
        """Ask the profile files; says which edits are live and what is wrong with which.

        Args:
            known: nobody need be told of edits: there were none before, or they were made here.
        """
        shelf = self.profiles
        if not known and not shelf.changed():
            return False
        now = {profile.id: profile.hash for profile in shelf.all()}
        if not known:
            edited = sorted(i for i, h in now.items() if self._profile_hashes.get(i, h) != h)
            new = sorted(set(now) - set(self._profile_hashes))
            if edited:
                self.tell(f"Edited on the disk: {', '.join(edited)}", "live at the next turn")
            if new:
                self.tell(f"New profile: {', '.join(new)}", f"{first_key('profiles')} chooses it")
        self._profile_hashes = now
        problems = shelf.problems()
        for problem in problems:
            if problem not in self._problems:
                self.tell(problem, severity="warning")
        self._problems = set(problems)
        return True

    # ---- model

    def load_model(self, path: Path) -> None:
        """Put another model into the seat."""
        if self.chat.flow.replying:
            self.tell("A reply is still coming", f"{first_key('stop-the-reply')} stops it; then choose the model")
            return
        self.seat.load(path)

    def _open_engine(self, path: Path) -> Engine:
        """Called by the seat in its own thread."""
        return self.services.open_engine(path)

    def _check_model(self, path: Path) -> object:
        """Called by the seat in its own thread."""
        return self.services.check_model(path)

    def _tell_model(self, state: ModelState) -> None:
        """Called by the seat in its own thread."""
        self.post_message(self.ModelChanged(state))

    def _adopt(self, engine: Engine) -> None:
        """Called by the seat in its own thread."""
        session = self.session
        if session is not None:
            session.use_engine(engine)

    def on_warmchat_app_model_changed(self, event: ModelChanged) -> None:
        self.chat.show_model(event.state)
        if event.state.status == "failed":
            self.tell(event.state.message, event.state.hint, severity="error")

    # ---- session

    def open_session(self, session_id: str | None, *, turn_id: str = "") -> None:
        """Open a new session, or go on with one from the log (`SessionDoor.open`)."""
        self.door.open(session_id, turn_id=turn_id)

    async def on_session_opened(self, event: SessionOpened) -> None:
        await self.door.opened(event)

    def open_turn(self, session_id: str, turn_id: str) -> None:
        """Go to a turn of this session, or of one that is opened for it."""
        here = self.session is not None and self.session.id == session_id
        self.call_next(self.chat.go_to, turn_id) if here else self.open_session(session_id, turn_id=turn_id)

    def toggle_off_record(self) -> None:
        """Write nothing of the turns to come, or write again."""
        if not self.settings.log:
            self.tell("Nothing is written in this run: the log is off")
            return
        self.off_record = not self.off_record
        if self.session is not None:
            self.session.off_record = self.off_record
        self.chat.show_voice()
        if self.off_record:
            self.tell(
                "Off the record: nothing is written from the next turn on",
                f"{first_key('off-the-record')} goes back on the record",
            )
        else:
            self.tell("On the record again, from the next turn on")

    def copy_to_clipboard(self, text: str) -> None:
        """Copy by every way there is, and say which one worked."""
        super().copy_to_clipboard(text)  # OSC 52: reaches the terminal's clipboard over ssh too, but says nothing back

        def copy() -> None:
            program = copy_with_program(text)
            way = f"with {program}" if program else "by way of the terminal, which may not allow it"
            self.call_from_thread(self.tell, f"Copied {len(text):,} characters {way}")

        threading.Thread(target=copy, name="copy", daemon=True).start()

    # ---- looks and the way out

    def action_swap_theme(self) -> None:
        """Light or dark."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    def action_help_quit(self) -> None:
        """Ctrl+C with nothing selected: twice means it."""
        now = time.monotonic()
        if now - self._interrupted_at <= QUIT_TWICE_S:
            self.exit()
            return
        self._interrupted_at = now
        self.tell("Ctrl+C again quits", f"{first_key('stop-the-reply')} stops a reply")

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette offers what the keys do, by name."""
        return commands(self, screen)

    async def on_unmount(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        """Let waiting checks be noted as deferred, then let go of the model. Bounded: nobody waits long for an exit."""
        if self.session is not None:
            self.session.close()
        self.threads.join(CLOSE_WAIT_S)
        self.seat.close()
