"""Fit the weights of `warmchat/compare/weights.py`. By hand: `python -m tests.compare.fit_signals` in the repository.

Reads ../shared/data/pairs_dev.jsonl and the pairs of `own_pairs`. Questions are split by a hash into 60 % to fit on,
20 % that join them for the thresholds, and 20 % to report. Logistic regression by Newton's method with an L2 penalty,
standard library only; a signal whose weight comes out with the wrong sign is dropped, so that the score never falls as
the replies part further.
Prints the weights, the thresholds and the figures of the last 20 %, whose warm wrappings the fit has not seen.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.compare.own_pairs import FIT_WRAPPINGS, HELD_WRAPPINGS, LabelledPair, own_pairs, wrapped
from warmchat.compare import weights
from warmchat.compare.asked import read_question
from warmchat.compare.evidence import findings
from warmchat.compare.metrics import auroc
from warmchat.compare.reading import read_pair
from warmchat.compare.signal_detector import can_agree, can_flag
from warmchat.compare.signals import measure

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "pairs_dev.jsonl"
RISING = (  # signals of disagreement: weight >= 0
    "words_apart", "words_apart_either", "words_jaccard_apart", "names_apart", "other_names_apart", "numbers_apart",
    "other_numbers_apart", "swapped_fact", "swapped_words", "swapped_alone", "denied", "negation_flipped",
    "opposites", "amounts_apart", "polarity_flipped",
    "claim_parted", "refusal_one", "caution_missing", "bare_one",
    "answer_apart", "nothing_shared",
)  # fmt: skip
FALLING = ("names_shared", "numbers_shared", "stance_shared", "refusal_both", "bare_both")
NAMES = (*RISING, *FALLING)
PENALTY = 6.0  # on weights, not on the bias; a mild one, not tuned
# Where the penalty pulls to, for signals that the development pairs hardly show (they have no yes-no questions and no
# claims of a user): what such a parting is worth by itself, so that it flags without help from the words.
PRIOR = {
    "claim_parted": 3.5, "polarity_flipped": 3.5, "refusal_one": 3.0, "swapped_fact": 2.0, "swapped_words": 1.5,
    "swapped_alone": 2.0, "denied": 1.5,
    "negation_flipped": 1.5, "opposites": 1.5,
}  # fmt: skip
FALSE_POSITIVES = 0.05
CLEAR = 0.10


@dataclass(frozen=True)
class Row:
    """The signals of one pair, its label, what may be said of it, and its weight in the fit."""

    x: tuple[float, ...]
    y: int
    flaggable: bool
    agreeable: bool
    weight: float = 1.0


def row(pair: LabelledPair, weight: float = 1.0) -> Row:
    """Measure a pair."""
    read = read_pair(read_question(pair.question, ()), pair.a, pair.b)
    found = [f for f in findings(read) if f.strength > 0]
    signals = measure(read, found)
    return Row(tuple(signals.get(n, 0.0) for n in NAMES), pair.label, can_flag(found), can_agree(signals), weight)


def part_of(question: str) -> int:
    """0 fit, 1 thresholds with 0, 2 report: by the question's hash, so that no question is in two parts."""
    place = int(hashlib.sha256(question.strip().lower().encode()).hexdigest(), 16) % 10
    return 0 if place < 6 else 1 if place < 8 else 2


def dev_pairs(part: int) -> list[LabelledPair]:
    """The development pairs of a part."""
    with DATA.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        LabelledPair(r["question"], r["a"], r["b"], r["label"], r["source"])
        for r in rows if part_of(r["question"]) == part
    ]  # fmt: skip


def warmed(pairs: Iterable[LabelledPair], wrappings: tuple[str, ...], seed: int) -> list[LabelledPair]:
    """The pairs with a warm wrapping around one reply, by turns."""
    random = Random(seed)
    out = []
    for at, p in enumerate(pairs):
        a, b = (wrapped(p.a, wrappings, random), p.b) if at % 2 else (p.a, wrapped(p.b, wrappings, random))
        out.append(LabelledPair(p.question, a, b, p.label, p.sort))
    return out


def fit(rows: Sequence[Row]) -> tuple[list[float], float]:
    """Weights in the order of NAMES, and the bias."""
    kept = list(range(len(NAMES)))
    while True:
        solved = _newton(rows, kept)
        wrong = [i for i, w in zip(kept, solved, strict=False) if (w < 0) == (NAMES[i] in RISING) and w != 0]
        if not wrong:
            found = dict(zip(kept, solved, strict=False))
            return [found.get(i, 0.0) for i in range(len(NAMES))], solved[-1]
        kept = [i for i in kept if i not in wrong]


