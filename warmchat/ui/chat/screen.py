"""The chat screen: what the user does goes to the session, what the session tells goes to the transcript."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from warmchat.domain.errors import WarmchatError
from warmchat.ui.chat import errands
from warmchat.ui.chat.aside import Aside, aside_of
from warmchat.ui.chat.branches import Editing, editing_hint
from warmchat.ui.chat.dial import WarmthDial
from warmchat.ui.chat.flow import TurnFlow
from warmchat.ui.chat.header import Header, HeaderState, lacks
from warmchat.ui.chat.looks import look_of_reply, look_with, says_of
from warmchat.ui.chat.prompt import Prompt
from warmchat.ui.chat.recall import Recall
from warmchat.ui.chat.steering import Steering
from warmchat.ui.chat.transcript import Transcript
from warmchat.ui.chat.voice_measure import VoiceMeasured, measure_voice
from warmchat.ui.chat.welcome import trouble_line, welcome_text
from warmchat.ui.chat.writing import Writing
from warmchat.ui.keymap import first_key
from warmchat.ui.keys import CHAT, bindings, moving_bindings
from warmchat.ui.model_seat import ModelState
from warmchat.ui.voice_look import VoiceLook

if TYPE_CHECKING:
    from warmchat.domain.turn import Reply
    from warmchat.session import ChatSession
    from warmchat.ui.app import WarmchatApp

WIDTHS = [(0, "-tiny-wide"), (28, "-roomy")]
HEIGHTS = [(0, "-tiny-high"), (7, "-low"), (16, "-normal")]
VOICE_CLASSES = ("-cold", "-warm", "-other")


class ChatScreen(Writing):
    """Header, transcript, prompt."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CHAT), *moving_bindings()]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(self) -> None:
        super().__init__()
        self._header = Header()
        self.transcript = Transcript(
            looks=self.look_of, look_of_reply=self.look_of_reply, reference=self.reference_look, aside_of=self.aside_of
        )
        self._trouble = Static(Content(""), markup=False, id="trouble")
        self.prompt = Prompt()
        self.flow = TurnFlow(self)
        self.editing = Editing(self)
        self.steering = Steering(self)
        self.dial = WarmthDial(self, self.steering)
        self.recall = Recall()
        self.last_other = ""  # the voice that spoke last beside the reference
        self._said: set[str] = set()
        self._state = HeaderState(VoiceLook.unknown("oracle"))
        self._measuring = threading.Lock()

    @property
    def chat_app(self) -> WarmchatApp:
        """The app, by its own type."""
        return cast("WarmchatApp", self.app)

    @property
    def session(self) -> ChatSession | None:
        """The session, once it is open."""
        return self.chat_app.session

    def compose(self) -> ComposeResult:
        yield self._header
        yield self.transcript
        yield self._trouble
        yield self.prompt
        yield Static(Content("Too small: 28 × 7"), markup=False, id="too-small")

    def on_mount(self) -> None:
        self.flow.mount()
        self.set_interval(1.0, self._watch_profiles)
        self.show_start()
        self.prompt.focus()

    def show_start(self) -> None:
        """Show what is known before a session is open."""
        self._state = replace(self._state, voice=self.look_of(self.chat_app.settings.profile))
        self.show_model(self.chat_app.seat.state)

    # ---- voices

    def look_of(self, profile_id: str) -> VoiceLook:
        """How a voice looks now; a profile that is gone keeps its id."""
        try:
            return VoiceLook.of(self.chat_app.profiles.get(profile_id))
        except WarmchatError:
            return VoiceLook.unknown(profile_id)

    def look_of_reply(self, reply: Reply) -> VoiceLook:
        """How the voice of a reply looks, with its adapters as they stood for it."""
        look = self.look_of(reply.profile)
        try:
            profile = self.chat_app.profiles.get(reply.profile)
        except WarmchatError:
            return look
        return look_of_reply(look, reply, profile, self.chat_app.reference)

    def aside_of(self, turn_id: str) -> Aside:
        """What stands beside a turn of the session."""
        if self.session is None:
            return Aside()
        answers = self.session.beside.answers(turn_id)
        return aside_of(self.session, turn_id, [self.look_of(reply.profile).name for reply in answers])

    def reference_look(self) -> VoiceLook:
        """The look of the reference."""
        return self.look_of(self.chat_app.reference)

    def show_voice(self) -> None:
        """Colour the whole screen by the voice that speaks next."""
        session = self.session
        if session is not None:
            setting = self.steering.setting
            look = look_with(self.look_of(session.profile.id), setting, self.chat_app.reference)
            dial = setting.dial if setting is not None else None
            says = says_of(look, session, self.reference_look())
            self._state = replace(self._state, voice=look, dial=dial, says=says)
        self._state = replace(self._state, off_record=self.chat_app.off_record)
        look = self._state.voice
        for name in VOICE_CLASSES:
            self.set_class(name == look.css_class, name)
        self._header.styles.background = look.colour.with_alpha(0.35) if look.colour is not None else None
        self._header.state = self._state
        self.prompt.show_voice(look)
        self.show_hint()

    def show_hint(self) -> None:
        """What matters now, on the prompt's border."""
        self._show_trouble()
        busy = self.flow.replying
        stop, switch, help_ = (first_key(name) for name in ("stop-the-reply", "switch-voice", "help"))
        calm = editing_hint() if self.editing.going_on else f" Enter sends · {switch} voice · {help_} help "
        self.prompt.show_hint(f" {stop} stops the reply " if busy else calm)

    def speak_as(self, profile_id: str) -> None:
        """Let another voice speak from the next turn on; at once, or as soon as the turn that just began is open."""
        self.flow.when_opened(lambda: self._speak_as(profile_id))

    def _speak_as(self, profile_id: str) -> None:
        session = self.session
        if session is None:
            self.say_no_session()
            return
        try:
            session.switch_profile(profile_id)
        except WarmchatError as error:
            self.chat_app.tell(error.message, error.hint, severity="error")
            return
        if profile_id != self.chat_app.reference:
            self.last_other = profile_id
        self.show_voice()
        self.measure_context()

    @property
    def still_opening(self) -> bool:
        """A session was asked for and is not there yet, or a model that a message could wait for."""
        return self.chat_app.door.opening or self.chat_app.seat.opening

    def say_no_session(self) -> None:
        """Why nothing can be done: the session is on its way, or it could not be opened."""
        if self.still_opening:
            self.chat_app.tell("The session is still being opened")
        else:
            self.chat_app.tell("No session is open", f"{first_key('new-session')} opens a new one")

    def _watch_profiles(self) -> None:
        if self.session is not None and self.session.unsaved and not self.flow.replying:
            self.flow.run("catch-up", self.session.catch_up)
        if self.chat_app.profiles_changed():
            self.show_voice()
            self.measure_context()

    # ---- model and session

    def show_model(self, state: ModelState) -> None:
        """Show the seat's new state."""
        if state.status != "ready":
            self.steering.forget()
            self.show_voice()
        name = {
            "starting": "starting …", "none": "no model", "loading": f"loading {state.name} …", "failed": "no model",
        }.get(state.status, state.name)  # fmt: skip
        used = self._state.used if state.status == "ready" else None
        self._state = replace(self._state, model=name, used=used, lacks=lacks(state.info))
        self._header.state = self._state
        self._show_welcome(state)
        if state.status == "ready" and state.info is not None:
            for note in state.info.notes:
                self.chat_app.tell(note)
            self.measure_context()
        self.send_held()

    def _show_welcome(self, state: ModelState) -> None:
        looks = [VoiceLook.of(profile) for profile in self.chat_app.profiles.all()]
        reference = self.reference_look()
        others = [look for look in looks if look.id != reference.id]
        others.sort(key=lambda look: look.id != "companion")
        self.transcript.welcome(welcome_text(state, reference, others))
        self._show_trouble()

    def _show_trouble(self) -> None:
        """What the welcome says while there are no turns, a line above the prompt says from then on."""
        trouble = trouble_line(self.chat_app.seat.state)
        self._trouble.update(Content(trouble))
        self._trouble.display = bool(trouble) and bool(self.transcript.views)

    async def show_session(self, session: ChatSession) -> None:
        """Show another session."""
        self._state = replace(self._state, speed=None, used=None)
        self.steering.forget()
        self._said.clear()
        self.flow.hourly.begin()
        self.transcript.pending.clear()
        self.editing.leave()
        await self.transcript.show(lambda: session.turns)
        self.flow.do_later()
        self.show_voice()
        self.show_model(self.chat_app.seat.state)

    async def go_to(self, turn_id: str) -> None:
        """Bring a turn of the session into sight, on whatever branch it stands."""
        await errands.go_to(self, turn_id)

    @property
    def tokens_read(self) -> int | None:
        """Tokens that the active voice reads for the next turn, as far as that is known."""
        return self._state.used

    def measure_context(self, *, probe: bool = False) -> None:
        """Find out how full the window is and where the dial stands, in a thread: both ask the engine.

        Args:
            probe: say why the dial drives nothing.
        """
        if self.session is not None and self.chat_app.seat.state.status == "ready":
            measure_voice(
                self.session, self.post_message, moves=self.steering.moves, probe=probe, others=self.steering.others,
                lock=self._measuring,
            )  # fmt: skip

    def on_voice_measured(self, event: VoiceMeasured) -> None:
        if event.session is not self.session or event.voice != event.session.profile.id:
            return  # the voice was switched meanwhile; what it comes to is being measured too
        self._state = replace(self._state, used=event.use.used, limit=event.use.limit)
        self.dial.learn(event.voice, event.setting, moves=event.moves, probed=event.probed)
        self.show_voice()

    def say_once(self, message: str, hint: str) -> None:
        """A notice that would otherwise come again and again."""
        if message not in self._said:
            self._said.add(message)
            self.chat_app.tell(message, hint, severity="warning")

    def show_speed(self, speed: float | None) -> None:
        """Tokens a second of the last reply."""
        self._state = replace(self._state, speed=speed)
        self._header.state = self._state

    # ---- deeds

    async def action_stop(self) -> None:
        if not self.flow.stop() and not self.editing.leave():
            await self.transcript.to_newest()

    def action_switch_voice(self) -> None:
        self.flow.when_opened(lambda: errands.switch_voice(self))

    def action_colder(self) -> None:
        self.flow.when_opened(lambda: self.dial.step(-1))

    def action_warmer(self) -> None:
        self.flow.when_opened(lambda: self.dial.step(1))

    async def action_warmth(self, position: str = "") -> None:
        self.flow.when_opened(lambda: self.dial.turn(position))

    async def action_sampling(self, words: str = "") -> None:
        self.flow.when_opened(lambda: errands.sampling(self, words))

    def action_adapters(self) -> None:
        self.flow.when_opened(lambda: errands.adapters(self))

    def action_measured(self) -> None:
        self.flow.when_opened(lambda: errands.measured(self))

    def action_off_record(self) -> None:
        if self.chat_app.door.opening:  # needs no session, and is seen at once
            self.chat_app.toggle_off_record()
        else:
            self.flow.when_opened(self.chat_app.toggle_off_record)

    def action_flags(self) -> None:
        errands.flags(self)

    async def action_attach(self, path: str = "") -> None:
        errands.attach(self, path)

    async def action_model(self, path: str = "") -> None:
        if path:
            errands.load_model(self, path)
        else:
            errands.choose_model(self)

    async def action_profile(self, profile_id: str = "") -> None:
        if profile_id:
            self.speak_as(profile_id)
        else:
            self.flow.when_opened(lambda: errands.choose_profile(self))

    def action_sessions(self) -> None:
        from warmchat.ui.sessions.errand import choose_session

        self.flow.when_opened(lambda: choose_session(self))

    def action_new_session(self) -> None:
        self.flow.when_opened(lambda: self.chat_app.open_session(None))

    async def action_export(self, what: str = "") -> None:
        errands.export(self, what)

    def action_help(self) -> None:
        from warmchat.ui.help.screen import HelpScreen

        self.app.push_screen(HelpScreen(CHAT, signs=True))

    def action_recall(self, direction: int) -> None:
        text = self.recall.step(direction, self.prompt.text)
        if text is not None:
            self.prompt.put(text)

    def action_external_editor(self) -> None:
        errands.external_editor(self)

    async def action_walk(self, step: int) -> None:
        await self.transcript.walk(step)

    async def action_page(self, direction: int) -> None:
        await self.transcript.page(direction)

    async def action_to_start(self) -> None:
        await self.transcript.to_start()

    async def action_to_end(self) -> None:
        await self.transcript.to_newest()
