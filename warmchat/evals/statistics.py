"""Intervals and tests, by scipy. It is imported on use: it takes as long as everything else together.

Voices are compared on the same questions, so every test is paired. With the conditions that a question is asked under
its replies hang together: figures over conditions are taken question by question, and the questions are the sample.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

CONFIDENCE = 0.95
POWER = 0.80
_ROUNDING = 1e-12  # thirds are not told apart by less


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its interval; `value` is None where there is nothing to count.

    Attributes:
        value, low, high: 0..1.
        n: of how many.
    """

    value: float | None
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean of paired differences.

    Attributes:
        value, low, high: with the interval, in the unit of what was compared. Where every pair differs by the same,
            Student's interval is empty: low is high, and `told` is False.
        p: two-sided; 1 where nothing differs; the sign test's where every pair differs by the same.
        n: pairs.
        smallest: the smallest true difference that a run of this size would have seen, with a power of 80 %; None where
            it cannot be told.
    """

    value: float
    low: float
    high: float
    p: float
    n: int
    smallest: float | None

    @property
    def told(self) -> bool:
        """There is an interval."""
        return self.low < self.high


@dataclass(frozen=True, slots=True)
class Change:
    """The same questions answered by two voices.

    Attributes:
        lost, gained: right for the baseline alone, for the other voice alone.
        n: pairs. p: McNemar's exact test, two-sided. q: p over all conditions after Benjamini and Hochberg.
        smallest: as in `Difference`, a share.
    """

    lost: int
    gained: int
    n: int
    p: float
    q: float
    smallest: float | None

    @property
    def value(self) -> float:
        """The share right of the other voice minus that of the baseline."""
        return (self.gained - self.lost) / self.n if self.n else 0.0


def rate(hits: int, n: int) -> Rate:
    """A share with Wilson's interval, 95 %."""
    if n == 0:
        return Rate(None, 0.0, 1.0, 0)
    from scipy.stats import binomtest

    found = binomtest(hits, n).proportion_ci(CONFIDENCE, method="wilson")
    return Rate(hits / n, float(found.low), float(found.high), n)


def mean_rate(shares: Sequence[float]) -> Rate:
    """The mean of each question's own share (over its conditions), with Student's interval over the questions.

    Where all shares are the same that interval would be empty; Wilson's for so many questions then stands in for it.
    """
    if len(shares) < 2:
        return Rate(shares[0] if shares else None, 0.0, 1.0, len(shares))
    found = difference(shares)
    low, high = (found.low, found.high) if found.told else _wilson(found.value, found.n)
    return Rate(found.value, max(0.0, low), min(1.0, high), found.n)


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's interval of a share that need not be one of whole hits, as scipy's must."""
    from scipy.stats import norm

    z = float(norm.ppf(0.5 + CONFIDENCE / 2))
    middle = share + z * z / (2 * n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n)


def difference(values: Sequence[float]) -> Difference:
    """The mean of paired differences, one for each question: Student's interval and test.

    With one value for each question this is the effect pooled over conditions, clustered by question.
    """
    n = len(values)
    if n == 0:
        return Difference(0.0, 0.0, 0.0, 1.0, 0, None)
    mean = fmean(values)
    error = stdev(values) / math.sqrt(n) if n > 1 else 0.0
    if error <= _ROUNDING:
        return Difference(mean, mean, mean, 1.0 if abs(mean) <= _ROUNDING else 2 * 0.5**n, n, None)
    from scipy.stats import norm, t

    reach = float(t.ppf(0.5 + CONFIDENCE / 2, n - 1)) * error
    p = 2 * float(t.sf(abs(mean) / error, n - 1))
    smallest = (float(t.ppf(0.5 + CONFIDENCE / 2, n - 1)) + float(norm.ppf(POWER))) * error
    return Difference(mean, mean - reach, mean + reach, p, n, smallest)


def changes(pairs: Sequence[Sequence[tuple[bool, bool]]]) -> list[Change]:
    """For each condition its pairs (right for the baseline, right for the other voice): McNemar's exact test, with
    Benjamini and Hochberg's correction over the conditions."""
    if not pairs:
        return []
    from scipy.stats import binomtest, false_discovery_control

    counted = []
    for condition in pairs:
        lost = sum(a and not b for a, b in condition)
        gained = sum(b and not a for a, b in condition)
        p = float(binomtest(lost, lost + gained).pvalue) if lost + gained else 1.0
        counted.append((lost, gained, len(condition), p))
    qs = false_discovery_control([p for *_, p in counted])
    return [
        Change(lost, gained, n, p, float(q), smallest_change(n, (lost + gained) / n if n else 0.0))
        for (lost, gained, n, p), q in zip(counted, qs, strict=True)
    ]


def smallest_change(n: int, parting: float) -> float | None:
    """The smallest difference of two paired shares that n questions show with a power of 80 % at 5 %, two-sided.

    After Connor (1987): n = (z_a sqrt(s) + z_b sqrt(s - d^2))^2 / d^2, solved for d.

    Args:
        parting: s, the share of questions that one of the two answers rightly and the other does not.

    Returns:
        None where no difference that is possible with this s would have been seen.
    """
    if n == 0 or parting <= 0:
        return None
    from scipy.optimize import brentq
    from scipy.stats import norm

    za, zb = float(norm.ppf(0.5 + CONFIDENCE / 2)), float(norm.ppf(POWER))

    def missing(d: float) -> float:
        needed = (za * math.sqrt(parting) + zb * math.sqrt(max(0.0, parting - d * d))) ** 2 / d**2
        return needed - n

    most = min(parting, 1.0)
    return float(brentq(missing, 1e-6, most)) if missing(most) < 0 else None