def _newton(rows: Sequence[Row], kept: Sequence[int]) -> list[float]:
    size = len(kept) + 1
    prior = [PRIOR.get(NAMES[i], 0.0) for i in kept]
    w = [*prior, 0.0]
    for _ in range(12):
        gradient = [PENALTY * (v - p) for v, p in zip(w[:-1], prior, strict=True)] + [0.0]
        hessian = [[PENALTY * (i == j) * (i < size - 1) for j in range(size)] for i in range(size)]
        for r in rows:
            x = [*(r.x[i] for i in kept), 1.0]
            p = _logistic(sum(a * b for a, b in zip(w, x, strict=True)))
            slope, curve = r.weight * (p - r.y), r.weight * p * (1 - p)
            live = [i for i in range(size) if x[i]]
            for i in live:
                gradient[i] += slope * x[i]
                for j in live:
                    hessian[i][j] += curve * x[i] * x[j]
        step = _solve(hessian, gradient)
        w = [a - b for a, b in zip(w, step, strict=True)]
        if max(map(abs, step)) < 1e-6:
            break
    return w


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination with pivoting."""
    size = len(right)
    rows = [[*matrix[i], right[i]] for i in range(size)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(i + 1, size):
            factor = rows[k][i] / rows[i][i]
            rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i], strict=True)]
    out = [0.0] * size
    for i in reversed(range(size)):
        out[i] = (rows[i][-1] - sum(rows[i][j] * out[j] for j in range(i + 1, size))) / rows[i][i]
    return out


def _logistic(z: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


def scores(rows: Sequence[Row], w: Sequence[float], bias: float) -> list[float]:
    """Raw scores, 0..1."""
    return [_logistic(bias + sum(a * b for a, b in zip(w, r.x, strict=True))) for r in rows]


def thresholds(sets: Sequence[Sequence[Row]], score: Callable[[Sequence[Row]], list[float]]) -> tuple[float, float]:
    """(agree at or below, disagree from): the strictest over the sets (plain, warm)."""
    low, high = 1.0, 0.0
    for rows in sets:
        both = list(zip(score(rows), rows, strict=True))
        false = sorted((s if r.flaggable else 0.0) for s, r in both if r.y == 0)
        true = sorted((s if r.agreeable else 1.0) for s, r in both if r.y == 1)
        high = max(high, false[math.ceil((1 - FALSE_POSITIVES) * len(false)) - 1] + 1e-4)
        low = min(low, true[int(CLEAR * len(true))])
    return low, high


def report(name: str, rows: Sequence[Row], s: Sequence[float], low: float, high: float) -> dict[str, Any]:
    """Print the figures of one set."""
    flags = [v >= high and r.flaggable for v, r in zip(s, rows, strict=True)]
    agrees = [v <= low and r.agreeable for v, r in zip(s, rows, strict=True)]
    true = sum(r.y for r in rows)
    hits = sum(f and bool(r.y) for f, r in zip(flags, rows, strict=True))
    out = {
        "pairs": len(rows),
        "auroc": auroc([r.y for r in rows], s),
        "recall": hits / max(1, true),
        "precision": hits / max(1, sum(flags)),
        "false_positives": (sum(flags) - hits) / max(1, len(rows) - true),
        "false_agrees": sum(a and bool(r.y) for a, r in zip(agrees, rows, strict=True)) / max(1, true),
        "unsure": 1 - (sum(flags) + sum(agrees)) / len(rows),
    }
    print(f"{name:34}", "  ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in out.items()))
    return out


def main() -> int:
    """Fit, set thresholds, report."""
    if not DATA.exists():
        print(f"skipped: {DATA} is not there", file=sys.stderr)
        return 0
    began, fit_pairs = time.perf_counter(), dev_pairs(0)
    train = [row(p) for p in fit_pairs]
    print(f"{(time.perf_counter() - began) * 1000 / len(fit_pairs):.2f} ms a pair")
    train += [row(p, 0.5) for p in warmed(fit_pairs[::2], FIT_WRAPPINGS, 1)]
    train += [row(p, 1.5) for p in own_pairs(0)]
    w, bias = fit(train)
    # The fit has 26 numbers for 3,000 pairs, so its own pairs do for the thresholds too: with the middle part
    # alone their sampling error would be .01, and the rate on fresh pairs moved between .03 and .06 with small changes.
    middle = fit_pairs + dev_pairs(1)
    sets = [[row(p) for p in middle], [row(p) for p in warmed(middle, FIT_WRAPPINGS, 2)]]
    low, high = thresholds(sets, lambda rows: scores(rows, w, bias))
    print(json.dumps({"bias": round(bias, 3), **{n: round(v, 3) for n, v in zip(NAMES, w, strict=True)}}, indent=1))
    print(f"AGREE_BELOW = {low:.3f}  DISAGREE_FROM = {high:.3f}")
    last = dev_pairs(2)
    held = list(own_pairs(1))
    named: dict[str, list[LabelledPair]] = {
        "report, plain": last,
        "report, unseen warm wrappings": warmed(last, HELD_WRAPPINGS, 3),
        "own, held out": held,
        **{f"own, held out: {s}": [p for p in held if p.sort == s] for s in sorted({p.sort for p in held})},
    }
    for name, pairs in named.items():
        rows = [row(p) for p in pairs]
        report(name, rows, scores(rows, w, bias), low, high)
    shipped = [weights.WEIGHTS.get(n, 0.0) for n in NAMES]
    print("the shipped weights:")
    for name in ("report, plain", "report, unseen warm wrappings"):
        rows = [row(p) for p in named[name]]
        report(name, rows, scores(rows, shipped, weights.BIAS), weights.AGREE_BELOW, weights.DISAGREE_FROM)
    return 0


if __name__ == "__main__":
    sys.exit(main())
