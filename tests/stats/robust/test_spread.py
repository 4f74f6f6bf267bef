"""One baseline of what agents claim about themselves, with honest agents and with liars."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import ndtr

from sim.stats.fixed_point import QUANTUM
from sim.stats.robust.max_bias import max_bias
from sim.stats.robust.registry import make_rule
from sim.stats.robust.scale import MAD_FACTOR
from sim.stats.robust.spread import baseline, capped

GROUPS, AGENTS, VALUES = 40, 200, 100
WITHIN, BETWEEN = np.array([1.0, 0.5]), np.array([0.3, 2.0])
RULE = make_rule("median")


def claims(seed=14):
    """Counts (groups, agents), means and variances (groups, agents, 2) of honest agents."""
    rng = np.random.default_rng(seed)
    own = rng.normal(size=(GROUPS, AGENTS, 2)) * BETWEEN + [5.0, -5.0]
    means = own + rng.normal(size=own.shape) * WITHIN / math.sqrt(VALUES)
    variances = WITHIN**2 * rng.chisquare(VALUES - 1, size=own.shape) / (VALUES - 1)
    return np.full((GROUPS, AGENTS), float(VALUES)), means, variances


def published(counts, means, variances, f=0):
    return baseline(RULE, counts, means, variances, f=f, cap=VALUES)


def assert_mean(figures, expected, slack):
    """The mean over groups is right within 4 of its standard errors and a relative `slack`."""
    error = figures.std(axis=0, ddof=1) / math.sqrt(len(figures))
    assert (np.abs(figures.mean(axis=0) - expected) <= 4 * error + slack * np.abs(expected)).all()


def test_honest_agents_are_described_as_they_are():
    found = published(*claims())
    between = np.hypot(BETWEEN, WITHIN / math.sqrt(VALUES))
    assert_mean(found.mean, [5.0, -5.0], 0)
    assert_mean(found.within_sd, WITHIN, 1 / (3 * VALUES))
    assert_mean(found.between_sd, between, 1 / AGENTS)
    np.testing.assert_allclose(found.sd, np.hypot(found.within_sd, found.between_sd))


@pytest.mark.parametrize(("variance", "side"), [(0.0, -1), (-1.0, -1), (math.inf, 1), (1e300, 1)])
def test_a_fifth_of_liars_moves_each_part_by_what_theory_says(variance, side):
    """All at infinity: a median moves by b sd, and the MAD is half of all distances from there.

    The logarithm of a variance of m values has a standard deviation of sqrt(2 / (m - 1)).
    """
    counts, means, variances = claims()
    liars = AGENTS // 5
    counts[:, :liars], means[:, :liars], variances[:, :liars] = 1e9, math.inf, variance
    found = published(counts, means, variances, liars)
    between, b = np.hypot(BETWEEN, WITHIN / math.sqrt(VALUES)), max_bias("median", 0.2)
    mad = brentq(lambda m: ndtr(b + m) - ndtr(b - m) - 0.5 / 0.8, 0, 9)
    assert_mean(found.mean, [5.0, -5.0] + b * between, 0)
    assert_mean(found.between_sd, MAD_FACTOR * mad * between, 0.01)
    moved = side * b * math.sqrt(2 / (VALUES - 1)) / 2
    assert_mean(np.log(found.within_sd / WITHIN), moved, 0)


def test_a_claimed_count_is_capped():
    assert capped(np.array([0.0, 5.0, 1e9, -3.0, math.nan]), 10.0).tolist() == [0, 5, 10, 0, 0]


def test_variances_of_nothing_have_the_floor_of_the_quantum():
    counts, means, variances = claims()
    found = published(counts, means, np.zeros_like(variances))
    np.testing.assert_allclose(found.within_sd, QUANTUM)


def test_a_variance_that_is_not_there_is_not_used():
    counts, means, variances = claims()
    variances[:, ::2] = math.nan
    half = published(counts[:, 1::2], means[:, 1::2], variances[:, 1::2])
    np.testing.assert_array_equal(published(counts, means, variances).within_sd, half.within_sd)


def test_absent_agents_have_no_say():
    counts, means, variances = claims()
    counts[:, 150:], means[:, 150:] = 0.0, math.nan
    found = published(counts, means, variances)
    few = published(counts[:, :150], means[:, :150], variances[:, :150])
    np.testing.assert_array_equal(found.mean, few.mean)
    np.testing.assert_array_equal(found.sd, few.sd)


def test_too_few_agents_have_no_baseline():
    counts, means, variances = claims()
    found = published(counts[:, :4], means[:, :4], variances[:, :4], f=2)
    assert np.isnan(found.mean).all()
    assert np.isnan(found.sd).all()
