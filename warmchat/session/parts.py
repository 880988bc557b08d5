"""What speaking and checking share: the engine, the profiles, the transcript, the windows and dials of the voices."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

from warmchat.domain.conversation import Message, drafted_history, visible_history
from warmchat.domain.errors import NO_MODEL_HINT, NoModel, ProfileError
from warmchat.domain.profile import Profile
from warmchat.domain.turn import Reply, Turn, TurnEvent, WindowMoved
from warmchat.engine.protocol import Engine
from warmchat.profiles.library import ProfileLibrary
from warmchat.session.dials import Dials
from warmchat.session.others import OtherModels
from warmchat.session.record import TurnRecorder
from warmchat.session.rules import SessionRules
from warmchat.session.transcript import Transcript
from warmchat.voices.direct import Question, prompt_messages
from warmchat.voices.rewrite import TRIES
from warmchat.voices.setting import Setting, changed_from
from warmchat.voices.strategy import Said, Speaker
from warmchat.voices.window import Windows

HistoryOf = Callable[[Sequence[Turn]], list[Message]]


def sequence_of(profile: str, what: str) -> str:
    """The name of the token sequence that holds what this voice reads of `what` (``visible``, ``own``, ``message``)."""
    return f"{profile}/{what}"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the transcript for a reply, what of it, and the token sequence that holds it."""

    profile: Profile
    sequence: str
    history_of: HistoryOf


@dataclass
class Parts:
    """The parts of one session.

    Attributes:
        others: models beside the chat's own that profiles name.
        drafts: cold answers that were said kindly, by turn; those of a resumed session are its log's.
        draft_questions: what was asked for them, where this session asked it.
    """

    engine: Engine | None
    profiles: ProfileLibrary
    rules: SessionRules
    transcript: Transcript
    record: TurnRecorder
    dials: Dials
    others: OtherModels = field(default_factory=OtherModels)
    windows: Windows = field(default_factory=Windows)
    drafts: dict[str, Reply] = field(default_factory=dict)
    draft_questions: dict[str, Question] = field(default_factory=dict)

    def need_engine(self) -> Engine:
        """The engine. Raises `NoModel` where there is none."""
        if self.engine is None:
            raise NoModel("There is no model to answer", NO_MODEL_HINT)
        return self.engine

    def base(self) -> str:
        """What the loaded model's adapters are filed under; waits until it is loaded. Empty: it takes none."""
        info = self.need_engine().describe()
        return info.base if info.capabilities.adapters else ""

    def base_of(self, profile: Profile) -> str:
        """What the adapters of this voice are filed under: of the model that rewrites where it names one."""
        base = self.base()
        return self.others.base(profile.rewriter, base) if profile.rewriter else base

    def engine_for(self, model: str) -> Engine:
        """The engine of a model that a profile names; the chat's own where that is empty.

        Raises:
            NoModel: there is none. ModelError: it cannot be had.
        """
        engine = self.need_engine()
        return self.others.engine(model, engine) if model else engine

    def engine_of(self, said: Said, profile: Profile) -> Engine:
        """The engine that drew what was said."""
        return self.engine_for(profile.rewriter if said.way in TRIES else "")

    def changed(self, reply: Reply, profile: Profile) -> bool:
        """The reply was made with an adapter at another strength than the profile's file says."""
        return bool(changed_from(profile, reply.origin))

    def reader_for(self, profile: Profile) -> Reader:
        """Who reads for a reply of this voice: itself the screen; for one that rewrites, the reference its own words.

        The reference then reads on in the sequence that its shadow replies are made in: where it spoke all along the
        draft is the shadow reply, and nothing is computed twice.
        """
        if profile.strategy == "rewrite":
            reference = self.profiles.get(self.rules.reference)
            return Reader(
                reference,
                sequence_of(reference.id, "own"),
                lambda turns: drafted_history(turns, reference.id, self.drafts),
            )
        return Reader(profile, sequence_of(profile.id, "visible"), lambda turns: visible_history(turns, profile.id))

    def speakers(
        self, profile: Profile, reader: Reader, kept: Sequence[Turn], setting: Setting
    ) -> tuple[Speaker, Speaker | None, Setting]:
        """The voice, the reference where that answers for it, and the adapters that the answer is drawn with."""
        history = reader.history_of(kept)
        if profile.strategy != "rewrite" or reader.profile.id == profile.id:
            return Speaker(profile, history, reader.sequence, setting.adapters), None, setting
        cold = self.dials.own_setting(reader.profile, self.base())
        reference = Speaker(reader.profile, history, reader.sequence, cold.adapters)
        return Speaker(profile, (), f"{profile.id}/drafts", setting.adapters), reference, cold

    def sequence_for(self, turn: Turn) -> str:
        """The token sequence that the turn's reply was made in, as far as its profile still exists."""
        try:
            return self.reader_for(self.profiles.get(turn.profile)).sequence
        except ProfileError:
            return sequence_of(turn.profile, "visible")

    def fit(self, turn: Turn, reader: Reader) -> Generator[TurnEvent, None, list[Turn]]:
        """The earlier turns that this voice can read; moves its window where it is full, and says so for a reply.

        Raises:
            PromptTooLong: the turn's message does not fit even alone.
        """
        engine = self.need_engine()
        kept, dropped = self.windows.fit(
            self.transcript.before(turn.id),
            reader.sequence,
            prompt_of=lambda turns: prompt_messages(reader.profile, reader.history_of(turns), turn.user_text),
            count=engine.count,
            n_ctx=engine.describe().n_ctx,
            max_tokens=reader.profile.sampling.max_tokens,
        )
        if dropped and reader.sequence == self.sequence_for(turn):
            window = tuple(t.id for t in kept)
            self.transcript.update(turn.id, window=window)
            yield from self.record.window_moved(turn, window)
            yield WindowMoved(turn.id, tuple(t.id for t in dropped))
        return kept
