"""All pairs in one place, against numpy and a loop over pairs."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.stats.dependence.all_pairs import AllPairs
from tests.reference import dependence as reference

METHOD = AllPairs()
VALUES = st.integers(-50, 50).map(float) | st.just(math.nan)
SERIES = st.lists(st.lists(VALUES, min_size=6, max_size=6), min_size=1, max_size=6)


@settings(max_examples=40)
@given(SERIES)
def test_a_pair_is_correlated_over_its_common_instants(columns):
    pairs = METHOD.read(METHOD.lift(np.array(columns).T))
    series = {agent: reference.standard(column) for agent, column in enumerate(columns)}
    moving = [agent for agent in series if series[agent] is not None]
    assert pairs.agents.tolist() == moving
    for i, first in enumerate(moving):
        for j, second in enumerate(moving[:i]):
            expected, _ = reference.pair(series[first], series[second])
            assert pairs.matrix[i, j] == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_without_gaps_they_are_numpys():
    series = np.random.default_rng(1).normal(size=(50, 8)).cumsum(axis=0)
    assert METHOD.read(METHOD.lift(series)).matrix == pytest.approx(np.corrcoef(series.T))


def test_the_order_of_locals_does_not_matter():
    series = np.random.default_rng(2).normal(size=(20, 6))
    parts = [METHOD.lift(series[:, at], at) for at in ([4, 1], [0, 5], [3, 2])]
    merged = METHOD.merge([METHOD.merge(parts[:2]), parts[2]])
    one = METHOD.read(METHOD.lift(series))
    many = METHOD.read(merged)
    assert many.agents.tolist() == list(range(6))
    assert many.matrix == pytest.approx(one.matrix)


def test_magnitudes_do_not_matter():
    series = np.random.default_rng(3).normal(size=(20, 3))
    extreme = series * [1e200, 1e-200, 1.0]
    plain = METHOD.read(METHOD.lift(series)).matrix
    assert METHOD.read(METHOD.lift(extreme)).matrix == pytest.approx(plain)


def test_the_root_does_t_operations_for_every_pair():
    series = np.random.default_rng(4).normal(size=(20, 100))
    state = METHOD.lift(series)
    assert state.operations == 0
    assert METHOD.read(state).operations == 20 * 100 * 99 // 2 + 3 * 20 * 100
    assert state.size_bytes == 8 * 20 * 100 + 8 * 100


def test_an_agent_below_two_locals_is_refused():
    series = np.random.default_rng(5).normal(size=(20, 2))
    twice = METHOD.merge([METHOD.lift(series), METHOD.lift(series)])
    with pytest.raises(ValueError, match="as many different agents"):
        METHOD.read(twice)
