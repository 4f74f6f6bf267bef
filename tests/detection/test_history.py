"""Moments of each agent and of groups, against numpy on all values at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.detection.groups import Groups
from sim.detection.history import History, Spread


def filled(values, covariance=False, heard=None):
    """A history of `values` (T, n, F); `heard` (T, n) says which of them arrived."""
    times, agents, features = values.shape
    history = History(agents, features, covariance)
    heard = np.ones((times, agents), bool) if heard is None else heard
    for value, arrived in zip(values, heard, strict=True):
        history.add(np.flatnonzero(arrived), value[arrived])
    return history


@st.composite
def arrivals(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    times, agents, features = (draw(st.integers(1, most)) for most in (8, 6, 4))
    values = rng.normal(size=(times, agents, features)) + rng.choice([0, 1e6])
    return values, rng.random((times, agents)) < 0.7, rng.integers(0, 3, agents)


def says(baseline, row, values):
    """Whether a row of a baseline is that of `values` (k, F)."""
    assert baseline.count[row] == len(values)
    if not len(values):
        assert np.isnan(baseline.mean[row]).all()
        return
    assert baseline.mean[row] == pytest.approx(values.mean(axis=0), rel=1e-12, abs=1e-12)
    if len(values) == 1:
        assert np.isnan(baseline.sd[row]).all()
        return
    expected = np.cov(values.T, ddof=1).reshape(values.shape[1], -1)
    # An offset of 1e6 leaves 1e-16 * 1e6 of each value, relative to deviations of about 1.
    assert baseline.covariance[row] == pytest.approx(expected, rel=1e-7, abs=1e-8)
    assert baseline.sd[row] ** 2 == pytest.approx(np.diag(expected), rel=1e-7, abs=1e-8)


@given(arrivals())
def test_every_agent_has_the_moments_of_its_own_values(world):
    values, heard, _ = world
    baseline = filled(values, True, heard).baseline()
    for agent in range(values.shape[1]):
        says(baseline, agent, values[heard[:, agent], agent])


@given(arrivals())
def test_a_group_has_the_moments_of_all_its_values(world):
    values, heard, groups = world
    baseline = filled(values, True, heard).baseline(groups)
    for group in range(groups.max() + 1):
        mine = groups == group
        says(baseline, group, values[:, mine][heard[:, mine]])


@given(arrivals())
def test_variances_alone_are_those_of_the_full_covariances(world):
    values, heard, groups = world
    plain, full = (filled(values, covariance, heard) for covariance in (False, True))
    for by in (None, groups):
        assert plain.baseline(by).sd == pytest.approx(full.baseline(by).sd, nan_ok=True, rel=1e-9)
        assert plain.baseline(by).covariance is None


@given(arrivals())
def test_agents_may_be_cut_into_blocks_anyhow(world):
    values, heard, groups = world
    whole = filled(values, False, heard).baseline(groups)
    single = History(*values.shape[1:])
    for agent in reversed(range(values.shape[1])):
        for value in values[heard[:, agent], agent]:
            single.add(np.array([agent]), value[None])
    cut = single.baseline(groups)
    assert cut.mean.tobytes() == whole.mean.tobytes()
    assert cut.sd.tobytes() == whole.sd.tobytes()


@given(arrivals())
def test_a_baseline_tells_what_was_behind_it(world):
    values, heard, groups = world
    once = filled(values, True, heard).baseline()
    again = Spread.of(once).merged(Groups(groups)).baseline()
    for group in range(groups.max() + 1):
        mine = groups == group
        says(again, group, values[:, mine][heard[:, mine]])


def test_a_large_offset_does_not_swallow_the_deviation():
    steps = np.tile([[[-1.0]], [[1.0]]], (500, 1, 1))
    plain, offset = (filled(steps + far).baseline().sd[0, 0] for far in (0, 1e9))
    assert offset == pytest.approx(plain, rel=1e-6)


def test_what_is_forgotten_begins_anew():
    values = np.random.default_rng(1).normal(size=(5, 2, 3))
    history = filled(values, True)
    history.forget(np.array([0]))
    history.add(np.array([0]), values[0, :1])
    baseline = history.baseline()
    assert baseline.count.tolist() == [1, 5]
    assert baseline.mean[0].tolist() == values[0, 0].tolist()


def test_a_baseline_that_was_handed_out_does_not_move():
    history = filled(np.zeros((2, 1, 1)))
    baseline = history.baseline()
    history.add(np.array([0]), np.array([[9.0]]))
    assert (baseline.count[0], baseline.mean[0, 0]) == (2, 0)


def test_a_group_without_members_is_unknown():
    baseline = filled(np.zeros((2, 2, 1))).baseline(np.array([0, 2]))
    assert baseline.count.tolist() == [2, 0, 2]
    assert np.isnan(baseline.mean[1]).all()


def test_sums_of_a_group_depend_on_its_members_alone():
    values = np.random.default_rng(8).normal(size=(300, 3)) * 10.0 ** np.arange(300)[:, None]
    numbers = np.arange(300) % 7
    alone = Groups(np.zeros(43, np.int64)).sums(values[numbers == 3][:43])
    assert Groups(numbers).sums(values)[3].tobytes() == alone[0].tobytes()
