"""Merging e-values: against every choice of honest witnesses, with infinities, and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats import e_values
from sim.stats.multiplicity import p_to_log_e
from tests.reference import evidence as obvious

LOG_E = st.floats(-20, 20)
WITNESSES = st.lists(LOG_E, min_size=1, max_size=6)
P = st.floats(0, 1)


def liars(values, share):
    """From 0 to len(values) - 1."""
    return int(share * len(values))


@given(WITNESSES, st.floats(0, 0.99))
def test_the_robust_average_is_the_least_of_all_choices_of_honest_witnesses(log_e, share):
    f = liars(log_e, share)
    expected = math.log(obvious.robust_average(np.exp(log_e).tolist(), f))
    assert e_values.robust_average(log_e, f) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(WITNESSES, st.floats(0, 0.99))
def test_the_robust_product_is_the_least_of_all_choices_of_honest_witnesses(log_e, share):
    f = liars(log_e, share)
    expected = math.log(obvious.robust_product(np.exp(log_e).tolist(), f))
    assert e_values.robust_product(log_e, f) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(st.lists(P, min_size=1, max_size=6), st.data())
def test_the_robust_p_value_is_ruegers_rule_further_up(p, data):
    f = data.draw(st.integers(0, len(p) - 1))
    r = data.draw(st.integers(1, len(p) - f))
    assert e_values.robust_p_value(p, f, r) == pytest.approx(obvious.robust_p_value(p, f, r))


@given(WITNESSES, st.floats(0, 0.99), st.lists(st.floats() | st.just(1e200), min_size=6))
def test_no_lies_raise_a_robust_merge_above_that_of_the_honest(log_e, share, lies):
    """Including NaN, both infinities and 1e200: what is merged is at most the honest merge."""
    f = liars(log_e, share)
    reports = [*lies[:f], *log_e[f:]]
    for robust, plain in (
        (e_values.robust_average, e_values.average),
        (e_values.robust_product, e_values.product),
    ):
        assert robust(reports, f) <= plain(log_e[f:]) + 1e-9


@given(st.lists(P, min_size=2, max_size=6), st.data())
def test_no_lies_lower_a_robust_p_value_below_that_of_the_honest(p, data):
    f = data.draw(st.integers(1, len(p) - 1))
    r = data.draw(st.integers(1, len(p) - f))
    lies = data.draw(st.lists(P, min_size=f, max_size=f))
    assert e_values.robust_p_value([*lies, *p[f:]], f, r) >= e_values.robust_p_value(p[f:], 0, r)


def test_hypotheses_are_merged_each_by_itself():
    log_e = np.random.default_rng(1).normal(size=(3, 4, 7))
    merged = e_values.robust_average(log_e, 2)
    assert merged.shape == (3, 4)
    assert merged[2, 3] == e_values.robust_average(log_e[2, 3], 2)


@pytest.mark.parametrize("lie", [200 * math.log(10), 1e200, math.inf])
def test_liars_at_infinity_leave_the_mean_of_the_honest(lie):
    honest = np.log([0.5, 1, 1.5, 2, 2.5])
    assert np.exp(e_values.robust_average([lie, *honest, lie], 2)) == pytest.approx(1.5)
    assert np.exp(e_values.robust_product([lie, *honest, lie], 2)) == pytest.approx(3.75)
    assert e_values.average([lie, *honest, lie]) > 400


def test_who_is_missing_supports_nothing():
    log_e = [math.nan, math.log(3), math.log(3)]
    assert np.exp(e_values.average(log_e)) == pytest.approx(2)
    assert np.exp(e_values.product(log_e)) == pytest.approx(9)
    assert e_values.robust_p_value([math.nan, 0.1], 0) == pytest.approx(0.2)


def test_certainty_that_it_is_false_outweighs_certainty_that_it_is_true():
    assert e_values.product([math.inf, -math.inf]) == -math.inf
    assert e_values.average([-math.inf, -math.inf]) == -math.inf


def test_adaptive_merges_cost_a_constant():
    log_e, p = np.log([1.0, 2, 3, 4, 5, 6, 7]), np.full(7, 0.01)
    price = e_values.robust_average(log_e, 2) - e_values.robust_average(log_e, 2, adaptive=True)
    assert np.exp(price) == pytest.approx(7 / 5)
    price = e_values.robust_product(log_e, 2) - e_values.robust_product(log_e, 2, adaptive=True)
    assert np.exp(price) == pytest.approx(21)
    assert e_values.robust_p_value(p, 2, 2) == pytest.approx(5 / 2 * 0.01)
    assert e_values.robust_p_value(p, 2, 2, adaptive=True) == pytest.approx(7 / 2 * 0.01)


@pytest.mark.parametrize("f", [-1, 3, 4])
@pytest.mark.parametrize("merge", [e_values.robust_average, e_values.robust_product])
def test_more_liars_than_witnesses_are_refused(merge, f):
    with pytest.raises(ValueError, match="f must be from 0 to 2"):
        merge([0.0, 0.0, 0.0], f)


@pytest.mark.parametrize(("f", "r"), [(-1, 1), (0, 0), (2, 2), (3, 1)])
def test_ranks_beyond_the_witnesses_are_refused(f, r):
    with pytest.raises(ValueError, match="their sum 3 at most"):
        e_values.robust_p_value([0.1, 0.2, 0.3], f, r)


# Calibrators

GRID = (np.arange(10**5) + 0.5) / 10**5


@pytest.mark.parametrize("kappa", [0.3, 0.5, 0.9])
def test_a_power_calibrator_integrates_to_1(kappa):
    """The first cell has p down to 0, where the sum falls short of the integral: h**kappa."""
    mean = np.exp(e_values.power_calibrator(GRID, kappa)).mean()
    assert 1 - 1e-5**kappa < mean < 1


def test_the_power_calibrator_at_a_half_is_the_one_of_multiplicity():
    np.testing.assert_allclose(e_values.power_calibrator(GRID), p_to_log_e(GRID))


@given(st.floats(1e-300, 1))
def test_the_mixture_calibrator_is_the_mean_of_all_power_calibrators(p):
    kappas = (np.arange(2000) + 0.5) / 2000
    expected = e_values.average(np.log(kappas) + (kappas - 1) * math.log(p))
    # The midpoint rule is off by h**2 / 24 (f'(1) - f'(0)), and |f'| is at most (1 + ln(p)**2)
    # times the integral here; twice that, for the higher orders.
    tolerance = 2 * (1 + math.log(p) ** 2) / 24 / 2000**2 + 1e-6
    assert e_values.mixture_calibrator(p) == pytest.approx(expected, abs=tolerance)


def test_the_mixture_calibrator_has_no_seam_and_known_ends():
    around = np.exp(-0.01 * np.array([1 - 1e-6, 1 + 1e-6]))
    low, high = np.exp(e_values.mixture_calibrator(around))
    assert low == pytest.approx(high, abs=1e-8)
    assert np.exp(e_values.mixture_calibrator([1.0, 0.0])).tolist() == [0.5, math.inf]


def test_an_e_value_is_a_p_value_upside_down():
    found = e_values.to_p_value([math.log(20), -3.0, math.inf, math.nan])
    np.testing.assert_allclose(found, [0.05, 1, 0, math.nan])


@pytest.mark.parametrize("p", [-0.1, 1.1])
@pytest.mark.parametrize(
    "function",
    [
        e_values.power_calibrator,
        e_values.mixture_calibrator,
        lambda p: e_values.robust_p_value([p], 0),
    ],
)
def test_a_p_value_that_is_no_probability_is_refused(function, p):
    with pytest.raises(ValueError, match="from 0 to 1"):
        function(p)


@pytest.mark.parametrize("kappa", [0, 1, -1])
def test_a_calibrator_that_does_not_fall_is_refused(kappa):
    with pytest.raises(ValueError, match="kappa must be between 0 and 1"):
        e_values.power_calibrator(0.5, kappa)


@given(st.lists(st.floats(-700, 700), max_size=10))
def test_log_sum_exp_does_not_overflow(values):
    shifted = np.array(values) + 1e6
    expected = e_values.log_sum_exp(values) + 1e6
    assert e_values.log_sum_exp(shifted) == pytest.approx(expected, abs=1e-8)
