"""Bytes of state by role, counted by hand for one feature."""

import numpy as np

from sim.stats.moments import Layout
from sim.telemetry.footprint import Footprint

ONE = Footprint(Layout(1), panes_read=3)
NARROW, WIDE = 2 + 4, 2 + 6
"""Numbers of a summary of one feature: count and sources, and its sums."""


def test_an_agent_keeps_its_version_its_birth_and_two_panes():
    assert ONE.agent() == 8 * (2 + 1 + 2 * NARROW)


def test_a_local_keeps_what_each_agent_has_told_and_one_baseline():
    kept = ONE.parents(np.array([50]), 1, is_root=False)
    assert kept.tolist() == [50 * ONE.agent() + 8 * (2 + WIDE)]


def test_higher_up_children_tell_seven_ages_and_sums_in_two_limbs():
    assert ONE.child(2) == 8 * (2 + 7 + 2 * WIDE)


def test_the_root_keeps_all_panes_that_a_baseline_reads():
    more = ONE.parents(np.array([10]), 3, is_root=True)
    fewer = ONE.parents(np.array([10]), 3, is_root=False)
    assert (more - fewer).tolist() == [8 * 2 * WIDE]


def test_who_has_no_child_is_not_there_and_keeps_nothing():
    assert ONE.parents(np.array([0, 1]), 2, is_root=False)[0] == 0


def test_state_of_a_tree_grows_with_its_agents_and_not_with_its_nodes_above():
    """What aggregators keep of each other is a small part: ten agents' state for 50 agents."""
    locals_, above = np.full(200, 50), np.full(20, 10)
    below = ONE.parents(locals_, 1, is_root=False).sum()
    assert ONE.parents(above, 2, is_root=False).sum() < 0.05 * below
