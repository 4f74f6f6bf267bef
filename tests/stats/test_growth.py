"""Fitted exponents, against scipy's regression and laws that are known."""

import math

import numpy as np
import pytest
from scipy.stats import linregress

from sim.stats.growth import fitted_exponent

SIZES = [10**3, 10**4, 10**5, 10**6]


def test_a_power_law_is_found_exactly():
    fit = fitted_exponent(SIZES, [7 * n**1.5 for n in SIZES])
    assert fit.exponent == pytest.approx(1.5)
    assert fit.factor == pytest.approx(7)
    assert fit.end_to_end == pytest.approx(1.5)
    assert fit.standard_error == pytest.approx(0, abs=1e-7)
    assert fit.at(2000) == pytest.approx(7 * 2000**1.5)


def test_exponent_and_standard_error_are_those_of_a_regression():
    rng = np.random.default_rng(1)
    n = rng.uniform(10, 1e6, 30)
    y = 3 * n**1.2 * np.exp(0.1 * rng.normal(size=30))
    ours, theirs = fitted_exponent(n, y), linregress(np.log(n), np.log(y))
    assert ours.exponent == pytest.approx(theirs.slope)
    assert ours.standard_error == pytest.approx(theirs.stderr)
    assert abs(ours.exponent - 1.2) < 4 * ours.standard_error


def test_the_standard_error_covers_the_exponent_as_often_as_it_should():
    # 20 points leave 18 degrees of freedom: t = 2.101. The share of 2,000 fits has a standard
    # error of 0.5 %.
    rng = np.random.default_rng(2)
    n = np.geomspace(10, 1e5, 20)
    fits = [fitted_exponent(n, n**2 * np.exp(rng.normal(size=20))) for _ in range(2000)]
    inside = [abs(fit.exponent - 2) < 2.101 * fit.standard_error for fit in fits]
    assert np.mean(inside) == pytest.approx(0.95, abs=4 * 0.005)


def test_n_log_n_has_an_exponent_above_1_that_falls_with_n():
    early, late = ([n * math.log(n) for n in part] for part in (SIZES, [n**2 for n in SIZES]))
    assert fitted_exponent(SIZES, early).exponent == pytest.approx(1.1, abs=0.001)
    assert fitted_exponent([n**2 for n in SIZES], late).exponent == pytest.approx(1.05, abs=0.001)


def test_two_points_have_an_exponent_and_no_standard_error():
    fit = fitted_exponent([10, 100], [1, 10])
    assert fit.exponent == pytest.approx(1)
    assert math.isnan(fit.standard_error)


@pytest.mark.parametrize(
    ("n", "y", "why"),
    [
        ([10], [1], "two different sizes"),
        ([10, 10], [1, 2], "two different sizes"),
        ([10, 20], [1, 2, 3], "do not fit together"),
        ([10, 20], [1, 0], "above 0"),
        ([10, math.inf], [1, 2], "above 0"),
    ],
)
def test_what_has_no_exponent_is_refused(n, y, why):
    with pytest.raises(ValueError, match=why):
        fitted_exponent(n, y)
