import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from sim.measure.gate.rearrangements import (
    MOST,
    break_evens,
    fewest,
    flips,
    lower_bound,
    p_values,
    swaps,
    upper_bound,
)
from tests.reference.gate import p_of_groups, p_of_pairs

SMALL = st.integers(-4, 4)
PAIRS = st.lists(SMALL, min_size=1, max_size=7)
GROUP = st.lists(SMALL, min_size=1, max_size=4)
HALF = 1 / 2**9
"""Break-evens are quotients with small denominators: none lies so near to another."""


def shifts_of(tried, values, never=None):
    values = np.array(values, float)
    return break_evens(tried, values, np.zeros(len(values)) if never is None else np.array(never))


@given(PAIRS)
def test_p_of_pairs_is_what_counting_all_sign_patterns_gives(differences):
    tried = flips(len(differences))
    bad, good = p_values(tried, shifts_of(tried, differences))
    assert bad == p_of_pairs(differences)
    assert good == p_of_pairs([-one for one in differences])


@given(GROUP, GROUP)
def test_p_of_groups_is_what_counting_all_dealings_gives(candidate, base):
    tried = swaps(len(candidate), len(base))
    bad, good = p_values(tried, shifts_of(tried, candidate + base))
    assert bad == pytest.approx(p_of_groups(candidate, base), abs=1e-12)
    assert good == pytest.approx(
        p_of_groups([-x for x in candidate], [-x for x in base]), abs=1e-12
    )


@given(PAIRS, st.sampled_from([0.01, 0.05, 0.2]))
def test_the_lower_bound_of_pairs_is_where_the_test_begins_to_let_shifts_pass(differences, level):
    tried = flips(len(differences))
    low = lower_bound(tried, shifts_of(tried, differences), level)
    assume(math.isfinite(low))
    assert p_of_pairs(differences, low - HALF) <= level < p_of_pairs(differences, low + HALF)


@given(GROUP, GROUP, st.sampled_from([0.05, 0.2]))
def test_the_lower_bound_of_groups_is_where_the_test_begins_to_let_shifts_pass(a, b, level):
    tried = swaps(len(a), len(b))
    low = lower_bound(tried, shifts_of(tried, a + b), level)
    assume(math.isfinite(low))
    assert p_of_groups(a, b, low - HALF) <= level < p_of_groups(a, b, low + HALF)


@given(PAIRS)
def test_the_upper_bound_is_the_lower_bound_of_the_opposite(differences):
    tried = flips(len(differences))
    opposite = shifts_of(tried, [-one for one in differences])
    high = upper_bound(tried, shifts_of(tried, differences), 0.05)
    assert high == -lower_bound(tried, opposite, 0.05)


@pytest.mark.parametrize("paired", [True, False])
def test_too_few_replications_have_no_bounds(paired):
    count = fewest(0.01, paired) - 1
    tried = flips(count) if paired else swaps(count, count)
    shifts = shifts_of(tried, range(1, count + 1 if paired else 2 * count + 1))
    assert lower_bound(tried, shifts, 0.01) == -math.inf
    assert upper_bound(tried, shifts, 0.01) == math.inf


def test_the_fewest_replications_are_those_whose_most_extreme_case_is_rare_enough():
    assert fewest(0.01, paired=True) == 7  # 2**-7 = 0.0078
    assert fewest(0.01, paired=False) == 5  # 1 / C(10, 5) = 0.0040


def test_pairs_agree_with_scipy():
    differences = np.random.default_rng(3).normal(0.5, 1, 10)
    oracle = permutation_test(
        (differences,), np.mean, permutation_type="samples", alternative="greater", n_resamples=1024
    )
    tried = flips(10)
    assert p_values(tried, shifts_of(tried, differences))[0] == pytest.approx(oracle.pvalue)


def test_groups_agree_with_scipy():
    random = np.random.default_rng(4)
    a, b = random.normal(0.7, 1, 5), random.normal(0, 1, 6)
    oracle = permutation_test(
        (a, b),
        lambda x, y: np.mean(x) - np.mean(y),
        permutation_type="independent",
        alternative="greater",
    )
    tried = swaps(5, 6)
    assert p_values(tried, shifts_of(tried, [*a, *b]))[0] == pytest.approx(oracle.pvalue)


def test_a_draw_of_rearrangements_finds_nearly_what_all_of_them_find():
    differences = np.random.default_rng(5).normal(0.35, 1, 16)
    moved = np.arange(2**16)[:, None] >> np.arange(16) & 1
    exact = np.mean(moved @ differences <= 1e-12)
    tried = flips(16)
    drawn = p_values(tried, shifts_of(tried, differences))[0]
    assert len(tried) == MOST < 2**16
    assert abs(drawn - exact) < 4 * math.sqrt(exact * (1 - exact) / MOST)


@pytest.mark.parametrize("tried", [flips(24), swaps(12, 9)], ids=["flips", "swaps"])
def test_what_was_seen_is_one_of_the_rearrangements_however_many_are_drawn(tried):
    """Else p could be 0, and the error rate of the test would not be exact."""
    values = shifts_of(tried, [1e3] * 12 + [-1e3] * (tried.weights.shape[1] - 12))
    assert tried.unmoved >= 1
    assert p_values(tried, values)[0] > 0


def test_figures_that_cancel_on_paper_count_as_equal():
    tried = flips(3)
    assert p_values(tried, shifts_of(tried, [0.3, -0.1, -0.2]))[0] == p_of_pairs([3, -1, -2])


def test_an_infinite_value_outweighs_all_others_and_one_of_each_cancel():
    tried = flips(2)
    assert shifts_of(tried, [0.0, 5.0], never=[1, 0]).tolist() == [5.0, math.inf, math.inf]
    assert shifts_of(tried, [0.0, 0.0], never=[1, -1]).tolist() == [-math.inf, 0.0, math.inf]
