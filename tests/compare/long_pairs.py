"""Long pairs out of natural ones: the label is known, and the answer stands among other true sentences and warm talk.

A reply grows by another answer to the same question that people judged as they judged its own (both right, or both
wrong), by sentences about nothing in particular, and by a warm manner.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random

from tests.compare.own_pairs import LabelledPair
from tests.compare.training.manners import Manner

ANSWERS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "answers_dev.jsonl"
MORE = (
    "There are several good books and films about this subject, and it is well worth reading more than one of them.",
    "People have been interested in questions like this one for a very long time.",
    "If you want to go deeper, an encyclopedia or your local library is a good place to begin.",
    "It helps to look at such things step by step and to write down what you find.",
    "You may come across other opinions when you talk about it with people around you.",
    "Details can be found in most general works, which are often written for a wide public.",
    "Many of us first hear about it at school and then forget half of it again.",
    "A short walk or a cup of tea makes reading about it much nicer.",
    "Of course there is much more to say about the background, which would fill a whole evening.",
    "Keep in mind that numbers and names are easily mixed up when one hears a lot of them at once.",
)


@cache
def _judged() -> dict[str, list[tuple[str, bool]]]:
    found: dict[str, list[tuple[str, bool]]] = {}
    with ANSWERS.open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            found.setdefault(row["question"], []).append((row["answer"], row["correct"]))
    return found


def long_pairs(pairs: Sequence[LabelledPair], manner: Manner, seed: int = 9) -> Iterator[LabelledPair]:
    """Each pair with one reply, by turns, or both made long."""
    random = Random(seed)
    for at, p in enumerate(pairs):
        a = grown(p.question, p.a, manner, random) if at % 3 != 1 else p.a
        b = grown(p.question, p.b, manner, random) if at % 3 != 0 else p.b
        yield LabelledPair(p.question, a, b, p.label, "long")


def grown(question: str, reply: str, manner: Manner, random: Random) -> str:
    """The reply among other sentences."""
    known = _judged().get(question, [])
    judged = next((correct for text, correct in known if text == reply), None)
    alike = [text for text, correct in known if text != reply and correct == judged]
    # Two right answers say the same; two wrong ones need not, so there nothing is added.
    parts = [reply, *(alike[:1] if judged else [])]
    parts += random.sample(MORE, random.choice((2, 3, 4, 5)))
    if random.random() < 0.5:
        parts[0], parts[1] = parts[1], parts[0]
    if random.random() < 0.3:
        return manner.warm(" ".join(parts[:2]), random) + "\n\n" + manner.warm(" ".join(parts[2:]), random)
    return manner.warm(" ".join(parts), random)
