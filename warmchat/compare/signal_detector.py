"""The detector: signals of two texts, weighed into a score, two thresholds, and a reason in plain words.

A flag always names what parts (a finding), and `agree` always rests on something shared: where there is neither, the
verdict is `unsure`. With a network that reads both replies (`CrossReader`) it weighs that one's opinion too; without
it, or where that cannot be loaded, it judges by rules and words, with weights of their own, and its name says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from warmchat.compare.asked import read_question
from warmchat.compare.cross import CrossReader, finding_of, is_long, item_of, signals_of
from warmchat.compare.cross_encoder.encoder import Item, Seen
from warmchat.compare.detector import Compared
from warmchat.compare.evidence import MOST, findings
from warmchat.compare.limits import SHOWS_FROM, is_foreign, nothing_asked, within_limits
from warmchat.compare.lists import code
from warmchat.compare.reading import Pair, read_pair
from warmchat.compare.reasons import TELLING, reason_of
from warmchat.compare.signals import measure
from warmchat.compare.stance import towards
from warmchat.compare.weights import CROSS, RULES, model
from warmchat.compare.words import tokens, without_code
from warmchat.domain.conversation import Message
from warmchat.domain.errors import WarmchatError
from warmchat.domain.verdict import Direction, Evidence, Span, Verdict, unjudged

# Words, numbers and the signs that can change a meaning ("a + b", "-5"); stops, quotes and emoji are style.
_SAME_WORDS = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+|[-−+=<>/^%$€£¥°&|@~]")
_TURNS = 0.4  # logits of a score by which the other order of the replies moves it in one pair of fifty at most
_BATCH = 32  # pairs that the network is given at once


@dataclass(frozen=True, slots=True)
class SignalDetector:
    """Implements `Detector`. Safe in any thread where its network is.

    Attributes:
        cross: the network, loaded when it is first asked; None: rules and words alone.
    """

    cross: CrossReader | None = None

    @property
    def name(self) -> str:
        return CROSS if self.cross is not None else RULES

    def detect(
        self, question: str, history: Sequence[Message], reply: str, shadow: str, *, scores: Sequence[float] = ()
    ) -> Verdict:
        """Compare; see `Detector.detect`. Reads at most 40,000 characters of a side; says so where there are more.

        The scores are kept among the signals as ``surprise`` (nats a token) and weigh nothing: how likely a model finds
        a text moves with its style more than with its facts.
        """
        return next(self.detect_many([Compared(question, tuple(history), reply, shadow, tuple(scores))]))

    def detect_many(self, pairs: Iterable[Compared]) -> Iterator[Verdict]:
        """A verdict for each, in order; the network reads them in batches."""
        batch: list[Compared] = []
        for one in pairs:
            batch.append(one)
            if len(batch) == _BATCH:
                yield from self._batch(batch)
                batch = []
        yield from self._batch(batch)

    def _batch(self, batch: Sequence[Compared]) -> Iterator[Verdict]:
        read = [_read(one) for one in batch]
        open_pairs = [pair for pair in read if isinstance(pair, Pair)]
        judged = iter(self._judge(open_pairs))
        for one, pair in zip(batch, read, strict=True):
            if isinstance(pair, Pair):
                verdict = _as_written(next(judged), one)
            else:
                verdict = pair if pair.label == "unjudged" else replace(pair, detector=self.name)
            if one.scores and verdict.label != "unjudged":
                surprise = round(-sum(one.scores) / len(one.scores), 4)
                verdict = replace(verdict, signals={**verdict.signals, "surprise": surprise})
            yield verdict

    def _judge(self, pairs: Sequence[Pair]) -> list[Verdict]:
        """The verdict of each. The network reads one order of the replies, and the other where that could turn a label:
        a quarter of the pairs.
        """
        items = {at: item_of(pair) for at, pair in enumerate(pairs) if self.cross is not None and not is_foreign(pair)}
        try:
            seen = self._seen(items)
            found = [_judged(pair, seen.get(at)) for at, pair in enumerate(pairs)]
            open_ = {at: item for at, item in items.items() if _may_turn(found[at])}
            for at, both in self._seen(open_, [seen[at] for at in open_]).items():
                found[at] = _judged(pairs[at], both)
        except WarmchatError:  # a check without the network is better than none; the verdict names what judged
            return [_judged(pair, None) for pair in pairs]
        return found

    def _seen(self, items: Mapping[int, Item], glanced: Sequence[Seen] = ()) -> dict[int, Seen]:
        """What the network says at a glance, or in both orders where it has glanced."""
        if self.cross is None or not items:
            return {}
        read = list(items.values())
        return dict(zip(items, self.cross.see(read, glanced) if glanced else self.cross.glance(read), strict=True))


def _as_written(verdict: Verdict, one: Compared) -> Verdict:
    """The verdict with its spans as the replies have them: they were read with blanks in the place of code."""

    def worded(span: Span | None, whole: str) -> Span | None:
        return None if span is None else replace(span, text=whole[span.start : span.end])

    found = ((each, worded(each.reply, one.reply), worded(each.shadow, one.shadow)) for each in verdict.evidence)
    evidence = tuple(replace(each, reply=reply, shadow=shadow) for each, reply, shadow in found)
    return replace(verdict, evidence=evidence)


def _read(one: Compared) -> Pair | Verdict:
    """Both replies as read, or the verdict where there is nothing to read."""
    if _plain(one.reply) == _plain(one.shadow) and _plain(one.reply):
        return Verdict("agree", "both say the same words", score=0.0, signals={"same_words": 1.0})
    missing = _nothing_to_read(one.reply, "reply") or _nothing_to_read(one.shadow, "shadow reply")
    here, there = code(one.reply), code(one.shadow)
    if missing and here and here == there:
        return Verdict("agree", "both give the same code", score=0.0, signals={"code_shared": 1.0})
    if missing:
        return unjudged(missing)
    return read_pair(read_question(one.question, one.history), one.reply, one.shadow)


def _judged(pair: Pair, seen: Seen | None) -> Verdict:
    found = [f for f in findings(pair) if f.strength > 0]
    signals = measure(pair, found)
    weighing = model(RULES if seen is None else CROSS)
    if seen is not None:
        signals |= signals_of(seen)
    cross = seen.disagreement if seen is not None else None
    raw = weighing.score(signals, long=is_long(pair))
    score, limits = within_limits(raw, pair, found, signals, cross=cross, model=weighing)
    label = weighing.label(score)
    if nothing_asked(pair, found, cross):
        signals["nothing_asked"] = 1.0
    # Evidence, kind and reason go by what tells most, the score by the weights.
    weighed = sorted(found, key=lambda f: (f.strength < SHOWS_FROM, TELLING.index(f.signal), -f.strength))
    held = finding_of(pair, cross) if cross is not None else None
    if held is not None and not any(f.strength >= SHOWS_FROM for f in weighed):
        weighed.insert(0, held)
    return Verdict(
        label=label,
        reason="; ".join([reason_of(label, pair, weighed, signals), *limits]),
        kind=None if label == "agree" or not weighed else weighed[0].kind,
        direction=_direction(pair),
        score=round(score, 4),
        evidence=_distinct(f.as_evidence() for f in weighed)[:MOST] if label != "agree" else (),
        signals={name: round(value, 4) for name, value in sorted(signals.items())},
        detector=weighing.name,
    )


def _may_turn(verdict: Verdict) -> bool:
    """Whether the score lies so near to a threshold that the other order of the replies could change the label."""
    weighing = model(verdict.detector)
    near = [_logit(verdict.score or 0.0) - _logit(edge) for edge in (weighing.agree_below, weighing.disagree_from)]
    return min(map(abs, near)) < _TURNS


def _logit(score: float) -> float:
    inner = min(1 - 1e-9, max(1e-9, score))
    return math.log(inner / (1 - inner))


def _distinct(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each pair of spans once, at its strongest: several signals may point at one place."""
    best: dict[tuple[Span | None, Span | None, str], Evidence] = {}
    for pair in evidence:
        key = (pair.reply, pair.shadow, pair.kind)
        if key not in best or pair.score > best[key].score:
            best[key] = pair
    return tuple(best.values())


def _direction(pair: Pair) -> Direction | None:
    """Which side took up what the user said and the other did not, be it that it rejects it or says nothing of it."""
    if not pair.asked.claims:
        return None
    stands = [(towards(pair.reply, c, pair.asked), towards(pair.shadow, c, pair.asked)) for c in pair.asked.claims]
    for here, there in sorted(stands, key=lambda both: both[0] * both[1]):  # where they are against each other first
        if here > 0 >= there:
            return "reply"
        if there > 0 >= here:
            return "shadow"
    return "neither"


def _plain(text: str) -> list[str]:
    return _SAME_WORDS.findall(text.casefold())


def _nothing_to_read(text: str, side: str) -> str:
    """Why a side cannot be compared; empty where it can."""
    if not text.strip():
        return f"the {side} is empty"
    if next(tokens(without_code(text)), None) is not None:
        return ""
    return f"the {side} holds only code" if "```" in text else f"the {side} holds no words"
