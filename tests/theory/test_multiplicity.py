"""What the procedures do to 1000 hypotheses at alpha = 0.1, 900 of them null, signals of 3 sd.

The figures are those of the theory of false discovery rates where one is exact (Benjamini-Hochberg
on independent p-values: alpha times the share of nulls), else of an independent simulation. Each
repetition is a block of its own, so the code under test does all of them in one call.
"""

import math

import numpy as np
import pytest
from scipy.special import ndtr

from sim.stats.multiplicity import (
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    conformal_p_values,
    e_benjamini_hochberg,
    holm,
    p_to_log_e,
)

REPETITIONS, TESTS, ALPHA = 400, 1000, 0.1
STARTS = np.arange(REPETITIONS + 1) * TESTS


def signals(count, size, seed=1):
    """(values, whether null), both (repetitions, tests); the first `count` are signals."""
    null = np.ones((REPETITIONS, TESTS), dtype=bool)
    null[:, :count] = False
    noise = np.random.default_rng(seed).normal(size=null.shape)
    return noise + size * ~null, null


VALUES, NULL = signals(100, 3.0)
P = ndtr(-VALUES)


def false_share(rejected, null=NULL):
    """False discovery proportion of each repetition; 0 where nothing is rejected."""
    rejected = rejected.reshape(null.shape)
    return (rejected & null).sum(axis=1) / np.maximum(rejected.sum(axis=1), 1)


def power(rejected):
    return (rejected.reshape(NULL.shape) & ~NULL).sum(axis=1) / (~NULL).sum(axis=1)


def mean_of(figures):
    """The mean and its standard error."""
    return figures.mean(), figures.std(ddof=1) / math.sqrt(len(figures))


def assert_mean(figures, expected):
    mean, error = mean_of(figures)
    assert mean == pytest.approx(expected, abs=4 * error)


def bh(p, starts=STARTS):
    return benjamini_hochberg(p.ravel(), ALPHA, starts=starts)


def test_bh_holds_the_false_discovery_rate_exactly_at_the_share_of_nulls(figure):
    assert_mean(false_share(bh(P)), 0.9 * ALPHA)
    assert_mean(power(bh(P)), 0.722)
    figure("10", "BH, 900 nulls of 1,000: FDR", 0.09, *mean_of(false_share(bh(P))))
    figure("10", "BH: power", 0.722, *mean_of(power(bh(P))))


def test_by_is_bh_at_a_seventh_of_the_level_and_finds_half_as_much(figure):
    """alpha m0 / m divided by 1 + 1/2 + ... + 1/1000 = 7.485."""
    rejected = benjamini_yekutieli(P.ravel(), ALPHA, starts=STARTS)
    assert_mean(false_share(rejected), 0.9 * ALPHA / 7.485)
    assert_mean(power(rejected), 0.393)
    figure("10", "BY: FDR", 0.01202, *mean_of(false_share(rejected)))
    figure("10", "BY: power", 0.393, *mean_of(power(rejected)))


def test_bonferroni_finds_a_quarter_of_the_signals(figure):
    rejected = bonferroni(P.ravel(), ALPHA, starts=STARTS)
    assert_mean(false_share(rejected), 0.0037)
    assert_mean(power(rejected), 0.236)
    figure("10", "Bonferroni: FDR", 0.0037, *mean_of(false_share(rejected)))
    figure("10", "Bonferroni: power", 0.236, *mean_of(power(rejected)))


@pytest.mark.parametrize("procedure", [bonferroni, holm])
def test_any_false_rejection_is_as_rare_as_asked_where_nothing_else_is_promised(procedure):
    """900 nulls at alpha / 1000 each: 1 - (1 - 0.0001)^900; Holm takes a few more chances."""
    rejected = procedure(P.ravel(), ALPHA, starts=STARTS).reshape(NULL.shape)
    some_false = (rejected & NULL).any(axis=1)
    expected = 1 - (1 - ALPHA / TESTS) ** 900
    error = math.sqrt(expected * (1 - expected) / REPETITIONS)
    assert some_false.mean() == pytest.approx(expected, abs=4 * error)


