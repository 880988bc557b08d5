"""The names and numbers that a reply tells, and whether the other side has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from warmchat.compare.claims.measures import alike_in_sort, same_measure
from warmchat.compare.claims.names import Name, same_name
from warmchat.compare.claims.numbers import Quantity
from warmchat.compare.reading import Reading, Stated

_FACTS = 6  # names or numbers compared on a side: a list of forty shows nothing more


def told_names(items: Sequence[Stated], asked: frozenset[str]) -> list[Name]:
    """Names that are asserted and not the question's, its words taken off: of "the Pacific Ocean" the Pacific."""
    own = [
        replace(n, words=tuple(w for w in n.words if w not in asked)) for i in items for n in i.names if not n.denied
    ]
    return [n for n in own if n.words][:_FACTS]


def told_numbers(items: Sequence[Stated], asked: frozenset[str]) -> list[Quantity]:
    """Numbers that are asserted and were not in the question."""
    return [q for i in items for q in i.numbers if not q.denied and q.key not in asked][:_FACTS]


def name_known(name: Name, other: Reading, asked: frozenset[str]) -> bool:
    """Whether the other side has this name (of `told_names`), or its words in another case."""
    if all(w in other.bag for w in name.words):
        return True
    told = (n for i in other.stated for n in i.names if not n.denied)
    return any(same_name(name.words, [w for w in n.words if w not in asked]) for n in told)


def number_known(number: Quantity, other: Reading) -> bool:
    """Whether the other side asserts the same number."""
    told = (q for i in other.stated for q in i.numbers if not q.denied)
    return any(alike_in_sort(number, q) and same_measure(number, q) for q in told)
