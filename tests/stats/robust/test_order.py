"""Weighted medians and trimming where the weights are no whole numbers."""

import math

import numpy as np
import pytest

from sim.stats.robust.order import trimmed_mean, weighted_median
from sim.stats.robust.registry import make_rule

SIZES = np.arange(3, 60)
FRACTIONS = [0.1, 0.3, 1 / 3, 0.7, 1e-3]


@pytest.mark.parametrize("weight", FRACTIONS)
def test_rounding_leaves_no_sliver_of_a_lie_in_a_trimmed_mean(weight):
    """Sums of 0.1 miss the border by 1e-16; of a lie at infinity even that would be too much."""
    f = (SIZES - 1) // 2
    items = np.zeros((len(SIZES), 60, 1))
    items[np.arange(60) < f[:, None]] = math.inf
    weights = np.where(np.arange(60) < SIZES[:, None], weight, 0.0)
    centre = make_rule("trimmed_mean").centre(items, weights, f)
    np.testing.assert_array_equal(centre, 0.0)


@pytest.mark.parametrize("weight", FRACTIONS)
def test_rounding_does_not_shift_a_median(weight):
    items = np.arange(60.0)[None, :, None].repeat(len(SIZES), axis=0)
    weights = np.where(np.arange(60) < SIZES[:, None], weight, 0.0)
    np.testing.assert_array_equal(weighted_median(items, weights)[:, 0], (SIZES - 1) / 2)


def test_a_heavy_item_on_the_border_counts_with_the_part_inside():
    """Weights 1, 2, 1: without a quarter at either end the middle, without an eighth two thirds."""
    items, weights = np.array([[[0.0], [1.0], [8.0]]]), np.array([[1.0, 2.0, 1.0]])
    assert trimmed_mean(items, weights, np.array([0.25]))[0, 0] == 1.0
    expected = (0.5 * 0 + 2 * 1 + 0.5 * 8) / 3
    assert trimmed_mean(items, weights, np.array([0.125]))[0, 0] == pytest.approx(expected)


def test_half_of_the_weight_at_an_item_puts_the_median_between_it_and_the_next():
    items, weights = np.array([[[1.0], [2.0], [7.0]]]), np.array([[1.0, 1.0, 2.0]])
    assert weighted_median(items, weights)[0, 0] == 4.5
