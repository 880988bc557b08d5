"""The first detector: signals of two texts, weighed into a score, two thresholds, and a reason in plain words.

It reads no meaning. A flag always names what parts (a finding), and `agree` always rests on something shared: where
there is
neither, the verdict is `unsure`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from warmchat.compare.asked import read_question
from warmchat.compare.evidence import MOST, findings
from warmchat.compare.finding import Finding
from warmchat.compare.reading import Pair, read_pair
from warmchat.compare.reasons import reason_of
from warmchat.compare.signals import measure
from warmchat.compare.stance import towards
from warmchat.compare.weights import AGREE_BELOW, BIAS, DISAGREE_FROM, WEIGHTS
from warmchat.compare.words import tokens, without_code
from warmchat.domain.conversation import Message
from warmchat.domain.verdict import Direction, Evidence, Label, Span, Verdict, unjudged

_EDGE = 0.01  # how far inside the unsure band a score is put that has nothing to show for its label
# Words, numbers and the signs that can change a meaning ("a + b", "-5"); stops, quotes and emoji are style.
_SAME_WORDS = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+|[-−+=<>/^%$€£¥°&|@~]")
_SHOWS = 0.3  # strength from which a finding can carry a flag
# These hint at a parting; a flag needs one of the others.
_HINTS = frozenset({"caution_missing", "amounts_apart", "other_numbers_apart", "source_added"})
_LATIN_SHARE = 0.5
_ENGLISH_SHARE = 0.12  # English prose has 0.35 to 0.6 of function words; other Latin-script languages 0 to 0.08


@dataclass(frozen=True, slots=True)
class SignalDetector:
    """Implements `Detector` with pure signals; standard library only, no state, safe in any thread."""

    @property
    def name(self) -> str:
        return "signals/1"

    def detect(
        self, question: str, history: Sequence[Message], reply: str, shadow: str, *, scores: Sequence[float] = ()
    ) -> Verdict:
        """Compare; see `Detector.detect`. Reads at most 40,000 characters of a side; says so where there are more.

        The scores are kept among the signals as ``surprise`` (nats a token) and weigh nothing yet: no labelled pairs
        with scores exist to weigh them by.
        """
        verdict = self._judged(question, history, reply, shadow)
        if not scores or verdict.label == "unjudged":
            return verdict
        surprise = round(-sum(scores) / len(scores), 4)
        return replace(verdict, signals={**verdict.signals, "surprise": surprise})

    def _judged(self, question: str, history: Sequence[Message], reply: str, shadow: str) -> Verdict:
        if _plain(reply) == _plain(shadow) and _plain(reply):
            return Verdict(
                "agree", "both say the same words", score=0.0, signals={"same_words": 1.0}, detector=self.name
            )
        missing = _nothing_to_read(reply, "reply") or _nothing_to_read(shadow, "shadow reply")
        if missing:
            return unjudged(missing)
        pair = read_pair(read_question(question, history), reply, shadow)
        found = [f for f in findings(pair) if f.strength > 0]
        signals = measure(pair, found)
        raw = score_of(signals)
        score, limits = _within_limits(raw, pair, found, signals, code_differs=_code(reply) != _code(shadow))
        label = label_of(score)
        # What the user claimed comes first where the two part over it: it says most about why.
        weighed = sorted(found, key=lambda f: (f.signal != "claim_parted", -WEIGHTS.get(f.signal, 0.0) * f.strength))
        return Verdict(
            label=label,
            reason="; ".join([reason_of(label, pair, weighed, signals), *limits]),
            kind=None if label == "agree" or not weighed else weighed[0].kind,
            direction=_direction(pair),
            score=round(score, 4),
            evidence=_distinct(f.as_evidence() for f in weighed)[:MOST] if label != "agree" else (),
            signals={name: round(value, 4) for name, value in sorted(signals.items())},
            detector=self.name,
        )


def score_of(signals: dict[str, float]) -> float:
    """The logistic of the weighted signals, 0..1."""
    z = BIAS + sum(WEIGHTS.get(name, 0.0) * value for name, value in signals.items())
    return 1 / (1 + math.exp(-z))


def label_of(score: float) -> Label:
    """The label at the two thresholds of `weights`."""
    if score >= DISAGREE_FROM:
        return "disagree"
    return "agree" if score <= AGREE_BELOW else "unsure"


def can_flag(found: Sequence[Finding]) -> bool:
    """Whether something can be shown for a flag."""
    return any(f.strength >= _SHOWS and f.signal not in _HINTS for f in found)


def can_agree(signals: dict[str, float]) -> bool:
    """Whether something shared can be shown: a name, a number, a stance, or most of the shorter side's words."""
    shared = max(signals["names_shared"], signals["numbers_shared"], signals["stance_shared"], signals["refusal_both"])
    # Sides that say nothing beyond the question's words agree where they repeat the same ones ("The Sun is a star.").
    words = 1 - signals["words_apart"] if not signals["bare_one"] and not signals["bare_both"] else 0.0
    return shared >= 0.5 or words >= 0.6 or signals["restated"] >= 0.5


def _within_limits(
    raw: float, pair: Pair, found: Sequence[Finding], signals: dict[str, float], *, code_differs: bool
) -> tuple[float, list[str]]:
    """The score, kept in the unsure band where the label could not be shown, with what limited it."""
    notes = []
    agreeable, flaggable = can_agree(signals), can_flag(found)
    if not pair.reply.whole or not pair.shadow.whole:
        notes.append("not all of the longer reply was read")
        agreeable = False
    if code_differs:
        notes.append("code was not compared")
        agreeable = False
    if _foreign(pair):
        notes.append("the rules read English alone")
        flaggable = False
        agreeable = signals["words_jaccard_apart"] <= 0.2 and not signals["bare_both"] and not signals["bare_one"]
    if raw >= DISAGREE_FROM and not flaggable:
        return DISAGREE_FROM - _EDGE, notes
    if raw <= AGREE_BELOW and not agreeable:
        return AGREE_BELOW + _EDGE, notes
    return raw, notes


def _foreign(pair: Pair) -> bool:
    for side in (pair.reply, pair.shadow):
        long = sum(len(i.sentence.tokens) for i in side.stated) >= 8
        if side.latin < _LATIN_SHARE or (long and side.english < _ENGLISH_SHARE):
            return any(c.isalpha() for c in side.text[:4000])
    return False


def _distinct(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each pair of spans once, at its strongest: several signals may point at one place."""
    best: dict[tuple[Span | None, Span | None, str], Evidence] = {}
    for pair in evidence:
        key = (pair.reply, pair.shadow, pair.kind)
        if key not in best or pair.score > best[key].score:
            best[key] = pair
    return tuple(best.values())


def _direction(pair: Pair) -> Direction | None:
    """Which side took up what the user said and the other did not."""
    if not pair.asked.claims:
        return None
    for claim in pair.asked.claims:
        here, there = towards(pair.reply, claim, pair.asked), towards(pair.shadow, claim, pair.asked)
        if here > 0 and there < 0:
            return "reply"
        if there > 0 and here < 0:
            return "shadow"
    return "neither"


def _plain(text: str) -> list[str]:
    return _SAME_WORDS.findall(text.casefold())


def _code(text: str) -> list[str]:
    return [part.strip() for part in text.split("```")[1::2]]


def _nothing_to_read(text: str, side: str) -> str:
    """Why a side cannot be compared; empty where it can."""
    if not text.strip():
        return f"the {side} is empty"
    if next(tokens(without_code(text)), None) is not None:
        return ""
    return f"the {side} holds only code" if "```" in text else f"the {side} holds no words"
