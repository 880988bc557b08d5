"""How well scores tell disagreeing pairs from agreeing ones. Standard library; labels are 1 = disagree, 0 = agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from warmchat.domain.verdict import Verdict

BINS = 5
_Z95 = 1.959964  # standard normal, 97.5th percentile


@dataclass(frozen=True, slots=True)
class Bin:
    """The pairs whose scores lie in one fifth of the scale, ``low <= score < high`` (1.0 belongs to the last).

    Attributes:
        mean_score: what the scores promise, 0..1. disagreeing: the share that really disagrees. None in an empty bin.
        interval: 95 % interval of that share.
    """

    low: float
    high: float
    pairs: int
    mean_score: float | None
    disagreeing: float | None
    interval: tuple[float, float] | None


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
        calibration_error: mean distance of a bin's mean score from its share of disagreeing pairs, weighed by its
            pairs (Naeini, Cooper and Hauskrecht 2015). It rises by chance alone where there are few pairs.
        bins: the five bins that it rests on.
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
    calibration_error: float | None
    bins: tuple[Bin, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON values, rounded to four places."""
        found: dict[str, Any] = _rounded(asdict(self))
        return found


def metrics(labels: Sequence[int], verdicts: Sequence[Verdict]) -> Metrics:
    """The figures of verdicts beside their true labels."""
    judged = [(y, v, v.score) for y, v in zip(labels, verdicts, strict=True) if v.score is not None]
    truth = [y for y, _, _ in judged]
    flagged = [v.label == "disagree" for _, v, _ in judged]
    positives, hits = sum(truth), sum(f and y for f, y in zip(flagged, truth, strict=True))
    missed = sum(v.label == "agree" and y == 1 for y, v, _ in judged)
    precision, recall = _ratio(hits, sum(flagged)), _ratio(hits, positives)
    bins = calibration([score for _, _, score in judged], truth)
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
        calibration_error=_calibration_error(bins),
        bins=bins,
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


def calibration(scores: Sequence[float], labels: Sequence[int]) -> tuple[Bin, ...]:
    """The five bins of equal width, empty ones as well."""
    groups: list[list[tuple[float, int]]] = [[] for _ in range(BINS)]
    for score, label in zip(scores, labels, strict=True):
        groups[min(BINS - 1, int(score * BINS))].append((score, label))
    out = []
    for at, group in enumerate(groups):
        positives = sum(label for _, label in group)
        out.append(
            Bin(
                low=at / BINS,
                high=(at + 1) / BINS,
                pairs=len(group),
                mean_score=_ratio(math.fsum(score for score, _ in group), len(group)),
                disagreeing=_ratio(positives, len(group)),
                interval=wilson(positives, len(group)),
            )
        )
    return tuple(out)


def wilson(hits: int, of: int) -> tuple[float, float] | None:
    """95 % interval of a share (Wilson 1927): it keeps within 0..1 and holds for few pairs too. None of nothing."""
    if not of:
        return None
    share, z2 = hits / of, _Z95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z95 * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def _calibration_error(bins: Sequence[Bin]) -> float | None:
    gaps = [
        b.pairs * abs(b.mean_score - b.disagreeing)
        for b in bins
        if b.mean_score is not None and b.disagreeing is not None
    ]
    return _ratio(math.fsum(gaps), sum(b.pairs for b in bins))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else value


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
