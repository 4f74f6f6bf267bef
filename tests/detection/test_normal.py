"""Baselines that take time to arrive: who is held against which version, and what is kept of them.

Three locals watch two agents each; agents 0 to 2 are held against publisher 0, the others against
publisher 1.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.detection.contract import Baseline
from sim.detection.normal import Published

PUBLISHER = np.array([0, 0, 0, 1, 1, 1])
LOCAL = np.array([0, 0, 1, 1, 2, 2])
STEPS = st.lists(st.tuples(*[st.integers(0, 3)] * 3), max_size=12)
"""By how many published versions each local moves on, publication by publication."""


def baseline(version):
    """Whose mean says which version it is, and whose."""
    mean = np.array([[10.0 * version], [10.0 * version + 1]])
    return Baseline(np.full(2, version), mean, np.ones((2, 1)))


def published(held):
    at = lambda local, known_ns: held[local]  # noqa: E731
    return Published(PUBLISHER, LOCAL, 1, at, lambda: held)


def means(answer, agents):
    found, which = answer
    return found.mean[np.zeros(agents, np.int64) if which is None else which, 0]


@given(STEPS)
def test_everybody_is_held_against_the_version_that_its_local_holds(steps):
    held = np.full(3, -1)
    normal = published(held)
    for version, moves in enumerate(steps, start=1):
        normal.publish(version, baseline(version))
        held += moves
        held[:] = np.minimum(held, version)
        held[held == 0] = -1  # nobody holds version 0
        of_agent = held[LOCAL]
        expected = np.where(of_agent > 0, 10.0 * of_agent + PUBLISHER, np.nan)
        np.testing.assert_array_equal(means(normal.now(), 6), expected)
        some = np.array([1, 3, 4])
        np.testing.assert_array_equal(means(normal.at(some, np.zeros(3)), 3), expected[some])


def test_versions_that_nobody_will_ask_for_again_are_dropped():
    held = np.full(3, -1)
    normal = published(held)
    for version in range(1, 100):
        normal.publish(version, baseline(version))
        held[:] = max(version - 2, -1)
    assert len(normal.now()[0].count) <= 2 * 4


def test_what_one_local_still_holds_is_kept_for_it_through_a_long_cut():
    held = np.array([1, 1, 1])
    normal = published(held)
    normal.publish(1, baseline(1))
    for version in range(2, 50):
        normal.publish(version, baseline(version))
        held[1:] = version
    assert means(normal.now(), 6).tolist() == [10.0, 10.0, 490.0, 491.0, 491.0, 491.0]


def test_a_version_that_was_never_published_leaves_a_gap():
    held = np.array([1, 3, 3])
    normal = published(held)
    normal.publish(1, baseline(1))
    normal.publish(3, baseline(3))
    assert means(normal.now(), 6).tolist() == [10.0, 10.0, 30.0, 31.0, 31.0, 31.0]


@pytest.mark.parametrize("order", [(3, 2, 1), (2, 3, 1), (1, 3, 2)])
def test_versions_of_replicas_that_publish_side_by_side_may_come_in_any_order(order):
    held = np.full(3, -1)
    normal = published(held)
    for version in order:
        normal.publish(version, baseline(version))
    held[:] = [1, 2, 3]
    assert means(normal.now(), 6).tolist() == [10.0, 10.0, 20.0, 21.0, 31.0, 31.0]


def test_a_value_is_held_against_what_was_there_when_it_arrived_and_not_against_what_came_later():
    held = np.array([1, 1, 1])
    at = lambda local, known_ns: np.where(known_ns < 50, 1, held[local])  # noqa: E731
    normal = Published(PUBLISHER, LOCAL, 1, at, lambda: held)
    normal.publish(1, baseline(1))
    normal.publish(2, baseline(2))
    held[:] = 2
    some = np.array([0, 2, 5])
    assert means(normal.at(some, np.array([49.0, 50.0, 10.0])), 3).tolist() == [10.0, 20.0, 11.0]
