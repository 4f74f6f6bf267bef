"""KLL, against a sorted list of everything, and against sketches that bound the value instead."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.stats.fixed_point import QUANTUM
from sim.stats.sketches import quantile_sketch
from sim.stats.sketches.kll import k_for, merge, rank_error, sketch

VALUES = st.lists(st.integers(-20, 20).map(float), max_size=400)
Q = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]


def rng(seed=1):
    return np.random.default_rng(seed)


def weight(found):
    return sum(len(values) << height for height, values in enumerate(found.lists))


def rank_errors(found, everything):
    """Of every value that went in."""
    ordered = np.sort(everything)
    exact = np.searchsorted(ordered, ordered, side="right") / len(ordered)
    return np.abs(found.ranks(ordered) - exact)


# What is always so


@settings(max_examples=50)
@given(VALUES, st.integers(8, 30), st.integers(1, 6))
def test_weight_is_never_lost_and_all_values_are_ones_that_went_in(values, k, parts):
    pieces = [sketch(part, k, rng()) for part in np.array_split(values, parts)]
    found = merge(pieces, rng())
    assert weight(found) == found.count == len(values)
    assert np.isin(np.concatenate(found.lists), values).all()


@settings(max_examples=50)
@given(VALUES.filter(len), st.integers(8, 30))
def test_a_rank_is_off_by_no_more_than_the_weights_of_the_lists_that_gave_way(values, k):
    # Fed at once, a list is filled once, by the one below it, so it gives way at most once.
    found = sketch(values, k, rng())
    worst = sum(1 << height for height in range(len(found.lists) - 1))
    assert rank_errors(found, values).max() * len(values) <= worst + 1e-9


@settings(max_examples=50)
@given(st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=30), st.integers(1, 4))
def test_as_long_as_there_is_room_quantiles_are_exact(values, parts):
    found = merge([sketch(part, 30, rng()) for part in np.array_split(values, parts)], rng())
    assert found.quantiles(Q).tolist() == np.quantile(values, Q, method="lower").tolist()
    assert rank_errors(found, values).max() == 0


def test_equal_coins_give_equal_bits_and_other_coins_others():
    values = rng(2).normal(size=5000)
    bits = [[part.tolist() for part in sketch(values, 50, rng(s)).lists] for s in (1, 1, 2)]
    assert bits[0] == bits[1] != bits[2]


def test_a_sketch_has_room_for_about_three_k_values():
    for k in (50, 200):
        found = sketch(rng(3).normal(size=100_000), k, rng())
        lists = len(found.lists)
        # k (1 + 2/3 + 4/9 + ...) is 3 k; the short lists at the bottom have 8 each.
        assert found.size_bytes <= 8 * (3 * k + 8 * lists) + 8 * lists + 16


# What is so on average


def test_ranks_are_unbiased():
    values = rng(4).normal(size=2000)
    at = np.quantile(values, [0.1, 0.5, 0.9])
    exact = sketch(values, 2000, rng()).ranks(at)
    coins = rng(5)
    said = np.array([sketch(values, 20, coins).ranks(at) for _ in range(400)])
    deviation = said.std(axis=0)
    assert (deviation > 0.001).all()
    assert (np.abs(said.mean(axis=0) - exact) < 4 * deviation / math.sqrt(400)).all()


class StuckCoin:
    """Heads, always."""

    def integers(self, high):
        return high - 1


def tree_error(values, coins):
    leaves = [sketch(part, 100, coins) for part in np.split(values, 8)]
    tree = merge([merge(leaves[:3], coins), merge(leaves[3:], coins)], coins)
    return rank_errors(tree, values).max()


def test_a_tree_keeps_the_bound_because_fair_coins_cancel():
    source = rng(6)
    samples = [source.normal(size=8000) for _ in range(50)]
    fair = [tree_error(values, source) for values in samples]
    stuck = [tree_error(values, StuckCoin()) for values in samples]
    assert max(fair) < rank_error(100)
    assert np.mean(stuck) > 1.5 * np.mean(fair)


# Rank error against value error


def value_sketch(values, alpha=0.01):
    quanta = np.rint(values / QUANTUM).astype(np.int64)[:, None]
    zeros = np.zeros(len(values), np.int64)
    return quantile_sketch.sketch(zeros, quanta, quantile_sketch.Buckets(alpha))


def test_far_from_zero_a_bound_on_the_value_says_nothing_about_ranks():
    # 1 % of 1000 is ten standard deviations.
    values = 1000 + rng(7).normal(size=20_000)
    by_value = value_sketch(values).quantiles([0.9], 1)[0, 0] * QUANTUM
    by_rank = sketch(values, 400, rng()).quantiles([0.9])
    assert abs(np.mean(values <= by_value) - 0.9) >= 0.09
    assert abs(np.mean(values <= by_rank) - 0.9) <= rank_error(400)
    assert abs(by_value / np.quantile(values, 0.9) - 1).item() <= 0.01


def test_in_a_heavy_tail_a_bound_on_the_rank_says_little_about_values():
    # Pareto with exponent 1: at rank 0.999 a rank error of 0.05 % is half of the value.
    values = 1 / (1 - rng(8).random(20_000))
    exact = np.quantile(values, 0.999, method="lower")
    coins = rng(9)
    by_rank = np.array([sketch(values, 100, coins).quantiles(0.999) for _ in range(50)])
    by_value = value_sketch(values).quantiles([0.999], 1)[0, 0, 0] * QUANTUM
    assert abs(by_value / exact - 1) <= 0.01 + 1e-6
    assert np.abs(by_rank / exact - 1).max() > 0.2


# What is refused, and what is nothing


def test_gaps_are_left_out():
    values = rng(10).normal(size=50)
    gaps = np.insert(values, [3, 30], np.nan)
    assert sketch(gaps, 100, rng()).quantiles(Q).tolist() == (
        sketch(values, 100, rng()).quantiles(Q).tolist()
    )


def test_nothing_has_no_quantiles_and_no_ranks():
    nothing = sketch([], 20, rng())
    assert np.isnan(nothing.quantiles([0.5])).all()
    assert np.isnan(nothing.ranks([0.0, 1.0])).tolist() == [True, True]
    both = merge([nothing, sketch([1.0], 20, rng())], rng())
    assert both.quantiles(0.5) == 1.0


def test_k_for_a_rank_error_of_one_percent_is_below_the_400_of_the_theory():
    assert rank_error(k_for(0.01)) <= 0.01 < rank_error(k_for(0.01) - 1)
    assert k_for(0.01) <= 400


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda: sketch([1.0], 7, rng()), "at least 8"),
        (lambda: merge([], rng()), "nothing to merge"),
        (lambda: merge([sketch([1.0], k, rng()) for k in (8, 9)], rng()), "do not merge"),
        (lambda: sketch([1.0], 8, rng()).quantiles([1.5]), "from 0 to 1"),
        (lambda: k_for(0.0), "between 0 and 1"),
    ],
)
def test_what_makes_no_sense_is_refused(act, why):
    with pytest.raises(ValueError, match=why):
        act()
