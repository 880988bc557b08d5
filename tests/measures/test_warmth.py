"""The warmth score: its formula on an engine that says what it is told, its direction on the real model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from warmchat.domain.errors import EngineError
from warmchat.domain.scores import TokenScore
from warmchat.domain.turn import Origin, Timings, Usage
from warmchat.engine.config import EngineConfig
from warmchat.engine.process import ProcessEngine
from warmchat.engine.protocol import EngineEvent, Finished, Job
from warmchat.engine.scripted import ScriptedEngine
from warmchat.measures.warmth import COLD, FEWEST_WORDS, WARM, summary, warmth_scores

LONG = "one two three four five six seven eight nine ten"


class Said:
    """A handle that ends as it was told."""

    def __init__(self, logprob: float, words: int) -> None:
        scores = tuple(TokenScore("w", logprob) for _ in range(words))
        self._end = Finished("", "end", Usage(), Timings(), Origin(), scores)

    def __iter__(self) -> Iterator[EngineEvent]:
        yield self._end

    def cancel(self) -> None:
        pass


@dataclass
class Scoring(ScriptedEngine):
    """Says -1 nat a token after each warm beginning, and ``cold`` after each cold one."""

    cold: float = -1.5
    asked: list[Job] = field(default_factory=list)

    def submit(self, job: Job) -> Said:
        self.asked.append(job)
        return Said(-1.0 if job.raw in WARM else self.cold, len(job.continue_from.split()))


def scoring(cold: float = -1.5) -> Scoring:
    return Scoring(script=lambda _job: "", scores=True, cold=cold)


def test_the_score_is_warm_minus_cold_likelihood_a_token() -> None:
    assert list(warmth_scores(scoring(), [LONG])) == [pytest.approx(0.5)]
    assert list(warmth_scores(scoring(cold=-0.25), [LONG])) == [pytest.approx(-0.75)]


def test_each_text_is_read_after_all_eight_beginnings_and_cut_at_300_characters() -> None:
    engine = scoring()
    list(warmth_scores(engine, [LONG * 20]))
    assert sorted(job.raw or "" for job in engine.asked) == sorted(WARM + COLD)
    assert {len(job.continue_from) for job in engine.asked} <= {299, 300}
    assert all(job.messages == () and job.adapters == () for job in engine.asked), "scored by the model as it is"


def test_a_short_text_has_no_score_and_keeps_its_place() -> None:
    short = " ".join(["word"] * (FEWEST_WORDS - 1))
    found = list(warmth_scores(scoring(), [short, LONG, ""]))
    assert found == [None, pytest.approx(0.5), None]


def test_a_set_is_told_by_its_median() -> None:
    found = summary([0.1, None, 0.2, 9.0])
    assert (found.median, found.texts, found.too_short) == (0.2, 3, 1)
    assert summary([None]).median is None


def test_an_engine_without_scores_is_refused() -> None:
    with pytest.raises(EngineError, match="how likely"):
        list(warmth_scores(ScriptedEngine(script=lambda _job: ""), [LONG]))


@pytest.mark.model
def test_the_real_model_finds_warm_words_warmer_and_says_the_same_again(starter: Path) -> None:
    warm = "I'm so sorry, my dear. I love you, and I'm here for you. You are wonderful and you are not alone."
    cold = "State the parameters of the request. The specification requires a complete list of all components."
    engine = ProcessEngine(EngineConfig(str(starter), n_ctx=512))
    try:
        first = list(warmth_scores(engine, [warm, cold]))
        again = list(warmth_scores(engine, [cold, warm]))
    finally:
        engine.close()
    assert first[0] is not None
    assert first[1] is not None
    assert first[0] > first[1] + 0.05
    assert again == [pytest.approx(first[1], abs=0.02), pytest.approx(first[0], abs=0.02)]
