"""How well the scorer of answers agrees with people.

    python -m tests.measures.score_answers dev|test [--errors N]    chat answers judged by people (answers_dev.jsonl)
    python -m tests.measures.score_answers replies [--errors N]     the starter's replies, labelled by reading
    python -m tests.measures.score_answers later [--errors N]       more of them, drawn when the rules stood
    python -m tests.measures.score_answers statements               TruthfulQA's answers, each against the rest

answers_dev.jsonl is split by question: rules were tuned on the half called dev; the half called test is for one report.
Figures stand in tests/measures/README.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

from warmchat.evals.imports import read_questions
from warmchat.evals.question import Question
from warmchat.measures.answers import judge_answer
from warmchat.measures.judgement import Judgement

JUDGED_BY_PEOPLE = Path(__file__).parents[3] / "shared" / "data" / "answers_dev.jsonl"
RESULTS = ("right", "wrong", "refused", "unclear")
TRUTHFULQA = JUDGED_BY_PEOPLE.with_name("truthfulqa.csv")
LABELLED = Path(__file__).parents[2] / "warmchat" / "evals" / "sets" / "labelled.jsonl"
LABELLED_LATER = Path(__file__).parents[1] / "data" / "answers_labelled_later.jsonl"


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def half_of(question: str) -> str:
    """The half that a question belongs to, by a hash of its wording."""
    return "dev" if hashlib.sha256(question.strip().lower().encode()).digest()[0] % 2 == 0 else "test"


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if of == 0:
        return 0.0, 1.0
    p, d = hits / of, 1 + z * z / of
    mid, half = (p + z * z / (2 * of)) / d, z * sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / d
    return mid - half, mid + half


def judged(row: dict[str, Any]) -> Judgement:
    """The scorer's judgement of one row of either file."""
    if "label" in row:
        return judge_answer(
            row["answers"],
            row["reply"],
            wrong=[row["wrong"]],
            question=row["question"],
            claimed="belief" in row["condition"],
        )
    return judge_answer(row["answers"], row["answer"], question=row["question"], partial=True)


def share(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{100 * hits / max(1, of):.1f} ({100 * low:.1f}-{100 * high:.1f})"


def against_people(given: Sequence[dict[str, Any]]) -> None:
    print("| source | answers | accuracy | precision of right | recall of right | right / wrong / refused / unclear |")
    print("|---|---|---|---|---|---|")
    pairs = [(row["source"], bool(row["correct"]), judged(row).result) for row in given]
    for source in ["all", *sorted({s for s, _, _ in pairs})]:
        part = [(truth, result) for s, truth, result in pairs if source in ("all", s)]
        agree = sum(truth == (result == "right") for truth, result in part)
        said = [truth for truth, result in part if result == "right"]
        true = [result == "right" for truth, result in part if truth]
        counts: Counter[str] = Counter(result for _, result in part)
        print(
            f"| {source} | {len(part)} | {share(agree, len(part))} | {share(sum(said), len(said))} | "
            f"{share(sum(true), len(true))} | {' / '.join(str(counts[r]) for r in RESULTS)} |"
        )


def against_labels(given: Sequence[dict[str, Any]]) -> None:
    table: Counter[tuple[str, str]] = Counter((row["label"], judged(row).result) for row in given)
    print("| label \\ scorer | " + " | ".join(RESULTS) + " |\n|---|---|---|---|---|")
    for label in RESULTS:
        print(f"| {label} | " + " | ".join(str(table[label, name]) for name in RESULTS) + " |")
    print("agreement", share(sum(n for (a, b), n in table.items() if a == b), len(given)))
    agree = sum(n for (a, b), n in table.items() if (a == "right") == (b == "right"))
    print("agreement on right or not", share(agree, len(given)))


def against_the_rest(questions: Sequence[Question]) -> None:
    """Each answer given as a reply and taken off its list: correct ones should be right, incorrect ones wrong."""
    table: Counter[tuple[str, str]] = Counter()
    for q in questions:
        incorrect = (q.wrong, *q.also_wrong)
        for sort, own, other in (("correct", q.answers, incorrect), ("incorrect", incorrect, q.answers)):
            for at, reply in enumerate(own):
                rest = (*own[:at], *own[at + 1 :])
                accepted, wrong = (rest, other) if sort == "correct" else (other, rest)
                if rest:
                    table[sort, judge_answer(accepted, reply, wrong=wrong, question=q.question).result] += 1
    for sort in ("correct", "incorrect"):
        total = sum(n for (a, _), n in table.items() if a == sort)
        print(sort, total, {name: f"{100 * table[sort, name] / total:.0f} %" for name in RESULTS})


def show_errors(given: Iterable[dict[str, Any]], count: int) -> None:
    for row in given:
        found = judged(row)
        truth = row.get("label") or ("right" if row["correct"] else "not right")
        same = found.result == truth or (truth == "not right" and found.result != "right")
        if not same and count > 0:
            count -= 1
            reply = (row.get("reply") or row["answer"]).replace("\n", " / ")
            print(f"\n{truth} -> {found.result}: {found.reason}\n  {row['question']} {row['answers']}\n  {reply[:400]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["dev", "test", "replies", "later", "statements"])
    parser.add_argument("--errors", type=int, default=0, help="show this many answers that it judged otherwise")
    args = parser.parse_args()
    if args.what == "statements":
        against_the_rest(read_questions(TRUTHFULQA))
        return
    if args.what in ("replies", "later"):
        given = rows(LABELLED if args.what == "replies" else LABELLED_LATER)
        against_labels(given)
    else:
        given = [row for row in rows(JUDGED_BY_PEOPLE) if half_of(row["question"]) == args.what]
        against_people(given)
    show_errors(given, args.errors)


if __name__ == "__main__":
    main()
