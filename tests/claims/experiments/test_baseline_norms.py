"""The five norms against the formulas of theory 4, 8.1 and 9."""

import math

import pytest

from sim.claims.experiments.baseline_norms import run
from sim.stats.sketches.kll import rank_error


def test_merging_alone_is_exact_but_for_the_sketch_of_ranks():
    found = run(1, "all_there")
    assert max(found[norm] for norm in ("mean", "sd", "cov")) <= 1e-12
    assert found["post"] < 200 * 2**-33
    assert 0 < found["rank"] < rank_error(800)


def test_a_mean_that_is_old_is_off_by_the_drift_since():
    """Root mean square: sqrt(2 (1 - exp(-age / tau)) / n), of 1200 independent errors."""
    expected = math.sqrt(2 * (1 - math.exp(-5 / 60)) / 1000)
    found = run(1, "old", 5.0)
    assert found["mean"] == pytest.approx(expected, rel=4 / math.sqrt(2 * 1200))
    assert found["floor"] < expected


def test_who_is_cut_off_and_moves_takes_his_share_of_the_mean_along():
    found = run(1, "cut_off", 0.2)
    assert found["mean"] == pytest.approx(0.125 * 0.2, rel=0.02)
    assert found["mean"] >= found["floor"]


@pytest.mark.parametrize(("share", "bias"), [(0.02, 0.0256), (0.1, 0.1397), (1 / 3, 0.6745)])
def test_liars_move_the_median_by_its_largest_bias(share, bias):
    """Of 100,000 agents the median has a standard error of 0.004; the worst of three features."""
    assert run(1, "lied", share)["mean"] == pytest.approx(bias, abs=4 * 0.004)


def test_reports_that_are_lost_leave_the_means_and_move_posteriors():
    found = run(1, "lost", 0.01)
    assert 0 < found["mean"] < 0.01 < found["post"]


def test_liars_on_one_side_move_spreads_and_ranks_as_far_as_formulas_say():
    """Of 20,000: the MAD m solves Phi(b + m) - Phi(b - m) = 1 / (2 (1 - share)), b the median's.

    A quantile q of all has the rank q / (1 - share) among the honest: the most is at 0.75 here.
    """
    from scipy.optimize import brentq
    from scipy.stats import norm

    share, b = 0.1, 0.1397
    m = brentq(lambda x: norm.cdf(b + x) - norm.cdf(b - x) - 1 / (2 * (1 - share)), 0.1, 5)
    found = run(1, "lied", share)
    standard_error = 1.17 / math.sqrt(20_000)
    assert found["sd"] == pytest.approx(math.log(1.4826 * m), abs=4 * standard_error)
    ranks = 4 * 0.5 / math.sqrt(20_000) + rank_error(800)
    assert found["rank"] == pytest.approx(0.75 / 0.9 - 0.75, abs=ranks)
    assert found["cov"] > found["sd"]
