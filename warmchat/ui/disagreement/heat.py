"""How surprised the reference was by a reply, token by token. Pure: scores in, spans out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from textual.content import Content

from warmchat.domain.scores import TokenScore
from warmchat.domain.text import one_line, printable

Heat = Literal["likely", "unusual", "very unlikely"]
UNUSUAL = 0.1  # less likely than one in ten
VERY_UNLIKELY = 0.01  # less likely than one in a hundred
# Not by colour alone: what is less likely is underlined, what is least likely is strong too.
HEAT_STYLES: dict[Heat, str] = {
    "likely": "",
    "unusual": "underline $said-unsure",
    "very unlikely": "bold underline $said-disagree",
}


def heat_of(logprob: float) -> Heat:
    """The words for a natural log-probability."""
    if math.isnan(logprob) or logprob < math.log(VERY_UNLIKELY):
        return "very unlikely"
    return "unusual" if logprob < math.log(UNUSUAL) else "likely"


def heat_pieces(text: str, scores: Sequence[TokenScore]) -> list[tuple[str, Heat]] | None:
    """The text cut where the heat changes; None where the tokens do not spell exactly this text.

    Blanks before a word belong to its token; they stay unmarked, for an underlined blank looks like a mistake.
    """
    if not scores or "".join(score.text for score in scores) != text:
        return None
    cut: list[tuple[str, Heat]] = []
    for score in scores:
        word = score.text.lstrip()
        blank = score.text[: len(score.text) - len(word)]
        _add(cut, blank, "likely")
        _add(cut, word, heat_of(score.logprob))
    return cut


def _add(cut: list[tuple[str, Heat]], text: str, heat: Heat) -> None:
    if text and cut and cut[-1][1] == heat:
        cut[-1] = (cut[-1][0] + text, heat)
    elif text:
        cut.append((text, heat))


def heat_parts(cut: Sequence[tuple[str, Heat]], characters: int) -> list[tuple[str, str]]:
    """The pieces of the first so many characters as they are drawn, each with its style."""
    parts, left = [], characters
    for text, heat in cut:
        if left <= 0:
            break
        parts.append((printable(text[:left]), HEAT_STYLES[heat]))
        left -= len(text)
    return parts


def legend(reference: str) -> Content:
    """What the marks mean, drawn like them."""
    return Content.assemble(
        (f"How surprised the {one_line(reference, 24)} is: ", "$faint"), "likely", (" · ", "$faint"),
        ("unusual", HEAT_STYLES["unusual"]), (f" <{UNUSUAL:.0%} · ", "$faint"),
        ("very unlikely", HEAT_STYLES["very unlikely"]), (f" <{VERY_UNLIKELY:.0%}", "$faint"),
    )  # fmt: skip


def heat_words(scores: Sequence[TokenScore]) -> str:
    """The scores in one line: the mean surprise, and how many tokens were very unlikely."""
    if not scores:
        return ""
    mean = -sum(score.logprob for score in scores) / len(scores)
    unlikely = sum(heat_of(score.logprob) == "very unlikely" for score in scores)
    return f"{mean:.2f} nats a token; {unlikely:,} of {len(scores):,} very unlikely"
