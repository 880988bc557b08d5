"""A verdict's reason in plain words. It says what each side says, never which is right."""

from __future__ import annotations

from collections.abc import Sequence

from warmchat.compare.answering import answering
from warmchat.compare.facts import name_known, number_known, told_names, told_numbers
from warmchat.compare.finding import Finding
from warmchat.compare.reading import Pair
from warmchat.compare.stance import on_question, towards
from warmchat.domain.verdict import Label, Span

_LONG = 60
TELLING = (
    "claim_parted", "refusal_one", "polarity_flipped", "answer_missing", "numbers_apart", "names_apart",
    "advice_caution", "self_claimed", "swapped_alone", "swapped_fact", "other_numbers_apart", "other_names_apart",
    "denied", "negation_flipped", "opposites", "swapped_words", "nothing_shared", "amounts_apart", "caution_missing",
    "source_added",
)  # fmt: skip
"""Signals of findings, those first that say most about why two replies part."""


def reason_of(label: Label, pair: Pair, found: Sequence[Finding], signals: dict[str, float]) -> str:
    """One sentence for the label, from the weightiest finding."""
    if label == "agree":
        return _agreement(pair, signals)
    if found:
        said = _parting(found[0], pair)
        return said if label == "disagree" else f"perhaps: {said}"
    if label == "disagree":
        return "the two have hardly a word in common"
    if signals["words_apart"] < 0.4 and not signals["bare_one"] and not signals["bare_both"]:
        return "what both say is alike, and one says more"
    if signals["words_apart"] >= 0.5:
        return "the wording differs, and no name, number or yes and no to hold on to"
    return "too little to compare"


def _agreement(pair: Pair, signals: dict[str, float]) -> str:
    return _shared_fact(pair) or _shared_stand(pair, signals) or _nothing_parts(signals)


def _shared_fact(pair: Pair) -> str:
    asked = pair.asked
    numbers = told_numbers(pair.reply.core, asked.numbers) if asked.wants in ("date", "number") else []
    places = [(q.start, q.end) for q in numbers if number_known(q, pair.shadow)]
    told = told_names(pair.reply.core, asked.stems)
    places += [(n.start, n.end) for n in told if name_known(n, pair.shadow, asked.stems)]
    return f"both give {_short(pair.reply.text[slice(*places[0])])}" if places else ""


def _shared_stand(pair: Pair, signals: dict[str, float]) -> str:
    asked = pair.asked
    if signals["stance_shared"] and asked.claims:
        claim = asked.claims[0]
        stand = "are for" if towards(pair.reply, claim, asked) > 0 else "are against"
        said = f"your plan {_short(claim.text)!r}" if claim.plan else f"your claim {_short(claim.value_text)!r}"
        return f"both {stand} {said}"
    if asked.yes_no and signals["stance_shared"]:
        return f"both say {'yes' if on_question(pair.reply, asked) > 0 else 'no'}"
    return "both decline" if signals["refusal_both"] else ""


def _nothing_parts(signals: dict[str, float]) -> str:
    if signals.get("nothing_asked"):
        return "no fact was asked for, and neither says what the other denies"
    if 1 - signals["words_apart"] >= 0.5 and not signals["bare_one"]:
        return "both say it in much the same words"
    return "nothing was found in which they part"


def _parting(finding: Finding, pair: Pair) -> str:
    here, there = _words(finding.reply), _words(finding.shadow)
    match finding.signal:
        case "claim_parted":
            said = _claim(finding, pair, there)
        case "refusal_one":
            who, other = ("this reply", "the oracle") if pair.reply.refusal else ("the oracle", "this reply")
            said = f"{who} declines, {other} answers"
        case "answer_missing":
            said = _answer(pair, here, there)
        case "polarity_flipped":
            yes = on_question(pair.reply, pair.asked) > 0
            said = f"the oracle says {'no' if yes else 'yes'}, this reply says {'yes' if yes else 'no'}"
        case "self_claimed":
            said = f"this reply claims a life or feelings of its own: {here}; the oracle does not"
        case "source_added":
            said = f"this reply names a source that the oracle does not: {here}"
        case "caution_missing" | "advice_caution":
            said = f"a caution of the oracle's is not in this reply: {there}"
        case "amounts_apart":
            said = f"the same is claimed in another strength: {here} here, {there} there"
        case "negation_flipped" | "opposites":
            said = f"one says what the other denies: {here} here, {there} there"
        case "denied":
            said = f"{here or there} is asserted by one and denied by the other"
        case _:
            said = f"{here} here, {there} there"
    return said


def _answer(pair: Pair, here: str, there: str) -> str:
    if answering(pair.reply, pair.asked) < answering(pair.shadow, pair.asked):
        return f"the oracle answers what was asked, this reply does not: {there.rstrip('.')}"
    return f"this reply answers what was asked, the oracle does not: {here.rstrip('.')}"


def _claim(finding: Finding, pair: Pair, there: str) -> str:
    parted = (
        (c, towards(pair.reply, c, pair.asked)) for c in pair.asked.claims
        if towards(pair.reply, c, pair.asked) * towards(pair.shadow, c, pair.asked) < 0
    )  # fmt: skip
    claim, stand = next(parted, (pair.asked.claims[0], 1))
    value = _short(claim.value_text)
    if claim.plan:
        favour, against = ("the reply", "the oracle") if stand > 0 else ("the oracle", "the reply")
        return f"{favour} is for your plan {value!r}, {against} is not"
    if stand < 0:
        return f"the oracle takes up your claim {value!r}; this reply says {_words(finding.reply)}"
    return f"the reply takes up your claim {value!r}; the oracle says {there or 'otherwise'}"


def _words(found: Span | None) -> str:
    return _short(found.text) if found is not None else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONG else line[: _LONG - 1].rstrip() + "…"
