"""What nodes that are too large or too small do at an epoch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.topology.limits import Limits
from sim.protocol.topology.operations import OUT, Borrow, Merge, Refused, Split
from sim.protocol.topology.placing import join, leave
from sim.protocol.topology.rebalancing import plan_epoch
from sim.protocol.topology.state import Topology, founded
from tests.reference.topology import balanced_tier

LIMITS = Limits(3, 6, slack=1, room=9)


def locals_of(*sizes, places=None, limits=LIMITS, parents=None):
    """Locals of these sizes, agents in their order; all under the root unless parents are given."""
    agents = [local for local, size in enumerate(sizes) for _ in range(size)]
    spare = [OUT] * ((places or len(sizes) + 1) - len(sizes))
    if parents is None:
        return topology((limits,), agents, [0] * len(sizes) + spare)
    return topology((limits, Limits(1, 3, room=4)), agents, [*parents, *spare], [0, 0, OUT])


def topology(limits, *parents):
    arrays = tuple(np.array(some, np.int64) for some in parents)
    return Topology(0, limits, arrays, tuple(map(np.zeros_like, arrays)))


def test_a_node_above_max_splits_into_halves():
    state, operations = plan_epoch(locals_of(7))
    assert operations == (Split(1, 0, 1, (4, 5, 6)),)
    assert state.sizes[1].tolist() == [4, 3]


def test_a_new_node_reports_to_the_parent_of_the_one_that_split():
    state, _ = plan_epoch(locals_of(4, 7, parents=(0, 1)))
    assert state.parents[1].tolist() == [0, 1, 1]


def test_a_split_without_a_spare_place_is_refused():
    state, operations = plan_epoch(locals_of(7, places=1))
    assert operations == (Refused(1, 0, OUT, (), "Split"),)
    assert state.epoch == 0


def test_a_split_under_a_parent_without_room_is_refused():
    _, operations = plan_epoch(locals_of(4, 7, 4, 4, parents=(0, 0, 0, 0)))
    assert operations[0] == Refused(1, 1, OUT, (), "Split")


def test_the_fullest_node_has_the_first_claim_to_a_spare_place():
    _, operations = plan_epoch(locals_of(7, 8))
    assert [type(one) for one in operations] == [Split, Refused]
    assert operations[0].source == 1


def test_a_node_below_min_borrows_from_the_fullest_sibling_until_both_are_even():
    state, operations = plan_epoch(locals_of(2, 5, 6))
    assert operations == (Borrow(1, 2, 0, (11, 12)),)
    assert state.sizes[1].tolist() == [4, 5, 4, 0]


def test_nobody_lends_who_would_come_near_min_so_the_small_one_merges():
    state, operations = plan_epoch(locals_of(2, 5, 4))
    assert operations == (Merge(1, 0, 2, (0, 1)),)
    assert state.parents[1].tolist() == [OUT, 0, 0, OUT]


def test_without_borrowing_it_merges_into_the_smallest_even_if_that_one_must_split_then():
    state, operations = plan_epoch(locals_of(2, 5, 6), borrow=False)
    assert operations == (Merge(1, 0, 1, (0, 1)),)
    _, operations = plan_epoch(state, borrow=False)
    assert [type(one) for one in operations] == [Split]


def test_a_merge_without_room_is_refused():
    _, operations = plan_epoch(locals_of(2, 6, limits=Limits(3, 6, room=7)), borrow=False)
    assert operations == (Refused(1, 0, OUT, (), "Merge"),)


def test_siblings_come_before_nodes_of_other_parents():
    _, operations = plan_epoch(locals_of(2, 5, 6, parents=(0, 0, 1)))
    assert operations[0] == Merge(1, 0, 1, (0, 1))


def test_an_only_child_borrows_from_a_node_of_another_parent():
    _, operations = plan_epoch(locals_of(2, 5, 6, parents=(0, 1, 1)))
    assert operations[0] == Borrow(1, 2, 0, (11, 12))


def test_the_last_node_of_a_tier_may_be_small():
    assert plan_epoch(locals_of(1))[1] == ()


def test_a_node_takes_part_in_one_operation_an_epoch():
    """Two are too small; the third can help only one of them."""
    state, operations = plan_epoch(locals_of(0, 2, 6, limits=Limits(3, 6, room=9)))
    assert operations == (Borrow(1, 2, 0, (5, 6, 7)),)
    state, operations = plan_epoch(state)
    assert operations == (Merge(1, 1, 0, (0, 1)),)


def test_a_frozen_node_takes_part_in_nothing():
    frozen = [np.array([False, False, True, False])]
    _, operations = plan_epoch(locals_of(2, 5, 6), frozen=frozen)
    assert operations == (Merge(1, 0, 1, (0, 1)),)
    frozen = [np.array([True, False])]
    assert plan_epoch(locals_of(7), frozen=frozen)[1] == ()


def test_a_frozen_place_is_not_spare():
    frozen = [np.array([False, True, False])]
    assert plan_epoch(locals_of(7, places=3), frozen=frozen)[1] == (Split(1, 0, 2, (4, 5, 6)),)


def test_regionals_are_balanced_after_locals():
    state = founded((36, 6, 2), (36, 6, 3), (Limits(3, 12), Limits(2, 4, room=6)))
    state, _ = leave(state, range(34))
    tiers = []
    for _ in range(6):
        state, operations = plan_epoch(state)
        tiers.append([one.tier for one in operations])
    assert all(one == sorted(one) for one in tiers)
    assert {1, 2} == {tier for some in tiers for tier in some}
    assert state.sizes[1].sum() == 2


sizes = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 1)), min_size=1, max_size=7)


@given(sizes, st.integers(0, 2), st.integers(0, 3), st.booleans())
@settings(max_examples=80)
def test_an_epoch_is_what_lists_of_children_say(groups, slack, spare, borrow):
    limits = Limits(3, 7, slack, 12)
    counts, parents = [size for size, _ in groups], [parent for _, parent in groups]
    state = locals_of(*counts, places=len(groups) + spare, limits=limits, parents=parents)
    children = {node: state.children(1, node).tolist() for node in range(len(groups))}
    parent_of = dict(enumerate(parents))
    free = list(range(len(groups), len(groups) + spare))
    expected = balanced_tier(
        children,
        parent_of,
        free,
        limits,
        borrow,
        lambda parent: list(parent_of.values()).count(parent) < 4,
    )
    after, operations = plan_epoch(state, borrow=borrow)
    locally = [one for one in operations if one.tier == 1]
    assert [(type(o).__name__, o.source, o.target, o.children) for o in locally] == expected
    assert after.parents[0].tolist() == [
        next(node for node, ones in children.items() if agent in ones)
        for agent in range(sum(counts))
    ]


@pytest.mark.slow
def test_a_storm_of_joins_and_leaves_conserves_every_agent():
    rng = np.random.default_rng(3)
    state = founded((300, 20, 3), (500, 40, 8), (Limits(10, 50, 2), Limits(5, 15, 1)))
    for _ in range(150):
        agents = rng.permutation(500)[:40].tolist()
        there = state.agents
        state, came = join(state, agents[:20], rng)
        state, went = leave(state, agents[20:])
        state, _ = plan_epoch(state)
        joined = sum(not isinstance(one, Refused) for one in came)
        assert state.agents == there + joined - len(went) == state.sizes[1].sum()
        assert state.above(2)[state.parents[0] >= 0].min() >= 0
