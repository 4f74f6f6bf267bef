"""Min-max and min-sum against the search by halving of their authors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sim.adversary import distances, min_max, min_sum
from tests.adversary.drive import MEASURED, claim, make, make_view
from tests.reference import adversaries as reference

POINTS = arrays.arrays(
    np.float64,
    st.tuples(st.integers(2, 8), st.integers(1, 3)),
    elements=st.integers(-50, 50).map(lambda whole: whole / 8),
)
OTHERS = np.random.default_rng(5).normal(3.0, 1.0, size=(10, 3))
DIRECTIONS = ("sd", "unit", "sign")


def lie(kind, others=OTHERS, **options):
    strategy = make(kind, **options)
    strategy.look(make_view(others))
    return claim(strategy, MEASURED[10, :1])[0]


@given(POINTS)
def test_the_diameter_is_the_largest_of_all_distances(points):
    assert distances.diameter(points) == pytest.approx(reference.diameter(points.tolist()))


def test_the_diameter_of_many_points_is_found_without_all_their_distances():
    points = np.random.default_rng(6).normal(size=(20_000, 3))
    points[17], points[4711] = (30, 0, 0), (-30, 1, 0)
    assert distances.diameter(points) == pytest.approx(np.hypot(60, 1))


def test_too_many_outermost_points_leave_a_lower_bound_of_at_least_half():
    angles = np.random.default_rng(6).uniform(0, 2 * np.pi, 4 * distances.COMPARED_MAX)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert 1.0 <= distances.diameter(circle) <= 2.0 + 1e-9


def test_of_too_many_points_the_outermost_are_compared(monkeypatch):
    monkeypatch.setattr(distances, "COMPARED_MAX", 3)
    # The first is farthest out, but the second and third are farthest apart.
    points = np.array([[1, 0], [0, 0.99], [0, -0.99], [-0.5, 0.1], [-0.5, -0.1]])
    assert distances.diameter(points) == pytest.approx(1.98)


@pytest.mark.parametrize(
    ("ours", "accepts"),
    [(min_max.largest_step, reference.within_max), (min_sum.largest_step, reference.within_sum)],
    ids=["min_max", "min_sum"],
)
@settings(max_examples=40)
@given(points=POINTS, seed=st.integers(0, 99))
def test_the_step_is_the_one_that_halving_finds(ours, accepts, points, seed):
    away = np.random.default_rng(seed).normal(size=points.shape[1])
    searched = reference.largest_step(points.tolist(), away.tolist(), accepts)
    assert ours(points, away) == pytest.approx(searched, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_min_max_lie_is_as_far_from_somebody_as_two_others_are_apart(direction):
    farthest = np.linalg.norm(OTHERS - lie("min_max", direction=direction), axis=1).max()
    assert farthest == pytest.approx(reference.diameter(OTHERS.tolist()))


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_min_sum_lie_is_in_sum_as_far_from_all_as_the_outermost_is(direction):
    point = lie("min_sum", direction=direction)
    sums = ((OTHERS[:, None] - OTHERS) ** 2).sum(axis=(1, 2))
    assert ((OTHERS - point) ** 2).sum() == pytest.approx(sums.max())


@pytest.mark.parametrize("kind", ["min_max", "min_sum"])
@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ("sd", -OTHERS.std(axis=0, ddof=1)),
        ("unit", -OTHERS.mean(axis=0)),
        ("sign", -np.ones(3)),
    ],
)
def test_the_lie_leaves_the_mean_in_the_direction_that_was_asked_for(kind, direction, expected):
    step = lie(kind, direction=direction) - OTHERS.mean(axis=0)
    np.testing.assert_allclose(
        step / np.linalg.norm(step), expected / np.linalg.norm(expected), atol=1e-12
    )


@pytest.mark.parametrize("kind", ["min_max", "min_sum"])
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_with_nowhere_to_go_the_lie_is_the_mean(kind, direction):
    others = np.zeros((4, 3)) if direction != "sd" else np.ones((4, 3))
    np.testing.assert_array_equal(lie(kind, others, direction=direction), others[0])


@pytest.mark.parametrize("kind", ["min_max", "min_sum"])
def test_who_has_seen_a_single_agent_stays_correct(kind):
    np.testing.assert_array_equal(lie(kind, OTHERS[:1], direction="unit"), MEASURED[10, 0])
