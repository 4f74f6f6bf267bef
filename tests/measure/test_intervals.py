import math

import numpy as np
import pytest

from sim.measure.censored import CensoredSample
from sim.measure.intervals import maximum_interval, quantile, quantile_interval, student_t


def sample_of(observed, at_least=()):
    return CensoredSample(tuple(float(value) for value in observed), tuple(at_least))


def test_the_interval_of_a_mean_is_the_textbook_one():
    """Student (1908), n = 4: t(0.975, 3) = 3.182446."""
    low, high = student_t([1.0, 2.0, 3.0, 4.0])
    assert (high + low) / 2 == pytest.approx(2.5)
    assert (high - low) / 2 == pytest.approx(3.182446 * math.sqrt(5 / 3) / 2, rel=1e-6)


def test_one_replication_gives_no_interval():
    assert all(math.isnan(end) for end in student_t([3.0]))


def test_a_mean_is_inside_its_interval_in_95_of_100_runs():
    """1000 runs of 10: the count inside is binomial, so within 4 standard errors of 950."""
    draws = np.random.default_rng(3).normal(5.0, 2.0, (1000, 10))
    inside = sum(low <= 5.0 <= high for low, high in map(student_t, draws))
    assert abs(inside - 950) <= 4 * math.sqrt(1000 * 0.95 * 0.05)


def test_a_quantile_is_a_value_of_the_sample():
    assert quantile(sample_of(range(1, 21)), 0.95) == 19
    assert quantile(sample_of(range(1, 61)), 0.95) == 57
    assert quantile(sample_of(range(1, 21)), 1.0) == 20


def test_a_quantile_does_not_move_by_a_rounding_error():
    assert 0.07 * 100 > 7
    assert quantile(sample_of(range(1, 101)), 0.07) == 7


def test_a_quantile_among_the_censored_is_more_than_its_lower_bound():
    sample = sample_of(range(1, 19), at_least=(25.0, 30.0))
    assert quantile(sample, 0.95) == math.inf
    assert quantile_interval(sample, 0.95) == (25.0, math.inf)


def test_a_few_censored_beyond_the_quantile_do_not_change_it():
    assert quantile(sample_of(range(1, 20), at_least=(30.0,)), 0.95) == 19


def test_71_heals_are_too_few_for_the_95th_percentile_and_72_are_enough():
    assert all(math.isnan(end) for end in quantile_interval(sample_of(range(71)), 0.95))
    assert quantile_interval(sample_of(range(72)), 0.95)[1] == 71


def test_a_percentile_is_inside_its_interval_at_least_95_of_100_times():
    true = -math.log(0.05)  # 95th percentile of Exp(1)
    draws = np.random.default_rng(5).exponential(1.0, (300, 100))
    ends = [quantile_interval(sample_of(row), 0.95) for row in draws]
    inside = sum(low <= true <= high for low, high in ends)
    assert inside >= 300 * 0.95 - 4 * math.sqrt(300 * 0.95 * 0.05)


def test_the_longest_of_these_heals_is_known_unless_one_is_censored():
    assert all(math.isnan(end) for end in maximum_interval(sample_of([1, 2])))
    assert maximum_interval(sample_of([1, 2], at_least=(7.0,))) == (7.0, math.inf)
    assert maximum_interval(sample_of([1, 9], at_least=(7.0,))) == (9.0, math.inf)
