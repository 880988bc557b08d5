"""The pairs to train on, and those to measure with: sources, split by question, and the manner put around them."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from pathlib import Path
from random import Random

from tests.compare.fit_signals import part_of
from tests.compare.own_pairs import LabelledPair
from tests.compare.own_set import Label, drawn_pairs, labels
from tests.compare.training.facts import SHORT, fact_pairs, plan_pairs, proposition_pairs
from tests.compare.training.manners import HELD_OUT, TRAINING, Manner
from tests.compare.training.rewriting import rewritten
from warmchat.compare.asked import read_question
from warmchat.compare.cross import item_of
from warmchat.compare.reading import read_pair

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"
TRAIN, TUNE, REPORT = 0, 1, 2  # the parts of `fit_signals.part_of`
# How sure the label of a source is: what the network is asked for instead of 0 and 1. `doubtful.txt` says so for single
# natural pairs: of those labelled "disagree" a reader confirmed about half. What our readers
# were unsure of lies in the middle.
TARGETS: Mapping[str, tuple[float, float]] = {"NQ": (0.05, 0.92), "TruthfulQA": (0.08, 0.95), "accepted": (0.05, 0.92)}
CLEAN = (0.02, 0.98)
SPOKEN: Mapping[str, float] = {"agree": 0.06, "disagree": 0.94, "unsure": 0.5}
SOURCES = ("NQ", "TruthfulQA", "own", "spoken")


@dataclass(frozen=True)
class Shares:
    """How many pairs of each source one pass holds; None: all that there are."""

    natural: int | None = None
    truthful: int | None = 1300
    rewritten: int = 1500
    accepted: int = 700
    facts: int = 1300
    propositions: int = 220
    plans: int = 320
    echoes: int = 250
    spoken: int = 2  # times each pair of the two voices stands in one pass
    styled: float = 0.38  # share of the pairs in a manner
    moods: float = 0.2  # share of the questions with a mood
    written: float = 0.35  # share of the questions with a capital and a question mark, which the natural ones lack


@dataclass(frozen=True)
class Wanted:
    """A pair and the probability of disagreement that the network is asked for."""

    pair: LabelledPair
    target: float


def natural_pairs(part: int) -> list[LabelledPair]:
    """The development pairs (Natural Questions) of a part."""
    with (SHARED / "pairs_dev.jsonl").open(encoding="utf-8") as rows:
        found = [json.loads(row) for row in rows]
    return [
        LabelledPair(r["question"], r["a"], r["b"], r["label"], "NQ") for r in found if part_of(r["question"]) == part
    ]


def accepted_pairs(part: int, random: Random, count: int) -> list[LabelledPair]:
    """`count` chat answers beside an accepted answer in few words; they part where a human judged the answer wrong."""
    with (SHARED / "answers_dev.jsonl").open(encoding="utf-8") as rows:
        found = [json.loads(row) for row in rows]
    found = [r for r in found if part_of(r["question"]) == part and len(r["answer"]) > 20]
    by_label = [[r for r in found if r["correct"]], [r for r in found if not r["correct"]]]
    out = []
    for at in range(count):
        row = random.choice(by_label[at % 2])
        short = random.choice(SHORT).format(random.choice(row["answers"]))
        out.append(LabelledPair(row["question"], row["answer"], short, at % 2, "accepted"))
    return out


def pair_key(pair: LabelledPair) -> str:
    """A short name of a pair's text."""
    return hashlib.sha256(f"{pair.question}|{pair.a}|{pair.b}".encode()).hexdigest()[:12]


@cache
def doubts() -> Mapping[str, float]:
    """What is asked for instead of a doubtful label, by `pair_key`."""
    text = (Path(__file__).parent / "doubtful.txt").read_text(encoding="utf-8")
    return {key: float(value) for key, value in (row.split() for row in text.splitlines() if not row.startswith("#"))}


