"""May this model judge on this machine? It may where it tells labelled pairs apart better than the signals do.

Both rank the same pairs; AUROC says how well. "Better" must not be luck: pairs are drawn anew, whole questions at a
time, and the judge must lead in the 95 % interval of the difference (Efron and Tibshirani 1993, percentile bootstrap).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from random import Random
from typing import Any

from warmchat.compare.detector import Compared, Detector, detect_many
from warmchat.compare.judging.judge import PROMPT_VERSION, Judge
from warmchat.compare.metrics import auroc
from warmchat.domain.conversation import Message, Role

FALSE_POSITIVES = 0.05  # of agreeing pairs, at the judge's `disagree`: as the signals' own threshold
CLEAR = 0.10  # of disagreeing pairs, at its `agree`
UNHEARD = 0.5  # the rank of a pair on which the judge did not choose
_DRAWS = 2000
_SEED = 7


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair with what a reader said of it: 1 = the two disagree."""

    pair: Compared
    label: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial came to.

    Attributes:
        judge: name of the model. identity: which file or server it was. detector: the signals' name and version.
        pairs, disagreeing, unheard: how many were compared, how many of them disagree, on how many the judge did not
            choose.
        judge_auroc, signals_auroc: chance that a disagreeing pair ranks above an agreeing one.
        low, high: 95 % interval of the judge's AUROC less the signals'.
        disagree_from, agree_to: the judge's opinions from which and up to which it decides; None: it never does.
        seconds: how long a pair took it, on the average.
    """

    judge: str
    identity: str
    detector: str
    pairs: int
    disagreeing: int
    unheard: int
    judge_auroc: float
    signals_auroc: float
    low: float
    high: float
    disagree_from: float | None
    agree_to: float | None
    seconds: float
    prompt: int = PROMPT_VERSION

    @property
    def passed(self) -> bool:
        """It ranks better than the signals, and not by luck."""
        return self.low > 0

    def as_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {"passed": self.passed, **asdict(self)}

    def told(self) -> str:
        """The result in plain words."""
        figures = (
            f"{self.judge} ranks {self.pairs} labelled pairs with AUROC {self.judge_auroc:.2f} (chance is 0.50), "
            f"the signals with {self.signals_auroc:.2f}: a difference of {self.judge_auroc - self.signals_auroc:+.2f}, "
            f"95 % interval {self.low:+.2f} to {self.high:+.2f}."
        )
        if self.passed:
            return f"{figures} It passed: where the signals are unsure it is asked, and what it says clearly decides."
        why = "tells them apart worse than the signals do" if self.high < 0 else "was not shown to be better"
        return f"{figures} It {why}, so it will not be asked."


def shipped_pairs() -> tuple[Labelled, ...]:
    """The labelled pairs that come with the program: the half of our own set that detectors may be tuned on."""
    text = files("warmchat").joinpath("compare/judging/pairs.jsonl").read_text(encoding="utf-8")
    return tuple(_labelled(json.loads(line)) for line in text.splitlines() if line.strip())


def try_judge(
    judge: Judge,
    detector: Detector,
    pairs: Sequence[Labelled],
    *,
    identity: str,
    clock: Callable[[], float],
    heard: Callable[[int], None] = lambda _: None,
) -> Trial:
    """Let both rank the pairs.

    Args:
        pairs: of both labels; those that the detector cannot compare are left out for both.
        clock: seconds, for how long it took.
        heard: called after each pair with how many are done.

    Raises:
        EngineError, ModelError: the judge failed.
    """
    scores = [verdict.score for verdict in detect_many(detector, (one.pair for one in pairs))]
    rows = [(one, score) for one, score in zip(pairs, scores, strict=True) if score is not None]
    name = judge.engine.describe().model_name
    began = clock()
    opinions: list[float | None] = []
    for opinion in judge.opinions(one.pair for one, _ in rows):
        opinions.append(opinion)
        heard(len(opinions))
    seconds = (clock() - began) / max(1, len(rows))
    labels = [one.label for one, _ in rows]
    ranks = [UNHEARD if opinion is None else opinion for opinion in opinions]
    signals = [score for _, score in rows]
    disagree_from, agree_to = thresholds(labels, ranks)
    low, high = lead(labels, ranks, signals, [one.pair.question for one, _ in rows])
    return Trial(
        judge=name, identity=identity, detector=detector.name, pairs=len(rows), disagreeing=sum(labels),
        unheard=opinions.count(None), judge_auroc=round(auroc(labels, ranks) or 0.0, 4),
        signals_auroc=round(auroc(labels, signals) or 0.0, 4), low=round(low, 4), high=round(high, 4),
        disagree_from=disagree_from, agree_to=agree_to, seconds=round(seconds, 3),
    )  # fmt: skip


def lead(
    labels: Sequence[int], judge: Sequence[float], signals: Sequence[float], questions: Sequence[str]
) -> tuple[float, float]:
    """95 % interval of AUROC(judge) - AUROC(signals). Pairs of one question are alike, so they are drawn together."""
    groups: dict[str, list[int]] = {}
    for at, question in enumerate(questions):
        groups.setdefault(question, []).append(at)
    blocks, random = list(groups.values()), Random(_SEED)
    found = []
    for _ in range(_DRAWS):
        drawn = [at for block in random.choices(blocks, k=len(blocks)) for at in block]
        truth = [labels[at] for at in drawn]
        ours, theirs = auroc(truth, [judge[at] for at in drawn]), auroc(truth, [signals[at] for at in drawn])
        if ours is not None and theirs is not None:
            found.append(ours - theirs)
    if not found:  # one label alone: nothing was shown
        return -1.0, 1.0
    found.sort()
    return found[int(0.025 * len(found))], found[min(len(found) - 1, int(0.975 * len(found)))]


def thresholds(labels: Sequence[int], opinions: Sequence[float]) -> tuple[float | None, float | None]:
    """From which opinion on the judge says `disagree`, and up to which `agree`; None: no opinion is clear enough.

    The lowest that at most 5 % of the agreeing pairs reach; the highest that at most 10 % of the disagreeing ones do
    not pass. A judge so good that these cross has one threshold, between them.
    """
    agreeing = [one for one, label in zip(opinions, labels, strict=True) if not label]
    parting = [one for one, label in zip(opinions, labels, strict=True) if label]
    heard = sorted(set(opinions))
    high = [at for at in heard if sum(one >= at for one in agreeing) <= FALSE_POSITIVES * len(agreeing)]
    low = [at for at in heard if sum(one <= at for one in parting) <= CLEAR * len(parting)]
    disagree_from, agree_to = (high[0] if high else None), (low[-1] if low else None)
    if disagree_from is not None and agree_to is not None and agree_to >= disagree_from:
        disagree_from = agree_to = (disagree_from + agree_to) / 2
    return disagree_from, agree_to


_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant"}


def _labelled(given: dict[str, Any]) -> Labelled:
    history = tuple(Message(_ROLES[m["role"]], m["content"]) for m in given.get("history", ()))
    return Labelled(Compared(given["question"], history, given["a"], given["b"]), int(given["label"] == "disagree"))
