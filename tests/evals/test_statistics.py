"""The statistics against figures from elsewhere: textbooks, the research file, other ways to compute the same."""

from __future__ import annotations

import random
from math import comb
from statistics import NormalDist, fmean

import pytest
from scipy.stats import ttest_1samp

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


@pytest.mark.parametrize(("values", "p"), [([], 1.0), ([0.0, 0.0], 1.0), ([0.5], 1.0), ([0.5, 0.5], 0.5),
                                           ([1 / 3 - 1, 0 - 2 / 3], 0.5), ([-1.0] * 8, 2 / 256)])  # fmt: skip
def test_differences_without_spread(values: list[float], p: float) -> None:
    """Two questions that part the same way prove nothing: the sign test says how much they do."""
    assert difference(values).p == p
    assert difference(values).smallest is None
    assert not difference(values).told


def test_the_mean_of_shares_stays_a_share() -> None:
    assert mean_rate([]).value is None
    found = mean_rate([1.0, 1.0, 0.9])
    assert 0 <= found.low <= 29 / 30 <= found.high <= 1


def test_shares_without_spread_have_wilson_s_interval() -> None:
    same, known = mean_rate([1.0] * 20), rate(20, 20)
    assert (same.low, same.high) == pytest.approx((known.low, known.high))
    third = mean_rate([1 / 3] * 6)
    known = rate(2, 6)
    assert (third.low, third.high) == pytest.approx((known.low, known.high))


def test_all_of_it_by_other_ways_on_random_figures() -> None:
    """scipy's own test of one sample, Wilson's and Benjamini and Hochberg's formulas, the binomial tail."""
    chance = random.Random(3)
    for _ in range(20):
        values = [chance.choice([-1, -0.5, 0, 0, 0.5, 1]) for _ in range(chance.randint(5, 40))]
        found, known = difference(values), ttest_1samp(values, 0)
        interval = known.confidence_interval(0.95)
        assert (found.low, found.high, found.p) == pytest.approx((interval.low, interval.high, known.pvalue))
        n = chance.randint(1, 90)
        hits, z = chance.randint(0, n), NormalDist().inv_cdf(0.975)
        middle = (hits + z * z / 2) / (n + z * z)
        reach = z / (n + z * z) * (hits * (n - hits) / n + z * z / 4) ** 0.5
        assert (rate(hits, n).low, rate(hits, n).high) == pytest.approx((middle - reach, middle + reach), abs=1e-9)
        told = changes([pairs(9, chance.randint(0, 12), chance.randint(0, 12), 4) for _ in range(7)])
        for c in told:
            tail = sum(comb(c.lost + c.gained, k) for k in range(min(c.lost, c.gained) + 1)) / 2 ** (c.lost + c.gained)
            assert c.p == pytest.approx(min(1.0, 2 * tail))
        ranked = sorted(c.p for c in told)
        for c in told:
            at = ranked.index(c.p)
            assert c.q == pytest.approx(min(1.0, *(p * 7 / (k + 1) for k, p in enumerate(ranked) if k >= at)))


def test_the_smallest_pooled_effect_is_what_a_simulation_finds() -> None:
    """A true effect of that size is found by four runs in five."""
    chance = random.Random(11)
    first = difference([chance.gauss(0, 0.3) for _ in range(60)])
    assert first.smallest is not None
    spread = (first.high - first.low) / 2 / 2.001 * 60**0.5  # t(59) = 2.001
    runs = [difference([chance.gauss(first.smallest, spread) for _ in range(60)]) for _ in range(1500)]
    assert fmean(run.p < 0.05 for run in runs) == pytest.approx(0.80, abs=0.04)