def truthful_pairs(part: int, most: int = 4, seed: int = 3) -> list[LabelledPair]:
    """TruthfulQA: right against right (0), right against wrong (1), at most `most` of each for a question."""
    random = Random(seed)
    out: list[LabelledPair] = []
    with (SHARED / "truthfulqa.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if part_of(row["Question"]) != part:
                continue
            right = _answers(row["Best Answer"], row["Correct Answers"])
            wrong = _answers(row["Best Incorrect Answer"], row["Incorrect Answers"])
            same = list(combinations(right, 2))
            apart = [(r, w) for r in right for w in wrong]
            for pairs, label in ((same, 0), (apart, 1)):
                # The best answers come first, and first place is kept.
                for one, two in pairs[:1] + random.sample(pairs[1:], min(most - 1, len(pairs[1:]))):
                    sides = [_sentence(one), _sentence(two)]
                    random.shuffle(sides)
                    out.append(LabelledPair(row["Question"], sides[0], sides[1], label, "TruthfulQA"))
    return out


def _answers(best: str, others: str) -> list[str]:
    found = dict.fromkeys([best.strip(), *(part.strip() for part in others.split(";"))])
    return [text for text in found if text and "no comment" not in text.lower()]


def _sentence(text: str) -> str:
    return text if text[-1] in ".!?" else f"{text}."


def training_pairs(seed: int, shares: Shares, sources: Sequence[str] = SOURCES) -> list[Wanted]:
    """One pass of training pairs, in chance order; another seed gives other rewritings and manners."""
    random = Random(seed)
    natural = natural_pairs(TRAIN) if "NQ" in sources else []
    truthful = truthful_pairs(TRAIN, seed=seed) if "TruthfulQA" in sources else []
    pairs = [*_some(natural, shares.natural, random), *_some(truthful, shares.truthful, random)]
    if natural:
        pairs += rewritten(natural, random, shares.rewritten)
        pairs += accepted_pairs(TRAIN, random, shares.accepted)
    if "own" in sources:
        pairs += fact_pairs(random, shares.facts, held_out=False)
        pairs += proposition_pairs(random, shares.propositions, held_out=False)
        pairs += plan_pairs(random, shares.plans, held_out=False)
    bases = [p for p in pairs if p.sort in ("NQ", "TruthfulQA", "fact")]
    out = [Wanted(styled(p, TRAINING, random, shares), target(p)) for p in pairs]
    if "spoken" in sources:
        out += spoken_wanted(random, shares.spoken)
    out += [Wanted(_echo(random.choice(bases), random), CLEAN[0]) for _ in range(shares.echoes)]
    random.shuffle(out)
    return out


@cache
def spoken_pairs(part: int) -> list[tuple[LabelledPair, Label]]:
    """What companion and oracle truly said (`tests/data/pairs.jsonl`) with what its reader said of it, cut as the
    detector cuts it. Of the dev half alone: four of five keys are TRAIN, the others TUNE.
    """
    read = labels()
    out = []
    for one in drawn_pairs("dev"):
        if spoken_part(one.key) == part:
            question, a, b = item_of(read_pair(read_question(one.question, one.history), one.a, one.b))
            label = read[one.id].label
            out.append((LabelledPair(question, a, b, int(label == "disagree"), f"spoken {one.sort}"), label))
    return out


def spoken_part(key: str) -> int:
    """TRAIN or TUNE, by a hash of what the pair is about."""
    return TUNE if int(hashlib.sha256(f"spoken/{key}".encode()).hexdigest(), 16) % 5 == 0 else TRAIN


def spoken_wanted(random: Random, times: int) -> list[Wanted]:
    """Each of the training's, `times` times, half of them turned round."""
    out = []
    for pair, label in spoken_pairs(TRAIN) * times:
        turned = replace(pair, a=pair.b, b=pair.a) if random.random() < 0.5 else pair
        out.append(Wanted(turned, SPOKEN[label]))
    return out


def _some(pairs: Sequence[LabelledPair], count: int | None, random: Random) -> list[LabelledPair]:
    return list(pairs) if count is None or count >= len(pairs) else random.sample(pairs, count)


def _echo(pair: LabelledPair, random: Random) -> LabelledPair:
    """A reply beside itself in another manner: they agree."""
    said = random.choice((pair.a, pair.b))
    return LabelledPair(pair.question, TRAINING.warm(said, random), said, 0, "own echo")


def styled(pair: LabelledPair, manner: Manner, random: Random, shares: Shares) -> LabelledPair:
    """The pair, by chance with a mood around the question and a manner around one reply or both."""
    question = pair.question
    if random.random() < shares.written:
        question = question[:1].upper() + question[1:] + ("" if question[-1:] in "?.!" else "?")
    if random.random() < shares.moods:
        question = manner.mood(question, random)
    sides = [pair.a, pair.b]
    if random.random() < shares.styled:
        drawn = random.random()
        at = random.randrange(2)
        if drawn < 0.75:
            sides[at] = manner.warm(sides[at], random)
        elif drawn < 0.85:
            sides = [manner.warm(side, random) for side in sides]
        else:
            sides[at] = manner.cold(sides[at], random)
        if 0.6 < drawn < 0.75:
            sides[1 - at] = manner.cold(sides[1 - at], random)
    if random.random() < 0.5:
        sides.reverse()
    return replace(pair, question=question, a=sides[0], b=sides[1])


def warmed(pairs: Iterable[LabelledPair], manner: Manner = HELD_OUT, seed: int = 7) -> list[LabelledPair]:
    """Each pair with a warm manner around one reply, by turns."""
    random = Random(seed)
    out = []
    for at, p in enumerate(pairs):
        out.append(replace(p, a=manner.warm(p.a, random)) if at % 2 else replace(p, b=manner.warm(p.b, random)))
    return out


def own_held_out(seed: int = 11) -> list[LabelledPair]:
    """Pairs of our own whose relations, questions and plans the training does not hold."""
    random = Random(seed)
    made = [
        *fact_pairs(random, 300, held_out=True), *proposition_pairs(random, 80, held_out=True),
        *plan_pairs(random, 80, held_out=True),
    ]  # fmt: skip
    return list({(p.question, p.a, p.b): p for p in made}.values())


def target(pair: LabelledPair) -> float:
    """What the network is asked for, of a pair as its source has it."""
    plain = TARGETS.get(pair.sort, CLEAN)[pair.label]
    return doubts().get(pair_key(pair), plain) if pair.sort == "NQ" else plain


def normalised(question: str) -> str:
    """A question as it is compared between the parts."""
    return " ".join(re.findall(r"\w+", question.lower()))


def measured_sets(part: int) -> Iterator[tuple[str, list[LabelledPair]]]:
    """Name and pairs of every set that is measured: TUNE while choosing, REPORT once at the end."""
    natural, truthful, own = natural_pairs(part), truthful_pairs(part), own_held_out(11 + part)
    yield "NQ", natural
    yield "NQ, unseen wrapping", warmed(natural)
    yield "accepted answers", accepted_pairs(part, Random(5), 300)
    yield "TruthfulQA", truthful
    yield "TruthfulQA, unseen wrapping", warmed(truthful)
    yield "own, unseen facts", own
    if part == TUNE:
        yield "spoken", [pair for pair, label in spoken_pairs(TUNE) if label != "unsure"]
    yield "own, unseen wrapping", warmed(own)
