"""Random projections: unbiased, of a known deviation, from a seed that all share."""

import math

import numpy as np
import pytest

from sim.stats.dependence.all_pairs import AllPairs
from sim.stats.dependence.projection import (
    Projection,
    directions_needed,
    standard_deviation,
)


def lift(series, k=50, seed=1, agents=None):
    return Projection(k).lift(series, agents, np.random.default_rng(seed))


def test_locals_with_one_seed_project_on_the_same_directions():
    series = np.random.default_rng(1).normal(size=(30, 6))
    parts = [lift(series[:, at], agents=at) for at in ([4, 0, 1], [5, 2, 3])]
    apart = Projection(50).read(Projection(50).merge(parts))
    assert apart.agents.tolist() == list(range(6))
    assert apart.matrix == pytest.approx(Projection(50).read(lift(series)).matrix)


def test_states_of_other_seeds_do_not_merge():
    series = np.random.default_rng(2).normal(size=(30, 6))
    with pytest.raises(ValueError, match="different directions"):
        Projection(50).merge([lift(series, seed=1), lift(series, seed=2)])


def test_a_projection_without_a_shared_seed_is_refused():
    with pytest.raises(ValueError, match="a generator that all locals share"):
        Projection(50).lift(np.ones((3, 2)))


def test_the_error_falls_with_the_root_of_the_directions():
    series = np.random.default_rng(3).normal(size=(60, 40))
    truth = AllPairs().read(AllPairs().lift(series))
    # 780 pairs of about 0.13: a root mean square of sqrt((1 + 0.13^2) / k), and its standard
    # error is below 1 / sqrt(2 * 39) = 11 %: only 40 projections are independent.
    for k in (100, 1600):
        error = Projection(k).error(Projection(k).read(lift(series, k)), truth)
        assert error == pytest.approx(standard_deviation(0.13, k), rel=3 * 0.11)


def test_an_agent_sends_k_numbers_and_spends_t_on_each():
    states = [lift(np.random.default_rng(4).normal(size=(30, n))) for n in (10, 20)]
    assert states[1].size_bytes - states[0].size_bytes == 10 * (50 + 1) * 8
    assert states[1].operations == 20 * 30 * (50 + 3)


def test_gaps_that_two_agents_share_do_not_damp_their_correlation():
    series = np.random.default_rng(5).normal(size=(200, 1)) * [1.0, -2.0]
    series[50:150] = np.nan
    said = Projection(4000).read(lift(series, 4000)).matrix[0, 1]
    assert said == pytest.approx(-1.0, abs=4 * standard_deviation(1.0, 4000))


def test_directions_for_a_tenth_are_those_of_the_theory():
    assert [directions_needed(0.1, rho) for rho in (0.0, 0.5)] == [385, math.ceil(384.15 * 1.25)]
