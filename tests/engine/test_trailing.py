"""What agents are short of where messages are lost, against messages that are lost one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.confidence.trailing import noise_of_missing
from tests.reference.confidence import values_that_came

AGENTS = 4000


def noise(short, ahead, values, hops=1):
    """Of a single unit."""
    return float(noise_of_missing(np.array([short]), np.array([ahead]), values, hops)[0])


@pytest.mark.parametrize("lost", [0.1, 0.3, 0.5])
@pytest.mark.parametrize("ahead", [0.0, 3.4, -1.6])
@pytest.mark.parametrize("hops", [1, 2])
def test_noise_is_that_of_agents_whose_messages_are_lost_one_by_one(lost, ahead, hops):
    """Within four standard errors of the mean of 1/n over 4,000 agents."""
    rng = np.random.default_rng(6)
    n = np.array(values_that_came(rng, AGENTS, 10, ahead, lost, hops))
    found = noise(10 - n.mean(), ahead, 10.0, hops)
    assert abs(found - (1 / n - 1 / 10).mean()) <= 4 * (1 / n).std() / AGENTS**0.5


@pytest.mark.parametrize(("lost", "times"), [(0.1, 1.13), (0.3, 1.21), (0.5, 1.45)])
def test_agents_that_differ_in_what_came_know_less_than_their_mean_number_of_values_says(
    lost, times
):
    """The variance over that of agents that all have the mean number, of 10 values each."""
    k = np.arange(10)
    chance = lost**k * (1 - lost)
    short = (chance * k).sum() / chance.sum()
    alike = 1 / (10 - short) - 1 / 10
    assert noise(short, 0.0, 10.0) / alike == pytest.approx(times, abs=0.01)


@given(st.floats(0.0, 99.0), st.floats(-40.0, 99.0), st.integers(1, 3))
def test_no_agents_know_more_than_those_that_have_as_many_values_each(short, ahead, hops):
    assert noise(short, ahead, 100.0, hops) >= 1 / (100 - short) - 1 / 100 - 1e-12


def test_what_was_not_yet_due_is_missing_of_every_agent_alike():
    """Cut off in the middle of a pane, and nothing lost before."""
    assert noise(50.0, 50.0, 100.0) == pytest.approx(1 / 50 - 1 / 100)


def test_who_misses_nothing_has_no_noise():
    assert noise(0.0, 0.0, 10.0) == 0.0


def test_a_pane_of_a_single_value_is_whole_or_nothing():
    assert noise(0.0, 0.0, 1.0) == 0.0
