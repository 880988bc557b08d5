"""Choosing a system prompt by measurement: candidate wordings are compared on one half, the best are told on the other.

The halves share no question, no everyday message and no sentence of context or belief. Every wording meets the same
ones. Beside the candidates stand the prompt as it is, and none at all (also without the template's own).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from warmchat.compare.manner import MANNERS, manners
from warmchat.domain.errors import QuestionError
from warmchat.engine.protocol import Engine
from warmchat.evals.alike import leading
from warmchat.evals.conditions import Condition, Phrases
from warmchat.evals.drawing import drawn
from warmchat.evals.material import Ask, Material, spread
from warmchat.evals.question import Question
from warmchat.evals.statistics import Difference, Rate, difference, mean_rate
from warmchat.evals.voice import EvalVoice
from warmchat.evals.wordings import Wording
from warmchat.measures.warmth import summary, warmth_scores

PRESENT, NONE = "as it is", "none"
TOLD = 3  # candidates that are told on the other half
Told = Callable[[str, float, float], None]  # what is being done, how much is done, the whole


@dataclass(frozen=True)
class Row:
    """How one wording did on one half.

    Attributes:
        right: by condition: the share of right answers.
        mean: over conditions, with its 95 % interval over the questions. shares: of each question, in one order.
        manners: replies to everyday messages of 100 that show each; empty where none were asked.
        warmth: median, nats a token; None where it was not scored.
        words: mean length of those replies.
    """

    wording: Wording
    right: Mapping[str, float]
    mean: Rate
    shares: tuple[float, ...]
    manners: Mapping[str, float]
    warmth: float | None = None
    words: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """The row as JSON values."""
        return {
            "name": self.wording.name, "wording": self.wording.text, "right": dict(self.right), "mean": self.mean.value,
            "low": self.mean.low, "high": self.mean.high, "questions": self.mean.n, "manners": dict(self.manners),
            "warmth": self.warmth, "words": self.words,
        }  # fmt: skip


@dataclass(frozen=True)
class Tuning:
    """What a tuning found.

    Attributes:
        chosen: the best of the development half; `PRESENT` where nothing was better.
        development: all wordings, the best first. report: the prompt as it is, none, and the best, on the other half.
    """

    chosen: Wording
    development: tuple[Row, ...]
    report: tuple[Row, ...]

    def gain(self, over: str) -> Difference:
        """The chosen wording's mean share right on the other half minus that of the row named so."""
        rows = {row.wording.name: row for row in self.report}
        pairs = zip(rows[self.chosen.name].shares, rows[over].shares, strict=True)
        return difference([a - b for a, b in pairs])

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        gains = {name: self.gain(name) for name in (PRESENT, NONE)}
        return {
            "chosen": self.chosen.name,
            "wording": self.chosen.text,
            "development": [row.as_dict() for row in self.development],
            "report": [row.as_dict() for row in self.report],
            "gain": {n: {"value": g.value, "low": g.low, "high": g.high, "p": g.p} for n, g in gains.items()},
        }


@dataclass(frozen=True)
class Halves:
    """What is asked on each half.

    Attributes:
        development, report: questions under conditions, and everyday messages.
    """

    development: Material
    report: Material

    @classmethod
    def of(
        cls, questions: Sequence[Question], conditions: tuple[Condition, ...], phrases: Phrases,
        messages: Sequence[str], *, limit: int, message_count: int, seed: int,
    ) -> Halves:  # fmt: skip
        """`limit` questions and `message_count` messages for each half, evenly spread over what there is.

        Questions without a wrong answer are left out.

        Raises:
            QuestionError: there are not two.
        """
        usable = [q for q in questions if q.wrong]
        if len(usable) < 2:
            raise QuestionError("A set of fewer than two questions has no two halves", "name a larger one with --set")

        def half(which: int) -> Material:
            chosen = tuple(spread(usable[which::2], limit or len(usable)))
            talk = tuple(spread(messages[which::2], message_count))
            return Material("half", chosen, conditions, phrases.half(which), talk, seed=seed)

        return cls(half(0), half(1))


