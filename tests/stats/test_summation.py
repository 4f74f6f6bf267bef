"""Foils: each is its textbook loop bit for bit, and fails where it is known to fail."""

import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats import summation
from tests.reference import evidence as obvious

ITEMS = st.lists(st.floats(-1e6, 1e6) | st.sampled_from([1e100, -1e100]), max_size=40)
SMALL = st.lists(st.floats(-20, 20), max_size=40)
CUTS = st.integers(1, 7)


def cut(items, size):
    array = np.array(items, dtype=float)
    return [array[start : start + size] for start in range(0, len(items), size)]


@pytest.mark.parametrize("name", ["kahan", "neumaier"])
@given(items=ITEMS, size=CUTS)
def test_a_compensated_sum_is_its_textbook_loop(name, items, size):
    found = getattr(summation, f"{name}_sum")(cut(items, size))
    assert found == getattr(obvious, name)(items)


def test_the_errors_of_a_compensated_sum_are_added_in_its_order():
    """All items cancel, so that what is left of the sum is the sum of its errors."""
    rng = np.random.default_rng(8)
    some = rng.normal(size=1000) * np.exp(20 * rng.normal(size=1000))
    items = np.concatenate((some, rng.permutation(-some)))
    assert obvious.neumaier(items.tolist()) != 0
    assert summation.neumaier_sum([items]) == obvious.neumaier(items.tolist())
    assert summation.neumaier_sum(cut(items, 64)) == obvious.neumaier(items.tolist())


@given(ITEMS, CUTS)
def test_the_naive_sums_are_plain_loops(items, size):
    assert summation.naive_sum(cut(items, size)) == obvious.running(items, "add")
    singles = [np.float32(min(max(item, -1e6), 1e6)) for item in items]
    total = np.float32(0)
    for single in singles:
        total += single
    assert summation.naive_sum_32(cut(singles, size)) == total


@given(SMALL, CUTS)
def test_the_naive_product_is_a_plain_loop(items, size):
    expected = obvious.running(np.exp(np.array(items, dtype=float)).tolist(), "multiply")
    assert summation.naive_product(cut(items, size)) == expected


@given(SMALL.filter(len), CUTS)
def test_log_sum_exp_is_the_log_of_the_sum_of_odds(items, size):
    expected = math.log(math.fsum(math.exp(item) for item in items))
    assert summation.log_sum_exp(cut(items, size)) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_a_product_of_halves_is_dead_at_factor_1075():
    half = [np.full(1074, math.log(0.5))]
    assert summation.naive_product(half) == math.ulp(0.0)
    assert summation.naive_product([*half, half[0][:1]]) == 0


def test_a_product_of_twos_overflows_at_factor_1024():
    two = np.full(1024, math.log(2))
    assert math.isfinite(summation.naive_product([two[:1023]]))
    assert summation.naive_product([two]) == math.inf


def test_a_product_of_factors_above_a_half_stalls_at_a_subnormal_and_is_never_0():
    stalled = summation.naive_product([np.full(100_000, math.log(0.6))])
    assert 0 < stalled < sys.float_info.min
    assert summation.naive_product([np.full(200_000, math.log(0.6))]) == stalled


def test_a_product_of_float32_fails_after_128_twos_or_150_halves():
    two, half = np.full(128, math.log(2)), np.full(150, math.log(0.5))
    assert summation.naive_product_32([two[:127]]) == 2.0**127
    assert summation.naive_product_32([two]) == math.inf
    assert summation.naive_product_32([half[:149]]) == 2.0**-149
    assert summation.naive_product_32([half]) == 0


def test_a_float32_sum_of_items_below_1_stalls_at_2_to_24():
    items = np.random.default_rng(3).random(10_000)
    reached = np.array([2.0**24])
    assert summation.naive_sum_32([reached, items]) == 2**24
    assert summation.naive_sum([reached, items]) > 2**24 + 4900


def test_only_exact_sums_survive_large_items_that_cancel():
    items = [np.tile([1, 1e100, 1, -1e100], 10_000)]
    assert summation.naive_sum(items) == 0
    assert summation.pairwise_sum(items) == 0
    assert summation.kahan_sum(items) == 0
    assert summation.neumaier_sum(items) == 20_000


def test_even_neumaier_loses_what_three_scales_hide():
    """1e200 hides the errors of 1e100, which hide 1: two floats hold two scales."""
    items = [np.array([1, 1e100, 1e200, -1e200, -1e100])]
    assert math.fsum(items[0]) == 1
    assert summation.neumaier_sum(items) == 0


def test_log_sum_exp_is_no_combination_of_evidence():
    """A thousand witnesses of 1 nat each: 1000 nats, of which the mixture keeps 7.9."""
    items = [np.ones(1000)]
    assert summation.naive_sum(items) == 1000
    assert summation.log_sum_exp(items) == pytest.approx(1 + math.log(1000))


def test_two_orders_of_a_naive_sum_differ():
    items = np.random.default_rng(4).normal(size=10_000)
    assert summation.naive_sum([items]) != summation.naive_sum([items[::-1]])


@pytest.mark.parametrize(
    ("n", "depth"), [(1, 0), (20, 19), (128, 25), (255, 27), (256, 26), (1 << 15, 33)]
)
def test_the_bound_of_a_pairwise_sum_counts_the_additions_on_the_longest_path(n, depth):
    """255 is halved into 120 and 135, which is halved again: one more than for 256."""
    assert summation.pairwise_bound(n, n, 1.0) == depth * 2.0**-53


@given(st.integers(1, 3000), CUTS)
def test_the_bound_of_a_pairwise_sum_grows_with_the_logarithm(n, size):
    bound = summation.pairwise_bound(n, n, 1.0) * 2.0**53
    assert bound <= 27 + max(0.0, math.log2(n / 128))
