"""How far each way to add up evidence is off (theory of summation), and where it ends.

A million items take a second; ``python -m benchmarks.evidence_sums`` goes on to 1e8 and prints the
figures. The bounds are of the items, never of the run.
"""

import math

import numpy as np
import pytest

from benchmarks.evidence_sums import LAWS, SUMMING, measure
from sim.claims.experiments.evidence_sums import fsum, items, superaccumulator
from sim.stats import evidence, summation
from sim.stats.exact_sum import exact_sum

SEED = 20261122


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("n", [10**4, 10**5, 10**6])
def test_the_exact_sum_is_fsum_bit_for_bit(law, n):
    assert superaccumulator(items(law, n, SEED)).hex() == fsum(items(law, n, SEED)).hex()


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("n", [10**4, 10**5, 10**6])
def test_every_way_to_add_up_is_within_its_bound(law, n):
    rows = {row.name: row for row in measure(law, n, SEED)}
    assert rows.keys() == SUMMING.keys()
    for row in rows.values():
        assert row.error <= row.bound, row
    print(law, n, {name: f"{row.error:.1e}" for name, row in rows.items()})


@pytest.mark.parametrize("law", LAWS)
def test_float32_is_the_way_that_fails_at_a_million_items_and_float64_is_not(law):
    """0.02 to 4 nats against less than 1e-7: a decision at 6.9 nats feels the first only."""
    errors = {row.name: row.error for row in measure(law, 10**6, SEED)}
    assert errors["naive float32"] > 1e-3
    assert max(error for name, error in errors.items() if name != "naive float32") < 1e-6
    assert errors["naive"] > errors["Neumaier"] == errors["math.fsum"] == errors["exact_sum"]


def naive_sd(n):
    """Standard deviation of the error of a naive sum of n uniform items, the sum being about i / 2.

    The rounding of each step is uniform on half an ulp either way: sd ulp / sqrt(12).
    """
    totals = 2.0 ** np.arange(math.floor(math.log2(n / 2)) + 1)
    steps = np.minimum(2 * totals, n - 2 * totals)
    return math.sqrt(float((steps * (totals * 2.0**-52) ** 2).sum()) / 12)


def test_the_error_of_a_naive_sum_is_a_random_walk_of_roundings(figure):
    n, draws = 10_000, 100
    values = np.random.default_rng(1).random((draws, n))
    errors = [
        float(exact_sum([summation.naive_sum([row])]).fraction - exact_sum(row).fraction)
        for row in values
    ]
    rms = math.sqrt(np.square(errors).mean())
    assert rms == pytest.approx(naive_sd(n), rel=4 / math.sqrt(2 * draws))
    error = naive_sd(n) / math.sqrt(2 * draws)
    figure("2.1", "naive float64 sum of 10^4 uniform items: rms error", naive_sd(n), rms, error)


@pytest.mark.parametrize(
    ("n", "found"), [(10**4, 1.6e-11), (10**6, 7.6e-9), (10**7, 1.3e-7), (10**8, 2.6e-5)]
)
def test_the_figures_of_the_theory_are_draws_of_that_walk(n, found):
    """One draw each: between a hundredth of and four times its deviation, but with chance 0.8 %."""
    assert naive_sd(n) / 100 < found < 4 * naive_sd(n)


def test_the_error_of_fixed_point_is_that_of_rounding_each_item_once(figure):
    n, draws = 10_000, 200
    items_ = np.random.default_rng(2).normal(size=(draws, n))
    off = evidence.quantise(items_) * evidence.QUANTUM - items_  # exact: both ends are close
    rms = math.sqrt(np.square(off.sum(axis=1)).mean())
    assert rms == pytest.approx(math.sqrt(n / 12) * evidence.QUANTUM, rel=4 / math.sqrt(2 * draws))
    assert np.abs(off).max() <= evidence.QUANTUM / 2
    theory = math.sqrt(n / 12) * evidence.QUANTUM
    figure(
        "3",
        "fixed-point sum of 10^4 ratios: rms error, nats",
        theory,
        rms,
        theory / math.sqrt(2 * draws),
    )


def test_a_hundred_million_items_in_fixed_point_are_off_by_a_hundredth_of_a_nat_at_worst(figure):
    worst, rms = 1e8 * evidence.QUANTUM / 2, math.sqrt(1e8 / 12) * evidence.QUANTUM
    assert worst == pytest.approx(0.012, abs=5e-4)
    assert rms == pytest.approx(7e-7, abs=5e-8)
    figure("3", "10^8 items in quanta of 2^-32: worst error, nats", 0.012, worst, allowed=5e-4)
    figure("3", "10^8 items in quanta of 2^-32: rms error, nats", 7e-7, rms, allowed=5e-8)


def test_a_probability_saturates_at_53_ln_2(figure):
    """36.7368: the odds against are 2**-53, half of what a float below 1 can tell from 1."""
    edge = 53 * math.log(2)
    assert edge == pytest.approx(36.7368, abs=5e-5)
    assert evidence.expit(edge + 1e-4) == 1
    assert evidence.expit(edge - 1e-4) < 1
    figure("3", "log-odds from which a probability is 1.0, nats", 36.7369, edge, allowed=2e-4)


def test_a_probability_forgets_its_log_odds_long_before_it_saturates():
    lost = abs(evidence.logit(evidence.expit(30.0)) - 30)
    assert lost == pytest.approx(1e-3, abs=2e-4)
    with pytest.raises(ValueError, match="between 0 and 1"):
        evidence.logit(evidence.expit(37.0))


def test_correlated_evidence_counts_for_what_it_is_worth(figure):
    """Mean of n equally correlated normals: its variance is that of n / (1 + (n - 1) rho)."""
    n, rho, draws = 20, 0.3, 20_000
    rng = np.random.default_rng(6)
    shared, own = rng.normal(size=(draws, 1)), rng.normal(size=(draws, n))
    means = (math.sqrt(rho) * shared + math.sqrt(1 - rho) * own).mean(axis=1)
    worth = float(evidence.effective_count(n, rho))
    assert 1 / means.var() == pytest.approx(worth, rel=4 * math.sqrt(2 / draws))
    found = 1 / means.var()
    figure(
        "3", "20 items, correlation 0.3: worth so many", worth, found, worth * math.sqrt(2 / draws)
    )
