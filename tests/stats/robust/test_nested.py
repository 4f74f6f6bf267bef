import math

import numpy as np
import pytest

from sim.stats.robust.nested import nested
from sim.stats.robust.registry import make_rule

MEDIAN = make_rule("median")


def test_the_median_of_medians():
    items = np.array([[1.0], [2.0], [9.0], [4.0], [5.0], [6.0], [0.0], [7.0], [8.0]])
    assert nested(items, (3, 3), MEDIAN, 1 / 3).tolist() == [[5.0]]


def test_groups_may_differ_in_size():
    items = np.arange(7.0)[:, None]
    sizes = [np.array([3, 4]), np.array([2])]
    assert nested(items, sizes, make_rule("mean"), 0.0).tolist() == [[(1 + 4.5) / 2]]


def test_a_tier_of_the_tree_may_be_the_last():
    assert nested(np.arange(6.0)[:, None], (3,), MEDIAN, 1 / 3).tolist() == [[1.0], [4.0]]


def test_absent_agents_and_absent_groups_are_left_out():
    items = np.array([[1.0], [math.nan], [3.0], [math.nan], [math.nan], [math.nan]])
    assert nested(items, (3, 2), make_rule("mean"), 0.0).tolist() == [[2.0]]


def test_groups_that_do_not_hold_all_rows_are_refused():
    with pytest.raises(ValueError, match="do not hold 7 rows"):
        nested(np.zeros((7, 1)), (3,), MEDIAN, 0.2)
    with pytest.raises(ValueError, match="do not hold 7 rows"):
        nested(np.zeros((7, 1)), (np.array([3, 0, 4]),), MEDIAN, 0.2)


def test_a_tier_that_is_too_small_for_the_rule_is_refused_with_what_would_do():
    with pytest.raises(ValueError, match="krum against 0 liars needs 3 items, not 2"):
        nested(np.zeros((20, 1)), (10, 2), make_rule("krum"), 0.2)
