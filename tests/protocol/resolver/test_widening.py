"""How wide an interval gets by age, by few versions, and by who is missing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.resolver.drift import OrnsteinUhlenbeck, RandomWalk, Version, estimated
from sim.protocol.resolver.widening import half_width, missing_sd
from tests.protocol.resolver.small import SECOND, held

Z = 1.959964
OU = OrnsteinUhlenbeck(np.array([1.0, 2.0]), 60 * SECOND)


def test_an_interval_without_age_is_that_of_sampling_alone():
    assert half_width(held(), 0, OU) == pytest.approx(Z * np.array([0.1, 0.2]))


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_an_interval_only_grows_with_age(one_ns, other_ns):
    young, old = sorted((one_ns, other_ns))
    assert (half_width(held(), young, OU) <= half_width(held(), old, OU)).all()


def test_a_wandering_level_is_forgotten_after_many_time_constants_and_gets_no_wider():
    expected = Z * np.sqrt(np.array([0.1, 0.2]) ** 2 + 2 * OU.sd**2 / 100)
    assert half_width(held(), 10_000 * SECOND, OU) == pytest.approx(expected)


def test_at_a_small_age_a_wandering_level_is_a_random_walk():
    walk = RandomWalk(2 * OU.sd**2 / 60 / 100)
    assert OU.variance(SECOND // 10, 100) == pytest.approx(
        walk.variance(SECOND // 10, 100), rel=0.001
    )


def test_what_moves_in_unknown_ways_has_no_bounds_once_it_has_an_age():
    assert half_width(held(), 0, None) == pytest.approx(Z * np.array([0.1, 0.2]))
    assert np.isinf(half_width(held(), 1, None)).all()


def test_a_missing_share_adds_its_difference_from_the_rest():
    known = held(coverage=0.75, missing_sd=np.array([2.0, 0.0]))
    expected = Z * np.sqrt(np.array([0.1**2 + 0.5**2, 0.2**2]))
    assert half_width(known, 0, OU) == pytest.approx(expected)


def test_a_missing_share_of_which_nothing_is_known_has_no_bounds():
    assert np.isinf(half_width(held(coverage=0.99), 0, OU)).all()


def test_the_missing_differ_from_the_rest_by_agents_and_by_regions():
    found = missing_sd(np.array([3.0]), 100, 300, 2.0, 1, 3)
    assert found[0] == pytest.approx(math.sqrt(9 * (1 / 100 + 1 / 300) + 4 * (1 + 1 / 3)))


def history(rate, spans_s, seed=1, error=0.0, features=1):
    draw = np.random.default_rng(seed)
    at_s = np.concatenate([[0.0], np.cumsum(spans_s)])
    steps = (
        draw.standard_normal((len(spans_s), features)) * np.sqrt(rate * np.array(spans_s))[:, None]
    )
    path = np.vstack([np.zeros(features), np.cumsum(steps, axis=0)])
    path = path + error * draw.standard_normal(path.shape)
    return [
        Version(round(at * SECOND), mean, np.full(features, error))
        for at, mean in zip(at_s, path, strict=True)
    ]


def test_the_rate_of_a_random_walk_is_found_from_its_versions():
    """Of k increments a squared sum has relative standard error sqrt(2 / k)."""
    found = estimated(history(0.25, [0.5, 1.0, 2.0] * 1000))
    assert found.degrees == 3000
    assert found.rate[0] == pytest.approx(0.25, rel=4 * math.sqrt(3 / 3000))


def test_sampling_errors_of_disjoint_windows_are_not_taken_for_movement():
    versions = history(0.25, [1.0] * 3000, error=1.0)
    # An increment has variance 0.25 + 2; neighbours share an error, which adds to the spread.
    spread = 4 * 2.25 * math.sqrt(3 / 3000)
    assert estimated(versions, disjoint=True).rate[0] == pytest.approx(0.25, abs=spread)
    assert estimated(versions).rate[0] == pytest.approx(2.25, abs=spread)


def test_one_version_tells_nothing_about_movement():
    assert estimated(history(1.0, [])) is None
    assert estimated([]) is None


def test_versions_that_bring_nothing_newer_are_left_out():
    versions = history(1.0, [1.0, 1.0])
    mixed = [versions[0], versions[1], versions[0], versions[1], versions[2]]
    assert estimated(mixed).rate == pytest.approx(estimated(versions).rate)


def test_a_rate_is_never_negative():
    assert estimated(history(0.0, [1.0] * 3, error=1.0), disjoint=True).rate[0] >= 0


def test_a_rate_from_few_versions_makes_wider_intervals_than_one_that_is_known():
    """With drift alone the quantile is that of Student's t: 12.7 for a single increment."""
    exact = held(standard_error=np.zeros(2))
    rate = np.array([1.0, 4.0])
    known = half_width(exact, SECOND, RandomWalk(rate))
    guessed = half_width(exact, SECOND, RandomWalk(rate, degrees=1))
    assert known == pytest.approx(Z * np.sqrt(rate))
    assert guessed == pytest.approx(12.7062 * np.sqrt(rate), rel=1e-4)
