"""A detector with a judge: where the signals are unsure, the judge is asked, and what it says clearly decides."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import tee

from warmchat.compare.detector import Compared, Detector, detect_many
from warmchat.compare.judging.judge import Judge
from warmchat.compare.judging.trial import Trial
from warmchat.domain.conversation import Message
from warmchat.domain.errors import WarmchatError
from warmchat.domain.verdict import Verdict

AGREE_SCORE, DISAGREE_SCORE = 0.1, 0.9  # where a verdict stands that the judge gave, if the signals' own is not beyond


@dataclass(frozen=True)
class JudgedDetector:
    """Implements `Detector`. A clear verdict of the signals stands: they are quick, and they show what they rest on.

    An unsure one becomes `disagree` or `agree` where the judge's opinion lies beyond the thresholds that its trial
    found; else it stays. The opinion is kept as the signal ``judge``. Where the judge cannot be asked, the verdict
    stays and says so.

    Args:
        trial: one that the judge passed.
    """

    signals: Detector
    judge: Judge
    trial: Trial
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def name(self) -> str:
        return f"{self.signals.name} + {self.trial.judge}"

    def detect(
        self, question: str, history: Sequence[Message], reply: str, shadow: str, *, scores: Sequence[float] = ()
    ) -> Verdict:
        """Compare; see `Detector.detect`."""
        return next(self.detect_many([Compared(question, tuple(history), reply, shadow, tuple(scores))]))

    def detect_many(self, pairs: Iterable[Compared]) -> Iterator[Verdict]:
        """A verdict for each, in order; the signals take them in batches where they can."""
        ours, theirs = tee(pairs)
        for pair, verdict in zip(ours, detect_many(self.signals, theirs), strict=True):
            if verdict.label == "unsure":
                yield self._asked(pair, verdict)
            else:
                yield verdict if verdict.label == "unjudged" else replace(verdict, detector=self._named(verdict))

    def _asked(self, pair: Compared, verdict: Verdict) -> Verdict:
        try:
            with self._one_at_a_time:
                (opinion,) = self.judge.opinions([pair])
        except WarmchatError as error:
            return replace(verdict, reason=f"{verdict.reason}; the judge could not be asked: {error.message}")
        return self._with(replace(verdict, detector=self._named(verdict)), opinion)

    def _named(self, verdict: Verdict) -> str:
        """What judged: the signals may have had to do without a part of theirs, and then say so in the verdict."""
        return f"{verdict.detector or self.signals.name} + {self.trial.judge}"

    def _with(self, verdict: Verdict, opinion: float | None) -> Verdict:
        who, score = self.trial.judge, verdict.score or 0.0
        if opinion is None:
            return replace(verdict, reason=f"{verdict.reason}; {who} did not choose")
        verdict = replace(verdict, signals={**verdict.signals, "judge": round(opinion, 4)})
        said = f"{who} was asked, since the signals are unsure ({verdict.reason})"
        if self.trial.disagree_from is not None and opinion >= self.trial.disagree_from:
            return replace(
                verdict, label="disagree", kind=verdict.kind or "contradiction", score=max(DISAGREE_SCORE, score),
                reason=f"the two disagree, says the judge: {said}",
            )  # fmt: skip
        if self.trial.agree_to is not None and opinion <= self.trial.agree_to:
            return replace(
                verdict, label="agree", kind=None, evidence=(), score=min(AGREE_SCORE, score),
                reason=f"the two agree, says the judge: {said}",
            )  # fmt: skip
        return replace(verdict, reason=f"{verdict.reason}; {who} is unsure, too")