def test_e_bh_on_likelihood_ratios_is_safer_and_finds_half_as_much(figure):
    log_e = 3.0 * VALUES - 4.5
    rejected = e_benjamini_hochberg(log_e.ravel(), ALPHA, starts=STARTS)
    assert_mean(false_share(rejected), 0.0092)
    assert_mean(power(rejected), 0.354)
    figure("10", "e-BH on likelihood ratios: FDR", 0.0092, *mean_of(false_share(rejected)))
    figure("10", "e-BH on likelihood ratios: power", 0.354, *mean_of(power(rejected)))


def test_e_bh_on_converted_p_values_finds_nearly_nothing(figure):
    rejected = e_benjamini_hochberg(p_to_log_e(P).ravel(), ALPHA, starts=STARTS)
    assert_mean(power(rejected), 0.0035)
    figure("10", "e-BH on 1 / (2 sqrt p): power", 0.0035, *mean_of(power(rejected)))


def test_bh_by_group_does_not_hold_the_rate_of_all(figure):
    """20 nodes of 50, all signals at one of them: each node keeps 0.1, together they do not."""
    values, null = signals(10, 4.0)
    by_node = np.arange(REPETITIONS * 20 + 1) * 50
    assert_mean(false_share(bh(ndtr(-values), by_node), null), 0.233)
    found = mean_of(false_share(bh(ndtr(-values), by_node), null))
    figure("10", "BH by each of 20 nodes, signals at one: FDR", 0.233, *found)


@pytest.mark.parametrize(("liars", "expected"), [(1, 0.419), (2, 0.562), (6, 0.768)])
def test_groups_that_lie_about_their_nulls_break_bh(figure, liars, expected):
    group = np.arange(TESTS) % 20
    lies = np.where((group < liars) & NULL, 0.0, P)
    assert_mean(false_share(bh(lies)), expected)
    figure("10", f"BH, {liars} of 20 groups lie: FDR", expected, *mean_of(false_share(bh(lies))))


def test_a_missing_half_costs_discoveries_and_no_guarantee(figure):
    half = np.where(np.arange(TESTS) % 2 == 0, P, math.nan)
    assert_mean(false_share(bh(half)), 0.9 * ALPHA / 2)
    assert power(bh(half)).mean() < power(bh(P)).mean() / 2
    figure("10", "BH, half is missing: FDR", 0.045, *mean_of(false_share(bh(half))))


def test_bh_on_equally_correlated_tests_holds_the_rate_in_the_mean_only(figure):
    """Correlation 1/2: the mean is below the bound, the proportion itself jumps by 0.17."""
    shared = np.random.default_rng(5).normal(size=(REPETITIONS, 1))
    values = (VALUES - 3.0 * ~NULL + shared) / math.sqrt(2) + 3.0 * ~NULL
    share = false_share(bh(ndtr(-values)))
    assert_mean(share, 0.070)
    assert share.std() == pytest.approx(0.17, abs=0.03)
    figure("10", "BH, correlation 0.5: FDR", 0.070, *mean_of(share))
    figure("10", "BH, correlation 0.5: sd of the proportion", 0.17, share.std(), allowed=0.03)


def test_bh_on_conformal_p_values_of_one_calibration_holds_the_rate():
    """Sharing the calibration makes p-values depend on each other, and BH allows it.

    The rate is exact where alpha (calibration scores + 1) / tests is whole, here 1 (Marandon, Lei,
    Mary & Roquain 2024).
    """
    draw, null = np.random.default_rng(7), np.arange(100) >= 20
    shares = np.empty(REPETITIONS)
    for repetition in range(REPETITIONS):
        p = conformal_p_values(draw.normal(size=100) + 4.0 * ~null, draw.normal(size=999))
        shares[repetition] = false_share(benjamini_hochberg(p, ALPHA), null[np.newaxis])[0]
    assert_mean(shares, 0.8 * ALPHA)
