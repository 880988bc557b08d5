"""Where two replies part: each finding has a sort, a strength and the exact spans."""

from __future__ import annotations

from collections.abc import Iterator

from warmchat.compare.advice import added, left_out
from warmchat.compare.aligned import aligned, swaps
from warmchat.compare.answering import Answering, answering
from warmchat.compare.asked import Asked
from warmchat.compare.claims.measures import alike_in_sort
from warmchat.compare.facts import name_known, number_known, told_names, told_numbers
from warmchat.compare.finding import Finding, sentence_span, span
from warmchat.compare.overlap import covered
from warmchat.compare.premise import Claim
from warmchat.compare.reading import Pair, Reading, Stated
from warmchat.compare.stance import on_question, place, speaks_to, towards, towards_plan
from warmchat.compare.words import Sentence, is_content
from warmchat.domain.verdict import Kind, Span

_MISSED = {Answering.PAST: 0.85, Answering.ABOUT: 0.6}
MOST = 6  # pieces of evidence in one verdict


def findings(pair: Pair) -> list[Finding]:
    """All findings, strongest first; at most a few dozen, since each side gives a bounded number of facts."""
    if pair.reply.refusal and pair.shadow.refusal:
        return []
    found = [
        *_claims_parted(pair), *_refusals(pair), *_talked_past(pair), *_yes_and_no(pair), *_denials(pair),
        *_numbers(pair), *_names(pair), *aligned(pair), *swaps(pair), *_nothing_shared(pair), *left_out(pair),
        *added(pair),
    ]  # fmt: skip
    return sorted(found, key=lambda f: -f.strength)


def _claims_parted(pair: Pair) -> Iterator[Finding]:
    for claim in pair.asked.claims:
        here, there = towards(pair.reply, claim, pair.asked), towards(pair.shadow, claim, pair.asked)
        if here * there >= 0 or _only_past(pair.reply if here < 0 else pair.shadow, claim, pair.asked):
            continue
        # Whichever of the two took it up; the verdict's direction says which.
        spans = (_claim_span(pair.reply, claim, here, pair), _claim_span(pair.shadow, claim, there, pair))
        yield Finding("claim_parted", "premise_accepted", 1.0, *spans)


def _only_past(reading: Reading, claim: Claim, asked: Asked) -> bool:
    """Whether a reply seems to say another thing than the claim, and only because it speaks of something else."""
    return not speaks_to(reading, claim) and answering(reading, asked) < Answering.ANSWERS


def _claim_span(reading: Reading, claim: Claim, stand: int, pair: Pair) -> Span | None:
    """The claimed value where a reply takes it up; what it says instead, or the sentence that turns it down."""
    at = place(reading, claim)
    if stand > 0:
        return span(reading.text, *at) if at is not None else _core_span(reading)
    told = [(n.start, n.end) for n in told_names(reading.core, pair.asked.every)]
    told += [(q.start, q.end) for q in told_numbers(reading.core, pair.asked.numbers)]
    instead = [(start, end) for start, end in told if at is None or not start <= at[0] < end]
    short = len(claim.value) <= 2 and not claim.plan  # "Sydney", "1944"; a longer one is a proposition
    if instead and short:
        return span(reading.text, *instead[0])
    item = next((i for i in reading.stated if at is not None and i.start <= at[0] < i.sentence.end), None)
    return sentence_span(reading, item) if item is not None else _core_span(reading)


def _answers(reading: Reading) -> tuple[Stated, ...]:
    return (reading.answer,) if reading.answer is not None else ()


def _refusals(pair: Pair) -> Iterator[Finding]:
    reply, shadow = pair.reply.refusal, pair.shadow.refusal
    if (reply is None) == (shadow is None):
        return
    other = pair.shadow if reply is not None else pair.reply
    if not other.stated and not other.opening:
        return
    strength = 0.95 if _takes_up(other, pair.asked) else 0.2
    yield Finding("refusal_one", "refusal", strength, _declined(pair.reply, reply), _declined(pair.shadow, shadow))


def _takes_up(reading: Reading, asked: Asked) -> bool:
    """Whether the side that does not decline gives what could be declined: an answer, or a stand for or against a plan.
    Beside a remark, or beside one that talks past the question too, "I'm not sure how to respond" declines nothing.
    """
    if any(claim.plan for claim in asked.claims) and towards_plan(reading):
        return True
    return asked.asks and answering(reading, asked) is Answering.ANSWERS


def _declined(reading: Reading, refusal: Sentence | None) -> Span | None:
    return _core_span(reading) if refusal is None else span(reading.text, refusal.start, refusal.end)


def _talked_past(pair: Pair) -> Iterator[Finding]:
    """What was asked is answered by one side, and the other speaks of something else."""
    asked = pair.asked
    if "?" not in asked.text or any(claim.plan for claim in asked.claims):
        return
    here, there = answering(pair.reply, asked), answering(pair.shadow, asked)
    less, most = sorted((here, there))
    if most is not Answering.ANSWERS or less not in _MISSED:
        return
    # What the user believes stays uncorrected where the shadow says another thing.
    uncorrected = here < there and asked.claims and all(towards(pair.shadow, c, asked) <= 0 for c in asked.claims)
    kind: Kind = "omission" if uncorrected else "refusal"
    yield Finding("answer_missing", kind, _MISSED[less], _core_span(pair.reply), _core_span(pair.shadow))


