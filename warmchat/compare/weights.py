"""What each signal is worth, and the two thresholds: plain numbers, printed by tests/compare/fit_signals.py.

Recipe: logistic regression with an L2 penalty, on 60 % of the questions of pairs_dev.jsonl (EVOUNA Natural Questions),
half of those pairs again with a warm wrapping, and half of our own pairs (tests/compare/own_pairs.py). The penalty pulls
the signals that such pairs hardly show (claims, yes and no, refusals, swaps) towards a stated value. Signs are held, so
that the score never falls as a signal of disagreement rises. The thresholds come from another 20 % of the questions,
plain and wrapped: `disagree` where 4 % of agreeing pairs lie above (aim: 5 % on fresh questions), `agree` below the 10th
percentile of disagreeing pairs.

On the last 20 % (1,052 pairs, balanced; raw scores): AUROC .844; at `disagree` recall .48, precision .91, false positives
.045; false agrees .09; unsure .47. With warm wrappings that the fit has not seen: AUROC .842, false positives .046.
These labels are noisy (about half of those that say "disagree" are doubtful), and half of real pairs do not disagree.
"""

from __future__ import annotations

from typing import Final

WEIGHTS: Final[dict[str, float]] = {
    "words_apart": 1.079,  # the better covered side, all answering sentences
    "words_apart_either": 0.902,  # the worse covered side
    "words_jaccard_apart": 0.552,  # both together
    "names_apart": 0.83,  # where a name was asked for
    "other_names_apart": 0.175,  # where it was not
    "numbers_apart": 1.01,  # where a number or date was asked for
    "other_numbers_apart": 0.41,  # where it was not
    "swapped_fact": 1.057,  # alike word for word but for a name or number
    "swapped_words": 0.247,  # the same for other words
    "swapped_alone": 0.77,  # and the sentences differ in nothing else
    "denied": 0.568,  # asserted here, denied there
    "negation_flipped": 0.925,  # aligned sentences, one negated
    "opposites": 1.52,  # aligned sentences, words that exclude each other
    "amounts_apart": 0.037,  # all, some, none
    "polarity_flipped": 3.654,  # yes here, no there
    "claim_parted": 3.536,  # one takes the user's claim or plan up, the other does not
    "refusal_one": 3.292,  # one declines
    "caution_missing": 0.251,  # a caution of the shadow's
    "bare_one": 0.591,  # one side has no word of its own
    "answer_apart": 0.871,  # the one sentence that answers
    "nothing_shared": 0.296,  # asked for a name or number, no word in common
    "names_shared": -0.394,  # the better share of names that the other side has
    "numbers_shared": -0.106,  # the same of numbers
    "stance_shared": -0.751,  # both yes, both no, or both for or against the claim
    "refusal_both": -0.205,  # both decline
    "bare_both": -0.126,  # neither has a word of its own
}
BIAS: Final = -2.116

DISAGREE_FROM: Final = 0.791
AGREE_BELOW: Final = 0.230
