"""The forced choice: both orders, by scores or by words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from warmchat.compare.detector import Compared
from warmchat.compare.judging.judge import Judge, prompt
from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineLost, PromptTooLong
from warmchat.domain.scores import TokenScore
from warmchat.domain.turn import Origin, Timings, Usage
from warmchat.engine.config import EngineConfig
from warmchat.engine.process import ProcessEngine
from warmchat.engine.protocol import EngineEvent, Finished, Handle, Job
from warmchat.engine.scripted import Answer, ScriptedEngine

PARTED = Compared("What is the capital of Australia?", (), "It is Sydney.", "It is Canberra.")


def opinion(answer: Answer | dict[bool, Answer], pair: Compared = PARTED) -> float | None:
    """What a judge holds that answers so; by whether the shadow reply stands first where a dict is given."""

    def script(job: Job) -> Answer:
        turned = job.messages[-1].content == prompt(pair, turned=True)
        return answer[turned] if isinstance(answer, dict) else answer

    (found,) = Judge(lambda: ScriptedEngine(script)).opinions([pair])
    return found


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Yes", 1.0),
        ("No.", 0.0),
        ("**No**, they both say Canberra", 0.0),
        ("<think>Is it yes or is it no?</think>\nNo", 0.0),
        ({False: "Yes", True: "No"}, 0.5),
        ({False: "Yes", True: "Perhaps"}, 1.0),
        ("Perhaps", None),
        ("", None),
        ("<think>yes, and on and on", None),
        ("nothing, I know not", None),
    ],
)
def test_the_word_of_both_orders(answer: Answer | dict[bool, Answer], expected: float | None) -> None:
    assert opinion(answer) == expected


def test_a_pair_too_long_for_the_window_gives_none_and_an_engine_that_is_lost_is_an_error() -> None:
    assert opinion(PromptTooLong("too long")) is None
    with pytest.raises(EngineLost):
        opinion(EngineLost("gone"))


def test_the_judge_reads_message_history_and_both_replies_cut_to_a_bound() -> None:
    history = tuple(Message("user", f"turn {n}") for n in range(9))
    text = prompt(Compared("Sure?", history, "a" * 9000, "bbb"), turned=False)
    assert "Sure?" in text
    assert "turn 8" in text
    assert "turn 1" not in text
    assert len(text) < 6000
    assert text.index("aaa") < text.index("bbb")
    turned = prompt(Compared("Sure?", (), "aaa", "bbb"), turned=True)
    assert turned.index("bbb") < turned.index("aaa")


class _Scoring(ScriptedEngine):
    """Says how likely "Yes" and "No" are: the first order is sure of yes, the second undecided."""

    def submit(self, job: Job) -> Handle:
        self.jobs.append(job)
        turned = job.messages[-1].content == prompt(PARTED, turned=True)
        likely = {"Yes": -0.1, "No": -3.0} if not turned else {"Yes": -1.0, "No": -1.0}
        return _Scored(TokenScore(job.continue_from, likely[job.continue_from]))


class _Scored:
    def __init__(self, score: TokenScore) -> None:
        self._score = score

    def cancel(self) -> None: ...

    def __iter__(self) -> Iterator[EngineEvent]:
        yield Finished("", "end", Usage(), Timings(), Origin(), (self._score,))


def test_scores_are_weighed_where_the_engine_gives_them() -> None:
    engine = _Scoring(lambda job: "No", scores=True)
    (found,) = Judge(lambda: engine).opinions([PARTED])
    sure = math.exp(-0.1) / (math.exp(-0.1) + math.exp(-3.0))
    assert found == pytest.approx((sure + 0.5) / 2)
    assert {job.task for job in engine.jobs} == {"score"}


def test_the_engine_is_opened_with_the_first_pair_and_closed_once() -> None:
    opened: list[ScriptedEngine] = []

    def engine() -> ScriptedEngine:
        opened.append(ScriptedEngine(lambda job: "Yes"))
        return opened[-1]

    judge = Judge(engine)
    judge.close()
    assert not opened
    assert list(judge.opinions([PARTED, PARTED])) == [1.0, 1.0]
    judge.close()
    assert [one.closed for one in opened] == [True]


@pytest.mark.model
def test_a_real_model_gives_opinions_by_its_scores(starter: Path) -> None:
    judge = Judge(lambda: ProcessEngine(EngineConfig(str(starter), n_ctx=1024)))
    try:
        first, second, long = judge.opinions(
            [PARTED, Compared(PARTED.question, (), "Canberra.", "It is Canberra."), Compared("x " * 3000, (), "a", "b")]
        )
        again = next(judge.opinions([PARTED]))
    finally:
        judge.close()
    assert first is not None
    assert second is not None
    assert 0 < first < 1
    assert first != second
    assert again == pytest.approx(first, abs=0.02)
    assert long is None
