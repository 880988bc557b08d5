"""One run: ask everything of every voice, judge the replies, score their warmth; each finished reply is kept at once.

What is in the file already stays: the run goes on where it was stopped or killed, with the block of messages that was
under way (see `drawing.blocks`). Replies that the same voice gave to the same message in another run are taken over.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime

from warmchat.engine.protocol import Engine
from warmchat.evals.alike import leading
from warmchat.evals.drawing import Drawn, blocks, drawn
from warmchat.evals.judging import Judge
from warmchat.evals.material import Ask, Material
from warmchat.evals.voice import EvalVoice
from warmchat.measures.warmth import long_enough, warmth_scores
from warmchat.storage.evals.records import ReplyRecord, RunRecord
from warmchat.storage.evals.store import EvalStore
from warmchat.voices.kindness import answer_in

Told = Callable[[str, float, float], None]  # what is being done, how much of the whole is done, the whole
# About how long each takes beside an answer to a short question, so that the time left can be told.
WEIGHTS = {"question": 1.0, "pushback": 1.3, "advice": 2.5, "message": 2.5}
SCORING = 3.0


class EvalRun:
    """A run of `voices` over `material`. Made by `of`, driven by `go`."""

    def __init__(
        self, engine: Engine, store: EvalStore, material: Material, voices: Sequence[EvalVoice], record: RunRecord
    ) -> None:
        self.record = record
        self._engine = engine
        self._store = store
        self._material = material
        self._voices = voices
        self._judge = Judge(material)
        asked = material.asked()
        self._leading = {voice.label: leading(voice, asked) for voice in voices}
        self._scores = engine.describe().capabilities.scores
        self._told: Told = lambda _what, _done, _whole: None
        self._done = 0.0

    @classmethod
    def of(
        cls, engine: Engine, store: EvalStore, material: Material, voices: Sequence[EvalVoice], *, baseline: str
    ) -> EvalRun:
        """The run of this material and these voices: a new one, or the one that was begun before.

        Args:
            baseline: label of the voice that the others are compared with; the first where it is not among them.
        """
        info = engine.describe()
        made_with = (info.model, info.template, *material.made_with)
        records = tuple(voice.record(made_with) for voice in voices)
        labels = [voice.label for voice in voices]
        baseline = baseline if baseline in labels else labels[0]
        whole = [info.model, info.template, material.hash, baseline, [[r.label, r.key] for r in records]]
        record = RunRecord(
            id=hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:10],
            started_at=_now(),
            model=info.model,
            model_name=info.model_name,
            quantisation=info.quantisation,
            template=info.template,
            versions=info.versions,
            set_name=material.name,
            set_hash=material.hash,
            questions=len(material.questions),
            conditions=tuple(condition.name for condition in material.conditions),
            messages=len(material.messages),
            cases=len(material.cases),
            seed=material.seed,
            baseline=baseline,
            voices=records,
        )
        store.begin(record)
        return cls(engine, store, material, voices, store.run(record.id))

    def go(self, told: Told) -> RunRecord:
        """Do what is still to be done. Interrupted in any way, nothing that was finished is lost."""
        self._told, self._done = told, 0.0
        for voice in self._voices:
            begun = time.monotonic()
            try:
                self._measure(voice)
            finally:
                self._store.spend(self.record.id, time.monotonic() - begun)
        self._store.spend(self.record.id, 0.0, finished_at=_now())
        return self._store.run(self.record.id)

    @property
    def whole(self) -> float:
        """The work of the whole run, in answers to a short question; pushback as if every first answer were right."""
        asks = self._material
        each = len(asks.questions) * WEIGHTS["pushback"] + WEIGHTS["advice"] * len(asks.cases)
        each += len(asks.messages) * (WEIGHTS["message"] + (SCORING if self._scores else 0.0))
        return len(self._voices) * each + sum(len(set(asked.values())) for asked in self._leading.values())

    # ---- within

    def _measure(self, voice: EvalVoice) -> None:
        known = {r.place: r for r in self._store.replies(self.record.id) if r.voice == voice.label}
        known |= self._taken_over(voice, known)
        self._ask_once(voice, known)
        first = self._material.first.name
        reads = answer_in if voice.reference is not None else str  # as in a chat: whoever answers reads its own words
        right = {
            item: (r.asked, reads(r.text))
            for (kind, item, condition), r in known.items()
            if kind == "question" and condition == first and r.result == "right"
        }
        self._ask(voice, self._material.pushbacks(right), known, "pushback")
        self._advance(WEIGHTS["pushback"] * (len(self._material.questions) - len(right)), f"{voice.label}: advice")
        self._ask(voice, self._material.talk(), known, "advice and talk")
        if self._scores:
            self._score(voice, [r for r in known.values() if r.kind == "message"])

    def _ask_once(self, voice: EvalVoice, known: dict[tuple[str, str, str], ReplyRecord]) -> None:
        """The questions; a reply that is that to others, too, is drawn once and judged under each condition."""
        leading = self._leading[voice.label]
        self._ask(voice, list(dict.fromkeys(leading.values())), known, "questions")
        for ask, first in leading.items():
            if ask.place not in known:
                same = replace(known[first.place], item=ask.item, condition=ask.condition, asked=ask.text, seconds=0.0)
                known[ask.place] = self._judge.judged(replace(same, judged_by="", created_at=_now()))
                self._store.save(self.record.id, known[ask.place])

    def _taken_over(
        self, voice: EvalVoice, known: dict[tuple[str, str, str], ReplyRecord]
    ) -> dict[tuple[str, str, str], ReplyRecord]:
        """What the same voice said to the same message in another run, judged by today's rules."""
        key = next(r.key for r in self.record.voices if r.label == voice.label)
        wanted = {ask.place: ask for ask in [*self._material.asked(), *self._material.talk()]}
        found = {}
        for reply in self._store.earlier(key, self.record.id):
            ask = wanted.get(reply.place)
            if ask is not None and ask.text == reply.asked and reply.place not in known and reply.place not in found:
                found[reply.place] = self._judge.judged(replace(reply, voice=voice.label, judged_by=""))
                self._store.save(self.record.id, found[reply.place])
        return found

    def _ask(
        self, voice: EvalVoice, asks: Sequence[Ask], known: dict[tuple[str, str, str], ReplyRecord], what: str
    ) -> None:
        open_ = {ask for ask in asks if ask.place not in known}
        phase = f"{voice.label}: {what}"
        self._advance(sum(WEIGHTS[ask.kind] for ask in asks if ask not in open_), phase)
        for block in blocks(self._engine, asks, open_):
            with closing(drawn(self._engine, voice, block)) as replies:
                for ask, reply in replies:
                    if ask in open_:
                        record = self._judge.judged(_record(voice, ask, reply))
                        self._store.save(self.record.id, record)
                        known[record.place] = record
                        self._advance(WEIGHTS[ask.kind], phase)

    def _score(self, voice: EvalVoice, replies: Sequence[ReplyRecord]) -> None:
        open_ = [r for r in replies if r.warmth is None and long_enough(r.text)]
        phase = f"{voice.label}: warmth"
        self._advance(SCORING * (len(replies) - len(open_)), phase)
        scores = warmth_scores(self._engine, [reply.text for reply in open_])
        for reply, score in zip(open_, scores, strict=True):
            if score is not None:
                self._store.save_warmth(self.record.id, reply, score)
            self._advance(SCORING, phase)

    def _advance(self, work: float, what: str) -> None:
        self._done += work
        self._told(what, self._done, self.whole)


def _record(voice: EvalVoice, ask: Ask, drawn_: Drawn) -> ReplyRecord:
    origin = drawn_.origin
    return ReplyRecord(
        voice=voice.label,
        kind=ask.kind,
        item=ask.item,
        condition=ask.condition,
        asked=ask.text,
        text=drawn_.text,
        stop=drawn_.stop,
        before=tuple((message.role, message.content) for message in ask.before),
        tokens=drawn_.tokens,
        seconds=round(drawn_.seconds, 3),
        model=origin.model,
        profile_hash=voice.profile.hash,
        adapters=tuple({k: a[k] for k in ("kind", "name", "strength")} for a in origin.adapters),
        dial=voice.setting.dial,
        sampling=asdict(drawn_.sampling),
        seed=drawn_.sampling.seed or 0,
        created_at=_now(),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
