"""The loop: a line is read, a turn is told, its check is told, and only then the next line is read.

Waiting for the check is what makes the order of the lines true: nothing ever comes into a line that is being written.
Ctrl+C stops a reply; pressed while the check runs it goes on, and the verdict is told before the next prompt.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from warmchat.domain.danger import signals_danger
from warmchat.domain.errors import WarmchatError
from warmchat.domain.making import missing_words
from warmchat.domain.mark import Mark
from warmchat.domain.text import one_line, printable
from warmchat.domain.turn import (
    FragmentArrived,
    LogCaughtUp,
    LogFailed,
    Noticed,
    OtherFailed,
    OtherFinished,
    OtherFragment,
    Reply,
    ReplyFinished,
    ReplyKept,
    ShadowStarted,
    Turn,
    TurnEvent,
    TurnFailed,
    TurnOpened,
    VerdictReached,
    WindowMoved,
    as_made,
)
from warmchat.engine.protocol import Engine
from warmchat.session import ChatSession
from warmchat.ui.companionship import HourlyCount
from warmchat.ui.plain.commands import Commands
from warmchat.ui.plain.console import Console, ToldReply
from warmchat.ui.plain.words import verdict_words
from warmchat.ui.services import Services, start_notes
from warmchat.ui.turn_thread import Heard, TurnEnded, TurnThreads
from warmchat.ui.words import log_words, repetition_words, start_words, stop_words, turn_words, where_to_turn_words

LISTEN_S = 0.03
CLOSE_WAIT_S = 3.0


class PlainChat:
    """A chat on a console. `run` it once."""

    def __init__(self, services: Services, console: Console) -> None:
        self.services = services
        self.console = console
        self.engine: Engine | None = None
        self._start_notes = start_notes(services)  # first: what is too old is not gone on with
        self.session: ChatSession = services.open_session(services.initial_session)
        self.session.off_record = not services.settings.log
        self.enclosed = ""  # a file that goes with the next message
        self.leaving = False
        self.failed = False
        self._threads = TurnThreads()
        self._keys = count(1)
        self._heard: deque[Heard] = deque()
        self._told: dict[str, ToldReply] = {}
        self._stop: Callable[[], None] | None = None  # what Ctrl+C does while an answer is coming
        self._other: Reply | None = None  # what another voice just answered
        self._commands = Commands(self)
        self._hourly = HourlyCount(on=services.settings.reminders)

    # ---- names

    @property
    def voice(self) -> str:
        """What the active voice is called."""
        return self.name_of(self.session.profile.id)

    @property
    def reference(self) -> str:
        """What the reference is called."""
        return self.name_of(self.session.rules.reference)

    def name_of(self, profile_id: str) -> str:
        """What a voice is called; one whose profile is gone keeps its id."""
        try:
            profile = self.services.profiles.get(profile_id)
        except WarmchatError:
            return one_line(profile_id, 40)
        name = one_line(profile.name or profile.id, 40)
        return name[:1].upper() + name[1:]

    # ---- the loop

    def run(self) -> int:
        """Chat until the lines end or /quit. Returns the exit code: 1 where a piped message had no reply."""
        try:
            self._begin()
            while not self.leaving:
                self._tell_late()
                try:
                    line = self._read()
                except EOFError:
                    break
                except KeyboardInterrupt:
                    self.console.say("\nType /quit to leave.")
                    continue
                self._take(line)
        finally:
            self._close()
        return int(self.failed and not self.console.interactive)

    def _begin(self) -> None:
        problem = self.services.log_problem()
        if problem:
            self.console.remark(problem)
        if self.services.initial_model is not None:
            self.load_model(self.services.initial_model)
        elif self.console.interactive:
            self.console.remark("There is no model yet", "/model FILE.gguf loads one; or: warmchat models pull")
        if self.console.interactive:
            self.console.say(f"{self.voice} speaks. /help lists the commands, /quit leaves.")
            for message, hint in start_words(self._start_notes, lambda cut: f"/resume {cut.session_id} goes on"):
                self.console.remark(message, hint)
            for turn in self.session.turns[-1:]:
                self.console.say(f"You are back after {turn_words(len(self.session.turns))}. The last message was: "
                                 f"{one_line(turn.user_text, 200)}")  # fmt: skip
                self.tell_end(turn)

    def tell_end(self, turn: Turn) -> None:
        """Why the last turn of a session that is gone on with has no whole reply."""
        words = missing_words(turn) or (stop_words(turn.reply) if turn.reply is not None else "")
        if words:
            self.console.say(f"Note: {words}.")

    def _read(self) -> str:
        """A message or command; a line that ends with a backslash goes on in the next."""
        lines = []
        prompt = f"{self.voice}, off the record> " if self.session.off_record else f"{self.voice}> "
        while True:
            line = self.console.read(printable(prompt))
            lines.append(line.removesuffix("\\"))
            if not line.endswith("\\"):
                return "\n".join(lines)
            prompt = "... "

    def _take(self, line: str) -> None:
        word, _, argument = line.partition(" ")
        if word.startswith("/") and "/" not in word[1:] and "\n" not in line:
            try:
                self._commands.run(word[1:].lower(), argument.strip())
            except WarmchatError as error:
                self.failed = True
                self.console.remark(error.message, error.hint)
        elif line.strip() or self.enclosed:
            text = printable("\n\n".join(part for part in (line.strip(), self.enclosed) if part))
            self.enclosed = ""
            self.answer(text)

    def answer(self, text: str, *, instead_of: Turn | None = None, anew: bool = False) -> None:
        """Send a message and tell what comes of it.

        Args:
            instead_of: the turn whose place it takes, which stays on a branch of its own.
            anew: the message was answered before, and is answered with another draw.
        """
        session, note = self.session, self.services.settings.danger_note
        if note.strip() and signals_danger(text):
            self.console.say(where_to_turn_words(note))
        if instead_of is not None:
            session.go_back(instead_of.id)
        before = session.turns
        self._stop = session.cancel
        self._listen(lambda: session.send(text, anew=anew), "")
        if instead_of is not None and session.turns == before:  # it could not even be opened
            session.show_branch(instead_of.id)

    def go_on(self, turn: Turn) -> None:
        """Go on with the reply of the last turn, and tell what is added."""
        session = self.session
        if turn.reply is not None:
            self._told[turn.id] = ToldReply(self.console, self.name_of(turn.reply.profile), said=as_made(turn.reply))
        self._stop = session.cancel
        self._listen(lambda: session.go_on(turn.id), turn.id)

    def check(self, turn: Turn) -> None:
        """Compare a turn that was not compared, and tell the verdict."""
        session = self.session
        self._listen(lambda: session.check_now(turn.id), turn.id)

    def ask_other(self, turn: Turn, profile_id: str) -> Reply | None:
        """Let another voice answer a turn, and tell it; None where there is no answer."""
        beside, self._other = self.session.beside, None
        self._told[turn.id] = ToldReply(self.console, self.name_of(profile_id))
        events = beside.ask(turn.id, profile_id)
        self._stop = beside.cancel
        self._listen(lambda: events, "")
        return self._other

    def keep(self, turn: Turn, answer: Reply) -> None:
        """Let an answer that stands beside a turn be its reply."""
        beside = self.session.beside
        self._listen(lambda: beside.keep(turn.id, answer.id), "")

    def mark(self, turn: Turn, mark: Mark | None) -> None:
        """Mark which of a turn's answers is right."""
        beside = self.session.beside
        self._listen(lambda: beside.set_mark(turn.id, mark), "")

    def load_model(self, path: Path) -> None:
        """Put a model into the session, and wait until it is there."""
        self.services.check_model(path)
        engine = self.services.open_engine(path)
        if self.console.interactive:
            self.console.say(f"Loading {one_line(path.name, 80)}.")
        self.engine = engine
        self.session.use_engine(engine)
        try:
            info = engine.describe()
        except WarmchatError as error:
            self.failed = True
            self.console.remark(error.message, error.hint)
            return
        for note in info.notes:
            self.console.remark(note)

    def go_on_with(self, session_id: str | None) -> None:
        """Another session, or a new one."""
        off_record, old = self.session.off_record, self.session
        self.session = self.services.open_session(session_id)
        self.session.off_record = off_record
        self._hourly.begin()
        if self.engine is not None:
            self.session.use_engine(self.engine)
        old.close()

    # ---- listening

    def _listen(self, events: Callable[[], Iterator[TurnEvent]], turn_id: str) -> None:
        """Tell a turn until its check is told."""
        key = f"turn-{next(self._keys)}"
        self._threads.start(key, events, turn_id=turn_id)
        done = False
        while not done:
            try:
                done = self._tell_heard(key)
                if not done:
                    time.sleep(LISTEN_S)
            except KeyboardInterrupt:
                if self._stop is None:
                    self.console.say("\nGoing on: the verdict is told when it is there.")
                    return
                self.console.say("\nStopping.")
                self._stop()

    def _tell_late(self) -> None:
        """What checks came to that nobody waited for."""
        self._tell_heard("")

    def _tell_heard(self, key: str) -> bool:
        """Tell what was heard; True once the thread `key` has ended, or nothing runs any more."""
        self._heard.extend(self._threads.drain())
        while self._heard:
            found, event = self._heard.popleft()
            if isinstance(event, TurnEnded):
                if found == key:
                    self._stop = None
                    return True
            else:
                self._tell(event, late=found != key)
        return not self._threads.running

    def _tell(self, event: TurnEvent, *, late: bool) -> None:
        match event:
            case TurnOpened(turn):
                self._told[turn.id] = ToldReply(self.console, self.name_of(turn.profile))
            case FragmentArrived(turn_id, text) | OtherFragment(turn_id, text):
                self._told[turn_id].add(text)
            case ReplyFinished(turn_id, reply):
                self._finish(turn_id, reply)
            case OtherFinished(turn_id, reply):
                self._other = reply
                self._finish(turn_id, reply)
            case OtherFailed(turn_id, message, hint):
                self._fail(turn_id, message, hint)
            case ReplyKept(_, turn) if turn.reply is not None:
                self.console.say(f"Kept: {self.name_of(turn.reply.profile)} answered this.")
            case ShadowStarted() if self.console.interactive and not late:
                self.console.say(f"Checking against the {self.reference.lower()}. Ctrl+C goes on without waiting.")
            case VerdictReached(turn_id):
                self._tell_verdict(turn_id, late=late)
            case TurnFailed(turn_id, message, hint):
                self._fail(turn_id, message, hint)
            case WindowMoved(_, dropped):
                turns = "turn is" if len(dropped) == 1 else "turns are"
                self.console.say(f"Note: the window was full: the {len(dropped)} oldest {turns} no longer read.")
            case Noticed(_, message, hint):
                self.console.remark(message, hint)
            case LogFailed() | LogCaughtUp():
                self.console.remark(*log_words(event))

    def _finish(self, turn_id: str, reply: Reply) -> None:
        self._told.pop(turn_id).finish(reply.text)
        self._stop = None
        for words in (stop_words(reply), repetition_words(reply)):
            if words:
                self.console.say(f"Note: {words}.")

    def _fail(self, turn_id: str, message: str, hint: str) -> None:
        told = self._told.pop(turn_id, None)
        if told is not None:
            told.break_off()
        self._stop = None
        self.failed = True
        self.console.remark(message, hint)

    def _tell_verdict(self, turn_id: str, *, late: bool) -> None:
        turn = next((t for t in self.session.turns if t.id == turn_id), None)
        if turn is None or turn.verdict is None:
            return
        if late:
            self.console.say(f"About your message {one_line(turn.user_text, 80)!r}:")
        own = turn.profile == self.session.rules.reference
        self.console.say(verdict_words(turn.verdict, reference=self.reference.lower(), own=own))
        if not own:
            names = (self.name_of(turn.profile), self.reference.lower())
            words = self._hourly.due(self.session.turns, turn.profile, names, time.monotonic())
            if words:
                self.console.say(f"Note: {words}")

    def _close(self) -> None:
        self.session.close()
        self._threads.join(CLOSE_WAIT_S)
        if self.session.unsaved:
            self.failed = True
            self.console.remark("The log could not be written: what was said last is not in it")
        if self.engine is not None:
            self.engine.close()
