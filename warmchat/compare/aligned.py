"""Partings that show when two sentences are laid beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from warmchat.compare.asked import Asked
from warmchat.compare.claims.numbers import NUMBER_WORDS
from warmchat.compare.claims.polarity import amount, negated, opposite_words
from warmchat.compare.facts import name_known, number_known
from warmchat.compare.finding import Finding, sentence_span, span
from warmchat.compare.lexicon import SOCIAL, listed
from warmchat.compare.overlap import covered
from warmchat.compare.reading import Pair, Reading, Stated
from warmchat.compare.words import Token, is_content
from warmchat.domain.verdict import Kind

_ALIGNED = 50  # words of a sentence that are aligned
_TONE = SOCIAL | listed("correct true right actual actually really answer question simply basically")
_PLACE = 6  # words in one place; more is another sentence


def aligned(pair: Pair) -> Iterator[Finding]:
    """Aligned sentences: one negated, opposite words, another amount."""
    for a in pair.reply.core:
        b = max(pair.shadow.stated, key=lambda s: _frame(a, s), default=None)
        if b is None or (frame := _frame(a, b)) < 0.5:
            continue
        spans = (sentence_span(pair.reply, a), sentence_span(pair.shadow, b))
        if negated(a.sentence) != negated(b.sentence) and (
            _denied(a, pair.asked) & b.stems - b.rejected or _denied(b, pair.asked) & a.stems - a.rejected
        ):
            yield Finding("negation_flipped", "contradiction", frame * 0.8, *spans)
        if opposite_words(a.sentence, b.sentence):
            yield Finding("opposites", "contradiction", frame * 0.8, *spans)
        amounts = amount(a.sentence), amount(b.sentence)
        if 0 not in amounts and amounts[0] != amounts[1]:
            few_and_many = min(amounts) == 0.5 and max(amounts) >= 1.5
            kind: Kind = "contradiction" if amounts[0] * amounts[1] < 0 or few_and_many else "softened"
            yield Finding("amounts_apart", kind, frame * 0.7, *spans)


def _denied(item: Stated, asked: Asked) -> frozenset[str]:
    """What a sentence denies; of "the largest planet is not Saturn but Jupiter" not the question's words."""
    answers = item.stems - item.rejected - asked.every
    return item.rejected - asked.stems if answers else item.rejected


def swaps(pair: Pair) -> Iterator[Finding]:
    """Sentences that are alike word for word but for one place, and what stands there is unknown to the other side."""
    for a in pair.reply.core:
        for b in pair.shadow.core:
            if _frame(a, b) < 0.5 or "\n" in pair.reply.text[a.start : a.sentence.end]:  # lists have no one place
                continue
            left, right = a.sentence.tokens[:_ALIGNED], b.sentence.tokens[:_ALIGNED]
            match = SequenceMatcher(None, [t.low for t in left], [t.low for t in right], autojunk=False)
            blocks = [op for op in match.get_opcodes() if op[0] == "replace"]
            for _, i, j, k, m in blocks:
                here, there = _new(left[i:j], a, pair.shadow, pair), _new(right[k:m], b, pair.reply, pair)
                if {t.low for t in (*here, *there)} <= _TONE:
                    continue  # "correct" here, "indeed" there
                if not here or not there or max(j - i, m - k) > _PLACE:
                    continue
                fact = _is_fact(here, a) and _is_fact(there, b)
                alone = match.ratio() >= 0.7 and len(a.stems - b.stems) <= j - i and len(b.stems - a.stems) <= m - k
                bare = 0.6 if min(len(left), len(right)) <= 3 else 0.0
                spans = (
                    span(pair.reply.text, here[0].start, here[-1].end),
                    span(pair.shadow.text, there[0].start, there[-1].end),
                )
                strength = max(match.ratio(), bare)
                yield Finding("swapped_fact" if fact else "swapped_words", "contradiction", strength, *spans)
                if alone:
                    yield Finding("swapped_alone", "contradiction", strength, *spans)


def _new(words: Sequence[Token], item: Stated, other: Reading, pair: Pair) -> list[Token]:
    """Content words that neither the question nor the other side has; numbers by value."""
    out = []
    for token in words:
        number = next((q for q in item.numbers if q.start <= token.start < q.end), None)
        if number is not None and (token.text[0].isdigit() or token.low in NUMBER_WORDS):
            if number.key not in pair.asked.numbers and not number_known(number, other):
                out.append(token)
        elif is_content(token) and token.stem in item.bag and not covered({token.stem: 1.0}, other.bag):
            named = next((n for n in item.names if n.start <= token.start < n.end), None)
            if named is None or not name_known(named, other, pair.asked.stems):
                out.append(token)
    return out


def _is_fact(words: Sequence[Token], item: Stated) -> bool:
    """Whether one of the words belongs to a name or a number."""
    places = [(n.start, n.end) for n in item.names] + [(q.start, q.end) for q in item.numbers]
    return any(start <= word.start < end for word in words for start, end in places)


def _frame(a: Stated, b: Stated) -> float:
    """How much of the shorter sentence's content the two share, 0..1, the question's words counted.

    A bare answer ("Honey.") has no frame of its own: the question is its frame.
    """
    if min(len(a.sentence.tokens), len(b.sentence.tokens)) <= 3 and a.bag and b.bag:
        return 0.6
    least = min(len(a.stems), len(b.stems))
    return len(a.stems & b.stems) / least if least else 0.0
