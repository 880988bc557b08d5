"""Who may judge: shown on labelled pairs, and not by luck."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from warmchat.compare.detector import Compared
from warmchat.compare.judging.judge import Judge
from warmchat.compare.judging.record import keep_trial, kept_trial
from warmchat.compare.judging.trial import Labelled, Trial, lead, shipped_pairs, thresholds, try_judge
from warmchat.domain.conversation import Message
from warmchat.domain.errors import WarmchatError
from warmchat.domain.verdict import Verdict, unjudged
from warmchat.engine.protocol import Job
from warmchat.engine.scripted import ScriptedEngine


class Signals:
    """A detector that reads its score from the question."""

    name = "signals/0"

    def detect(
        self, question: str, history: Sequence[Message], reply: str, shadow: str, *, scores: Sequence[float] = ()
    ) -> Verdict:
        score = float(question.split(maxsplit=1)[0])
        return unjudged("empty") if score < 0 else Verdict("unsure", "in the middle", score=score, detector=self.name)


def pairs(count: int = 60) -> list[Labelled]:
    """Half disagree; the signals of each are noise with a little sense."""
    random = Random(3)
    made = []
    for at in range(count):
        label = at % 2
        score = round(min(1.0, max(0.0, random.gauss(0.45 + 0.1 * label, 0.2))), 3)
        made.append(Labelled(Compared(f"{score} question {at}", (), "yes" if label else "no", "truth"), label))
    return made


def tried(answers: dict[str, str], given: Sequence[Labelled]) -> Trial:
    """A trial of a judge that answers a reply of "yes" or "no" so."""

    def script(job: Job) -> str:
        said = "yes" if "\nyes\n" in job.messages[-1].content else "no"
        return answers[said]

    return try_judge(
        Judge(lambda: ScriptedEngine(script)), Signals(), given, identity="file", clock=iter((1.0, 7.0)).__next__
    )


def test_a_judge_that_knows_passes_and_is_told_so() -> None:
    trial = tried({"yes": "Yes", "no": "No"}, pairs())
    assert trial.passed
    assert trial.judge_auroc == 1.0
    assert trial.signals_auroc < 0.9
    assert 0 < trial.low <= trial.high
    assert (trial.disagree_from, trial.agree_to, trial.seconds, trial.disagreeing) == (1.0, 0.0, 0.1, 30)
    assert "It passed" in trial.told()


@pytest.mark.parametrize("answers", [{"yes": "Yes", "no": "Yes"}, {"yes": "No", "no": "Yes"}, {"yes": "?", "no": "?"}])
def test_a_judge_that_knows_nothing_is_told_in_plain_words(answers: dict[str, str]) -> None:
    trial = tried(answers, pairs())
    assert not trial.passed
    assert "will not be asked" in trial.told()
    assert trial.unheard == (60 if answers["yes"] == "?" else 0)


def test_a_lead_that_may_be_luck_is_no_pass() -> None:
    few = [Labelled(Compared(f"{score} q{at}", (), "", ""), at % 2) for at, score in enumerate((0.1, 0.9, 0.8, 0.7))]
    labels = [one.label for one in few]
    low, high = lead(labels, [0.0, 1.0, 0.0, 1.0], [0.1, 0.9, 0.8, 0.7], [one.pair.question for one in few])
    assert low <= 0 < high


def test_pairs_of_one_question_count_as_one_draw() -> None:
    labels, judge, signals = [0, 1] * 20, [0.2, 0.8] * 20, [0.5, 0.4] * 20
    alone = lead(labels, judge, signals, [str(at // 2) for at in range(40)])
    assert alone == (1.0, 1.0)  # every block holds one of each, and the judge ranks all of them right
    same = lead(labels, judge, signals, ["one"] * 40)
    assert same == (1.0, 1.0)
    assert lead([1, 1], [0.1, 0.2], [0.1, 0.2], ["a", "b"]) == (-1.0, 1.0)


def test_pairs_that_cannot_be_compared_are_left_out_for_both() -> None:
    given = [*pairs(), Labelled(Compared("-1 empty", (), "yes", ""), 1)]
    assert tried({"yes": "Yes", "no": "No"}, given).pairs == 60


def test_thresholds_by_hand() -> None:
    agreeing, parting = [0.1] * 18 + [0.6, 0.9], [0.05] + [0.7] * 8 + [0.95]
    labels = [0] * 20 + [1] * 10
    assert thresholds(labels, agreeing + parting) == (0.7, 0.6)
    assert thresholds(labels, [0.5] * 30) == (None, None)
    crossed = thresholds([0] * 20 + [1] * 10, [0.1] * 19 + [0.5] + [0.4] + [0.9] * 9)
    assert crossed == pytest.approx((0.45, 0.45))


def test_a_trial_is_kept_by_model_and_detector(tmp_path: Path) -> None:
    trial, file = tried({"yes": "Yes", "no": "No"}, pairs()), tmp_path / "data" / "judges.json"
    assert kept_trial(file, "file", "signals/0") is None
    keep_trial(file, trial)
    assert kept_trial(file, "file", "signals/0") == trial
    assert kept_trial(file, "file", "signals/1") is None
    assert kept_trial(file, "another", "signals/0") is None


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"file beside signals/0": {"low": 1}}', "[" * 5000])
def test_a_damaged_record_lets_nobody_judge(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "judges.json"
    file.write_text(damage, encoding="utf-8")
    assert kept_trial(file, "file", "signals/0") is None


def test_a_record_that_holds_words_for_numbers_lets_nobody_judge(tmp_path: Path) -> None:
    file = tmp_path / "judges.json"
    keep_trial(file, tried({"yes": "Yes", "no": "No"}, pairs()))
    file.write_text(file.read_text(encoding="utf-8").replace('"low": ', '"low": "x", "was": '), encoding="utf-8")
    assert kept_trial(file, "file", "signals/0") is None


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    with pytest.raises(WarmchatError, match="cannot be kept"):
        keep_trial(tmp_path / "data" / "judges.json", tried({"yes": "Yes", "no": "No"}, pairs()))


def test_the_shipped_pairs_hold_both_labels() -> None:
    labels = [one.label for one in shipped_pairs()]
    assert len(labels) >= 150
    assert min(labels.count(0), labels.count(1)) >= 30
