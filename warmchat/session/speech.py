"""The shown reply as it is made: each step of its strategy is asked of the engine, streamed and kept, and can stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

from warmchat.compare.detector import Detector
from warmchat.domain.conversation import split_thinking, visible_history
from warmchat.domain.errors import EngineLost, WarmchatError
from warmchat.domain.profile import Profile
from warmchat.domain.turn import (
    DraftFinished,
    FragmentArrived,
    Noticed,
    PromptRead,
    Reply,
    StageReached,
    Turn,
    TurnEvent,
)
from warmchat.engine.protocol import Finished, Fragment, Handle, Job, Progress
from warmchat.session.filled import begun, blank, filled, shown
from warmchat.session.parts import Parts
from warmchat.voices.direct import question_of
from warmchat.voices.rewrite import Check
from warmchat.voices.setting import Setting
from warmchat.voices.speaking import speak
from warmchat.voices.strategy import Said, Step, Strategy

SAVE_EVERY_S = 0.5  # what was streamed is in the log at least twice a second


class Speech:
    """Makes the shown replies of one session, one at a time."""

    def __init__(self, parts: Parts, detector: Detector) -> None:
        self._parts = parts
        self._detector = detector
        self._handle: Handle | None = None
        self._noticed: set[str] = set()
        self._cancel_asked = threading.Event()

    def begin(self) -> None:
        """A message has come: what was asked to stop before is no longer meant."""
        self._cancel_asked.clear()

    def cancel(self) -> None:
        """Stop the reply that is coming, whatever step it is at."""
        self._cancel_asked.set()
        if self._handle is not None:
            self._handle.cancel()

    def reply(self, turn: Turn, profile: Profile, setting: Setting) -> Generator[TurnEvent, None, Reply]:
        """The voice's reply to the turn's message, by the strategy of its profile.

        Raises:
            WarmchatError: it could not be made; what was streamed of it is kept.
        """
        parts = self._parts
        reader = parts.reader_for(profile)
        kept = yield from parts.fit(turn, reader)
        voice, reference, cold = parts.speakers(profile, reader, kept, setting)
        coming = blank("shown", profile, kept)

        def done(step: Step) -> Generator[TurnEvent, None, Finished]:
            return self._done(turn, step, coming, setting if step.role != "draft" else cold, reader.profile)

        check = Check(turn.user_text, visible_history(kept), self._detector)
        strategy = speak(voice, reference, turn.user_text, check)
        said = yield from carried_out(strategy, done)
        if said.way != "direct":  # held back until it was checked
            yield FragmentArrived(turn.id, said.text)
        # A reply that was left cold is the reference's in all but name.
        info = parts.engine_of(said, profile).describe()
        drawn = begun(coming, said.job, info, cold if said.way == "cold" else setting)
        return shown(drawn, said)

    def _done(
        self, turn: Turn, step: Step, coming: Reply, setting: Setting, drafts: Profile
    ) -> Generator[TurnEvent, None, Finished]:
        """One step: shown as it comes, or said to be under way."""
        info = self._parts.need_engine().describe()
        if step.role == "shown":
            if step.asked:
                coming = replace(coming, asked=step.asked)
            return (yield from self.stream(turn, begun(coming, step.job, info, setting), step.job))
        if step.stage is not None:
            yield StageReached(turn.id, step.stage)
        finished = yield from self._unseen(turn, step)
        if step.role == "draft":
            draft = blank("draft", drafts, (), asked=step.asked)
            draft = replace(draft, origin=coming.origin)  # it has read the same turns
            draft = filled(begun(draft, step.job, info, setting), finished)
            draft = self._parts.transcript.kept(draft)
            self._parts.drafts[turn.id], self._parts.draft_questions[turn.id] = draft, question_of(step.job)
            yield from self._parts.record.drafted(turn, draft, drafts)
            yield DraftFinished(turn.id, draft)
        return finished

    def _submitted(self, job: Job, model: str = "") -> Handle:
        self._handle = handle = self._parts.engine_for(model).submit(job)
        if self._cancel_asked.is_set():
            handle.cancel()
        return handle

    def _unseen(self, turn: Turn, step: Step) -> Generator[TurnEvent, None, Finished]:
        try:
            for event in self._submitted(step.job, step.model):
                if isinstance(event, Progress) and event.done < event.total:
                    yield PromptRead(turn.id, event.done, event.total)
                elif isinstance(event, Finished):
                    return event
        except WarmchatError as error:
            if step.model and error.message not in self._noticed:  # the strategy goes on without, so it is said here
                self._noticed.add(error.message)
                yield Noticed(turn.id, error.message, error.hint)
            raise
        finally:
            self._handle = None
        raise EngineLost("The engine ended a reply without saying so", "send the message again")

    def stream(self, turn: Turn, draft: Reply, job: Job, *, said: str = "") -> Generator[TurnEvent, None, Finished]:
        """Pass the engine's events on and keep the text in memory and in the log as it comes, after what was said."""
        parts: list[str] = [said] if said else []
        saved_at = time.monotonic()
        try:
            for event in self._submitted(job):
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
        except WarmchatError as error:
            if parts or isinstance(error, EngineLost):  # lost before the first word: how it was asked is worth keeping
                yield from self._keep_partial(turn, draft, parts)
            raise
        finally:
            self._handle = None
        raise EngineLost("The engine ended a reply without saying so", "send the message again")

    def _keep_partial(self, turn: Turn, draft: Reply, fragments: Sequence[str]) -> Iterator[TurnEvent]:
        thinking, text = split_thinking("".join(fragments))
        partial = replace(draft, text=text, thinking=thinking)
        self._parts.transcript.update(turn.id, reply=partial)
        yield from self._parts.record.said(turn, partial)


def carried_out(
    strategy: Strategy, done: Callable[[Step], Generator[TurnEvent, None, Finished]]
) -> Generator[TurnEvent, None, Said]:
    """What the strategy comes to when `done` does its steps. What fails in one is the strategy's to take or pass on."""
    try:
        step = next(strategy)
        while True:
            try:
                finished = yield from done(step)
            except WarmchatError as error:
                step = strategy.throw(error)
            else:
                step = strategy.send(finished)
    except StopIteration as over:
        said: Said = over.value
        return said
