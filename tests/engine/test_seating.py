"""Seats and machines: what hits a machine hits the seats that are on it."""

import numpy as np
import pytest

from sim.engine.build import build
from sim.engine.losses import reseat
from sim.engine.parts import prepare
from sim.engine.rules import Ends, Rule, SentBy
from sim.engine.seating import Seating
from sim.engine.world import Outage
from sim.network.verdict import Verdict
from tests.engine.scenarios import MS, RING, plan_of

CRASH = {"kind": "crash", "nodes": ["local-0"], "at": "1s", "until": "2s", "durable": False}
"""Never happens here, but lets the plane keep what it needs to begin anew."""


@pytest.fixture
def world():
    found = build(prepare(plan_of(CRASH, topology=RING), seed=1))
    found.telemetry.advance(500 * MS)
    return found


def _local(world, number):
    nodes = world.roster.none()
    nodes[1][number] = True
    return nodes


def test_a_seat_is_on_the_machine_of_its_own_number_at_first():
    seating = Seating([4, 2, 1])
    assert [seating.machine(1, seat) for seat in range(2)] == [0, 1]
    nodes = tuple(np.array([True] * count) for count in (4, 2, 1))
    assert all(one is other for one, other in zip(seating.of_machines(nodes), nodes, strict=True))


def test_who_is_quiet_does_not_speak_and_the_others_do():
    seating = Seating([4, 2, 1])
    running = np.array([True, True])
    seating.hush(1, 0)
    assert seating.speaks(1, running).tolist() == [False, True]
    assert seating.is_quiet(1, 0)
    seating.hush(1, 0, quiet=False)
    assert seating.speaks(1, running).tolist() == [True, True]


def test_both_ends_of_all_ways_of_a_seat_move_with_it(world):
    reseat(world, 1, 0, 3)
    site = world.roster.sites[1][3]
    for line in world.lines:
        for ends in (line.source, line.target):
            if ends.tier == 1:
                mine = world.seating.at(ends, 0)
                assert mine.any()
                assert (ends.node[mine] == 3).all()
                assert (ends.site[mine] == site).all()
                assert not (ends.node == 0).any()


def test_the_sites_of_machines_stay_where_they_are(world):
    before = [sites.copy() for sites in world.roster.sites]
    reseat(world, 1, 0, 3)
    assert all(np.array_equal(*pair) for pair in zip(before, world.roster.sites, strict=True))


def test_an_outage_of_a_machine_stops_the_seats_on_it_and_no_others(world):
    reseat(world, 1, 0, 3)
    for number, stopped in ((0, []), (3, [0, 3])):
        world.outages = {"fault": Outage(_local(world, number), np.inf, loses_messages=True)}
        world.refresh()
        assert np.flatnonzero(~world.is_up(1)).tolist() == stopped
        down = world.telemetry.aggregators[0].up
        assert ([] if down is None else np.flatnonzero(~down).tolist()) == stopped


def test_what_agents_send_to_a_seat_is_lost_when_its_new_machine_is_down(world):
    reseat(world, 1, 0, 3)
    world.outages = {"fault": Outage(_local(world, 3), np.inf, loses_messages=True)}
    world.refresh()
    line, sent_ns = world.up[0], np.full((1, 24), 600.0 * MS)
    line.channel.open_step()
    lost = np.isinf(line.channel.judge(6, sent_ns, None, 0)[0])
    parents = world.telemetry.aggregators[0].groups.parent_of
    assert np.array_equal(lost, np.isin(parents, [0, 3]))


def test_rules_about_a_machine_govern_what_the_seats_on_it_send(world):
    reseat(world, 1, 0, 3)
    world.rules = {"faults[0]": [Rule(SentBy(_local(world, 3)), Verdict("faults[0]", drop="cut"))]}
    world.fault_order = ["faults[0]"]
    world.refresh()
    assert np.flatnonzero(world.up[1].channel.is_cut()).tolist() == [0, 3]


def test_a_seat_that_moves_back_is_as_it_was(world):
    before = [(line.source.node.copy(), line.target.site.copy()) for line in world.lines]
    reseat(world, 1, 0, 3)
    reseat(world, 1, 0, 0)
    after = [(line.source.node, line.target.site) for line in world.lines]
    for one, other in zip(before, after, strict=True):
        assert all(np.array_equal(*pair) for pair in zip(one, other, strict=True))


def test_ends_of_lines_are_their_own_so_that_one_that_changes_changes_no_other(world):
    ends = [end for line in world.lines for end in (line.source, line.target)]
    arrays = [array for end in ends for array in (end.node, end.site)]
    assert isinstance(ends[0], Ends)
    assert len({id(array) for array in arrays}) == len(arrays)
