"""The flow of turns on the screen: start a thread, hear its events over a queue, show each where it belongs."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING

from warmchat.ui.chat.turn_view import TurnView
from warmchat.ui.companionship import HourlyCount
from warmchat.ui.turn_thread import TurnEnded
from warmchat.ui.words import log_words, tokens_per_second

if TYPE_CHECKING:
    from textual.timer import Timer

    from warmchat.domain.turn import LogCaughtUp, LogFailed, ReplyFinished, Turn, TurnFailed
    from warmchat.domain.turn import TurnEvent as SessionEvent
    from warmchat.session import ChatSession
    from warmchat.ui.chat.screen import ChatScreen

Heard = Callable[["SessionEvent"], Awaitable[None]]
HEAR_S = 0.05
PAINT_S = (0.1, 0.25)  # between two repaints of a coming reply: at best, at worst
SHARE = 0.06  # of a core that repainting may take: on few cores it is taken from the model


class TurnFlow:
    """What runs now and what was asked meanwhile. All of it is called on the screen's thread."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._keys = count(1)
        self._timer: Timer | None = None
        self._live: TurnView | None = None  # the turn whose reply is coming
        self._live_key = ""
        self._text = ""
        self._instead_of = ""
        self._opened = True
        self._later: list[Callable[[], None]] = []
        self._heard: dict[str, Heard] = {}
        self._paint_at = 0.0
        self._spent_before = 0.0
        self.hourly = HourlyCount(on=True)
        self.paint_s = PAINT_S

    @property
    def replying(self) -> bool:
        """Whether a visible reply is on its way."""
        return self._live is not None

    def mount(self) -> None:
        """Start listening; the timer sleeps while nothing runs."""
        self._timer = self._screen.set_interval(HEAR_S, self._hear, pause=True)

    async def send(self, session: ChatSession, text: str, *, instead_of: str = "", anew: bool = False) -> None:
        """Start a turn.

        Args:
            instead_of: id of the turn whose place it takes, on a branch of its own; "": it comes after the last one.
            anew: the message was answered before, and is answered with another draw.
        """
        if instead_of:
            session.go_back(instead_of)
            await self._screen.transcript.follow_path()
        self._instead_of = instead_of
        self._opened, self._text = False, text
        self._live_key = f"send-{next(self._keys)}"
        view = await self._screen.transcript.begin(text, session.profile.id, off_record=session.off_record)
        self._live = view
        self._spent_before = time.thread_time()
        view.reply.status("loading the model…" if self._screen.chat_app.seat.state.status == "loading" else "reading…")
        self._screen.show_hint()
        events = (lambda: session.send(text, anew=True)) if anew else (lambda: session.send(text))
        self._screen.chat_app.threads.start(self._live_key, events)
        self._wake()

    async def go_on(self, session: ChatSession, turn: Turn) -> None:
        """Go on with the reply of the last turn."""
        view = self._screen.transcript.view(turn.id)
        if view is None or turn.reply is None:
            return
        self._screen.transcript.choose(None)
        await view.resume(turn.reply)
        self._live, self._text = view, ""
        self._spent_before = time.thread_time()
        view.reply.status("reading…")
        self._screen.show_hint()
        self._live_key = self.run("go-on", lambda: session.go_on(turn.id))

    def run(self, what: str, events: Callable[[], Iterator[SessionEvent]], *, heard: Heard | None = None) -> str:
        """Run something that has events in a thread of its own; returns the key that comes with them.

        Args:
            heard: is told them too, before they are shown.
        """
        key = f"{what}-{next(self._keys)}"
        if heard is not None:
            self._heard[key] = heard
        self._screen.chat_app.threads.start(key, events)
        self._wake()
        return key

    def check(self, session: ChatSession, turn: Turn) -> None:
        """Start the check of a turn that has none."""
        self._screen.transcript.pending.add(turn.id)
        key = f"check-{next(self._keys)}"
        self._screen.chat_app.threads.start(key, lambda: session.check_now(turn.id), turn_id=turn.id)
        self._wake()

    def stop(self) -> bool:
        """Cancel the coming reply. False where none is coming."""
        if self._live is None:
            return False
        self._live.reply.status("stopping…")
        session = self._screen.session
        if session is not None:
            self.when_opened(session.cancel)
        return True

    def when_opened(self, deed: Callable[[], None]) -> None:
        """Do this now, or once the session that was asked for is open, or the turn that was just sent has taken its
        voice and its place in the log."""
        if self._may_act:
            deed()
            return
        self._later.append(deed)
        if self._screen.chat_app.door.opening:
            self._screen.chat_app.tell("Kept: it is done as soon as the session is open")

    @property
    def _may_act(self) -> bool:
        return self._opened and not self._screen.chat_app.door.opening

    def do_later(self) -> None:
        """Do what waited, where nothing hinders it any more."""
        while self._later and self._may_act:
            self._later.pop(0)()

    def _wake(self) -> None:
        if self._timer is not None:
            self._timer.resume()

    async def _hear(self) -> None:
        threads = self._screen.chat_app.threads
        for key, event in threads.drain():
            if isinstance(event, TurnEnded):
                self._heard.pop(key, None)
                if key == self._live_key:
                    self._end_live()
            else:
                await self._show(key, event)
        self._paint()
        if not threads.running and self._timer is not None:  # asked last: a turn may have begun while we showed
            self._timer.pause()

    def _paint(self) -> None:
        """Repaint the coming reply, more seldom where it costs more: the screen's thread knows what it spent since."""
        now = time.monotonic()
        if self._live is None or now < self._paint_at:
            return
        spent = time.thread_time()
        quickest, slowest = self.paint_s
        self._paint_at = now + min(slowest, max(quickest, (spent - self._spent_before) / SHARE))
        self._spent_before = spent
        self._live.reply.paint()

    async def _show(self, key: str, event: SessionEvent) -> None:
        from warmchat.domain import turn as told  # the first paint does not wait for it

        if key in self._heard:
            await self._heard[key](event)
        mine = self._live if key == self._live_key else None
        match event:
            case told.TurnOpened(turn):
                if mine is not None:
                    mine.bind_turn(turn)
                    self._screen.transcript.mark_window()
                    self._screen.transcript.show_asides()
                self._opened = True
                self.do_later()
            case told.TurnFailed() if mine is not None and not mine.turn_id:
                await self._give_back(mine, event)
            case told.PromptRead() if key in self._heard:
                pass  # for what stands beside the turn
            case told.LogFailed() | told.LogCaughtUp():
                self._say_log(event)
            case told.TurnMarked() | told.OtherFinished():
                self._screen.transcript.show_asides()
            case told.Noticed(_, message, hint):
                self._screen.say_once(message, hint)
            case told.ReplyFinished():
                await self._finish(event, mine)
            case _:
                view = mine or self._screen.transcript.view(event.turn_id)
                await self._show_in(view, event)

    async def _show_in(self, view: TurnView | None, event: SessionEvent) -> None:
        from warmchat.domain import turn as told
        from warmchat.domain.making import STAGES
        from warmchat.domain.verdict import PENDING

        pending = self._screen.transcript.pending
        match event:
            case told.ShadowStarted(turn_id):
                pending.add(turn_id)
                if view is not None:
                    view.judge(PENDING)
            case told.VerdictReached(turn_id, verdict, _):
                pending.discard(turn_id)
                if view is not None:
                    view.judge(verdict)
                    self._say_hourly(turn_id, view)
            case told.TurnFailed(_, message, hint):
                self._screen.chat_app.tell(message, hint, severity="error")
                if view is not None:
                    await self._keep_part(view)
                    view.note(f"{message}; {hint}" if hint else message, failed=True)
                if view is self._live:
                    self._end_live()
            case told.PromptRead(_, done, total) if view is not None:
                view.reply.status(f"reading {done:,}/{total:,}" if done < total else "answering…")
            case told.StageReached(_, stage) if view is not None:
                view.reply.status(STAGES[stage])
            case told.FragmentArrived(_, text) if view is not None:
                view.reply.status("")
                view.reply.add(text)
            case told.WindowMoved(turn_id, dropped):
                self._window_moved(turn_id, len(dropped), view)

    def _say_hourly(self, turn_id: str, view: TurnView) -> None:
        """In a long talk with a checked voice: how its replies fared."""
        session, screen = self._screen.session, self._screen
        turn = next((t for t in session.turns if t.id == turn_id), None) if session is not None else None
        reference = screen.reference_look()
        if session is not None and turn is not None and turn.profile != reference.id:
            names = (screen.look_of(turn.profile).name, reference.name.lower())
            view.note(self.hourly.due(session.turns, turn.profile, names, time.monotonic()))

    def _window_moved(self, turn_id: str, dropped: int, view: TurnView | None) -> None:
        session = self._screen.session
        turn = next((t for t in session.turns if t.id == turn_id), None) if session is not None else None
        self._screen.transcript.mark_window(none_read_by=turn_id if turn is not None and not turn.window else None)
        if view is not None:
            turns = "turn is" if dropped == 1 else "turns are"
            view.note(f"the window was full: the {dropped:,} oldest {turns} no longer read")

    async def _finish(self, event: ReplyFinished, mine: TurnView | None) -> None:
        reply = event.reply
        view = mine or self._screen.transcript.view(event.turn_id)
        if view is not None:
            await view.finish(reply)
        if mine is not None:
            self._screen.show_speed(
                tokens_per_second(reply.usage.reply_tokens, reply.timings.reply_s, reply.timings.first_token_s)
            )
            self._end_live()
            self._screen.measure_context()

    async def _keep_part(self, view: TurnView) -> None:
        """What came before the failure stands; the session holds it."""
        session = self._screen.session
        turn = next((t for t in session.turns if t.id == view.turn_id), None) if session is not None else None
        if turn is not None and turn.reply is not None:
            await view.finish(turn.reply)
        else:
            view.reply.status("")

    async def _give_back(self, view: TurnView, event: TurnFailed) -> None:
        """The turn was never opened: nothing of it exists, so the message goes back to where it was written."""
        await self._screen.transcript.forget(view)
        self._end_live()
        if self._instead_of and self._screen.session is not None:
            self._screen.session.show_branch(self._instead_of)
            await self._screen.transcript.follow_path()
        if not self._screen.prompt.text:
            self._screen.prompt.put(self._text)
        self._screen.chat_app.tell(event.message, event.hint, severity="error")

    def _end_live(self) -> None:
        if self._live is not None:
            self._live.reply.status("")
        self._live = None
        self._opened = True
        self.do_later()
        self._screen.show_hint()

    def _say_log(self, event: LogFailed | LogCaughtUp) -> None:
        message, hint = log_words(event)
        self._screen.chat_app.tell(message, hint, severity="error" if hint else "information")
