"""What a topology knows, and which epochs its members carry."""

import numpy as np
import pytest

from sim.protocol.topology.failing import fail
from sim.protocol.topology.operations import OUT
from sim.protocol.topology.placing import leave
from sim.protocol.topology.state import founded
from tests.protocol.topology.small import SMALL, two_regions


def test_children_are_dealt_evenly_and_the_first_parents_have_more():
    state = founded((7, 3), (8, 4), (SMALL,))
    assert state.parents[0].tolist() == [0, 0, 0, 1, 1, 2, 2, OUT]
    assert state.parents[1].tolist() == [0, 0, 0, OUT]
    assert state.sizes[1].tolist() == [3, 2, 2, 0]


def test_an_agent_is_counted_at_one_node_of_each_tier():
    state = two_regions()
    assert state.above(1).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, OUT]
    assert state.above(2).tolist() == [0, 0, 0, 0, 1, 1, 1, 1, OUT]
    assert state.agents == 8
    assert state.children(2, 1).tolist() == [2, 3]


@pytest.mark.parametrize(
    ("in_use", "places", "why"),
    [
        ((0, 1), (1, 1), "0 places cannot be in use of 1"),
        ((3, 2), (3, 1), "2 places cannot be in use of 1"),
        ((5, 1), (5, 1), "1 nodes with room for 4 cannot have 5"),
        ((5,), (5,), "1 tiers, 1 of places, 1 of limits"),
    ],
)
def test_a_tree_without_places_or_room_is_refused(in_use, places, why):
    with pytest.raises(ValueError, match=why):
        founded(in_use, places, (SMALL,))


def test_a_change_is_a_new_epoch_and_leaves_the_old_topology_alone():
    before = two_regions()
    after, _ = leave(before, [0])
    assert (before.epoch, after.epoch) == (0, 1)
    assert (before.agents, after.agents) == (8, 7)


def test_nothing_changed_is_the_same_topology():
    state = two_regions()
    assert leave(state, [8])[0] is state


def test_fences_move_for_those_above_who_lost_somebody_and_for_nobody_else():
    state, _ = leave(two_regions(), [0])
    assert state.since[0].tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert state.since[1].tolist() == [1, 0, 0, 0, 0]
    assert state.since[2].tolist() == [1, 0, 0]


def test_the_fence_of_a_regional_stays_where_its_agents_move_within_it():
    state, _ = fail(two_regions(), 1, 0, replace=False)
    assert state.parents[0].tolist()[:4] == [1, 1, 1, 1]
    assert state.since[1].tolist() == [1, 1, 0, 0, 0]
    assert state.since[2].tolist() == [0, 0, 0]


def test_agents_keep_their_fence_where_their_local_gets_another_regional():
    state, _ = fail(two_regions(), 2, 0, replace=False)
    assert state.parents[1].tolist()[:4] == [1, 1, 1, 1]
    assert np.count_nonzero(state.since[0]) == np.count_nonzero(state.since[1]) == 0
    assert state.since[2].tolist() == [1, 1, 0]
