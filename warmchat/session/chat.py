"""One conversation: a message goes in, the events of its turn come out. The whole flow of a turn stands in `send`.

The session knows neither screen nor llama.cpp. It may be used from several threads: the visible reply of the next turn
does not wait for the check of the last one.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from warmchat.compare.detector import Detector
from warmchat.domain.errors import WarmchatError
from warmchat.domain.mark import Mark
from warmchat.domain.profile import Profile
from warmchat.domain.turn import (
    Noticed,
    Reply,
    ReplyFinished,
    ShadowStarted,
    Turn,
    TurnEvent,
    TurnFailed,
    TurnOpened,
    new_id,
)
from warmchat.domain.verdict import unjudged
from warmchat.engine.protocol import Engine, Handle, Priority
from warmchat.models.adapters import AdapterShelf
from warmchat.profiles.library import ProfileLibrary
from warmchat.session.beside import Beside
from warmchat.session.check import Checker
from warmchat.session.dials import Dials
from warmchat.session.going_on import cannot_go_on, gone_on, joined
from warmchat.session.others import FindModel, OtherModels, no_others
from warmchat.session.parts import Parts
from warmchat.session.record import TurnRecorder
from warmchat.session.rules import ContextUse, SessionRules
from warmchat.session.speech import Speech
from warmchat.session.transcript import Transcript
from warmchat.voices.direct import asked_anew, direct_job, prompt_messages
from warmchat.voices.reading import read_job
from warmchat.voices.setting import Changes, Key, Setting

if TYPE_CHECKING:
    from warmchat.storage.log import SessionLog

COMPANION = "companion"
TRIAL_SEED = 1


class ChatSession:
    """A conversation with one engine, one log and the profiles.

    Args:
        engine: None while there is no model; `send` then fails the turn with a hint.
        adapters: where adapters are found; None: there are none.
        other_model: the model of a name that a profile gives beside the chat's own; closed with the session.
        turns: the path of a session that is resumed, oldest first. others: its turns on other branches.
        alternatives, drafts, marks: what the log holds beside its turns, by turn.
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
        adapters: AdapterShelf | None = None,
        other_model: FindModel = no_others,
        session_id: str | None = None,
        turns: Sequence[Turn] = (),
        others: Sequence[Turn] = (),
        alternatives: Mapping[str, Sequence[Reply]] | None = None,
        drafts: Mapping[str, Reply] | None = None,
        marks: Mapping[str, Mark] | None = None,
    ) -> None:
        self.id = session_id or new_id()
        self.rules = rules
        self.off_record = False
        transcript = Transcript(turns, others)
        self._parts = Parts(
            engine, profiles, rules, transcript, TurnRecorder(log, transcript.turn),
            Dials(adapters if adapters is not None else AdapterShelf([])), OtherModels(other_model),
            drafts=dict(drafts or {}),
        )  # fmt: skip
        self._checker = Checker(self._parts, detector)
        self.beside = Beside(self._parts, detector, alternatives or {}, marks or {})
        self._profile = profiles.get(profile)
        self._sampling_changes: dict[str, dict[str, float]] = {}  # by profile
        self._speech = Speech(self._parts, detector)
        self._reading: list[Handle] = []
        self._noticed: set[str] = set()
        self._closed = False
        if turns and turns[-1].window and turns[-1].window[0] in {t.id for t in turns}:
            self._parts.windows.begin_at(self._parts.sequence_for(turns[-1]), turns, turns[-1].window[0])

    # ---- what the screen asks

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns on the screen, oldest first: one path through the tree."""
        return self._parts.transcript.turns

    def branches(self, turn_id: str) -> tuple[str, ...]:
        """Ids of the turns at the place of this one, itself included, oldest first."""
        return self._parts.transcript.branches(turn_id)

    def cannot_go_on(self, turn_id: str) -> str:
        """Why this turn's reply cannot be gone on with, in words; empty where it can be."""
        transcript = self._parts.transcript
        return cannot_go_on(transcript.turn(turn_id), followed=transcript.followed(turn_id))

    def go_back(self, turn_id: str) -> None:
        """Let the conversation end before this turn: the next message takes its place, and it stays on its branch."""
        self._parts.transcript.go_back(turn_id)

    def show_branch(self, turn_id: str) -> None:
        """Let the conversation lead through this turn, and on to where that branch was left."""
        self._parts.transcript.show_branch(turn_id)

    def save_place(self) -> Iterator[TurnEvent]:
        """Let the session be gone on with, when it is resumed, on the branch that stands on the screen."""
        logged = [turn for turn in self.turns if not turn.off_record]
        if logged:
            yield from self._parts.record.placed(logged[-1])

    @property
    def profile(self) -> Profile:
        """The active profile, as its file says it now, with what was overridden."""
        self._profile = profile = self._parts.profiles.get(self._profile.id)
        changes = self._sampling_changes.get(profile.id)
        if not changes:
            return profile
        return replace(profile, sampling=replace(profile.sampling, **changes))  # type: ignore[arg-type]  # names were checked

    @property
    def engine(self) -> Engine | None:
        return self._parts.engine

    def switch_profile(self, profile_id: str) -> Profile:
        """Let another voice speak from the next turn on. Raises `UnknownProfile`."""
        self._profile = self._parts.profiles.get(profile_id)
        return self._profile

    def override_sampling(self, **changes: float) -> None:
        """Draw every shown reply of the active voice with these values instead of its profile's, such as
        ``temperature=0``; all others are as its file says. They are not checked here."""
        self._sampling_changes[self._profile.id] = changes

    @property
    def sampling_changes(self) -> Mapping[str, float]:
        """The values that the active voice draws with instead of its profile's."""
        return self._sampling_changes.get(self._profile.id, {})

    def setting(self, *, others: bool = False) -> Setting:
        """The active voice's adapters and warmth dial for the loaded model; waits until it is loaded.

        Args:
            others: also the adapters that there are for this model and the voice does not use.

        Raises:
            EngineError, ModelError: there is no model, or it cannot be had.
        """
        profile = self.profile
        return self._parts.dials.setting(profile, self._parts.base_of(profile), others=others)

    def turn_dial(self, position: float | None) -> None:
        """Move the active voice's warmth dial, from the next turn on.

        Args:
            position: -1 to +1; None: where the profile's file says, also after it is edited.

        Raises:
            SettingsError: no such position.
        """
        self._parts.dials.turn_to(self.profile, position)

    def step_dial(self, direction: int) -> None:
        """Move the active voice's warmth dial by a step, also before it is known where it stands."""
        self._parts.dials.step(self.profile, direction)

    def set_strength(self, adapter: Key, strength: float | None) -> None:
        """Give one of the active voice's adapters another raw strength, from the next turn on; nothing is loaded anew.

        Args:
            adapter: its `AdapterState.key`; `AdapterState.checked` says which strengths it may have.
            strength: None: what the profile's file says, also after it is edited.
        """
        self._parts.dials.set_strength(self.profile, adapter, strength)

    def reset_adapters(self) -> None:
        """Let all of the active voice's adapters be as its profile's file says, from the next turn on."""
        self._parts.dials.reset(self.profile)

    def use_engine(self, engine: Engine) -> None:
        """Go on with another engine; the old one is closed, what it was doing ends as interrupted."""
        old, self._parts.engine = self._parts.engine, engine
        if old is not None:
            old.close()

    def context_use(self) -> ContextUse:
        """How full the active voice's window is. Raises `EngineError` where the model cannot be had."""
        engine = self._parts.need_engine()
        reader = self._parts.reader_for(self.profile)
        turns = self._parts.windows.of(self.turns, reader.sequence)
        used = engine.count(prompt_messages(reader.profile, reader.history_of(turns), ""))
        return ContextUse(used=used, limit=engine.describe().n_ctx)

    def try_out(self, profile: Profile, text: str) -> Handle:
        """Let a profile answer one message by itself, also one that stands in no file. Nothing of it is kept.

        Its prompt, sampling and adapters answer; its strategy has no part in it. What is drawn is drawn with one seed,
        so that two profiles can be told apart. Raises `WarmchatError`.
        """
        parts = self._parts
        engine = parts.need_engine()
        setting = parts.dials.own_setting(profile, parts.base())
        seed = TRIAL_SEED if profile.sampling.seed is None else profile.sampling.seed
        seeded = replace(profile, sampling=replace(profile.sampling, seed=seed))
        return engine.submit(
            direct_job(seeded, [], text, sequence="trial", priority=Priority.ASKED, adapters=setting.adapters)
        )

    def cancel(self) -> None:
        """Stop the visible reply; what came of it is kept."""
        self._speech.cancel()

    def close(self) -> None:
        """Stop everything. Turns that were waiting for their check become `unjudged: deferred`."""
        self._closed = True
        self.cancel()
        self.beside.cancel()
        self._stop_reading()
        self._checker.close()
        self._parts.others.close()
        for _ in self._parts.record.catch_up():  # the last chance
            pass

    @property
    def unsaved(self) -> bool:
        """Whether something of the session is not in the log yet, because the log could not be written."""
        return self._parts.record.waiting

    def catch_up(self) -> Iterator[TurnEvent]:
        """Write what could not be written, where that works now."""
        yield from self._parts.record.catch_up()

    # ---- one turn

    def send(self, text: str, *, anew: bool = False) -> Iterator[TurnEvent]:
        """Answer `text`: open the turn, speak, check. Input may be unlocked at `ReplyFinished` or `TurnFailed`.

        No error leaves this iterator but those of the program itself: a `WarmchatError` becomes `TurnFailed`.

        Args:
            anew: with a new draw, also where the voice's file asks for none: it answered this message before.
        """
        self._speech.begin()
        self._stop_reading()
        profile = asked_anew(self.profile) if anew else self.profile
        changes = self._parts.dials.changes(profile)  # what is changed from now on is for the next turn
        turn = self._new_turn(text, profile)
        yield from self._parts.record.opened(turn, profile)
        yield TurnOpened(turn)
        reply = yield from self._speak(turn, profile, changes)
        if reply is not None:
            yield from self._checker.check(turn.id, profile)
            self._read_ahead(profile)

    def go_on(self, turn_id: str) -> Iterator[TurnEvent]:
        """Go on with a reply that was cut, drawn as it was begun, and check it anew; see `cannot_go_on`."""
        self._speech.begin()
        self._stop_reading()
        parts, turn = self._parts, self._parts.transcript.turn(turn_id)
        try:
            said, draft, job = yield from gone_on(parts, turn)
            turn = parts.transcript.update(turn_id, verdict=None, error="")
            finished = yield from self._speech.stream(turn, draft, job, said=said)
        except WarmchatError as error:
            yield from self._fail(turn, error)
            return
        reply = joined(draft, said, finished)
        turn = parts.transcript.update(turn_id, reply=reply)
        yield from parts.record.gone_on(turn, reply)
        yield ReplyFinished(turn_id, reply)
        profile = parts.profiles.get(reply.profile)
        yield from self._checker.check(turn_id, profile)
        self._read_ahead(profile)

    def check_now(self, turn_id: str) -> Iterator[TurnEvent]:
        """Make the shadow reply and the verdict of a turn that has none; before other checks."""
        yield ShadowStarted(turn_id)
        yield from self._checker.compare(self._parts.transcript.turn(turn_id), Priority.ASKED)

    def _speak(self, turn: Turn, profile: Profile, changes: Changes) -> Generator[TurnEvent, None, Reply | None]:
        parts = self._parts
        try:
            setting = parts.dials.setting(profile, parts.base_of(profile), changes)
            yield from self._notices(turn, setting)
            reply = yield from self._speech.reply(turn, profile, setting)
        except WarmchatError as error:
            yield from self._fail(turn, error)
            return None
        turn = parts.transcript.update(turn.id, reply=reply)
        yield from parts.record.said(turn, reply)
        yield ReplyFinished(turn.id, reply)
        return reply

    def _fail(self, turn: Turn, error: WarmchatError) -> Iterator[TurnEvent]:
        verdict = unjudged(f"the reply was not finished: {error.message}")
        turn = self._parts.transcript.update(turn.id, error=error.message, verdict=verdict)
        yield from self._parts.record.failed(turn)
        yield TurnFailed(turn.id, error.message, error.hint)

    def _notices(self, turn: Turn, setting: Setting) -> Iterator[TurnEvent]:
        """What the profile asks for and this model has no file for, once."""
        for message, hint in setting.missing:
            if message not in self._noticed:
                self._noticed.add(message)
                yield Noticed(turn.id, message, hint)

    def _new_turn(self, text: str, profile: Profile) -> Turn:
        kept = self._parts.windows.of(self.turns, self._parts.reader_for(profile).sequence)
        turn = Turn(
            id=new_id(),
            session_id=self.id,
            parent_id=self._parts.transcript.parent_for(off_record=self.off_record),
            user_text=text,
            created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            profile=profile.id,
            shadow_history=self.rules.shadow_history,
            window=tuple(t.id for t in kept),
            off_record=self.off_record,
        )
        self._parts.transcript.add(turn)
        return turn

    # ---- reading ahead

    def _read_ahead(self, speaking: Profile) -> None:
        """Let the voices that did not speak read the transcript while nothing else is asked of the engine."""
        parts = self._parts
        if self._closed or parts.engine is None or not self.rules.read_ahead:
            return
        switch_to = {COMPANION} & set(parts.profiles.ids())  # nobody switches only to what has spoken already
        voices = {self.rules.reference, *switch_to, *(turn.profile for turn in self.turns)} - {speaking.id}
        for profile_id in sorted(voices):
            try:
                profile = parts.profiles.get(profile_id)
                if profile.strategy == "rewrite":  # it reads nothing but drafts
                    continue
                setting, reader = parts.dials.setting(profile, parts.base()), parts.reader_for(profile)
                history = reader.history_of(parts.windows.of(self.turns, reader.sequence))
                handle = parts.engine.submit(
                    read_job(profile, history, sequence=reader.sequence, adapters=setting.adapters)
                )
                self._reading.append(handle)
                for _ in handle:
                    pass
                self._done_reading(handle)
            except WarmchatError:  # it is a courtesy: the voice will read when it is asked
                return

    def _done_reading(self, handle: Handle) -> None:
        """It holds all that was read: a whole transcript, until the next message."""
        self._reading = [each for each in self._reading if each is not handle]

    def _stop_reading(self) -> None:
        """A message has come: what is read ahead now would be read for nothing."""
        reading, self._reading = self._reading, []
        for handle in reading:
            handle.cancel()
