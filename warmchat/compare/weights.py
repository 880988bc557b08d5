"""What each signal is worth, and the thresholds: the plain numbers of weights.json.

They are written by tests/compare/fit_signals.py. Two models: `signals/4` weighs rules and words alone,
`signals/4+cross` the cross-encoder as well. Each has its bias, its two thresholds, and how the logit of a long pair is
turned so that the same thresholds hold for it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from warmchat.domain.verdict import Label

RULES, CROSS = "signals/4", "signals/4+cross"

SIGNALS: Mapping[str, str] = {
    "words_apart": "the better covered side, all answering sentences",
    "words_apart_either": "the worse covered side",
    "words_jaccard_apart": "both together",
    "names_apart": "where a name was asked for",
    "other_names_apart": "where it was not",
    "numbers_apart": "where a number or date was asked for",
    "other_numbers_apart": "where it was not",
    "swapped_fact": "alike word for word but for a name or number",
    "swapped_words": "the same for other words",
    "swapped_alone": "and the sentences differ in nothing else",
    "denied": "asserted here, denied there",
    "negation_flipped": "aligned sentences, one negated",
    "opposites": "aligned sentences, words that exclude each other",
    "amounts_apart": "all, some, none",
    "polarity_flipped": "yes here, no there",
    "claim_parted": "one takes the user's claim or plan up, the other does not",
    "refusal_one": "one declines",
    "answer_missing": "one answers what was asked, the other talks past it",
    "advice_caution": "a caution of the shadow's in advice about health, money, law, people",
    "caution_missing": "a caution of the shadow's elsewhere",
    "self_claimed": "the reply claims a life or feelings",
    "source_added": "the reply names a source",
    "bare_one": "one side has no word of its own",
    "answer_apart": "the one sentence that answers",
    "nothing_shared": "asked for a name or number, no word in common",
    "cross": "the network's logit, 0.5 where it is undecided",
    "tokens_apart": "words without a counterpart in the network's word vectors",
    "names_shared": "the better share of names that the other side has",
    "numbers_shared": "the same of numbers",
    "stance_shared": "both yes, both no, or both for or against the claim",
    "refusal_both": "both decline",
    "bare_both": "neither has a word of its own",
    "code_shared": "the same code",
}
"""Every signal that is weighed, in plain words. From `names_shared` on they speak for agreement."""


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model of the signals.

    Attributes:
        weights: by signal; one that is missing weighs nothing.
        disagree_from, agree_below: scores at which the label turns, both included.
        long_scale, long_shift: the logit of a long pair times the one plus the other.
    """

    name: str
    weights: Mapping[str, float]
    bias: float
    disagree_from: float
    agree_below: float
    long_scale: float = 1.0
    long_shift: float = 0.0

    def score(self, signals: Mapping[str, float], *, long: bool = False) -> float:
        """The logistic of the weighted signals, 0..1."""
        z = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in signals.items())
        return logistic(self.long_scale * z + self.long_shift if long else z)

    def label(self, score: float) -> Label:
        """The label at the two thresholds."""
        if score >= self.disagree_from:
            return "disagree"
        return "agree" if score <= self.agree_below else "unsure"


@cache
def model(name: str) -> Model:
    """The model of this name (`RULES` or `CROSS`)."""
    kept = json.loads((files("warmchat.compare") / "weights.json").read_text(encoding="utf-8"))
    return Model(name=name, **kept[name])


def logistic(z: float) -> float:
    """1 / (1 + e^-z)."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, z))))
