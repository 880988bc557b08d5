"""How far a control vector can be turned before the model's language breaks, and which strength to recommend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from warmchat.adapters.effect import Effect
from warmchat.measures.warmth import PAPER_EFFECT

MORE_REPETITION = 2.0  # points above the model as it is
LESS_FLUENT = 1.0  # nats a token by which the model as it is finds its own steered words less likely
FACTOR = 1.5  # between two strengths that are tried
MOST_TRIES = 7


@dataclass(frozen=True, slots=True)
class Soundness:
    """Whether replies are still language.

    Attributes:
        repetition: percent of runs of four words that were said before.
        fluency: mean log-probability of the replies as the model without the vector reads them, nats a token.
    """

    repetition: float
    fluency: float

    def holds(self, plain: Soundness) -> bool:
        """Beside the replies of the model as it is."""
        return (
            self.repetition <= plain.repetition + MORE_REPETITION and self.fluency >= plain.fluency - LESS_FLUENT
        )


def usable_end(sound: Callable[[float], bool], start: float) -> float:
    """The strength of largest size, with the sign of `start`, at which the replies are sound.

    Tried in steps of `FACTOR` up or down from `start`, then once more between the last sound and the first unsound.

    Returns:
        A strength with two digits; the smallest that was tried where none was sound.
    """
    best, worst = (start, 0.0) if sound(start) else (0.0, start)
    for _ in range(MOST_TRIES):
        if best and worst:
            break
        probe = best * FACTOR if best else worst / FACTOR
        if sound(probe):
            best = probe
        else:
            worst = probe
    if not best:
        return _two_digits(worst / FACTOR)
    if worst:
        between = (best * worst) ** 0.5 * (1 if best > 0 else -1)
        best = between if sound(between) else best
    return _two_digits(best)


def recommended(rows: Sequence[Effect], plain: Effect) -> Effect | None:
    """The gentlest row that is as much warmer as the paper's warm models and hardly more repetitive than `plain`.

    Where none is, the warmest of those that do not repeat themselves more; None where the vector warms nothing.
    """
    fine = [
        row for row in rows
        if row.strength > 0 and row.repetition <= plain.repetition + MORE_REPETITION and gain(row, plain) > 0
    ]  # fmt: skip
    enough = [row for row in fine if gain(row, plain) >= PAPER_EFFECT]
    if enough:
        return min(enough, key=lambda row: row.strength)
    return max(fine, key=lambda row: gain(row, plain), default=None)


def gain(row: Effect, plain: Effect) -> float:
    """How much warmer, nats a token (difference of the medians)."""
    if row.warmth.median is None or plain.warmth.median is None:
        return 0.0
    return row.warmth.median - plain.warmth.median


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")
