"""Centres of covariance matrices, and which of them are covariance matrices."""

import numpy as np
import pytest

from sim.stats.robust.covariance import entrywise, geometric_median, project
from sim.stats.robust.registry import make_rule

TRIALS = 2000


def random_covariances(rng, groups, agents):
    """(groups, agents, 3, 3): of three random directions each, so that they differ a lot."""
    factors = rng.normal(size=(groups, agents, 3, 3))
    return factors @ np.swapaxes(factors, -2, -1)


MATRICES = random_covariances(np.random.default_rng(11), TRIALS, 3)
ONES = np.ones((TRIALS, 3))


def smallest(matrices):
    return np.linalg.eigvalsh(matrices)[..., 0]


def test_the_entrywise_median_is_often_no_covariance():
    """Theory has 9.3 % for matrices of its own drawing; the standard error here is 0.6 %."""
    share = (smallest(entrywise(make_rule("median"), MATRICES, ONES, 1)) < 0).mean()
    print(f"entrywise median not positive semidefinite: {share:.1%} of {TRIALS}")
    assert share == pytest.approx(0.093, abs=0.024)


def test_the_geometric_median_always_is_one():
    assert (smallest(geometric_median(MATRICES, ONES)) >= -1e-12).all()


def test_lies_do_not_change_that():
    matrices = random_covariances(np.random.default_rng(12), 50, 10)
    matrices[:, :4] = 1e300 * np.eye(3)
    centre = geometric_median(matrices, np.ones((50, 10)))
    assert (smallest(centre) >= 0).all()
    assert np.abs(centre).max() < 50 * np.abs(matrices[:, 4:]).max()


def test_projecting_makes_it_one():
    projected = project(entrywise(make_rule("median"), MATRICES, ONES, 1))
    assert (smallest(projected) >= -1e-12).all()


def test_a_covariance_is_its_own_projection():
    np.testing.assert_array_equal(project(MATRICES), (MATRICES + MATRICES.swapaxes(-2, -1)) / 2)


def test_no_covariance_is_nearer_than_the_projection():
    """The way from the projection to the matrix is at a right angle or more to any other."""
    medians = entrywise(make_rule("median"), MATRICES, ONES, 1)
    off = medians - project(medians)
    others = MATRICES[:, 0] - project(medians)
    assert ((off * others).sum(axis=(-2, -1)) <= 1e-9).all()


def test_a_floor_keeps_every_variance_above_it():
    assert (smallest(project(MATRICES, floor=0.1)) >= 0.1 - 1e-9).all()


def test_unknown_stays_unknown():
    matrices = np.stack([np.eye(2), np.full((2, 2), np.nan)])
    result = project(matrices)
    np.testing.assert_array_equal(result[0], np.eye(2))
    assert np.isnan(result[1]).all()


@pytest.mark.parametrize("name", ["trimmed_mean", "krum"])
def test_any_rule_keeps_matrices_symmetric(name):
    matrices = random_covariances(np.random.default_rng(13), 4, 9)
    centre = entrywise(make_rule(name), matrices, np.ones((4, 9)), 2)
    np.testing.assert_allclose(centre, centre.swapaxes(-2, -1), rtol=1e-12)
