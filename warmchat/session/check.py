"""The check of a turn: the reference answers in the shadow and reads the reply; the detector compares the two."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from warmchat.compare.chance import weighed
from warmchat.compare.detector import EARLIER_TURNS, Detector
from warmchat.compare.pointing import points_back
from warmchat.domain.conversation import Message, reference_history, visible_history
from warmchat.domain.errors import EngineLost, WarmchatError
from warmchat.domain.profile import Profile
from warmchat.domain.scores import KeptScores
from warmchat.domain.turn import Reply, ReplyRole, ReplyScored, ShadowStarted, Turn, TurnEvent, VerdictReached, new_id
from warmchat.domain.verdict import Verdict, unjudged
from warmchat.engine.protocol import EngineInfo, Finished, Handle, Job, Priority
from warmchat.engine.queue import CheckLine
from warmchat.session.filled import begun, blank, filled
from warmchat.session.parts import Parts, Reader, sequence_of
from warmchat.voices.direct import direct_job, drawn_again, question_of, undrawn
from warmchat.voices.neutral import bare_question
from warmchat.voices.reading import score_job
from warmchat.voices.setting import Setting, recorded
from warmchat.voices.strategy import Speaker

CLOSED_BEFORE = "deferred: the program was closed before the check"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a voice is asked for a turn, with the earlier turns that it reads.

    Attributes:
        bare: the bare question that it answers in place of the message; empty: the message itself.
    """

    job: Job
    profile: Profile
    setting: Setting
    kept: Sequence[Turn]
    bare: str = ""

    def begun(self, role: ReplyRole, info: EngineInfo) -> Reply:
        """Its reply, of which nothing is there yet."""
        return begun(blank(role, self.profile, self.kept, asked=self.bare), self.job, info, self.setting)


