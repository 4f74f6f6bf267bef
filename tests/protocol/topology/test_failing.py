"""Nodes that fail and come back, and what detection recommends."""

import numpy as np
import pytest

from sim.protocol.topology.failing import adapt, fail, restore
from sim.protocol.topology.operations import (
    BARRED,
    OUT,
    Fail,
    Isolate,
    Join,
    Move,
    Refused,
    Replace,
    Reseat,
    Restore,
    Retire,
    Watch,
)
from sim.protocol.topology.placing import join, leave, reseat
from sim.protocol.topology.state import founded
from tests.protocol.topology.small import SMALL, two_regions


def test_a_spare_place_takes_all_children_of_a_failed_node():
    state, operations = fail(two_regions(), 1, 1)
    assert operations == (Fail(2, 0, BARRED, (1,)), Replace(1, 1, 4, (2, 3)))
    assert state.parents[1].tolist() == [0, BARRED, 1, 1, 0]


def test_without_a_spare_place_children_are_dealt_to_siblings_with_room():
    state, operations = fail(two_regions(spare=0), 1, 1)
    assert operations[1:] == (Move(1, 1, 0, (2, 3)),)
    assert state.sizes[1].tolist() == [4, 0, 2, 2]


def test_with_a_generator_they_are_dealt_at_random_among_those_with_room():
    rng = np.random.default_rng(0)
    state = founded((6, 3), (6, 3), (SMALL,))
    seen = {tuple(fail(state, 1, 0, rng=rng)[0].sizes[1].tolist()) for _ in range(30)}
    assert seen == {(0, 4, 2), (0, 3, 3), (0, 2, 4)}


def test_those_for_whom_no_sibling_has_room_go_anywhere():
    state, _ = fail(two_regions(spare=0), 1, 0)
    state, operations = fail(state, 1, 1)
    assert operations[1:] == (Move(1, 1, 2, (0, 2)), Move(1, 1, 3, (1, 3)))


def test_those_for_whom_nobody_has_room_are_out_and_named():
    state, _ = fail(two_regions(spare=0), 1, 0)
    state, _ = fail(state, 1, 1)
    state, operations = fail(state, 1, 2)
    assert operations[1:] == (Refused(1, 2, OUT, (0, 2, 4, 5), "Move"),)
    assert state.agents == 4


def test_locals_of_a_failed_regional_report_to_another_one():
    state, operations = fail(two_regions(spare=0), 2, 0)
    assert operations == (Fail(3, 0, BARRED, (0,)), Move(2, 0, 1, (0, 1)))
    assert state.agents == 8


def test_agents_of_a_local_that_finds_no_regional_go_to_other_locals():
    state = founded((8, 6, 2), (8, 6, 2), (SMALL, SMALL))
    state, operations = fail(state, 2, 1)
    assert Refused(2, 1, OUT, (4, 5), "Move") in operations
    assert state.parents[1].tolist() == [0, 0, 0, 0, OUT, OUT]
    assert state.agents == 8


def test_when_the_last_node_fails_everybody_below_is_out_until_it_is_restored():
    state, _ = fail(two_regions(spare=0), 2, 0)
    state, _ = fail(state, 2, 1)
    assert (state.agents, state.is_in_use(1).any()) == (0, False)
    state, operations = restore(state, 2, [1, 0])
    assert operations[:2] == (Restore(3, BARRED, OUT, (1, 0)), Join(3, OUT, 0, (0,)))
    assert join(state, range(8))[0].agents == 4, "the only local has room for four"


def test_a_spare_place_may_fail_too():
    state, operations = fail(two_regions(), 1, 4)
    assert operations == (Fail(2, OUT, BARRED, (4,)),)
    assert fail(state, 1, 4) == (state, ())


@pytest.mark.parametrize("tier", [0, 3])
def test_agents_and_the_root_cannot_fail_here(tier):
    with pytest.raises(ValueError, match="not one of aggregators below the root"):
        fail(two_regions(), tier, 0)


def test_isolated_agents_are_in_quarantine_until_they_are_restored():
    state, operations = adapt(two_regions(), isolate=[3, 8])
    assert operations == (Isolate(1, 1, BARRED, (3,)),)
    assert join(state, [3])[1] == ()
    state, _ = restore(state, 0, [3])
    assert join(state, [3])[0].agents == 8


def test_agents_of_a_local_to_rehome_are_dealt_to_others_although_a_place_is_spare():
    state, operations = adapt(two_regions(), rehome=[1])
    assert operations == (Retire(2, 0, BARRED, (1,)), Move(1, 1, 0, (2, 3)))
    assert state.parents[1].tolist() == [0, BARRED, 1, 1, OUT]


def test_nobody_is_rehomed_where_not_all_would_find_room():
    state = founded((8, 2), (8, 3), (SMALL,))
    assert adapt(state, rehome=[0]) == (state, (Refused(1, 0, OUT, (), "Move"),))


def test_whom_to_watch_faster_is_reported_and_nobody_moves():
    state = two_regions()
    assert adapt(state, watch_faster=[2]) == (state, (Watch(1, 2, 2),))


def test_a_recommendation_about_a_local_that_is_gone_is_passed_over():
    assert adapt(two_regions(), rehome=[4])[1] == ()


CUT_OFF = [np.array([True, True, False, False, False]), np.array([True, False, False])]
"""The first two locals, and the regional above them."""


def test_nothing_is_done_to_whom_nobody_can_tell():
    state = two_regions()
    after, operations = adapt(state, [0], [1], [0], frozen=CUT_OFF)
    assert (after, operations) == (state, ())


def test_children_of_a_failed_node_go_to_nobody_who_is_frozen():
    state = two_regions(spare=0)
    after, _ = fail(
        state, 1, 2, frozen=[each[:size] for each, size in zip(CUT_OFF, (4, 2), strict=True)]
    )
    assert after.sizes[1].tolist() == [2, 2, 0, 4]
    full, _ = adapt(state, rehome=[2], frozen=[np.array([True, True, False, True]), CUT_OFF[1]])
    assert full is state


def test_who_is_back_does_not_come_to_a_local_that_is_frozen():
    state, _ = leave(two_regions(), [0, 4, 5])
    after, _ = join(state, [0, 4, 5], frozen=CUT_OFF)
    assert after.sizes[1].tolist() == [1, 2, 3, 2, 0]


def test_agents_of_frozen_locals_are_not_dealt_anew():
    state = two_regions()
    after, (dealt,) = reseat(state, b"another", frozen=CUT_OFF)
    assert after.parents[0][:4].tolist() == state.parents[0][:4].tolist()
    assert after.sizes[1].tolist() == state.sizes[1].tolist()
    assert isinstance(dealt, Reseat)
    assert dealt.moved > 0
