"""The statistics against figures from elsewhere: textbooks, the research file, other ways to compute the same."""

from __future__ import annotations

import random
from statistics import NormalDist

import pytest

from warmchat.evals.statistics import changes, difference, mean_rate, rate, smallest_change


def test_wilson() -> None:
    """Newcombe (1998), table I: 81 of 263 and 0 of 20."""
    found = rate(81, 263)
    assert (found.value, found.n) == (81 / 263, 263)
    assert (found.low, found.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert (rate(0, 20).low, rate(0, 20).high) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert rate(0, 0).value is None


def pairs(both: int, lost: int, gained: int, neither: int) -> list[tuple[bool, bool]]:
    return [(True, True)] * both + [(True, False)] * lost + [(False, True)] * gained + [(False, False)] * neither


def test_mcnemar_counts_only_where_the_two_part() -> None:
    one, same = changes([pairs(50, 10, 2, 5), pairs(50, 10, 2, 500)])
    assert one.p == pytest.approx(2 * (1 + 12 + 66) / 2**12)  # the binomial tail by hand
    assert one.p == same.p
    assert (one.lost, one.gained, one.n, one.value) == (10, 2, 67, -8 / 67)


def test_benjamini_and_hochberg_over_conditions() -> None:
    found = changes([pairs(0, 10, 0, 0), pairs(0, 6, 0, 0), pairs(0, 3, 2, 0), pairs(9, 0, 0, 0)])
    assert [c.p for c in found] == pytest.approx([2 / 1024, 2 / 64, 1.0, 1.0])
    assert [c.q for c in found] == pytest.approx([4 * 2 / 1024, 4 / 2 * 2 / 64, 1.0, 1.0])
    assert changes([]) == []


def test_power_as_research_says() -> None:
    """About 200 prompts to see 10 points, 800 to see 5, where a quarter of the answers part."""
    assert smallest_change(200, 0.25) == pytest.approx(0.10, abs=0.003)
    assert smallest_change(800, 0.25) == pytest.approx(0.05, abs=0.002)
    assert smallest_change(10, 0.1) is None, "one parting question in ten shows nothing"
    assert smallest_change(0, 0.5) is None
    assert smallest_change(100, 0.0) is None


def test_power_is_what_a_simulation_finds() -> None:
    """Draw runs whose true difference is the smallest that is said to be seen: four in five show it."""
    n, parting, chance = 200, 0.3, random.Random(5)
    true = smallest_change(n, parting)
    assert true is not None
    lose, gain = (parting + true) / 2, (parting - true) / 2
    seen = 0
    for _ in range(2000):
        draws = [chance.random() for _ in range(n)]
        b, c = sum(x < lose for x in draws), sum(lose <= x < lose + gain for x in draws)
        seen += abs(b - c) / (b + c) ** 0.5 > NormalDist().inv_cdf(0.975)
    assert seen / 2000 == pytest.approx(0.80, abs=0.04)


def test_the_pooled_difference_takes_the_questions_for_the_sample() -> None:
    values = [0.2, -0.1, 0.4, 0.0, 0.1, 0.3]
    found = difference(values)
    assert found.value == pytest.approx(0.15)
    # Student, by hand: sd 0.18708, error 0.076376, t(5) = 2.5706
    assert (found.low, found.high) == pytest.approx((0.15 - 0.19633, 0.15 + 0.19633), abs=1e-4)
    assert found.p == pytest.approx(0.1067, abs=1e-3)
    assert found.smallest == pytest.approx((2.5706 + 0.8416) * 0.076376, abs=1e-4)


@pytest.mark.parametrize(("values", "p"), [([], 1.0), ([0.0, 0.0], 1.0), ([0.5], 1.0), ([0.5, 0.5], 0.0)])
def test_differences_without_spread(values: list[float], p: float) -> None:
    assert difference(values).p == p
    assert difference(values).smallest is None


def test_the_mean_of_shares_stays_a_share() -> None:
    assert mean_rate([]).value is None
    found = mean_rate([1.0, 1.0, 0.9])
    assert 0 <= found.low <= 29 / 30 <= found.high <= 1
