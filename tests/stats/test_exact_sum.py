"""The superaccumulator: math.fsum bit for bit, in any order, and what fsum does not do."""

import math
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats import exact_sum as module
from sim.stats.exact_sum import ExactSum, exact_sum
from tests.reference import evidence as obvious

LARGEST, SMALLEST = sys.float_info.max, math.ulp(0.0)
BELOW_OVERFLOW = st.floats(-LARGEST / 64, LARGEST / 64)
SUBNORMAL = st.floats(-sys.float_info.min, sys.float_info.min)
FLOATS = st.one_of(BELOW_OVERFLOW, SUBNORMAL, st.floats(-10, 10), st.sampled_from([1e100, -1e100]))


@st.composite
def cancelling(draw):
    """Numbers of which most have their negative among them, shuffled."""
    some = draw(st.lists(FLOATS, max_size=15))
    return draw(st.permutations([*some, *(-x for x in some), *draw(st.lists(FLOATS, max_size=2))]))


@given(st.one_of(st.lists(FLOATS, max_size=30), cancelling()))
def test_it_is_fsum_bit_for_bit(values):
    assert exact_sum(values).value.hex() == math.fsum(values).hex()


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=20))
def test_the_state_is_the_sum_of_fractions_whatever_the_size(values):
    assert exact_sum(values).fraction == obvious.exact(values)


@given(st.lists(st.floats(), max_size=20), st.randoms(use_true_random=False))
def test_any_order_and_grouping_gives_the_same_bytes(values, random):
    whole = exact_sum(values)
    random.shuffle(values)
    cut = random.randrange(len(values) + 1)
    merged = exact_sum(values[:cut]) + exact_sum(values[cut:])
    assert merged == whole
    assert merged.digest() == whole.digest()


@pytest.mark.parametrize("block", [3, 8])
def test_where_blocks_end_does_not_matter(block, monkeypatch):
    values = np.ldexp(np.arange(1.0, 100), np.arange(99))
    whole = exact_sum(values)
    monkeypatch.setattr(module, "_BLOCK", block)
    monkeypatch.setattr(module, "_CHUNK", 2)
    assert exact_sum(values) == whole


def test_large_numbers_that_cancel_leave_the_small_ones():
    values = np.tile([1, 1e100, 1, -1e100], 10_000)
    assert exact_sum(values).value == 20_000
    assert np.sum(values) == 0


def test_halves_of_all_bits_set_are_added_without_rounding():
    """Mantissas of ones are the largest halves. As many as a block has would still fit 53 bits."""
    ones = np.nextafter(2.0, 1.0)
    assert exact_sum(np.full((1 << 15) + 1, ones)).fraction == Fraction(ones) * (2**15 + 1)
    assert int(module._LOWER_HALF) * module._BLOCK < 2**53
    assert ((1 << 53) - 1 >> int(module._LOWER_HALF).bit_length()) * module._BLOCK < 2**53


def test_the_sum_rounds_once_half_to_even():
    half = 2.0**-53
    assert exact_sum([1, half]).value == 1
    assert exact_sum([1, half, SMALLEST]).value == 1 + 2 * half
    assert exact_sum([1 + 2 * half, half]).value == 1 + 4 * half


@pytest.mark.parametrize("seed", range(3))
def test_items_of_every_exponent_are_summed_as_fsum_does(seed):
    rng = np.random.default_rng(seed)
    values = np.ldexp(rng.uniform(-1, 1, 20_000), rng.integers(-1074, 1000, 20_000))
    assert exact_sum(values).value == math.fsum(values)


def test_there_is_no_overflow_on_the_way():
    values = [LARGEST, LARGEST, -LARGEST]
    with pytest.raises(OverflowError):
        math.fsum(values)
    assert exact_sum(values).value == LARGEST


@pytest.mark.parametrize("sign", [1, -1])
def test_a_sum_beyond_the_largest_float_is_infinite_and_can_come_back(sign):
    beyond = exact_sum([sign * LARGEST] * 2)
    assert beyond.value == sign * math.inf
    assert (beyond + exact_sum([-sign * LARGEST])).value == sign * LARGEST


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, math.inf], math.inf),
        ([-math.inf, LARGEST, -math.inf], -math.inf),
        ([math.inf, -math.inf], math.nan),
        ([math.inf, math.nan], math.nan),
    ],
)
def test_what_is_not_finite_prevails(values, expected):
    found = exact_sum(values)
    assert found.value == expected or math.isnan(found.value) == math.isnan(expected) is True
    assert found.fraction == obvious.exact(v for v in values if math.isfinite(v))


def test_nothing_sums_to_nothing():
    assert exact_sum([]) == ExactSum()
    assert exact_sum([]).value == 0
    assert math.copysign(1, exact_sum([-0.0]).value) == 1


def test_the_smallest_and_the_largest_float_share_a_state():
    assert exact_sum([SMALLEST]).units == 1
    assert len(exact_sum([-LARGEST, SMALLEST]).to_bytes()) == 272 + 3 * 8


def test_all_shapes_and_strides_are_read():
    values = np.arange(24.0).reshape(4, 6)
    assert exact_sum(values[::2, ::3]).value == values[::2, ::3].sum()
