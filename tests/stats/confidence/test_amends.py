"""Values that count twice, are old or missing: what is done about it, what it costs if not."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.confidence.contract import Interval
from sim.stats.confidence.coverage import real_coverage
from sim.stats.confidence.design import design_effect, kish
from sim.stats.confidence.duplication import duplicated_coverage, variance_ratio
from sim.stats.confidence.widening import widened
from sim.stats.confidence.worst_case import worst_case
from tests.reference import confidence as plain

CLAIM = Interval.of(0.0, 1.0, 0.95)


# Effective numbers and duplication


@given(st.integers(1, 1000), st.floats(0.01, 100))
def test_equal_weights_are_worth_their_number(count, weight):
    assert kish(np.full(count, weight)) == pytest.approx(count)


def test_weights_of_nothing_are_worth_nobody_knows_what():
    assert np.isnan(kish([0.0, 0.0]))


def test_kish_goes_along_the_axis_that_is_asked_for():
    np.testing.assert_allclose(kish([[1, 1, 0], [3, 3, 3]], axis=1), [2, 3])
    np.testing.assert_allclose(kish([[1, 1], [3, 0]], axis=0), [1.6, 1])


def test_values_that_are_all_the_same_are_worth_one():
    assert design_effect(25, 1.0) == 25
    assert design_effect(25, 0.0) == 1


@given(st.lists(st.integers(1, 5), min_size=1, max_size=9))
def test_the_variance_of_what_is_counted_again_is_that_of_adding_it_up(times):
    assert variance_ratio(times) == pytest.approx(plain.multiplied(times))


@given(st.floats(0.2, 20), st.sampled_from([0.5, 0.9, 0.95]))
def test_a_wrong_variance_costs_what_the_normal_law_says(ratio, level):
    found = real_coverage(Interval.of(0.0, 3.0, level), ratio)
    assert found == pytest.approx(plain.normal_coverage(ratio, level))


def test_half_counted_twice_costs_as_much_as_all_counted_by_five_thirds():
    assert duplicated_coverage([1, 2]) == duplicated_coverage([5 / 3])


@pytest.mark.parametrize("degrees", [1, 5, math.inf])
def test_an_honest_interval_covers_what_it_claims(degrees):
    assert real_coverage(Interval.of(0.0, 2.0, 0.9, degrees=degrees)) == pytest.approx(0.9)


def test_a_bias_costs_coverage_and_an_infinite_one_all_of_it():
    """P(-z - 1 < x < z - 1) for a bias of one standard error."""
    found = real_coverage(CLAIM, bias=[0.0, 1.0, -1.0, math.inf])
    np.testing.assert_allclose(found, [0.95, 0.829925, 0.829925, 0.0], atol=1e-6)


def test_what_is_certain_is_covered_and_what_is_certainly_off_is_not():
    certain, open_ = Interval.of(0.0, 0.0, 0.95), Interval.of(0.0, math.nan, 0.95)
    assert real_coverage(certain, bias=[0.0, 1e-9]).tolist() == [1.0, 0.0]
    assert real_coverage(open_, 9.0, bias=5.0) == 1.0


def test_a_ratio_of_variances_that_is_none_is_refused():
    with pytest.raises(ValueError, match="must be positive"):
        real_coverage(CLAIM, 0.0)


# Age


def test_independent_movements_add_in_quadrature_and_bounds_as_they_are():
    """3-4-5, then one more."""
    interval = widened(Interval.of(1.0, 3.0, 0.95), 16.0, at_most=0.5)
    assert interval.standard_error == 5
    assert interval.half_width == pytest.approx(5 * 1.959964 + 0.5, rel=1e-6)
    assert interval.centre == 1


def test_what_did_not_move_stays_as_it_is():
    for degrees in (1, 7, math.inf):
        interval = Interval.of(1.0, 3.0, 0.95, degrees=degrees)
        assert widened(interval).half_width == pytest.approx(interval.half_width)


def test_two_estimated_variances_have_satterthwaites_degrees():
    """Equal ones of 5 and 10 degrees: 4 / (1 / 5 + 1 / 10)."""
    interval = widened(Interval.of(0.0, 1.0, 0.95, degrees=5), 1.0, degrees=10)
    assert interval.degrees == pytest.approx(4 / 0.3)


def test_a_known_movement_makes_no_interval_narrower():
    """It brings degrees of freedom: Student's t_1 would shrink faster than the error grows."""
    interval = Interval.of(0.0, 1.0, 0.95, degrees=1)
    assert widened(interval, 0.5).half_width == interval.half_width


