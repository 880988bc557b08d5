"""How well scores tell disagreeing pairs from agreeing ones. Standard library; labels are 1 = disagree, 0 = agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from warmchat.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Metrics:
    """Figures of a set of labelled pairs; None where they are not defined (no pair of that sort).

    Attributes:
        pairs, disagreeing: counts of compared pairs; `unjudged` pairs are left out and counted apart.
        auroc: chance that a disagreeing pair scores above an agreeing one, ties half (Hanley and McNeil 1982).
        f1, precision, recall: of the label `disagree` as it was given, at the detector's own thresholds.
        false_positive_rate: agreeing pairs that were flagged.
        false_agree_rate: disagreeing pairs that were called `agree`.
        unsure_rate: pairs labelled `unsure`.
    """

    pairs: int
    disagreeing: int
    unjudged: int
    auroc: float | None
    f1: float | None
    precision: float | None
    recall: float | None
    false_positive_rate: float | None
    false_agree_rate: float | None
    unsure_rate: float | None

    def as_dict(self) -> dict[str, Any]:
        """JSON values, rounded to four places."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


def metrics(labels: Sequence[int], verdicts: Sequence[Verdict]) -> Metrics:
    """The figures of verdicts beside their true labels."""
    judged = [(y, v, v.score) for y, v in zip(labels, verdicts, strict=True) if v.score is not None]
    truth = [y for y, _, _ in judged]
    flagged = [v.label == "disagree" for _, v, _ in judged]
    positives, hits = sum(truth), sum(f and y for f, y in zip(flagged, truth, strict=True))
    missed = sum(v.label == "agree" and y == 1 for y, v, _ in judged)
    precision, recall = _ratio(hits, sum(flagged)), _ratio(hits, positives)
    return Metrics(
        pairs=len(judged),
        disagreeing=positives,
        unjudged=len(verdicts) - len(judged),
        auroc=auroc(truth, [score for _, _, score in judged]),
        f1=_ratio(2 * hits, sum(flagged) + positives),
        precision=precision,
        recall=recall,
        false_positive_rate=_ratio(sum(flagged) - hits, len(judged) - positives),
        false_agree_rate=_ratio(missed, positives),
        unsure_rate=_ratio(sum(v.label == "unsure" for _, v, _ in judged), len(judged)),
    )


def auroc(labels: Sequence[int], scores: Sequence[float]) -> float | None:
    """Area under the ROC curve by the rank sum, ties counted half; None where one class is missing."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks = [0.0] * len(scores)
    at = 0
    while at < len(order):
        end = at
        while end < len(order) and scores[order[end]] == scores[order[at]]:
            end += 1
        for i in order[at:end]:
            ranks[i] = (at + end + 1) / 2
        at = end
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return None
    rank_sum = sum(rank for rank, y in zip(ranks, labels, strict=True) if y)
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
