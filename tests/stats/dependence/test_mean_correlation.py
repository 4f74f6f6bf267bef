"""The mean of all pairs, against a loop over pairs and numpy."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.stats.dependence.all_pairs import AllPairs
from sim.stats.dependence.mean_correlation import MeanCorrelation
from tests.reference import dependence as reference

METHOD = MeanCorrelation()
VALUES = st.integers(-50, 50).map(float) | st.just(math.nan)
SERIES = st.lists(st.lists(VALUES, min_size=5, max_size=5), min_size=1, max_size=7)
ROUNDING = 1e-8
"""Values are rounded to 2^-32, and a mean may divide by a single common instant."""


def common(instants, agents, rho, seed):
    """Series of agents whose pairs all have correlation rho, but for chance."""
    rng = np.random.default_rng(seed)
    shared = math.sqrt(rho) * rng.normal(size=(instants, 1))
    return shared + math.sqrt(1 - rho) * rng.normal(size=(instants, agents))


@settings(max_examples=40)
@given(SERIES)
def test_the_mean_is_that_of_a_loop_over_pairs_weighted_by_common_instants(columns):
    said = METHOD.read(METHOD.lift(np.array(columns).T)).mean
    assert said == pytest.approx(
        reference.mean_correlation(columns), rel=0, abs=ROUNDING, nan_ok=True
    )


@settings(max_examples=40)
@given(SERIES, st.integers(0, 7))
def test_any_order_and_tree_gives_the_same_bits(columns, cut):
    series = np.array(columns).T
    parts = [METHOD.lift(part) for part in (series[:, :cut], series[:, cut:])]
    trees = [METHOD.merge(parts), METHOD.merge(parts[::-1]), METHOD.lift(series)]
    bits = [(t.agents.tolist(), t.sums.tolist(), t.seen.tolist()) for t in trees]
    assert bits[0] == bits[1] == bits[2]


def test_without_gaps_the_mean_is_that_of_numpys_correlations():
    series = common(200, 40, 0.3, 1)
    exact = np.corrcoef(series.T)[np.triu_indices(40, 1)].mean()
    assert METHOD.read(METHOD.lift(series)).mean == pytest.approx(exact, abs=1e-10)


def test_chance_gaps_do_not_bias_the_mean():
    # The mean of 40 agents' pairs has standard error of about rho / sqrt(T / 2) = 0.007 from the
    # common part, which both share; what gaps of 20 % add is smaller still.
    series = common(4000, 40, 0.3, 2)
    whole = METHOD.read(METHOD.lift(series)).mean
    series[np.random.default_rng(3).random(series.shape) < 0.2] = np.nan
    assert METHOD.read(METHOD.lift(series)).mean == pytest.approx(whole, abs=0.007)


def test_the_state_does_not_grow_with_the_agents():
    sizes = [METHOD.lift(common(50, agents, 0.1, 4)).size_bytes for agents in (2, 200)]
    assert sizes == [8 + 50 * 12] * 2


def test_the_work_grows_with_agents_times_instants():
    work = [METHOD.lift(common(50, agents, 0.1, 5)).operations for agents in (10, 1000)]
    assert work == [4 * 50 * 10, 4 * 50 * 1000]


def test_an_agent_that_never_moves_has_no_correlation():
    series = common(30, 3, 0.5, 6)
    flat = np.column_stack((series, np.full(30, 0.1), np.full(30, np.nan)))
    assert METHOD.read(METHOD.lift(flat)).mean == METHOD.read(METHOD.lift(series)).mean
    assert METHOD.read(METHOD.lift(flat)).agents == 3


def test_one_agent_has_no_pair():
    read = METHOD.read(METHOD.lift(common(30, 1, 0.5, 7)))
    assert math.isnan(read.mean)


def test_the_error_is_the_difference_to_all_pairs():
    series = common(100, 20, 0.4, 8)
    truth = AllPairs().read(AllPairs().lift(series))
    read = METHOD.read(METHOD.lift(series[:, :10]))
    expected = abs(read.mean - np.corrcoef(series.T)[np.triu_indices(20, 1)].mean())
    assert METHOD.error(read, truth) == pytest.approx(expected)


def test_what_could_overflow_is_refused():
    state = METHOD.lift(common(4, 2, 0.1, 9))
    state.agents[0] = 2**30
    with pytest.raises(ValueError, match="overflow"):
        METHOD.merge([state, state])