def _yes_and_no(pair: Pair) -> Iterator[Finding]:
    if not pair.asked.yes_no or pair.reply.refusal or pair.shadow.refusal:
        return
    here, there = on_question(pair.reply, pair.asked), on_question(pair.shadow, pair.asked)
    if here * there < 0:
        said = bool(pair.reply.opening) + bool(pair.shadow.opening)
        yield Finding(
            "polarity_flipped", "contradiction", (0.8, 0.9, 1.0)[said], _core_span(pair.reply), _core_span(pair.shadow)
        )


def _denials(pair: Pair) -> Iterator[Finding]:
    """What one asserts and the other denies outright."""
    for asserting, denying, swap in ((pair.reply, pair.shadow, False), (pair.shadow, pair.reply, True)):
        for key, weight in denying.core_bag.items():
            bare = key[1:]
            if not key.startswith("~") or bare not in asserting.bag or bare in denying.bag or key in asserting.bag:
                continue
            spans = (_word_span(asserting, bare), _word_span(denying, bare))
            reply, shadow = spans[::-1] if swap else spans
            yield Finding("denied", "contradiction", 0.9 if weight > 1 else 0.25, reply, shadow)


def _numbers(pair: Pair) -> Iterator[Finding]:
    asked = pair.asked.numbers
    here, there = (
        told_numbers(_answers(side), asked) or told_numbers(side.core, asked) for side in (pair.reply, pair.shadow)
    )
    if pair.asked.wants == "date" and any(q.sort == "date" for q in here) and any(q.sort == "date" for q in there):
        here, there = ([q for q in side if q.sort == "date"] for side in (here, there))
    if pair.asked.wants == "number" and all(any(q.sort != "date" for q in side) for side in (here, there)):
        here, there = ([q for q in side if q.sort != "date"] for side in (here, there))  # "As of 2023, there are 7"
    wanted = pair.asked.wants in ("date", "number")
    new_here = [q for q in here if not number_known(q, pair.shadow)]
    new_there = [q for q in there if not number_known(q, pair.reply)]
    both = next(((a, b) for a in new_here for b in new_there if alike_in_sort(a, b)), None)
    if both is None:
        return
    share = min(len(new_here) / len(here), len(new_there) / len(there))
    strength = share * (0.95 if wanted else 0.6)
    if wanted and both == (here[0], there[0]):
        strength = max(strength, 0.75)
    yield Finding(
        "numbers_apart" if wanted else "other_numbers_apart", "contradiction", strength,
        span(pair.reply.text, both[0].start, both[0].end), span(pair.shadow.text, both[1].start, both[1].end),
    )  # fmt: skip


def _names(pair: Pair) -> Iterator[Finding]:
    asked = pair.asked.stems
    here, there = (
        told_names(_answers(side), asked) or told_names(side.core, asked) for side in (pair.reply, pair.shadow)
    )
    new_here = [n for n in here if not name_known(n, pair.shadow, asked)]
    new_there = [n for n in there if not name_known(n, pair.reply, asked)]
    if not new_here or not new_there:
        return
    share = min(len(new_here) / len(here), len(new_there) / len(there))
    first = 0.8 if (new_here[0], new_there[0]) == (here[0], there[0]) else 0.0
    wanted = pair.asked.wants == "name"
    strength = max(share, first) * (0.95 if wanted else 0.85)
    yield Finding(
        "names_apart" if wanted else "other_names_apart", "contradiction", strength,
        span(pair.reply.text, new_here[0].start, new_here[0].end),
        span(pair.shadow.text, new_there[0].start, new_there[0].end),
    )  # fmt: skip


def _nothing_shared(pair: Pair) -> Iterator[Finding]:
    """Answers to a question for a name or a number that have no word in common."""
    a, b = pair.reply.answer, pair.shadow.answer
    if a is None or b is None or pair.asked.wants not in ("name", "number", "date"):
        return
    if any(len(x.sentence.tokens) > 6 and not x.stems & pair.asked.topic for x in (a, b)):
        return  # a sentence about something else answers nothing
    if not covered(a.bag, pair.shadow.bag) and not covered(b.bag, pair.reply.bag):
        yield Finding("nothing_shared", "contradiction", 0.5, _filling(pair.reply, a), _filling(pair.shadow, b))


def _filling(reading: Reading, item: Stated) -> Span:
    """From the first to the last word that the question did not bring, within one sentence."""
    own = [t for t in item.sentence.tokens if is_content(t) and (t.stem in item.bag or t.text[0].isdigit())]
    if not own:
        return sentence_span(reading, item)
    return span(reading.text, own[0].start, own[-1].end)


def _word_span(reading: Reading, key: str) -> Span | None:
    for item in reading.stated:
        for number in item.numbers:
            if number.key == key:
                return span(reading.text, number.start, number.end)
        for token in item.sentence.tokens:
            if token.stem == key:
                return span(reading.text, token.start, token.end)
    return None


def _core_span(reading: Reading) -> Span | None:
    return sentence_span(reading, reading.core[0]) if reading.core else None
