import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.anytime import (
    OVERSHOOT,
    best_r,
    confidence_sequence,
    expected_delay,
    ville_threshold,
)

LEVEL = st.sampled_from([0.5, 0.1, 0.05, 1e-3, 1e-6])


def width(count, alpha, r):
    low, high = confidence_sequence(count, 0.0, alpha, r, sd=1.0)
    return float(high - low)


def test_the_interval_is_the_normal_mixture_of_the_paper():
    """n = 50, sum 10, sd 2, r = 100: 2 sqrt(150 ln(1.5 / 0.0025)) / 50."""
    low, high = confidence_sequence(50, 10.0, 0.05, 100.0, sd=2.0)
    assert (low + high) / 2 == pytest.approx(0.2)
    assert (high - low) / 2 == pytest.approx(2 * math.sqrt(150 * math.log(600)) / 50)


def test_squares_say_the_deviation_where_it_is_not_known():
    values = np.array([1.0, 4.0, 7.0, 8.0])
    known = confidence_sequence(4, values.sum(), 0.05, 9.0, sd=float(values.std(ddof=1)))
    found = confidence_sequence(4, values.sum(), 0.05, 9.0, squares=(values**2).sum())
    np.testing.assert_allclose(found, known)


def test_squares_that_cancel_below_zero_are_no_spread():
    low, high = confidence_sequence(3, 0.3, 0.05, 9.0, squares=0.03 - 1e-18)
    assert low == pytest.approx(0.1)
    assert high == pytest.approx(0.1)


@pytest.mark.parametrize(("count", "spread"), [(0, {"sd": 1.0}), (1, {"squares": 4.0})])
def test_too_few_values_leave_everything_open(count, spread):
    assert confidence_sequence(count, 2.0 * count, 0.05, 9.0, **spread) == (-math.inf, math.inf)


def test_many_sequences_are_computed_at_once():
    count, total = np.array([[0, 10], [20, 30]]), np.array([[0.0, 5.0], [6.0, 7.0]])
    low, high = confidence_sequence(count, total, 0.05, 9.0, sd=1.0)
    assert low.shape == high.shape == (2, 2)
    assert (low[1, 0], high[1, 0]) == confidence_sequence(20, 6.0, 0.05, 9.0, sd=1.0)


@given(st.floats(1, 1e6), LEVEL, st.floats(0.2, 5))
def test_no_other_r_is_narrower_at_the_count_than_the_best(count, alpha, factor):
    r = best_r(count, alpha)
    assert width(count, alpha, r) <= width(count, alpha, r * factor) * (1 + 1e-9)


def test_the_best_r_for_a_level_of_0_05_is_the_count_by_8_21():
    assert 1000 / best_r(1000, 0.05) == pytest.approx(8.21, abs=0.005)


def test_the_threshold_is_where_an_e_value_is_one_by_alpha():
    assert math.exp(ville_threshold(0.05)) == pytest.approx(20)


def test_the_delay_is_the_evidence_needed_by_the_evidence_an_observation():
    assert expected_delay(1e-3, 0.5) == pytest.approx(57.6, abs=0.05)
    assert expected_delay(0.05, 3.0) == pytest.approx((math.log(20) + 3 * OVERSHOOT) / 4.5)


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1.0, math.nan])
def test_a_level_that_is_none_is_refused(alpha):
    for call in (
        lambda: confidence_sequence(1, 0.0, alpha, 1.0, sd=1.0),
        lambda: best_r(1.0, alpha),
        lambda: ville_threshold(alpha),
        lambda: expected_delay(alpha, 1.0),
    ):
        with pytest.raises(ValueError, match="alpha must be between 0 and 1"):
            call()


@pytest.mark.parametrize(
    ("r", "spread"),
    [
        (0.0, {"sd": 1.0}),
        (1.0, {"sd": 0.0}),
        (1.0, {}),
        (1.0, {"sd": 1.0, "squares": 1.0}),
        (math.nan, {"sd": 1.0}),
    ],
)
def test_a_sequence_without_a_scale_is_refused(r, spread):
    with pytest.raises(ValueError, match="r must be positive"):
        confidence_sequence(1, 0.0, 0.05, r, **spread)


@pytest.mark.parametrize("number", [0.0, -1.0, math.nan])
def test_a_count_or_size_that_is_not_positive_is_refused(number):
    with pytest.raises(ValueError, match="count must be positive"):
        best_r(number, 0.05)
    with pytest.raises(ValueError, match="size must be positive"):
        expected_delay(0.05, number)
