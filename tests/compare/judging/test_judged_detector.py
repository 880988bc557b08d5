"""The judge's word counts where the signals are unsure, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from warmchat.compare.judging.detector import JudgedDetector
from warmchat.compare.judging.judge import Judge
from warmchat.compare.judging.trial import Trial
from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineLost
from warmchat.domain.verdict import Verdict, unjudged
from warmchat.engine.scripted import Answer, ScriptedEngine

PASSED = Trial(
    judge="Wise-7B", identity="x", detector="signals/0", pairs=200, disagreeing=80, unheard=0, judge_auroc=0.95,
    signals_auroc=0.85, low=0.05, high=0.15, disagree_from=0.9, agree_to=0.1, seconds=1.0,
)  # fmt: skip
UNSURE = Verdict("unsure", "little is shared", score=0.5, signals={"words_apart": 0.6}, detector="signals/0")


class Fixed:
    """A detector with one verdict."""

    name = "signals/0"

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict

    def detect(
        self, question: str, history: Sequence[Message], reply: str, shadow: str, *, scores: Sequence[float] = ()
    ) -> Verdict:
        return self._verdict


def judged(verdict: Verdict, *answers: Answer) -> tuple[Verdict, int]:
    """The verdict with such a judge, and how often it was asked."""
    said = iter(answers)
    engine = ScriptedEngine(lambda job: next(said))
    detector = JudgedDetector(Fixed(verdict), Judge(lambda: engine), PASSED)
    return detector.detect("q", [Message("user", "before")], "a", "b"), len(engine.jobs)


def test_an_unsure_verdict_becomes_what_the_judge_says() -> None:
    flag, asked = judged(UNSURE, "Yes", "Yes")
    assert (flag.label, flag.kind, asked) == ("disagree", "contradiction", 2)
    assert flag.signals == {"words_apart": 0.6, "judge": 1.0}
    assert flag.detector == "signals/0 + Wise-7B"
    assert "Wise-7B" in flag.reason
    clear, _ = judged(UNSURE, "No", "No")
    assert (clear.label, clear.kind, clear.evidence) == ("agree", None, ())
    assert flag.score is not None
    assert clear.score is not None
    assert clear.score < 0.5 < flag.score


@pytest.mark.parametrize("answers", [("Yes", "No"), ("Perhaps", "Perhaps")])
def test_a_judge_in_doubt_leaves_it_unsure(answers: tuple[str, str]) -> None:
    verdict, _ = judged(UNSURE, *answers)
    assert (verdict.label, verdict.score) == ("unsure", 0.5)
    assert "Wise-7B" in verdict.reason


@pytest.mark.parametrize("label", ["agree", "disagree"])
def test_a_clear_verdict_is_not_put_to_the_judge(label: str) -> None:
    given = Verdict(label, "it shows", score=0.9, detector="signals/0")  # type: ignore[arg-type]
    verdict, asked = judged(given)
    assert (verdict.label, verdict.score, asked) == (label, 0.9, 0)
    assert verdict.detector == "signals/0 + Wise-7B"
    assert judged(unjudged("the reply is empty")) == (unjudged("the reply is empty"), 0)


def test_a_judge_that_is_lost_costs_no_verdict() -> None:
    verdict, _ = judged(UNSURE, EngineLost("The engine process ended"))
    assert verdict.label == "unsure"
    assert "could not be asked: The engine process ended" in verdict.reason
    assert verdict.detector == "signals/0"