class Checker:
    """Checks turns, one at a time, oldest first."""

    def __init__(self, parts: Parts, detector: Detector) -> None:
        self._parts = parts
        self._detector = detector
        self._line = CheckLine(parts.rules.backlog)
        self._handles: dict[str, Handle] = {}
        self._asked: dict[str, str] = {}  # by turn, as far as the reference answers bare questions
        self._references: dict[str, Profile] = {}  # by turn, as it answered in the shadow: its file may change since
        self._closed = False

    def close(self) -> None:
        """Cancel what runs; turns that wait become `unjudged: deferred`."""
        self._closed = True
        self._line.close()
        for handle in list(self._handles.values()):
            handle.cancel()

    def check(self, turn_id: str, profile: Profile) -> Iterator[TurnEvent]:
        """Check a turn whose reply is finished, if the rules want it, when it is its go."""
        turn = self._parts.transcript.turn(turn_id)
        assert turn.reply is not None
        rules = self._parts.rules
        # The reference with its adapters changed is not the reference: its replies are checked like any other's.
        is_reference = profile.id == rules.reference and not self._parts.changed(turn.reply, profile)
        if rules.shadow == "off" or (rules.shadow == "other" and is_reference):
            return
        if turn.reply.stop == "cancelled":
            yield from self._conclude(turn, unjudged("the reply was cancelled"), None)
            return
        if not turn.reply.text.strip():
            yield from self._conclude(turn, unjudged("the reply is empty"), None)
            return
        yield ShadowStarted(turn_id)
        with self._line.place(turn_id) as my_turn:
            if my_turn.wait():
                yield from self.compare(self._parts.transcript.turn(turn_id), Priority.SHADOW)
            else:
                why = CLOSED_BEFORE if self._closed else "deferred: too many checks were waiting"
                yield from self._conclude(turn, unjudged(why), None)

    def compare(self, turn: Turn, priority: Priority) -> Iterator[TurnEvent]:
        """The shadow reply, then the verdict, now."""
        if turn.reply is None or not turn.reply.text.strip():
            yield from self._conclude(turn, unjudged("there is no reply to compare"), None)
            return
        try:
            shadow = yield from self._shadow_reply(turn, priority)
        except WarmchatError as error:
            yield from self._conclude(turn, unjudged(f"no shadow reply: {error.message}"), None)
            return
        if shadow.stop == "cancelled":
            why = CLOSED_BEFORE if self._closed else "the check was cancelled"
            yield from self._conclude(turn, unjudged(why), None)
            return
        reply = yield from self._scored(turn, turn.reply)
        try:
            verdict = self._detect(turn, reply, shadow)
        except Exception as error:  # ours or a model's that compares: the turn must not stay without a word about it
            why = f"the check failed: {type(error).__name__}: {error}"
            yield from self._conclude(turn, unjudged(why), shadow)
            return
        if verdict.label == "disagree" and self._parts.rules.samples:
            verdict = yield from self._without_chance(turn, verdict, shadow)
        earlier = self._parts.transcript.before(turn.id)
        yield from self._conclude(turn, self._with_blind_spot(verdict, turn, earlier), shadow)

    def _detect(self, turn: Turn, reply: Reply, shadow: Reply) -> Verdict:
        history = visible_history(self._parts.transcript.before(turn.id)[-EARLIER_TURNS:])
        scores = [score.logprob for score in reply.scores]
        return self._detector.detect(turn.user_text, history, reply.text, shadow.text, scores=scores)

    def _without_chance(self, turn: Turn, flag: Verdict, shadow: Reply) -> Generator[TurnEvent, None, Verdict]:
        """The flag, weighed by what both sides say when they are asked again; as it is where they cannot be asked."""
        try:
            again = yield from self._asked_again(turn)
        except WarmchatError:
            return flag
        reference = [self._detect(turn, one, shadow) for one in again if one.profile == shadow.profile]
        own = [self._detect(turn, one, shadow) for one in again if one.profile != shadow.profile]
        return weighed(flag, reference, own[0] if own else None)

    def _asked_again(self, turn: Turn) -> Generator[TurnEvent, None, list[Reply]]:
        """Further answers of the reference, and what the turn's voice says without sampling. They go into the log."""
        parts = self._parts
        engine = parts.need_engine()
        shadow = yield from self._shadow_job(turn, Priority.NOISE)
        asked = [
            replace(shadow, job=drawn_again(shadow.job, seed)) for seed in range(1, parts.rules.samples + 1)
        ]
        voice = parts.profiles.get(turn.profile)
        now = parts.dials.setting(voice, parts.base())
        # A rewriting was drawn from its draft: asked the message, its voice would answer another question.
        drawn = turn.reply is not None and turn.reply.origin.sampling.temperature > 0 and turn.reply.way == "direct"
        if voice.id != shadow.profile.id and drawn and turn.reply and recorded(now) == turn.reply.origin.adapters:
            reader = parts.reader_for(voice)
            kept = yield from parts.fit(turn, reader)
            spoken = direct_job(
                voice, reader.history_of(kept), turn.reply.asked or turn.user_text, sequence="again",
                priority=Priority.NOISE, adapters=now.adapters,
            )  # fmt: skip
            asked.append(Asked(undrawn(spoken), voice, now, kept, turn.reply.asked))
        handles = [engine.submit(each.job) for each in asked]  # all at once: the engine computes them together
        again = []
        try:
            for each, handle in zip(asked, handles, strict=True):
                draft = each.begun("sample", engine.describe())
                again.append(filled(draft, self._finish(turn, handle)))
        finally:
            for handle in handles[len(again) :]:  # one failed: the others are of no use
                handle.cancel()
        for reply in again:
            yield from parts.record.said(turn, reply)
        return [reply for reply in again if reply.stop != "cancelled"]

    def _shadow_reply(self, turn: Turn, priority: Priority) -> Generator[TurnEvent, None, Reply]:
        engine = self._parts.need_engine()
        asked = yield from self._shadow_job(turn, priority)
        self._references[turn.id] = asked.profile
        known = self._parts.draft_questions.get(turn.id)
        if known is not None and known == question_of(asked.job):  # the reference has answered it, as the draft
            return replace(self._parts.drafts[turn.id], id=new_id(), role="shadow")
        draft = asked.begun("shadow", engine.describe())
        return filled(draft, self._finish(turn, engine.submit(asked.job)))

    def _bare(self, turn: Turn, speaker: Speaker, priority: Priority) -> str:
        """The bare question that the reference answers in place of the message; empty: the message itself."""
        if turn.id not in self._asked:
            known = self._parts.drafts.get(turn.id)
            self._asked[turn.id] = known.asked if known is not None else self._made_bare(turn, speaker, priority)
        return self._asked[turn.id]

    def _made_bare(self, turn: Turn, speaker: Speaker, priority: Priority) -> str:
        steps = bare_question(speaker, turn.user_text, priority)
        try:
            step = next(steps)
            while True:
                step = steps.send(self._finish(turn, self._parts.need_engine().submit(step.job)))
        except StopIteration as over:
            return str(over.value)

    def _shadow_job(self, turn: Turn, priority: Priority) -> Generator[TurnEvent, None, Asked]:
        """What the reference is asked for this turn."""
        parts = self._parts
        reference = parts.profiles.get(parts.rules.reference)
        setting = parts.dials.own_setting(reference, parts.base())
        if turn.profile == reference.id and not (turn.reply and parts.changed(turn.reply, reference)):
            # its own noise: a second sample, so something must be drawn
            warmer = replace(reference.sampling, temperature=max(reference.sampling.temperature, 0.7), seed=None)
            reference = replace(reference, sampling=warmer)
        mode = turn.shadow_history
        sequence = sequence_of(reference.id, mode)

        def history_of(turns: Sequence[Turn]) -> list[Message]:
            return reference_history(turns, reference.id, mode)

        kept = yield from parts.fit(turn, Reader(reference, sequence, history_of))
        speaker = Speaker(reference, history_of(kept), sequence, setting.adapters)
        asked = self._bare(turn, speaker, priority) if reference.neutralise else ""
        return Asked(speaker.job(asked or turn.user_text, priority), reference, setting, kept, asked)

    def _scored(self, turn: Turn, reply: Reply) -> Generator[TurnEvent, None, Reply]:
        """Let the reference read the shown reply and say how likely it found it. A failure here costs nothing else.

        It reads as its file says it, like the shadow: a dial that was moved for its next reply has no say in a check.
        """
        parts = self._parts
        try:
            engine = parts.need_engine()
            reference = parts.profiles.get(parts.rules.reference)
            own_words = turn.profile == reference.id and not parts.changed(reply, reference)
            if own_words or reply.thinking or not engine.describe().capabilities.scores:
                return reply
            reader = parts.reader_for(reference)
            setting = parts.dials.own_setting(reference, parts.base())
            kept = yield from parts.fit(turn, reader)
            job = score_job(
                reference, reader.history_of(kept), turn.user_text, reply.text, sequence=reader.sequence,
                adapters=setting.adapters,
            )  # fmt: skip
            finished = self._finish(turn, engine.submit(job))
        except WarmchatError:
            return reply
        if finished.stop != "end":
            return reply
        reply = replace(reply, scores=KeptScores(finished.scores))
        turn = parts.transcript.update(turn.id, reply=reply)
        yield from parts.record.said(turn, reply)
        yield ReplyScored(turn.id, reply)
        return reply

    def _finish(self, turn: Turn, handle: Handle) -> Finished:
        """Wait for a background job of this turn; closing the session cancels it."""
        self._handles[turn.id] = handle
        if self._closed:  # closed between the wait and now: nobody else will cancel it
            handle.cancel()
        try:
            finished = next((event for event in handle if isinstance(event, Finished)), None)
        finally:
            self._handles.pop(turn.id, None)
        if finished is None:
            raise EngineLost("The engine ended a job without saying so")
        return finished

    def _with_blind_spot(self, verdict: Verdict, turn: Turn, earlier: Sequence[Turn]) -> Verdict:
        """Say so where the message points at words that the reference never read."""
        reference = self._parts.rules.reference
        unread = any(t.reply is not None and t.reply.profile != reference for t in earlier)
        if turn.shadow_history == "visible" or not unread or not points_back(turn.user_text):
            return verdict
        note = f"{verdict.reason}; the {reference} has not read the earlier reply this message points at"
        return replace(verdict, reason=note)

    def _conclude(self, turn: Turn, verdict: Verdict, shadow: Reply | None) -> Iterator[TurnEvent]:
        parts = self._parts
        known = {"shadow": shadow} if shadow is not None else {}
        turn = parts.transcript.update(turn.id, verdict=verdict, **known)
        yield from parts.record.concluded(turn, self._references.pop(turn.id, None))
        yield VerdictReached(turn.id, verdict, shadow)
