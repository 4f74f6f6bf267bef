"""Every way of fusing: what all promise, and what each promises beside it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.fusion.consistency import is_conservative
from sim.stats.fusion.contract import Estimate
from sim.stats.fusion.covariance_intersection import covariance_intersection
from sim.stats.fusion.inverse_variance import inverse_variance
from sim.stats.fusion.last_version import last_version
from sim.stats.fusion.registry import FUSIONS, make_fusion
from tests.reference import fusion as plain

numbers = st.floats(-10, 10)
scales = st.floats(0.1, 10)


@st.composite
def covariances(draw, features):
    angles = np.array(draw(st.lists(numbers, min_size=features**2, max_size=features**2)))
    turned, _ = np.linalg.qr(angles.reshape(features, features) + 20 * np.eye(features))
    lengths = np.array(draw(st.lists(scales, min_size=features, max_size=features)))
    return turned @ np.diag(lengths) @ turned.T


@st.composite
def estimates(draw, features=2):
    mean = draw(st.lists(numbers, min_size=features, max_size=features))
    return Estimate.of(mean, draw(covariances(features)), (0, draw(st.integers(0, 5))))


def same(one, other):
    return np.allclose(one.mean, other.mean, atol=1e-6) and np.allclose(
        one.covariance, other.covariance, atol=1e-6
    )


def test_of_equally_certain_versions_the_same_one_wins_whoever_is_asked_first():
    equal = [np.diag(spread) for spread in ([1.0, 3.0], [2.0, 2.0])]
    one, other = (Estimate(np.zeros(2), covariance, (0, 0)) for covariance in equal)
    assert same(last_version([one, other]), last_version([other, one]))


@pytest.mark.parametrize("fuse", FUSIONS.values(), ids=FUSIONS)
@given(one=estimates(), other=estimates())
def test_it_does_not_matter_which_of_two_comes_first(fuse, one, other):
    assert same(fuse([one, other]), fuse([other, one]))


@pytest.mark.parametrize("fuse", FUSIONS.values(), ids=FUSIONS)
@given(one=estimates())
def test_one_estimate_alone_stays_what_it_is(fuse, one):
    assert same(fuse([one]), one)


@pytest.mark.parametrize("fuse", FUSIONS.values(), ids=FUSIONS)
@given(items=st.lists(estimates(), min_size=1, max_size=4))
def test_what_is_fused_is_of_the_newest_version(fuse, items):
    assert fuse(items).version == max(item.version for item in items)


@pytest.mark.parametrize("kind", ["last_version", "covariance_intersection"])
@given(one=estimates())
def test_a_duplicate_adds_no_certainty(kind, one):
    assert same(make_fusion(kind)([one, one]), one)


@given(st.lists(st.tuples(numbers, scales), min_size=1, max_size=5))
def test_inverse_variance_of_scalars_is_the_plain_weighted_mean(items):
    fused = inverse_variance([Estimate.of(*item) for item in items])
    mean, variance = plain.inverse_variance(*zip(*items, strict=True))
    assert fused.mean[0] == pytest.approx(mean, abs=1e-9)
    assert fused.covariance[0, 0] == pytest.approx(variance)


@pytest.mark.parametrize(
    ("criterion", "cost"), [("trace", np.trace), ("det", lambda P: np.log(np.linalg.det(P)))]
)
@given(one=estimates(), other=estimates())
def test_no_weight_on_a_grid_beats_the_one_that_is_found(criterion, cost, one, other):
    fused = covariance_intersection([one, other], criterion=criterion)
    least = plain.least_cost(one.covariance, other.covariance, cost, steps=101)
    assert cost(fused.covariance) <= least + 1e-6 * max(1, abs(least))


def test_of_two_scalars_the_more_certain_one_is_kept():
    fused = covariance_intersection([Estimate.of(0.0, 1.0), Estimate.of(9.0, 1.5)])
    assert (fused.mean[0], fused.covariance[0, 0]) == (0.0, 1.0)


@given(estimates(), estimates(), covariances(2), st.floats(0, 1), st.floats(0, 1))
def test_covariance_intersection_never_claims_too_much_under_any_correlation(
    one, other, turn, weight, strength
):
    """The cross-covariance L C M' of errors L u, M v with correlations C of u and v, |C| <= 1."""
    correlation = strength * turn / np.linalg.norm(turn, 2)
    cross = (
        np.linalg.cholesky(one.covariance) @ correlation @ np.linalg.cholesky(other.covariance).T
    )
    fused = covariance_intersection([one, other])
    first, second = np.linalg.inv(one.covariance), np.linalg.inv(other.covariance)
    found = _weight_of(fused.covariance, first, second)
    true = plain.true_covariance(one.covariance, other.covariance, cross, found)
    assert is_conservative(fused.covariance, true, tolerance=1e-6)
    any_weight = np.linalg.inv(weight * first + (1 - weight) * second)
    true = plain.true_covariance(one.covariance, other.covariance, cross, weight)
    assert is_conservative(any_weight, true, tolerance=1e-6)


def _weight_of(fused, first, second):
    """The weight that was used, from what came out."""
    gap = first - second
    size = np.sum(gap * gap)
    return 0.5 if size < 1e-12 else float(np.sum((np.linalg.inv(fused) - second) * gap) / size)


def test_inverse_variance_does_claim_too_much_if_errors_are_shared():
    shared = np.eye(2)
    fused = inverse_variance([Estimate.of([0, 0], shared)] * 2)
    true = plain.true_covariance(shared, shared, shared, 0.5)
    assert not is_conservative(fused.covariance, true)


@pytest.mark.parametrize(
    ("mean", "covariance"),
    [([1, 2], 1.0), (1.0, -1.0), ([1, 2], [[1, 2], [2, 1]]), ([1, 2], [[1, 1], [0, 1]])],
    ids=["shapes", "negative", "not positive definite", "not symmetric"],
)
def test_what_is_no_covariance_is_refused(mean, covariance):
    with pytest.raises(ValueError, match="covariance"):
        Estimate.of(mean, covariance)


def test_an_unknown_way_is_refused_by_name():
    with pytest.raises(ValueError, match="no fusion 'average'"):
        make_fusion("average")
