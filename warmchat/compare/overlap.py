"""How far two bags of content words cover each other, the question's words removed. Words carry weights."""

from __future__ import annotations

from collections.abc import Mapping

from warmchat.compare.lexicon import COMMON
from warmchat.compare.words import stem

_COMMON_STEMS = frozenset(stem(word) for word in COMMON) | COMMON

Bag = Mapping[str, float]


def weight(key: str, *, name: bool) -> float:
    """What sharing a word is worth: numbers and names most, words of every answer least."""
    if key.startswith("#"):
        return 2.0
    if key in _COMMON_STEMS:
        return 0.4
    return 1.6 if name else 1.0


def covered(part: Bag, whole: Bag) -> float:
    """The share of `part`'s weight that `whole` holds too, 0..1; 0 where `part` is empty."""
    total = sum(part.values())
    return shared(part, whole) / total if total else 0.0


def shared(a: Bag, b: Bag) -> float:
    """The weight that both hold. Words of seven letters and more match on their first six."""
    starts = {key[:6] for key in b if len(key) >= 7}
    return sum(w for key, w in a.items() if key in b or (len(key) >= 7 and key[:6] in starts))


def jaccard(a: Bag, b: Bag) -> float:
    """Shared weight over joint weight, 0..1; 1 where both are empty."""
    both = (shared(a, b) + shared(b, a)) / 2
    joint = sum(a.values()) + sum(b.values()) - both
    return both / joint if joint else 1.0