def test_a_sequence_keeps_its_factor():
    looked_at = Interval.of(0.0, 1.0, 0.95, half_width=1.549 * 1.959964)
    assert widened(looked_at, 3.0).half_width == pytest.approx(2 * looked_at.half_width)


def test_infinite_intervals_and_movements_stay_infinite_and_of_their_shape():
    unknown = widened(Interval.of([0.0, 1.0], math.nan, 0.95), 1.0, at_most=1.0)
    moved = widened(CLAIM, [math.inf, 0.0])
    assert unknown.half_width.tolist() == [math.inf, math.inf]
    assert moved.half_width[0] == math.inf
    assert moved.half_width[1] == pytest.approx(CLAIM.half_width)


@pytest.mark.parametrize("movement", [{"moved": -1.0}, {"at_most": -1.0}])
def test_a_negative_movement_is_refused(movement):
    with pytest.raises(ValueError, match="must not be negative"):
        widened(CLAIM, **movement)


# Missing shares


@given(st.floats(0, 1), st.floats(-1, 1), st.floats(-1, 1))
def test_the_bounds_hold_the_mean_of_all_wherever_the_missing_are(share, heard, missing):
    bounds = worst_case(Interval.of(heard, 0.0, 0.95), share, -1.0, 1.0)
    truth = share * heard + (1 - share) * missing
    assert bounds.low - 1e-12 <= truth <= bounds.high + 1e-12


def test_the_bounds_are_met_by_the_worst_that_is_missing():
    bounds = worst_case(Interval.of(0.5, 0.0, 0.95), 0.9, -1.0, 1.0)
    assert bounds == pytest.approx((0.9 * 0.5 - 0.1, 0.9 * 0.5 + 0.1))


@pytest.mark.parametrize("declared", [(-1.0, 1.0), (3.0, 4.0)])
def test_if_nothing_is_missing_they_are_the_interval_whatever_was_declared(declared):
    interval = Interval.of([0.0, 0.5], 0.3, 0.95)
    bounds = worst_case(interval, 1.0, *declared)
    np.testing.assert_allclose(bounds.low, interval.low)
    np.testing.assert_allclose(bounds.high, interval.high)


def test_what_was_heard_and_is_not_bounded_is_within_the_range():
    bounds = worst_case(Interval.of(0.0, math.inf, 0.95), 0.25, -1.0, 1.0)
    assert bounds == (-1.0, 1.0)


def test_of_nothing_heard_only_the_range_is_known():
    bounds = worst_case(Interval.of(math.nan, math.nan, 0.95), 0.0, -2.0, 3.0)
    assert bounds == (-2.0, 3.0)
    assert bounds.covers([-2.0, 4.0]).tolist() == [True, False]


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_a_coverage_that_is_no_share_is_refused(share):
    with pytest.raises(ValueError, match="from 0 to 1"):
        worst_case(CLAIM, share, 0.0, 1.0)


@pytest.mark.parametrize(("low", "high"), [(1.0, 0.0), (0.0, math.inf), (math.nan, 1.0)])
def test_a_range_without_ends_is_refused(low, high):
    with pytest.raises(ValueError, match="must be finite"):
        worst_case(CLAIM, 0.5, low, high)
