"""Numbers of two limbs, against Python's integers, up to the ends of what may be asked."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.stats import fixed_point, limbs
from sim.stats.fixed_point import LIMIT

FACTORS = st.integers(-(2**26), 2**26)
NUMBERS = st.integers(-(2**58), 2**58)
COUNTS = st.integers(1, limbs.COUNT_MAX)


def one(number):
    return np.array([number], np.int64)


def whole(pair):
    """The number of two limbs, which must be normal."""
    high, low = pair
    assert 0 <= low[0] < 2**32
    return fixed_point.join(high, low)[0]


@given(FACTORS, NUMBERS)
def test_a_product_is_exact(factor, number):
    assert whole(limbs.product(one(factor), one(number))) == factor * number


def test_products_broadcast():
    high, low = limbs.product(np.array([[1], [-3]]), np.array([5, 2**40]))
    assert (high * 2**32 + low).tolist() == [[5, 2**40], [-15, -3 * 2**40]]


@given(COUNTS, st.data())
def test_the_least_squares_are_the_smallest_whole_number_that_a_sum_allows(n, data):
    total = data.draw(st.integers(-n * LIMIT, n * LIMIT))
    least = whole(limbs.least_squares(one(n), one(total)))
    assert n * least >= total * total > n * (least - 1)


def test_the_least_squares_of_nothing_are_none():
    assert whole(limbs.least_squares(one(0), one(0))) == 0


def test_the_least_squares_of_the_largest_sum_fit():
    n = limbs.COUNT_MAX
    assert whole(limbs.least_squares(one(n), one(n * LIMIT))) == n * LIMIT * LIMIT


@given(st.integers(0, 2**88), st.integers(1, 2**30))
def test_a_quotient_is_rounded_up(number, by):
    high, low = one(number >> 32), one(number & (2**32 - 1))
    assert whole(limbs.divide(high, low, by)) == -(-number // by)
