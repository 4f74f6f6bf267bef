"""What operations cost."""

from sim.protocol.topology.failing import adapt, fail
from sim.protocol.topology.messages import Cost, cost, rewired, told
from sim.protocol.topology.placing import join, leave, reseat
from sim.protocol.topology.state import founded
from tests.protocol.topology.small import SMALL, two_regions

HEADER = 64
LIST, SPAN, CHILD = HEADER + 28, 16, HEADER + 16


def of(changed, before=None):
    before = before or two_regions()
    return [cost(before, changed[0], one) for one in changed[1]]


def test_those_who_gain_and_lose_and_those_above_them_are_told_once_each():
    before = two_regions()
    after, (failed, moved) = fail(before, 1, 1, replace=False)
    assert told(before, after, moved) == ((1, 0), (1, 1), (2, 0))
    assert told(before, after, failed) == ((2, 0),)


def test_each_child_learns_its_new_parent_and_each_aggregator_the_list():
    _, moved = of(fail(two_regions(), 1, 1, replace=False))
    assert moved == Cost(3 + 2, 3 * (LIST + SPAN) + 2 * CHILD)


def test_a_join_costs_the_agent_and_those_above_it():
    assert of(join(two_regions(), [8])) == [Cost(3, 2 * (LIST + SPAN) + CHILD)]


def test_who_goes_or_is_cut_off_is_told_nothing():
    for changed in (leave(two_regions(), [0]), adapt(two_regions(), isolate=[0])):
        assert of(changed) == [Cost(2, 2 * (LIST + SPAN))]


def test_neighbours_are_one_span():
    _, moved = fail(two_regions(), 1, 1, replace=False)[1]
    assert rewired(1, moved).children == ((2, 4),)


def test_a_deal_tells_every_agent_that_moves_and_every_aggregator_its_part():
    changed = reseat(two_regions(), b"seed")
    moved = changed[1][0].moved
    total = 6 * LIST + 2 * 8 * moved + moved * CHILD
    assert of(changed) == [Cost(6 + moved, total)]


def test_what_is_refused_costs_nothing_and_a_watch_one_message():
    assert of(join(founded((8, 2), (9, 2), (SMALL,)), [8]), two_regions()) == [Cost()]
    assert of(adapt(two_regions(), watch_faster=[0])) == [Cost(1, LIST)]


def test_costs_add_up():
    assert Cost(1, 10) + Cost(2, 20) == Cost(3, 30)
