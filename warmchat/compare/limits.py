"""What must be shown for a label: a flag names what parts, `agree` rests on something shared."""

from __future__ import annotations

import re
from collections.abc import Sequence

from warmchat.compare.advice import is_advice
from warmchat.compare.cross import AGREES, SHOWS
from warmchat.compare.finding import Finding
from warmchat.compare.reading import Pair
from warmchat.compare.weights import Model

EDGE = 0.01  # how far inside the unsure band a score is put that has nothing to show for its label
SHOWS_FROM = 0.3  # strength from which a finding can carry a flag
# These hint at a parting; a flag needs one of the others.
_HINTS = frozenset({"caution_missing", "amounts_apart", "other_numbers_apart", "source_added"})
# Where anything may be answered ("name three fruits"), only these part: the others say that another thing was chosen.
_STANDS = frozenset({
    "claim_parted", "polarity_flipped", "refusal_one", "self_claimed", "advice_caution", "denied", "negation_flipped",
    "opposites",
})  # fmt: skip
_DENIALS = frozenset({"denied", "negation_flipped", "opposites", "polarity_flipped"})
_OPEN = re.compile(
    r"\b(?:write|compose|invent|imagine|brainstorm|draft)\b|\b(?:suggest|recommend)\b|\bideas? for\b"
    r"|\b(?:name|list|give me|tell me|show me) (?:some|a few|any|an?|one|two|three|four|five|six|ten|\d+)\b"
    r"|\bwhat are some\b|\bfor example\?",
    re.IGNORECASE,
)
_ABOUT_ONESELF = re.compile(
    r"\b(?:i|i'm|i’m|i've|i’ve|my|me|we|our|us)\b|\A\W*(?:hi|hello|hey|good (?:morning|evening|night)|thanks"
    r"|thank you)\b",
    re.IGNORECASE,
)
_LATIN_SHARE = 0.5
_ENGLISH_SHARE = 0.12  # English prose has 0.35 to 0.6 of function words; other Latin-script languages 0 to 0.08


def can_flag(pair: Pair, found: Sequence[Finding], cross: float | None) -> bool:
    """Whether something can be shown for a flag. `cross`: the network's probability, None where it was not asked."""
    shown = [f for f in found if f.strength >= SHOWS_FROM and f.signal not in _HINTS]
    held = cross is not None and cross >= SHOWS and bool(pair.reply.core_bag and pair.shadow.core_bag)
    plan = any(claim.plan for claim in pair.asked.claims)
    if is_open(pair) or plan:  # of advice the network knows little: what it alone holds carries no flag
        return any(f.signal in _STANDS for f in shown)
    return bool(shown) or held


def can_agree(signals: dict[str, float], cross: float | None) -> bool:
    """Whether something shared can be shown: a name, a number, a stance, code, most of the shorter side's words, or,
    with words on both sides, what the network holds.
    """
    shared = max(signals[n] for n in ("names_shared", "numbers_shared", "stance_shared", "refusal_both", "code_shared"))
    # Sides that say nothing beyond the question's words agree where they repeat the same ones ("The Sun is a star.").
    own = not signals["bare_one"] and not signals["bare_both"]
    words = 1 - signals["words_apart"] if own else 0.0
    held = cross is not None and cross <= AGREES and own
    return shared >= 0.5 or words >= 0.6 or signals["restated"] >= 0.5 or held


def nothing_asked(pair: Pair, found: Sequence[Finding], cross: float | None) -> bool:
    """Whether the message leaves nothing to be right or wrong about, and neither reply takes a stand against the other.

    Small talk and open requests: two replies that both comfort, or choose other examples, do not part. Where a caution
    could be missing (`advice.is_advice`), where the user claims or plans something, or where one declines, that
    is not said.
    """
    asked = pair.asked
    talk = is_open(pair) or (_ABOUT_ONESELF.search(asked.text) is not None and not asked.asks)
    if not talk or asked.claims or is_advice(pair) or is_foreign(pair) or pair.reply.refusal or pair.shadow.refusal:
        return False
    # Of a remark that asks for nothing what one side denies is beside the point; of an open request it is not.
    counts = _STANDS if is_open(pair) or asked.asks else _STANDS - _DENIALS
    stands = any(f.strength >= SHOWS_FROM and f.signal in counts for f in found)
    read = pair.reply.whole and pair.shadow.whole and pair.code[0] == pair.code[1]
    return not stands and read and (cross is None or cross < SHOWS)


def within_limits(
    raw: float,
    pair: Pair,
    found: Sequence[Finding],
    signals: dict[str, float],
    *,
    cross: float | None,
    model: Model,
) -> tuple[float, list[str]]:
    """The score, kept in the unsure band where the label could not be shown, with what limited it.

    Scores that are kept there keep their order.
    """
    notes = []
    agreeable, flaggable = can_agree(signals, cross), can_flag(pair, found, cross)
    if not pair.reply.whole or not pair.shadow.whole:
        notes.append("not all of the longer reply was read")
        agreeable = False
    if pair.code[0] != pair.code[1]:
        notes.append("code was not compared")
        agreeable = False
    if is_foreign(pair):
        notes.append("the rules read English alone")
        flaggable = False
        agreeable = signals["words_jaccard_apart"] <= 0.2 and not signals["bare_both"] and not signals["bare_one"]
    if nothing_asked(pair, found, cross):
        return min(raw, model.agree_below - EDGE * (2 - raw)), notes
    if raw >= model.disagree_from and not flaggable:
        return model.disagree_from - EDGE * (2 - raw), notes
    if raw <= model.agree_below and not agreeable:
        return model.agree_below + EDGE * (1 + raw), notes
    return raw, notes


def is_open(pair: Pair) -> bool:
    """Whether the message asks for something that may come out in many ways: ideas, a poem, "name three"."""
    return _OPEN.search(pair.asked.text) is not None


def is_foreign(pair: Pair) -> bool:
    """Whether a side is in another script or language than the rules read."""
    for side in (pair.reply, pair.shadow):
        long = sum(len(i.sentence.tokens) for i in side.stated) >= 8
        if side.latin < _LATIN_SHARE or (long and side.english < _ENGLISH_SHARE):
            return any(c.isalpha() for c in side.text[:4000])
    return False
