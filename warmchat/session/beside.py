"""What stands beside the turns: what other voices answered when they were asked, and what the user thinks of it."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from warmchat.compare.detector import EARLIER_TURNS, Detector
from warmchat.domain.conversation import split_thinking, visible_history
from warmchat.domain.errors import EngineLost, NotFound, WarmchatError
from warmchat.domain.mark import Mark
from warmchat.domain.profile import Profile
from warmchat.domain.turn import (
    OtherFailed,
    OtherFinished,
    OtherFragment,
    PromptRead,
    Reply,
    ReplyKept,
    Turn,
    TurnEvent,
    TurnMarked,
    new_id,
)
from warmchat.domain.verdict import Verdict
from warmchat.engine.protocol import Finished, Fragment, Handle, Priority, Progress
from warmchat.session.filled import begun, blank, shown
from warmchat.session.parts import Parts, Reader
from warmchat.session.speech import carried_out
from warmchat.voices.direct import prompt_messages
from warmchat.voices.rewrite import Check
from warmchat.voices.speaking import speak
from warmchat.voices.strategy import Step
from warmchat.voices.window import Windows


class Beside:
    """Other answers and marks, by turn. Answers are asked for, kept, and put aside; nothing is thrown away.

    Args:
        alternatives: other answers that the log holds, by turn. marks: the marks, by turn.
    """

    def __init__(
        self,
        parts: Parts,
        detector: Detector,
        alternatives: Mapping[str, Sequence[Reply]],
        marks: Mapping[str, Mark],
    ) -> None:
        self._parts = parts
        self._detector = detector
        self._answers = {turn_id: list(replies) for turn_id, replies in alternatives.items()}
        self._marks = dict(marks)
        self._verdicts: dict[str, Verdict | None] = {}  # of replies that were put aside, by their ids
        self._asking: _Asking | None = None

    def answers(self, turn_id: str) -> tuple[Reply, ...]:
        """What other voices answered, oldest first."""
        return tuple(self._answers.get(turn_id, ()))

    def mark(self, turn_id: str) -> Mark | None:
        """What the user thinks of the turn's answers."""
        return self._marks.get(turn_id)

    # ---- asking

    def ask(self, turn_id: str, profile_id: str) -> Iterator[TurnEvent]:
        """Let another voice answer a past turn, having read what the turn's reply could read, with the reply's seed.

        It can be cancelled from now on; it begins with the first event that is asked for.
        """
        self._asking = asking = _Asking()
        return self._asked(turn_id, profile_id, asking)

    def _asked(self, turn_id: str, profile_id: str, asking: _Asking) -> Iterator[TurnEvent]:
        turn = self._parts.transcript.turn(turn_id)
        try:
            profile = self._parts.profiles.get(profile_id)
            reply = yield from self._answer(turn, profile, asking)
        except WarmchatError as error:
            if asking.partial is not None:
                yield from self._put_beside(turn, asking.partial, profile)
            yield OtherFailed(turn_id, error.message, error.hint)
            return
        if not reply.text.strip():
            why = "It was stopped before its first word" if reply.stop == "cancelled" else "The answer is empty"
            yield OtherFailed(turn_id, why, "")
            return
        yield from self._put_beside(turn, reply, profile)

    def cancel(self) -> None:
        """Stop the answer that is coming, also where the engine has not been asked yet; what came of it is kept."""
        if self._asking is not None:
            self._asking.cancel()

    def _put_beside(self, turn: Turn, reply: Reply, profile: Profile) -> Iterator[TurnEvent]:
        self._answers.setdefault(turn.id, []).append(self._parts.transcript.kept(reply))
        yield from self._parts.record.answered_by_other(turn, reply, profile)
        yield OtherFinished(turn.id, reply)

    def _answer(self, turn: Turn, profile: Profile, asking: _Asking) -> Generator[TurnEvent, None, Reply]:
        parts = self._parts
        setting = parts.dials.setting(profile, parts.base_of(profile))
        reader = parts.reader_for(profile)
        kept = self._read_by(turn, reader)
        voice, reference, cold = parts.speakers(_with_seed_of(turn.reply, profile), reader, kept, setting)
        check = Check(turn.user_text, visible_history(kept), self._detector)
        strategy = speak(voice, reference, turn.user_text, check, Priority.ASKED)
        coming = blank("alternative", profile, kept)
        info = parts.need_engine().describe()

        def done(step: Step) -> Generator[TurnEvent, None, Finished]:
            return self._done(turn, step, begun(coming, step.job, info, setting), asking)

        said = yield from carried_out(strategy, done)
        if said.way != "direct":
            yield OtherFragment(turn.id, said.text)
        info = parts.engine_of(said, profile).describe()
        return shown(begun(coming, said.job, info, cold if said.way == "cold" else setting), said)

    def _done(self, turn: Turn, step: Step, draft: Reply, asking: _Asking) -> Generator[TurnEvent, None, Finished]:
        handle = asking.took(self._parts.engine_for(step.model).submit(step.job))
        come = ""
        for event in handle:
            if isinstance(event, Fragment) and step.role == "shown":
                come += event.text
                thinking, text = split_thinking(come)
                asking.partial = replace(draft, text=text, thinking=thinking) if text.strip() else None
                yield OtherFragment(turn.id, event.text)
            elif isinstance(event, Progress):
                yield PromptRead(turn.id, event.done, event.total)
            elif isinstance(event, Finished):
                return event
        raise EngineLost("The engine ended an answer without saying so", "ask again")

    def _read_by(self, turn: Turn, reader: Reader) -> list[Turn]:
        """The earlier turns that the turn's reply could read; fewer where this voice's own prompt is longer."""
        engine, earlier = self._parts.need_engine(), self._parts.transcript.before(turn.id)
        if turn.window:
            read = set(turn.window)
            earlier = [each for each in earlier if each.id in read]
        kept, _ = Windows().fit(
            earlier,
            "beside",
            prompt_of=lambda turns: prompt_messages(reader.profile, reader.history_of(turns), turn.user_text),
            count=engine.count,
            n_ctx=engine.describe().n_ctx,
            max_tokens=reader.profile.sampling.max_tokens,
        )
        return kept

    # ---- keeping

    def keep(self, turn_id: str, reply_id: str) -> Iterator[TurnEvent]:
        """Let another voice's answer be the turn's reply; the reply that was shown is put aside.

        Where something was said after the turn, it was said to the other reply: so the answer goes to a turn of its
        own beside this one, and the conversation goes on from there.

        Raises:
            NotFound: the turn has no such answer.
        """
        turn, other = self._parts.transcript.turn(turn_id), self._found(turn_id, reply_id)
        self._answers[turn_id].remove(other)
        shown = replace(other, role="shown")
        if self._parts.transcript.followed(turn_id):
            yield from self._branch(turn, shown)
        else:
            yield from self._exchange(turn, shown)

    def _exchange(self, turn: Turn, shown: Reply) -> Iterator[TurnEvent]:
        if turn.reply is not None:
            self._answers[turn.id].append(replace(turn.reply, role="alternative"))
            self._verdicts[turn.reply.id] = turn.verdict
        verdict = self._verdicts.pop(shown.id, None)
        turn = self._parts.transcript.update(turn.id, reply=shown, profile=shown.profile, verdict=verdict, error="")
        yield from self._parts.record.kept(turn, shown)
        yield ReplyKept(turn.id, turn)

    def _branch(self, turn: Turn, shown: Reply) -> Iterator[TurnEvent]:
        parts = self._parts
        profile = parts.profiles.get(shown.profile)
        new = replace(
            turn,
            id=new_id(),
            parent_id=parts.transcript.parent_beside(turn.id, off_record=turn.off_record),
            created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            profile=shown.profile,
            reply=shown,
            shadow=None,
            verdict=None,
            error="",
        )
        parts.transcript.add_beside(new, turn.id)
        parts.transcript.show_branch(new.id)
        yield from parts.record.branched(new, profile)
        yield ReplyKept(turn.id, new)

    def compared(self, turn_id: str, reply_id: str) -> Verdict | None:
        """Where the shown reply and this answer part, by the detector; None where there is no reply. May take a moment.

        Both voices read the same words, so this is no check: it is not logged and raises no flag.

        Raises:
            NotFound: the turn has no such answer.
        """
        turn, other = self._parts.transcript.turn(turn_id), self._found(turn_id, reply_id)
        if turn.reply is None or not turn.reply.text.strip():
            return None
        history = visible_history(self._parts.transcript.before(turn_id)[-EARLIER_TURNS:])
        return self._detector.detect(turn.user_text, history, turn.reply.text, other.text)

    def _found(self, turn_id: str, reply_id: str) -> Reply:
        for reply in self._answers.get(turn_id, ()):
            if reply.id == reply_id:
                return reply
        raise NotFound("There is no such answer beside this turn")

    # ---- marking

    def set_mark(self, turn_id: str, mark: Mark | None) -> Iterator[TurnEvent]:
        """What the user thinks of the turn's two answers; None takes it back."""
        if mark is None:
            self._marks.pop(turn_id, None)
        else:
            self._marks[turn_id] = mark
        yield from self._parts.record.marked(self._parts.transcript.turn(turn_id), mark)
        yield TurnMarked(turn_id, mark)


class _Asking:
    """One answer while it is being made. It can be stopped from another thread, at whatever step it is.

    Attributes:
        partial: what came of it so far, for where the engine is lost; None before the first word.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handle: Handle | None = None
        self._cancelled = False
        self.partial: Reply | None = None

    def took(self, handle: Handle) -> Handle:
        """The engine works on it now."""
        with self._lock:
            self._handle = handle
            if self._cancelled:
                handle.cancel()
        return handle

    def cancel(self) -> None:
        """Stop it."""
        with self._lock:
            self._cancelled = True
            if self._handle is not None:
                self._handle.cancel()


def _with_seed_of(reply: Reply | None, profile: Profile) -> Profile:
    """The voice with the seed that the shown reply was drawn with, where it draws at all."""
    if reply is None or not reply.origin.seed or profile.sampling.temperature <= 0:
        return profile
    return replace(profile, sampling=replace(profile.sampling, seed=reply.origin.seed))
