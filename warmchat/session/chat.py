"""One conversation: a message goes in, the events of its turn come out. The whole flow of a turn stands in `send`.

The session knows neither screen nor llama.cpp. It may be used from several threads: the visible reply of the next turn
does not wait for the check of the last one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from warmchat.compare.detector import Detector
from warmchat.compare.pointing import points_back
from warmchat.domain.conversation import (
    Message,
    reference_history,
    split_thinking,
    visible_history,
)
from warmchat.domain.errors import NO_MODEL_HINT, EngineLost, NoModel, WarmchatError
from warmchat.domain.profile import Profile
from warmchat.domain.turn import (
    FragmentArrived,
    PromptRead,
    Reply,
    ReplyFinished,
    ShadowStarted,
    Turn,
    TurnEvent,
    TurnFailed,
    TurnOpened,
    VerdictReached,
    WindowMoved,
    new_id,
)
from warmchat.domain.verdict import Verdict, unjudged
from warmchat.engine.protocol import Engine, Finished, Fragment, Handle, Priority, Progress
from warmchat.engine.queue import CheckLine
from warmchat.profiles.library import ProfileLibrary
from warmchat.session.record import TurnRecorder
from warmchat.session.rules import ContextUse, SessionRules
from warmchat.storage.log import SessionLog
from warmchat.voices.direct import direct_job, prompt_messages
from warmchat.voices.window import Windows

CLOSED_BEFORE = "deferred: the program was closed before the check"
SAVE_EVERY_S = 0.5  # what was streamed is in the log at least twice a second


class ChatSession:
    """A conversation with one engine, one log and the profiles.

    Args:
        engine: None while there is no model; `send` then fails the turn with a hint.
        turns: the path of a session that is resumed, oldest first.
    """

    def __init__(
        self,
        *,
        engine: Engine | None,
        profiles: ProfileLibrary,
        log: SessionLog,
        detector: Detector,
        rules: SessionRules,
        profile: str,
        session_id: str | None = None,
        turns: Sequence[Turn] = (),
    ) -> None:
        self._engine = engine
        self._profiles = profiles
        self._record = TurnRecorder(log, self._turn)
        self._detector = detector
        self.rules = rules
        self._profile = profiles.get(profile)
        self.id = session_id or new_id()
        self._lock = threading.RLock()
        self._turns: list[Turn] = list(turns)
        self._windows = Windows()
        self._line = CheckLine(rules.backlog)
        self._visible: Handle | None = None
        self._checks: dict[str, Handle] = {}
        self._cancel_asked = threading.Event()
        self._closed = False
        self.off_record = False
        self._sampling_changes: dict[str, float] = {}
        if turns and turns[-1].window and turns[-1].window[0] in {t.id for t in turns}:
            self._windows.begin_at(_sequence(turns[-1].profile, "visible"), turns, turns[-1].window[0])

    # ---- what the screen asks

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns on the screen, oldest first."""
        with self._lock:
            return tuple(self._turns)

    @property
    def profile(self) -> Profile:
        """The active profile, as its file says it now, with what was overridden."""
        self._profile = profile = self._profiles.get(self._profile.id)
        if not self._sampling_changes:
            return profile
        return replace(profile, sampling=replace(profile.sampling, **self._sampling_changes))  # type: ignore[arg-type]

    def override_sampling(self, **changes: float) -> None:
        """Draw every shown reply with these values instead of the profile's, such as ``temperature=0``."""
        self._sampling_changes = changes

    @property
    def engine(self) -> Engine | None:
        return self._engine

    def switch_profile(self, profile_id: str) -> Profile:
        """Let another voice speak from the next turn on. Raises `UnknownProfile`."""
        self._profile = self._profiles.get(profile_id)
        return self._profile

    def use_engine(self, engine: Engine) -> None:
        """Go on with another engine; the old one is closed, what it was doing ends as interrupted."""
        old, self._engine = self._engine, engine
        if old is not None:
            old.close()

    def context_use(self) -> ContextUse:
        """How full the active voice's window is. Raises `EngineError` where the model cannot be had."""
        engine = self._need_engine()
        profile = self.profile
        turns = self._windows.of(self.turns, _sequence(profile.id, "visible"))
        used = engine.count(prompt_messages(profile, visible_history(turns), ""))
        return ContextUse(used=used, limit=engine.describe().n_ctx)

    def cancel(self) -> None:
        """Stop the visible reply; what came of it is kept."""
        self._cancel_asked.set()
        if self._visible is not None:
            self._visible.cancel()

    def close(self) -> None:
        """Stop everything. Turns that were waiting for their check become `unjudged: deferred`."""
        self._closed = True
        self.cancel()
        self._line.close()
        for handle in list(self._checks.values()):
            handle.cancel()

    # ---- one turn

    def send(self, text: str) -> Iterator[TurnEvent]:
        """Answer `text`: open the turn, speak, check. Input may be unlocked at `ReplyFinished` or `TurnFailed`.

        No error leaves this iterator but those of the program itself: a `WarmchatError` becomes `TurnFailed`.
        """
        self._cancel_asked.clear()
        profile = self.profile
        turn = self._new_turn(text, profile)
        yield from self._record.opened(turn, profile)
        yield TurnOpened(turn)
        reply = yield from self._speak(turn, profile)
        if reply is not None:
            yield from self._check(turn.id, profile)

    def check_now(self, turn_id: str) -> Iterator[TurnEvent]:
        """Make the shadow reply and the verdict of a turn that has none; before other checks."""
        turn = self._turn(turn_id)
        yield ShadowStarted(turn_id)
        yield from self._compare(turn, Priority.ASKED)

    def _speak(self, turn: Turn, profile: Profile) -> Generator[TurnEvent, None, Reply | None]:
        sequence = _sequence(profile.id, "visible")
        draft = Reply(new_id(), "shown", profile.id, profile.hash, "", "interrupted")
        try:
            engine = self._need_engine()
            earlier = [t for t in self.turns if t.id != turn.id]
            kept = yield from self._fit(turn, earlier, profile, sequence, visible_history)
            job = direct_job(
                profile, visible_history(kept), turn.user_text, sequence=sequence, priority=Priority.VISIBLE
            )
            self._visible = handle = engine.submit(job)
            if self._cancel_asked.is_set():
                handle.cancel()
            finished = yield from self._stream(turn, draft, handle)
        except WarmchatError as error:
            yield from self._fail(turn, error)
            return None
        finally:
            self._visible = None
        reply = _filled(draft, finished)
        self._update(turn.id, reply=reply)
        yield from self._record.said(turn, reply)
        yield ReplyFinished(turn.id, reply)
        return reply

    def _stream(self, turn: Turn, draft: Reply, handle: Handle) -> Generator[TurnEvent, None, Finished]:
        """Pass the engine's events on and keep the text in memory and in the log as it comes."""
        parts: list[str] = []
        saved_at = time.monotonic()
        try:
            for event in handle:
                match event:
                    case Progress(done, total):
                        yield PromptRead(turn.id, done, total)
                    case Fragment(text):
                        parts.append(text)
                        yield FragmentArrived(turn.id, text)
                        if time.monotonic() - saved_at >= SAVE_EVERY_S:
                            saved_at = time.monotonic()
                            yield from self._keep_partial(turn, draft, parts)
                    case Finished():
                        return event
        except WarmchatError:
            yield from self._keep_partial(turn, draft, parts)
            raise
        raise EngineLost("The engine ended a reply without saying so", "send the message again")

    def _keep_partial(self, turn: Turn, draft: Reply, parts: Sequence[str]) -> Iterator[TurnEvent]:
        if not parts:
            return
        thinking, text = split_thinking("".join(parts))
        partial = replace(draft, text=text, thinking=thinking)
        self._update(turn.id, reply=partial)
        yield from self._record.said(turn, partial)

    def _fail(self, turn: Turn, error: WarmchatError) -> Iterator[TurnEvent]:
        verdict = unjudged(f"the reply was not finished: {error.message}")
        self._update(turn.id, error=error.message, verdict=verdict)
        yield from self._record.failed(self._turn(turn.id))
        yield TurnFailed(turn.id, error.message, error.hint)

    # ---- the check

    def _check(self, turn_id: str, profile: Profile) -> Iterator[TurnEvent]:
        turn = self._turn(turn_id)
        if self.rules.shadow == "off" or (self.rules.shadow == "other" and profile.id == self.rules.reference):
            return
        assert turn.reply is not None
        if turn.reply.stop == "cancelled":
            yield from self._conclude(turn, unjudged("the reply was cancelled"), None)
            return
        if not turn.reply.text.strip():
            yield from self._conclude(turn, unjudged("the reply is empty"), None)
            return
        yield ShadowStarted(turn_id)
        with self._line.place(turn_id) as my_turn:
            if my_turn.wait():
                yield from self._compare(self._turn(turn_id), Priority.SHADOW)
            else:
                why = CLOSED_BEFORE if self._closed else "deferred: too many checks were waiting"
                yield from self._conclude(turn, unjudged(why), None)

    def _compare(self, turn: Turn, priority: Priority) -> Iterator[TurnEvent]:
        """The shadow reply, then the verdict."""
        if turn.reply is None or not turn.reply.text.strip():
            yield from self._conclude(turn, unjudged("there is no reply to compare"), None)
            return
        try:
            shadow = yield from self._shadow_reply(turn, priority)
        except WarmchatError as error:
            reason = "the engine was lost" if isinstance(error, EngineLost) else error.message
            yield from self._conclude(turn, unjudged(f"no shadow reply: {reason}"), None)
            return
        if shadow.stop == "cancelled":
            why = CLOSED_BEFORE if self._closed else "the check was cancelled"
            yield from self._conclude(turn, unjudged(why), None)
            return
        earlier = self._earlier(turn)
        verdict = self._detector.detect(
            turn.user_text, visible_history(earlier), turn.reply.text, shadow.text
        )
        yield from self._conclude(turn, self._with_blind_spot(verdict, turn, earlier), shadow)

    def _shadow_reply(self, turn: Turn, priority: Priority) -> Generator[TurnEvent, None, Reply]:
        engine = self._need_engine()
        reference = self._profiles.get(self.rules.reference)
        if turn.profile == reference.id:  # its own noise: a second sample, so something must be drawn
            warmer = replace(reference.sampling, temperature=max(reference.sampling.temperature, 0.7), seed=None)
            reference = replace(reference, sampling=warmer)
        mode = turn.shadow_history
        sequence = _sequence(reference.id, mode)

        def history_of(turns: Sequence[Turn]) -> list[Message]:
            return reference_history(turns, reference.id, mode)

        kept = yield from self._fit(turn, self._earlier(turn), reference, sequence, history_of)
        job = direct_job(reference, history_of(kept), turn.user_text, sequence=sequence, priority=priority)
        handle = self._checks[turn.id] = engine.submit(job)
        if self._closed:  # closed between the wait and now: nobody else will cancel it
            handle.cancel()
        try:
            finished = next((event for event in handle if isinstance(event, Finished)), None)
        finally:
            self._checks.pop(turn.id, None)
        if finished is None:
            raise EngineLost("The engine ended a reply without saying so")
        return _filled(Reply(new_id(), "shadow", reference.id, reference.hash, "", "interrupted"), finished)

    def _with_blind_spot(self, verdict: Verdict, turn: Turn, earlier: Sequence[Turn]) -> Verdict:
        """Say so where the message points at words that the reference never read."""
        unread = any(t.reply is not None and t.reply.profile != self.rules.reference for t in earlier)
        if turn.shadow_history == "visible" or not unread or not points_back(turn.user_text):
            return verdict
        note = f"{verdict.reason}; the {self.rules.reference} has not read the earlier reply this message points at"
        return replace(verdict, reason=note)

    def _conclude(self, turn: Turn, verdict: Verdict, shadow: Reply | None) -> Iterator[TurnEvent]:
        self._update(turn.id, verdict=verdict, **({"shadow": shadow} if shadow is not None else {}))
        reference = self._profiles.get(shadow.profile) if shadow is not None else None
        yield from self._record.concluded(self._turn(turn.id), reference)
        yield VerdictReached(turn.id, verdict, shadow)

    # ---- state

    def _new_turn(self, text: str, profile: Profile) -> Turn:
        with self._lock:
            kept = self._windows.of(self._turns, _sequence(profile.id, "visible"))
            turn = Turn(
                id=new_id(),
                session_id=self.id,
                parent_id=self._parent_id(),
                user_text=text,
                created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                profile=profile.id,
                shadow_history=self.rules.shadow_history,
                window=tuple(t.id for t in kept),
                off_record=self.off_record,
            )
            self._turns.append(turn)
            return turn

    def _parent_id(self) -> str | None:
        """The turn before, among those that share this one's fate: a logged turn never hangs on an unlogged one."""
        candidates = self._turns if self.off_record else [t for t in self._turns if not t.off_record]
        return candidates[-1].id if candidates else None

    def _fit(
        self,
        turn: Turn,
        earlier: Sequence[Turn],
        profile: Profile,
        sequence: str,
        history_of: Callable[[Sequence[Turn]], list[Message]],
    ) -> Generator[TurnEvent, None, list[Turn]]:
        """The earlier turns that this voice can read; moves its window where it is full, and says so for a reply."""
        engine = self._need_engine()
        kept, dropped = self._windows.fit(
            earlier,
            sequence,
            prompt_of=lambda turns: prompt_messages(profile, history_of(turns), turn.user_text),
            count=engine.count,
            n_ctx=engine.describe().n_ctx,
            max_tokens=profile.sampling.max_tokens,
        )
        if dropped and sequence == _sequence(turn.profile, "visible"):
            window = tuple(t.id for t in kept)
            self._update(turn.id, window=window)
            yield from self._record.window_moved(turn, window)
            yield WindowMoved(turn.id, tuple(t.id for t in dropped))
        return kept

    def _earlier(self, turn: Turn) -> list[Turn]:
        with self._lock:
            ids = [t.id for t in self._turns]
            return self._turns[: ids.index(turn.id)]

    def _turn(self, turn_id: str) -> Turn:
        with self._lock:
            return next(t for t in self._turns if t.id == turn_id)

    def _update(self, turn_id: str, **changes: object) -> None:
        with self._lock:
            for index, turn in enumerate(self._turns):
                if turn.id == turn_id:
                    self._turns[index] = replace(turn, **changes)  # type: ignore[arg-type]  # names are checked by tests

    def _need_engine(self) -> Engine:
        if self._engine is None:
            raise NoModel("There is no model to answer", NO_MODEL_HINT)
        return self._engine


def _sequence(profile: str, what: str) -> str:
    return f"{profile}/{what}"


def _filled(draft: Reply, finished: Finished) -> Reply:
    thinking, text = split_thinking(finished.text)
    return replace(
        draft,
        text=text,
        thinking=thinking,
        stop=finished.stop,
        usage=finished.usage,
        timings=finished.timings,
        origin=finished.origin,
    )
