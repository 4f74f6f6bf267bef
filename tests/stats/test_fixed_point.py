"""Whole quanta and limbs, against Python's own integers and fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.fixed_point import (
    LIMIT,
    QUANTUM,
    fits_float,
    join,
    normalise,
    quantise,
    split,
)

SCALES = st.floats(-20, 20)
INT64 = st.integers(-(2**63), 2**63 - 1)
ADDENDS = st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=20)


def quanta(*scales):
    """The quanta of some values, how many were clipped, and the largest magnitude."""
    values = np.array(scales, np.float64)
    clipped, largest = quantise(values)
    return values.tolist(), clipped, largest


def limbs_of(total, numbers):
    """One pair of limbs to which some numbers are added one by one."""
    high, low = (np.zeros(1, np.int64) for _ in range(2))
    for number in numbers:
        more_high, more_low = split(np.array([number], np.int64))
        high += more_high
        low += more_low
    return high, low


@given(st.lists(SCALES, min_size=1, max_size=20))
def test_a_value_is_its_nearest_quantum_clipped_at_the_limit(scales):
    expected = [min(max(round(Fraction(x) * 2**20), -LIMIT), LIMIT) for x in scales]
    assert quanta(*scales)[0] == expected


@pytest.mark.parametrize(("halves", "rounded"), [(1, 0), (3, 2), (5, 2), (-1, 0), (-3, -2)])
def test_halves_are_rounded_to_even(halves, rounded):
    assert quanta(halves * QUANTUM / 2)[0] == [rounded]


def test_the_limit_itself_is_not_clipped():
    assert quanta(16, -16, 0) == ([LIMIT, -LIMIT, 0], 0, LIMIT)


def test_what_is_beyond_the_limit_is_clipped_and_counted():
    assert quanta(16 + 2 * QUANTUM, -np.inf, 3, 17)[:2] == ([LIMIT, -LIMIT, 3 * 2**20, LIMIT], 3)


@given(st.lists(SCALES, min_size=1, max_size=20))
def test_the_largest_magnitude_is_that_of_what_is_left(scales):
    values, _, largest = quanta(*scales)
    assert largest == max(abs(value) for value in values)


def test_nothing_has_no_magnitude():
    assert quanta() == ([], 0, 0)


@given(INT64)
def test_two_limbs_are_the_same_number(number):
    high, low = split(np.array([number], np.int64))
    assert join(high, low) == [number]
    assert 0 <= low[0] < 2**32


@given(ADDENDS)
def test_limbs_that_are_added_give_the_exact_sum_beyond_64_bits(numbers):
    assert join(*limbs_of(sum(numbers), numbers)) == [sum(numbers)]


@given(ADDENDS)
def test_normalising_does_not_change_the_number(numbers):
    high, low = limbs_of(sum(numbers), numbers)
    normalise(high, low)
    assert join(high, low) == [sum(numbers)]
    assert 0 <= low[0] < 2**32


@given(ADDENDS, st.randoms(use_true_random=False))
def test_equal_sums_have_equal_limbs_however_they_were_added(numbers, random):
    shuffled = random.sample(numbers, len(numbers))
    rest = sum(shuffled[1:])
    one = limbs_of(rest, shuffled)
    other = limbs_of(rest, [*numbers, 5, -5])
    normalise(*one)
    normalise(*other)
    assert one == other


@pytest.mark.parametrize(("largest", "fits"), [(2**53 // 50, True), (2**53 // 50 + 1, False)])
def test_a_float_holds_a_sum_up_to_2_to_the_53(largest, fits):
    assert fits_float(largest, 50) == fits
