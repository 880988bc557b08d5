"""A text cut at the spans where it parts from the other. Pure: offsets in, pieces out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from warmchat.domain.verdict import Span

Mark = Literal["", "parting", "now"]


def pieces(text: str, spans: Sequence[Span | None], now: int) -> list[tuple[str, Mark]]:
    """Cut the text so that every piece has one mark.

    Args:
        spans: the spans of this side, one for each pair of the evidence; None where this side has none. Offsets that
            lie outside the text are cut to it; spans may overlap.
        now: index of the pair the reader is at; its span wins where spans overlap.
    """
    cuts = {0, len(text)}
    inside: list[tuple[int, int, Mark]] = []
    for index, span in enumerate(spans):
        if span is None:
            continue
        start, end = max(0, span.start), min(len(text), span.end)
        if start < end:
            cuts |= {start, end}
            inside.append((start, end, "now" if index == now else "parting"))
    edges = sorted(cuts)
    return [(text[a:b], _mark_at(a, inside)) for a, b in pairwise(edges)]


def _mark_at(position: int, inside: Sequence[tuple[int, int, Mark]]) -> Mark:
    marks = {mark for start, end, mark in inside if start <= position < end}
    return "now" if "now" in marks else "parting" if marks else ""
