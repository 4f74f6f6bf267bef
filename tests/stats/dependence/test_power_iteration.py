"""Power iteration over the tree, against numpy's eigenvalues."""

import numpy as np
import pytest

from sim.stats.dependence.power_iteration import leading
from sim.stats.dependence.standard import standardise


def with_a_common_course(agents, instants=60):
    rng = np.random.default_rng(1)
    return rng.normal(size=(instants, 1)) + 1.5 * rng.normal(size=(instants, agents))


START = np.random.default_rng(2).normal(size=60)


def test_the_eigenvalue_and_the_loadings_are_numpys():
    series = with_a_common_course(30)
    parts = [standardise(part) for part in np.array_split(series, 4, axis=1)]
    found = leading(parts, START, rounds=60)
    values, vectors = np.linalg.eigh(np.corrcoef(series.T))
    loadings = np.concatenate([found.loadings(part) for part in parts])
    # The error of the eigenvalue shrinks by the squared ratio a round: below 1e-9 after 60.
    assert (values[-2] / values[-1]) ** 120 < 1e-9
    assert found.eigenvalue == pytest.approx(values[-1])
    assert np.abs(loadings @ vectors[:, -1]) == pytest.approx(1)


def test_a_round_takes_two_operations_a_value():
    parts = [standardise(with_a_common_course(30))]
    assert leading(parts, START, rounds=3).operations == 3 * (2 * 60 * 30 + 60)


def test_agents_that_never_move_have_no_direction():
    assert np.isnan(leading([standardise(np.ones((60, 4)))], START, rounds=3).eigenvalue)
