"""The figures of the shipped cross-encoder. By hand: `python -m tests.compare.training.measure [FOLDER] [--tune]`.

Reads the reporting part, whose questions no training has seen; the threshold comes from the tuning part: 5 % of its
plain agreeing Natural Questions pairs lie above. Style shift: how much further a pair scores once one reply is wrapped
in a manner that no training has seen, in flags among agreeing pairs and in standard deviations of the logit.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean, pstdev

from tests.compare.own_pairs import LabelledPair
from tests.compare.training.mixture import REPORT, TUNE, measured_sets
from warmchat.compare.cross_encoder import CrossEncoder
from warmchat.compare.metrics import auroc
from warmchat.shipped import shipped_folder

FALSE_POSITIVES = 0.05


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=shipped_folder("models") / "cross-encoder")
    parser.add_argument("--tune", action="store_true", help="the tuning part instead: to choose by")
    options = parser.parse_args()
    with CrossEncoder(options.folder) as encoder:
        tuned = dict(measured_sets(TUNE))
        threshold = threshold_of(tuned["NQ"], scored(encoder, tuned["NQ"]))
        print(f"threshold {threshold:.4f}")
        sets = tuned if options.tune else dict(measured_sets(REPORT))
        found = {name: scored(encoder, pairs) for name, pairs in sets.items()}
    for name, pairs in sets.items():
        print(row(name, pairs, found[name], threshold))
        if name.startswith("own"):
            for sort in sorted({p.sort for p in pairs}):
                kept = [i for i, p in enumerate(pairs) if p.sort == sort]
                print(row(f"  {sort}", [pairs[i] for i in kept], [found[name][i] for i in kept], threshold))
    for plain in ("NQ", "TruthfulQA", "own, unseen facts"):
        warm = plain.split(",", maxsplit=1)[0] + ", unseen wrapping"
        print(f"{plain}: {shift(sets[plain], found[plain], found[warm], threshold)}")


def scored(encoder: CrossEncoder, pairs: Iterable[LabelledPair]) -> list[float]:
    """The probabilities of the pairs."""
    return encoder.scores([(p.question, p.a, p.b) for p in pairs])


def threshold_of(pairs: Sequence[LabelledPair], scores: Sequence[float]) -> float:
    """The score above which `FALSE_POSITIVES` of the agreeing pairs lie."""
    agreeing = sorted(s for s, p in zip(scores, pairs, strict=True) if not p.label)
    return agreeing[math.ceil((1 - FALSE_POSITIVES) * len(agreeing)) - 1]


def row(name: str, pairs: Sequence[LabelledPair], scores: Sequence[float], threshold: float) -> str:
    """Count, AUROC, recall and false positives at the threshold."""
    labels = [p.label for p in pairs]
    area = auroc(labels, scores)
    flagged = [[s > threshold for s, y in zip(scores, labels, strict=True) if y == label] for label in (0, 1)]
    rates = " ".join(f"{fmean(flags):.3f}" if flags else "  -  " for flags in reversed(flagged))
    return f"{name:30} {len(pairs):5} AUROC {'  -  ' if area is None else f'{area:.3f}'} recall, false alarms {rates}"


def shift(pairs: Sequence[LabelledPair], plain: Sequence[float], warm: Sequence[float], threshold: float) -> str:
    """What wrapping moves among the agreeing pairs."""
    kept = [i for i, p in enumerate(pairs) if not p.label]
    before, after = ([_logit(scores[i]) for i in kept] for scores in (plain, warm))
    flags = fmean(warm[i] > threshold for i in kept) - fmean(plain[i] > threshold for i in kept)
    moved = fmean(b - a for a, b in zip(before, after, strict=True)) / pstdev(map(_logit, plain))
    return f"wrapping moves flags of agreeing pairs by {flags:+.3f}, scores by {moved:+.2f} standard deviations"


def _logit(score: float) -> float:
    return math.log(score / (1 - score))


if __name__ == "__main__":
    main()
