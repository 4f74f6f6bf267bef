"""The world under faults: everything is derived anew, so faults cannot undo each other.

The tree has 24 agents, 6 locals, 3 regionals and a root, dealt over four sites on the ring.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.faults import make_fault
from sim.engine.rules import Between, Ends, InOrOut, Over, Rule, SentBy, governing
from sim.engine.simulation import Simulation
from sim.network.verdict import Verdict
from tests.engine.scenarios import RING, plan_of

LINK = ["site-0", "site-1"]
FAULTS = [
    {"kind": "crash", "nodes": ["local-0"]},
    {"kind": "pause", "nodes": ["region-0"]},
    {"kind": "churn", "nodes": ["agent-0", "agent-20"]},
    {"kind": "partition", "groups": ["region-0", "rest"]},
    {"kind": "partition", "groups": ["region-0", "region-2"], "one_way": True},
    {"kind": "link_down", "link": LINK},
    {"kind": "degrade", "link": LINK, "latency_factor": 2},
    {"kind": "degrade", "nodes": ["region-1"], "extra_loss": 0.5},
    {"kind": "clock", "nodes": ["region-1"], "offset": "1s"},
    {"kind": "hold", "nodes": ["regional-1"]},
]
PLAN = plan_of(*({"at": "1s", "until": "3s", **fault} for fault in FAULTS), topology=RING)
CHOICES = st.lists(st.integers(0, len(FAULTS) - 1), max_size=14)


def world_of(*faults, **blocks):
    """A world at time 0, and the faults of its plan, not begun."""
    plan = plan_of(*({"at": "1s", "until": "3s", **fault} for fault in faults), **blocks)
    return Simulation(plan, 1).world, [make_fault(fault) for fault in plan.faults]


def under(*faults, **blocks):
    """A world in which these faults hold."""
    world, made = world_of(*faults, **blocks)
    for fault in made:
        fault.begin(world)
    world.refresh()
    return world


def derived(world):
    """What the planes are told: floors, cuts, who acts, and what becomes of messages."""
    lines = world.lines
    telemetry = world.telemetry
    ways = (*telemetry.ways, *(post.way for post in world.downlink.posts))
    ups = (telemetry.leaves.up, *(tier.up for tier in telemetry.aggregators))
    absent = telemetry.aggregators[0].absent
    return (
        [way.floor_ns.tolist() for way in ways],
        [line.channel.is_cut().tolist() for line in lines],
        [judged(line.channel) for line in lines],
        [None if up is None else up.tolist() for up in ups],
        None if absent is None else absent.tolist(),
        sorted(clock.offset_ns for clock in telemetry.leaves.clocks),
    )


def judged(channel):
    """Arrivals of what everybody sends at 1.1 s, 1.2 s ... 4 s."""
    sent_ns = np.linspace(1.1e9, 4e9, 30)[:, None] + np.zeros(len(channel.floor_ns))
    channel.open_step()
    return channel.judge(0, sent_ns, None, 0).tolist()


# Derivation


@pytest.mark.slow
@settings(max_examples=40)
@given(CHOICES)
def test_the_world_depends_on_the_faults_that_hold_and_not_on_how_they_came(choices):
    # Each number begins its fault, or ends it if it holds.
    one, other = (Simulation(PLAN, 1).world for _ in range(2))
    faults, holding = [make_fault(fault) for fault in PLAN.faults], set()
    for number in choices:
        (faults[number].end if number in holding else faults[number].begin)(one)
        holding ^= {number}
        one.refresh()
    for number in sorted(holding):
        faults[number].begin(other)
    other.refresh()
    assert derived(one) == derived(other)


def test_refreshing_twice_changes_nothing():
    world = under(*FAULTS, topology=RING)
    before = derived(world)
    world.refresh()
    assert derived(world) == before


def test_the_planes_floor_is_not_the_channels_own_array():
    world = under(topology=RING)
    ways = (*world.telemetry.ways, *(post.way for post in world.downlink.posts))
    for line, way in zip(world.lines, ways, strict=True):
        assert not np.shares_memory(line.channel.floor_ns, way.floor_ns)


# Who is up, cut off, registered


def test_who_is_down_paused_or_gone_does_not_act():
    world = under(
        {"kind": "crash", "nodes": ["local-0"]},
        {"kind": "pause", "nodes": ["local-1"]},
        {"kind": "churn", "nodes": ["local-2"]},
    )
    assert world.is_up(1).tolist() == [False, False, False, True, True, True]
    assert world.telemetry.aggregators[0].up is not None
    assert world.telemetry.aggregators[1].up is None


def test_only_who_left_is_not_registered():
    world = under(
        {"kind": "crash", "nodes": ["agent-0"]}, {"kind": "churn", "nodes": ["agent-1", "local-5"]}
    )
    assert np.flatnonzero(~world.registered()).tolist() == [1]
    assert np.flatnonzero(~world.registered(1)).tolist() == [5]


def test_cut_off_is_who_is_down_and_who_cannot_reach_its_parent():
    cut = under(
        {"kind": "crash", "nodes": ["agent-7"]},
        {"kind": "partition", "groups": ["region-1", "rest"]},
        {"kind": "hold", "nodes": ["local-0"]},
    ).cut_nodes()
    assert [np.flatnonzero(tier).tolist() for tier in cut] == [[7], [0], [1], []]


@pytest.mark.parametrize(
    ("fault", "reachable"),
    [
        ({"kind": "partition", "groups": ["region-1", "rest"]}, [True, False, True]),
        ({"kind": "crash", "nodes": ["regional-2"]}, [True, True, False]),
        ({"kind": "crash", "nodes": ["root"]}, [False, False, False]),
        ({"kind": "degrade", "nodes": ["all"], "latency_factor": 9}, [True, True, True]),
    ],
)
def test_a_region_is_reachable_while_its_reports_can_get_through(fault, reachable):
    assert under(fault).reachable_regions().tolist() == reachable


@pytest.mark.parametrize("order", [1, -1])
def test_the_later_of_two_outages_says_until_when_messages_are_lost(order):
    crash = {"kind": "crash", "nodes": ["local-0"]}
    dark = {"kind": "site_down", "site": "site-2", "until": "3500ms"}
    world = under(*[crash, dark][::order], topology=RING)
    arrivals_ns = np.array(judged(world.up[0].channel))[:, 0]
    # Nothing sent at 3.4 s or before arrives; what is sent at 3.5 s does.
    assert np.flatnonzero(np.isfinite(arrivals_ns)).tolist() == list(range(24, 30))


# Matchers


AGENTS = Ends(0, np.arange(4), np.array([0, 0, 1, 1], np.int32))
LOCALS = Ends(1, np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1], np.int32))
GROUPS = [np.array([0, -1, 0, 1], np.int16), np.array([0, 1], np.int16)]
NODES = (np.array([True, False, False, True]), np.array([False, True]))


@pytest.mark.parametrize(
    ("matcher", "upwards", "downwards"),
    [
        (Between(GROUPS), [0, 0, 1, 0], [0, 0, 1, 0]),
        (Between(GROUPS, one_way=True), [0, 0, 1, 0], [0, 0, 0, 0]),
        (SentBy(NODES), [1, 0, 0, 1], [0, 0, 1, 1]),
        (InOrOut(NODES), [1, 0, 1, 1], [1, 0, 1, 1]),
        (Over(lambda: np.array([[False, True], [False, False]])), [0, 1, 0, 0], [0, 0, 0, 0]),
    ],
)
def test_a_matcher_governs_the_ways_it_says(matcher, upwards, downwards):
    assert matcher.matches(AGENTS, LOCALS).astype(int).tolist() == upwards
    assert matcher.matches(LOCALS, AGENTS).astype(int).tolist() == downwards


def test_of_several_rules_the_first_that_matches_governs():
    rules = [Rule(SentBy(NODES), Verdict("a")), Rule(InOrOut(NODES), Verdict("b"))]
    assert governing(rules, AGENTS, LOCALS).tolist() == [0, -1, 1, 0]
    assert governing(rules[::-1], AGENTS, LOCALS).tolist() == [0, -1, 0, 0]


# Selection


def selected(*selectors):
    world = under(topology=RING)
    return [np.flatnonzero(tier).tolist() for tier in world.roster.select(selectors, "test")]


def test_selectors_select_what_they_name_and_together_their_union():
    assert selected("agent-3", "regionals") == [[3], [], [0, 1, 2], []]
    assert selected("region-2") == [list(range(16, 24)), [4, 5], [2], []]
    assert selected("all") == [list(range(24)), list(range(6)), [0, 1, 2], [0]]
    assert selected("site:site-3") == [[3, 7, 11, 15, 19, 23], [3], [], []]


def test_a_share_is_so_many_agents_by_lot_the_same_for_one_purpose():
    roster = under().roster
    one, again, other = (roster.select(["25%"], name) for name in ("a", "a", "b"))
    assert one[0].sum() == other[0].sum() == 6
    assert (one[0] == again[0]).all()
    assert (one[0] != other[0]).any()


def test_rest_is_everybody_who_is_in_no_other_group():
    tiers = under().roster.groups([["rest"], ["region-0", "agent-23"]], "test")
    assert tiers[0].tolist() == [1] * 8 + [0] * 15 + [1]
    assert [tier.tolist() for tier in tiers[1:]] == [[1, 1, 0, 0, 0, 0], [1, 0, 0], [0]]


def test_the_regions_of_some_nodes_are_those_above_them():
    roster = under().roster
    assert roster.regions_of(roster.select(["agent-0", "local-5"], "test")) == [0, 2]
    # The root is in no region.
    assert roster.regions_of(roster.select(["root"], "test")) == []
