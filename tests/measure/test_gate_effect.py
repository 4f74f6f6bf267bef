import math

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from sim.measure.gate import Levels, Sample, measure_effect
from sim.measure.gate.proportions import rise_at_most, share_at_most

LEVELS = Levels(0.01, 0.01)
NAN, INF = math.nan, math.inf
NOISE = np.random.default_rng(1).normal(0, 0.01, 12)


def effect(base, candidate, better="less", paired=True, levels=LEVELS):
    a, b = Sample.of("s", list(base)), Sample.of("s", list(candidate))
    return measure_effect(a, b, better, levels, paired=paired)


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize(("better", "sign"), [("less", 1), ("more", -1)])
def test_a_worsening_is_positive_whichever_direction_is_better(better, sign, paired):
    found = effect(1 + NOISE, 1 + NOISE + sign * 0.1, better, paired)
    assert found.worsening == pytest.approx(0.1)
    assert 0 < found.low <= found.worsening <= found.high


def test_pairs_see_what_groups_of_the_same_figures_cannot():
    noise = 20 * NOISE
    pairs, groups = (effect(noise, noise + 0.01 + 0.1 * NOISE, paired=p) for p in (True, False))
    assert pairs.low > 0
    assert groups.low < 0
    assert pairs.worsening == pytest.approx(groups.worsening)


def test_the_deviation_gives_the_standard_error_of_the_worsening():
    random = np.random.default_rng(2)
    a, b = random.normal(0, 1, 10), random.normal(0, 2, 15)
    groups = effect(a, b, paired=False)
    assert groups.n == 10
    assert groups.deviation**2 / 10 == pytest.approx(a.var(ddof=1) / 10 + b.var(ddof=1) / 15)
    pairs = effect(a, b[:10])
    assert pairs.deviation == pytest.approx((b[:10] - a).std(ddof=1))


def test_only_the_replications_that_both_have_are_paired():
    found = effect([1.0] * 8, [1.0] * 12)
    assert found.n == 8


def test_equal_figures_have_no_effect_and_no_division_by_zero():
    found = effect([3.0] * 10, [3.0] * 10)
    assert (found.worsening, found.low, found.high, found.p, found.p_better) == (0, 0, 0, 1, 1)


def test_figures_that_differ_by_rounding_are_equal():
    found = effect([1 / 3] * 10, [round(1 / 3, 12)] * 10)
    assert (found.worsening, found.low, found.high) == (0, 0, 0)


def test_a_constant_difference_is_known_without_doubt():
    found = effect(np.arange(10.0), np.arange(10.0) + 0.5)
    assert (found.low, found.worsening, found.high) == pytest.approx((0.5, 0.5, 0.5), rel=1e-12)
    assert found.p == 2**-10


def test_an_undefined_figure_is_left_out_with_its_partner():
    found = effect([1.0, NAN, 3.0, 4.0], [1.0, 2.0, NAN, 5.0])
    assert (found.n, found.lost) == (2, 1)
    assert found.worsening == 0.5


@pytest.mark.parametrize("paired", [True, False])
def test_a_metric_that_became_undefined_everywhere_says_so(paired):
    found = effect([1.0] * 5, [NAN] * 5, paired=paired)
    assert (found.n, found.lost) == (0, 5)
    assert math.isnan(found.worsening)


def test_groups_count_a_metric_as_lost_only_where_the_base_always_had_it():
    assert effect([1.0, 2.0], [1.0, NAN], paired=False).lost == 1
    assert effect([1.0, NAN], [1.0, NAN], paired=False).lost == 0


@pytest.mark.parametrize("paired", [True, False])
def test_one_heal_that_never_recovered_may_be_luck_but_leaves_no_upper_bound(paired):
    found = effect(1 + NOISE, [*(1 + NOISE[:-1]), INF], paired=paired)
    assert found.worsening == found.high == INF
    assert found.low <= 0
    assert found.never == 1


def test_heals_that_never_recover_any_more_are_worse_by_a_sign_test():
    found = effect([1.0] * 12, [INF] * 8 + [1.0] * 4)
    assert found.p == 2**-8
    assert found.low > 0
    assert effect([INF] * 8 + [1.0] * 4, [1.0] * 12).p_better == 2**-8


def test_a_heal_that_neither_side_recovers_from_makes_no_difference():
    found = effect([INF, *([1.0] * 11)], [INF, *([1.0] * 11)])
    assert (found.worsening, found.low, found.high) == (0, 0, 0)


def test_the_upper_bound_of_yes_and_no_knows_that_luck_hides_rare_failures():
    """19 recovered and 1 not, on both sides: no pair differs, and 0 of 20 is below 20.6 %."""
    base = [1.0] * 19 + [0.0]
    found = effect(base, base, "more")
    assert found.worsening == 0
    assert found.high == pytest.approx(1 - 0.01 ** (1 / 20))


def test_yes_and_no_in_pairs_is_tested_as_mcnemar_does():
    base, candidate = [1.0] * 12, [0.0] * 9 + [1.0] * 3
    assert effect(base, candidate, "more").p == 2**-9


def test_yes_and_no_in_groups_is_tested_as_fisher_does():
    from scipy.stats import fisher_exact

    base, candidate = [1.0] * 5 + [0.0], [1.0] * 2 + [0.0] * 4
    oracle = fisher_exact([[4, 2], [1, 5]], alternative="greater").pvalue
    assert effect(base, candidate, "more", paired=False).p == pytest.approx(oracle)


@pytest.mark.parametrize("count", [0, 3, 19])
def test_the_bound_of_a_share_is_the_exact_one(count):
    low, high = proportion_confint(count, 20, alpha=0.02, method="beta")
    assert share_at_most(count, 20, 0.01) == pytest.approx(high)
    assert 1 - share_at_most(20 - count, 20, 0.01) == pytest.approx(low, abs=1e-12)


def test_a_share_of_all_has_no_bound_but_one():
    assert share_at_most(20, 20, 0.01) == 1.0


def test_the_bound_of_a_rise_shares_its_level_between_the_two_sides():
    """Of 12 failures out of 12 that became 0: 1 - 0.005^(1/12) here, 0.005^(1/12) there."""
    here = 1 - 0.005 ** (1 / 12)
    assert rise_at_most(np.ones(12), np.zeros(12), 0.01) == pytest.approx(here - (1 - here))
