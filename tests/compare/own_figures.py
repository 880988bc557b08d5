"""Figures on our own labelled pairs: ``python -m tests.compare.own_figures dev|test|agreement|ship``.

The test half was looked at twice by today's labels, see LABELLING.md; nothing is chosen by it. `dev --errors 10` prints
errors of each sort; for the test half there is no such list. `agreement` compares the readers. `ship` writes the dev
half of the first drawing, without the pairs on which the reader was unsure, to where `compare --calibrate` finds it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.compare.own_set import DRAWINGS, SECOND, DrawnPair, Half, Read, drawn_pairs, labels
from warmchat.compare.detector import Detector
from warmchat.compare.metrics import Metrics, metrics, wilson
from warmchat.domain.verdict import Verdict
from warmchat.wiring import make_detector

SHIPPED = Path(__file__).resolve().parents[2] / "warmchat" / "compare" / "judging" / "pairs.jsonl"


@dataclass(frozen=True, slots=True)
class Row:
    """A pair, what its reader said, what the detector says."""

    pair: DrawnPair
    read: Read
    verdict: Verdict


def judged(half: Half, detector: Detector, drawing: int | None = None) -> list[Row]:
    """The labelled pairs of a half with their verdicts."""
    read = labels()
    return [
        Row(one, read[one.id], detector.detect(one.question, one.history, one.a, one.b))
        for one in drawn_pairs(half, drawing)
    ]


def clear(rows: Sequence[Row]) -> list[Row]:
    """Those on which the reader was not unsure."""
    return [row for row in rows if row.read.label != "unsure"]


def figures(rows: Sequence[Row]) -> Metrics:
    """The figures of the clear ones."""
    kept = clear(rows)
    return metrics([int(row.read.label == "disagree") for row in kept], [row.verdict for row in kept])


def balanced_precision(found: Metrics) -> float | None:
    """How often a flag is right where as many pairs disagree as agree, from the rates (Bayes)."""
    recall, false = found.recall, found.false_positive_rate
    return recall / (recall + false) if recall is not None and false is not None and recall + false else None


def kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Cohen's kappa (1960): agreement beyond what the two readers' shares would give by chance."""
    n = len(first)
    raw = sum(a == b for a, b in zip(first, second, strict=True)) / n
    ours, theirs = Counter(first), Counter(second)
    chance = sum(ours[name] * theirs[name] for name in ours) / n**2
    return (raw - chance) / (1 - chance) if chance < 1 else 1.0


def report(half: Half, errors: int, drawing: int | None) -> None:
    """Print the figures of a half."""
    detector = make_detector()
    rows = judged(half, detector, drawing)
    read = Counter(row.read.label for row in rows)
    print(f"{half}: {len(rows)} pairs, {dict(read)}; detector {detector.name}")
    print(f"called: {dict(Counter(row.verdict.label for row in rows))}")
    unsure = sum(row.verdict.label == "unsure" for row in rows)
    print(f"unsure on {_share(unsure, len(rows))} of all drawn pairs")
    for name in ("all", *sorted({row.pair.sort for row in rows})):
        group = [row for row in rows if name in ("all", row.pair.sort)]
        found = figures(group)
        shown = {"AUROC": found.auroc, "F1": found.f1, "precision": found.precision, "recall": found.recall,
                 "false flags": found.false_positive_rate, "precision if balanced": balanced_precision(found),
                 "unsure": found.unsure_rate, "calibration error": found.calibration_error}  # fmt: skip
        told = ", ".join(f"{key} {value:.3f}" for key, value in shown.items() if value is not None)
        print(f"  {name:9} {found.pairs} pairs, {found.disagreeing} disagree: {told}")
    hits = [row for row in clear(rows) if row.verdict.label == "disagree" and row.read.label == "disagree"]
    print(f"kind right in {_share(sum(row.verdict.kind == row.read.kind for row in hits), len(hits))} of true flags")
    shown_right = sum(any(_touches(row, at) for at in range(len(row.verdict.evidence))) for row in hits)
    print(f"a span of the reader's is touched by the evidence in {_share(shown_right, len(hits))} of true flags")
    if errors:
        _errors(rows, errors)


def _share(part: int, whole: int) -> str:
    span = wilson(part, whole)
    return f"{part} of {whole} ({part / whole:.2f}, 95 % {span[0]:.2f} to {span[1]:.2f})" if span else "0 of 0"


def _touches(row: Row, at: int) -> bool:
    """Whether this piece of evidence overlaps what the reader marked, on either side."""
    piece = row.verdict.evidence[at]
    for side, text in (("a", row.pair.a), ("b", row.pair.b)):
        found = piece.reply if side == "a" else piece.shadow
        for span in row.read.spans:
            marked = span[side]
            if found is None or marked is None:
                continue
            begin = text.find(marked)
            if begin < found.end and found.start < begin + len(marked):
                return True
    return False


def _errors(rows: Sequence[Row], most: int) -> None:
    for name, wrong in (("missed", ("disagree", "agree")), ("false flag", ("agree", "disagree"))):
        found = [row for row in rows if (row.read.label, row.verdict.label) == wrong]
        for row in found[:most]:
            print(f"\n{name} {row.pair.id} [{row.verdict.reason}; read as {row.read.kind}]")
            print(f"Q {row.pair.question}\nA {row.pair.a}\nB {row.pair.b}")


def agreement() -> None:
    """Print how far the two readers agree."""
    first, second = labels(), labels(SECOND)
    ids = sorted(second)
    ours, theirs = [first[at].label for at in ids], [second[at].label for at in ids]
    print(f"{len(ids)} pairs, same label {_share(sum(a == b for a, b in zip(ours, theirs, strict=True)), len(ids))}")
    print(f"kappa of three labels {kappa(ours, theirs):.2f}")
    two = [["disagree" if label == "disagree" else "other" for label in side] for side in (ours, theirs)]
    print(f"kappa of disagree against the rest {kappa(*two):.2f}")
    sure = [at for at, (a, b) in enumerate(zip(ours, theirs, strict=True)) if "unsure" not in (a, b)]
    print(f"where neither is unsure: {_share(sum(ours[at] == theirs[at] for at in sure), len(sure))}")
    both = [at for at in ids if first[at].label == second[at].label == "disagree"]
    print(f"same kind where both disagree {_share(sum(first[at].kind == second[at].kind for at in both), len(both))}")
    for pair, count in Counter(zip(ours, theirs, strict=True)).most_common():
        print(f"  {pair[0]:9} {pair[1]:9} {count}")


def shipped_lines() -> list[str]:
    """The dev half of the first drawing as `compare --calibrate` reads it: a judge takes seconds for each."""
    read = labels()
    return [
        json.dumps(
            {
                "question": one.question, "history": [{"role": m.role, "content": m.content} for m in one.history],
                "a": one.a, "b": one.b, "label": read[one.id].label, "source": one.sort,
            },
            ensure_ascii=False,
        )
        for one in drawn_pairs("dev", drawing=1) if read[one.id].label != "unsure"
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["dev", "test", "agreement", "ship"])
    parser.add_argument("--errors", type=int, default=0, help="print so many errors of each sort (dev alone)")
    parser.add_argument("--drawing", type=int, choices=range(1, len(DRAWINGS) + 1), help="of one drawing alone")
    args = parser.parse_args()
    if args.what == "agreement":
        agreement()
    elif args.what == "ship":
        SHIPPED.write_text("\n".join(shipped_lines()) + "\n", encoding="utf-8")
    else:
        report(args.what, args.errors if args.what == "dev" else 0, args.drawing)


if __name__ == "__main__":
    main()