class Tuner:
    """Measures wordings of one voice. `voice.reference` answers for a voice that says answers kindly."""

    def __init__(self, engine: Engine, voice: EvalVoice, told: Told) -> None:
        self._engine = engine
        self._voice = voice
        self._told = told
        self._scores = engine.describe().capabilities.scores
        self._done, self._whole = 0.0, 1.0

    def tune(self, candidates: Iterable[Wording], halves: Halves, *, keep_warmth: bool) -> Tuning:
        """Try them all on the development half and the best on the other.

        Args:
            keep_warmth: choose among wordings that are at least as warm as the present one.
        """
        present, none = Wording(PRESENT, self._voice.profile.system_prompt), Wording(NONE, "")
        tried = [none, present, *(c for c in candidates if c.text not in (present.text, ""))]
        self._whole = float(len(tried) + TOLD + 2)
        rows = [self._row(wording, halves.development) for wording in tried]
        ranked = sorted(rows, key=_rank)
        # Whoever tunes a prompt wants one: none is measured beside them and never chosen.
        fit = [row for row in ranked if row.wording.name != NONE and (not keep_warmth or _as_warm(row, rows[1]))]
        chosen = fit[0].wording
        best = [row.wording for row in fit[:TOLD] if row.wording.name != PRESENT]
        self._whole = float(len(tried) + 2 + len(best))
        report = tuple(self._row(wording, halves.report) for wording in (none, present, *best))
        return Tuning(chosen, tuple(ranked), report)

    def _row(self, wording: Wording, half: Material) -> Row:
        self._told(wording.name, self._done, self._whole)
        bare = not wording.text.strip()
        voice = replace(self._voice, profile=replace(self._voice.profile, system_prompt=wording.text), bare=bare)
        right = self._answers(voice, half)
        replies = self._talk(voice, half)
        shown = [manners(text) for text in replies]
        warmth = summary(list(warmth_scores(self._engine, replies))).median if replies and self._scores else None
        shares = tuple(fmean(right[q.id].values()) for q in half.questions)
        self._done += 1
        self._told(f"{wording.name}: {100 * fmean(shares):.1f} % right", self._done, self._whole)
        return Row(
            wording,
            {c.name: fmean(right[q.id][c.name] for q in half.questions) for c in half.conditions},
            mean_rate(shares),
            shares,
            {name: 100 * fmean(name in each for each in shown) for name in MANNERS} if shown else {},
            warmth,
            fmean(len(text.split()) for text in replies) if replies else 0.0,
        )

    def _answers(self, voice: EvalVoice, half: Material) -> dict[str, dict[str, bool]]:
        """By question and condition: whether it was answered rightly."""
        questions = {q.id: q for q in half.questions}
        beliefs = {c.name for c in half.conditions if c.belief}
        found: dict[str, dict[str, bool]] = {q.id: {} for q in half.questions}
        first = leading(voice, half.asked())
        said = {ask: reply.text for ask, reply in drawn(self._engine, voice, dict.fromkeys(first.values()))}
        for ask, same in first.items():
            judged = questions[ask.item].judge(said[same], claimed=ask.condition in beliefs)
            found[ask.item][ask.condition] = judged.result == "right"
        return found

    def _talk(self, voice: EvalVoice, half: Material) -> list[str]:
        asks: list[Ask] = half.talk()
        return [reply.text for _, reply in drawn(self._engine, voice, asks)]


def _rank(row: Row) -> tuple[float, bool, int]:
    """The more often right the earlier; of equals the prompt as it is, then the shorter one."""
    return -(row.mean.value or 0.0), row.wording.name != PRESENT, len(row.wording.text)


def _as_warm(row: Row, present: Row) -> bool:
    return row.warmth is None or present.warmth is None or row.warmth >= present.warmth
