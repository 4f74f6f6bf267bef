"""What all faults have in common: when they hold, what the recording says of them, and recovery.

What each kind does is in `test_way_faults` and `test_node_faults`.
"""

import numpy as np
import pytest

from sim.engine.faults import FAULTS, make_fault
from sim.engine.simulation import Simulation
from sim.measure.recovery import cuts, recoveries
from sim.measure.tables import Tables
from sim.scenario import catalogue
from tests.engine.scenarios import (
    AGE_MAX_NS,
    DELAY_NS,
    LOG,
    MS,
    RING,
    S,
    at,
    between,
    fault_row,
    outcomes,
    plan_of,
    run,
    sent_and_arrived,
)

CUT = {"kind": "partition", "groups": ["region-0", "rest"], "at": "1s", "until": "2s"}
LINK = ["site-0", "site-1"]
EACH_KIND = {
    "churn": {"nodes": ["agent-0"]},
    "clock": {"nodes": ["agent-0"], "offset": "1s"},
    "corrupt": {"nodes": ["agent-0"], "share": 1},
    "crash": {"nodes": ["local-0"]},
    "degrade": {"nodes": ["agent-0"], "extra_latency": "10ms"},
    "duplicate": {"nodes": ["agent-0"], "share": 1},
    "hold": {"nodes": ["agent-0"]},
    "link_down": {"link": LINK},
    "partition": {"groups": ["region-0", "rest"]},
    "pause": {"nodes": ["local-0"]},
    "reorder": {"nodes": ["agent-0"], "share": 1, "extra": "10ms"},
    "site_down": {"site": "site-1"},
}
IDLE = [
    {"kind": "churn", "nodes": ["site:site-30"], "at": "1500ms", "until": "1600ms"},
    {"kind": "clock", "nodes": ["locals"], "offset": "1s", "at": "1s"},
    {"kind": "corrupt", "nodes": ["agents"], "share": 1, "at": "3999999999ns"},
    {"kind": "degrade", "link": ["site-0", "site-30"], "extra_loss": 1, "at": "1s"},
    {"kind": "hold", "nodes": ["local-0"], "at": "1s", "until": "1000000001ns"},
    {"kind": "link_down", "link": ["site-0", "site-30"], "at": "1s"},
    {"kind": "partition", "groups": ["agent-0", "agent-1"], "at": "1s"},
    {"kind": "pause", "nodes": ["local-0"], "at": "1500ms", "until": "1600ms"},
    {"kind": "site_down", "site": "site-30", "at": "1s"},
]

STAR = {"kind": "tree", "branching": 30, "height": 1, "length_km": 1000, "placement": "spread"}
"""31 sites for 24 agents: nobody stands at the last seven."""


def cut(**options):
    return {**CUT, **options}


def world_after(simulation, *acts):
    """Let faults begin or end at once, and refresh after each, as the timeline does."""
    for act in acts:
        act(simulation.world)
        simulation.world.refresh()
    return simulation.world


def state_of(world):
    """Everything in a world that a fault can change, as plain values."""
    channels = [line.channel for line in world.lines]
    return [
        [channel.floor_ns.tolist() for channel in channels],
        [channel.is_cut().tolist() for channel in channels],
        [world.is_up(tier).tolist() for tier in range(4)],
        [dict(world.rules), dict(world.broken), dict(world.slowed), dict(world.outages)],
        [dict(world.absent), dict(world.clocks)],
        [world.telemetry.leaves.up, world.telemetry.leaves.clocks],
        [tier.up for tier in world.telemetry.aggregators],
        world.telemetry.aggregators[0].absent,
    ]


# The registry


def test_there_is_a_fault_for_each_name_of_the_catalogue():
    assert sorted([*FAULTS, "outages"]) == sorted(catalogue.FAULTS)
    assert sorted(FAULTS) == sorted(EACH_KIND)


@pytest.mark.parametrize("kind", EACH_KIND)
def test_every_kind_of_fault_touches_somebody_and_is_recorded(kind):
    fault = {"kind": kind, "at": "1s", "until": "2s", **EACH_KIND[kind]}
    recording = run(fault, topology=RING)
    row = fault_row(recording)
    assert row["touched"] > 0
    assert (row["kind"], row["at_ns"], row["until_ns"]) == (kind, S, 2 * S)
    assert recording.idle_faults == ()


@pytest.mark.parametrize("kind", EACH_KIND)
def test_every_kind_of_fault_leaves_the_world_as_it_was(kind):
    fault = {"kind": kind, "at": "0s", "until": "2s", **EACH_KIND[kind]}
    simulation = Simulation(plan_of(fault, topology=RING), 1)
    before = state_of(world_after(simulation, lambda world: None))
    (made,) = map(make_fault, simulation.plan.faults)
    assert state_of(world_after(simulation, made.begin)) != before
    assert state_of(world_after(simulation, made.end)) == before


@pytest.mark.parametrize("fault", IDLE, ids=[f"{fault['kind']}" for fault in IDLE])
def test_a_fault_that_hits_nobody_is_reported(fault):
    # Nobody stands at site-30, and local-0 stands still already.
    pause = {"kind": "pause", "nodes": ["local-0"], "at": "1s", "until": "2s"}
    recording = run(fault, pause, topology=STAR)
    assert recording.idle_faults == ("faults[0]",)
    assert fault_row(recording)["touched"] == 0


def test_a_run_without_faults_has_no_table_of_faults():
    assert "faults" not in run().tables
    assert run().idle_faults == ()


# When a fault holds


def test_a_fault_at_0_holds_from_the_first_report():
    recording = run(cut(at="0s"))
    assert outcomes(recording, "regional")["partitioned"] == 20
    # Region 0 was never heard of: as old as the run.
    assert at(recording, 1900 * MS, "oldest_age_ns") == 1900 * MS
    assert at(recording, 2100 * MS, "heard") == 24


def an_instant(tier, node, number, *, arrival):
    """When, in the undisturbed run, a node's report is sent or arrives."""
    return sent_and_arrived(run(journal=LOG), tier, node)[number][arrival]


@pytest.mark.parametrize(("after_ns", "is_sent"), [(0, False), (1, True)])
def test_a_report_at_the_instant_of_a_crash_is_not_sent(after_ns, is_sent):
    sent_ns = an_instant("agent", 5, 12, arrival=False)
    crash = {"kind": "crash", "nodes": ["agent-5"], "at": f"{sent_ns + after_ns}ns"}
    sent = [here for here, _ in sent_and_arrived(run(crash, journal=LOG), "agent", 5)]
    assert (sent_ns in sent) == is_sent


@pytest.mark.parametrize(("after_ns", "is_sent"), [(0, True), (1, False)])
def test_a_report_at_the_instant_of_a_restart_is_sent(after_ns, is_sent):
    sent_ns = an_instant("agent", 5, 12, arrival=False)
    until = f"{sent_ns + after_ns}ns"
    crash = {"kind": "crash", "nodes": ["agent-5"], "at": "1s", "until": until}
    sent = [here for here, _ in sent_and_arrived(run(crash, journal=LOG), "agent", 5)]
    assert (sent_ns in sent) == is_sent


@pytest.mark.parametrize("after_ns", [0, 1])
def test_what_arrives_at_the_instant_of_a_crash_is_lost_and_before_it_is_not(after_ns):
    crash_ns = an_instant("agent", 5, 12, arrival=True) + after_ns
    crashed = run({"kind": "crash", "nodes": ["local-1"], "at": f"{crash_ns}ns"})
    undisturbed = [
        there
        for agent in (4, 5, 6, 7)
        for _, there in sent_and_arrived(run(journal=LOG), "agent", agent)
    ]
    lost = sum(there >= crash_ns for there in undisturbed)
    assert outcomes(crashed, "agent", "update")["receiver_down"] == lost


def test_what_was_sent_before_a_partition_still_arrives():
    sent_ns = an_instant("regional", 0, 12, arrival=False)
    cut_off = run(cut(at=f"{sent_ns + 1}ns"), journal=LOG)
    assert sent_and_arrived(cut_off, "regional", 0)[12] == (sent_ns, sent_ns + DELAY_NS)
    assert sent_and_arrived(cut_off, "regional", 0)[13][1] == -1


def test_a_fault_that_ends_with_the_run_is_there_to_the_last_instant():
    recording = run(cut(until="4s"))
    assert fault_row(recording)["until_ns"] == 4 * S
    assert outcomes(recording, "regional")["partitioned"] == 30
    assert at(recording, 3900 * MS, "oldest_age_ns") > 2900 * MS


def test_a_fault_may_end_after_the_run():
    assert fault_row(run(cut(until="9s")))["until_ns"] == 9 * S


def test_two_faults_at_one_instant_both_happen():
    both = run(CUT, {"kind": "crash", "nodes": ["regional-1"], "at": "1s", "until": "2s"})
    assert fault_row(both, 0)["regions"] == "0"
    assert fault_row(both, 1)["regions"] == "1"


def test_where_one_fault_ends_the_next_can_begin():
    both = run(CUT, cut(at="2s", until="3s"))
    assert outcomes(both, "regional")["partitioned"] == 20
    ages_ns = between(both, 1200 * MS, 3 * S, "oldest_age_ns")
    assert np.diff(ages_ns).tolist() == [100 * MS] * 18


def test_a_node_acts_again_only_when_all_its_faults_are_over():
    crash = {"kind": "crash", "nodes": ["local-0"], "at": "1s", "until": "2s"}
    pause = {"kind": "pause", "nodes": ["local-0"], "at": "1500ms", "until": "2500ms"}
    sent = [here for here, _ in sent_and_arrived(run(crash, pause, journal=LOG), "local", 0)]
    assert not [here for here in sent if S <= here < 2500 * MS]
    assert len(sent) == 25


def test_a_fault_inside_another_adds_nothing_and_takes_nothing_away():
    outer, inner = cut(), cut(at="1300ms", until="1600ms")
    assert outcomes(run(outer, inner), "regional") == outcomes(run(outer), "regional")
    assert fault_row(run(outer, inner), 1)["regions"] == ""
    assert not fault_row(run(outer, inner), 1)["cuts"]


# Recovery


def recovery_of(*faults, **blocks):
    recording = run(*faults, **blocks)
    plan = plan_of(*faults, **blocks)
    tables = Tables.of(recording.tables)
    (recovery,) = recoveries(tables, plan)
    return recovery


CHAIN = {"kind": "tree", "branching": 1, "height": 2, "length_km": 1000, "placement": "spread"}
"""Three sites in a row: whoever is beyond a link that is down has no other way."""
SHADOWED = {
    "crash": (["region-0", "rest"], {"nodes": ["regional-0"]}),
    "hold": (["region-0", "rest"], {"nodes": ["regional-0"]}),
    "link_down": (["site:site-2", "rest"], {"link": ["site-1", "site-2"]}),
    "partition": (["region-0", "rest"], {"groups": ["regional-0", "root"]}),
    "pause": (["region-0", "rest"], {"nodes": ["regional-0"]}),
}
"""Faults of nobody who could still report in a partition of these groups."""


@pytest.mark.parametrize("kind", SHADOWED)
@pytest.mark.parametrize("is_first", [False, True], ids=["second", "first"])
def test_who_is_cut_off_twice_is_cut_off_until_the_later_end(kind, is_first):
    """Whichever of the two comes first in the file."""
    groups, options = SHADOWED[kind]
    pair = [cut(groups=groups), {"kind": kind, **options, "at": "1500ms", "until": "3s"}]
    recording = run(*(pair[::-1] if is_first else pair), topology=CHAIN)
    rows = [fault_row(recording, number) for number in (0, 1)]
    assert [bool(row["cuts"]) for row in rows] == [True, True]
    assert len({row["regions"] for row in rows}) == 1
    (both,) = cuts(Tables.of(recording.tables), 4 * S)
    assert (both.at_ns, both.heal_ns) == (S, 3 * S)


def test_links_that_cut_off_only_together_do_so_in_the_shadow_of_a_partition_as_well():
    """On a ring of four, two links around a site; the second is the one that completes it."""
    links = [
        {"kind": "link_down", "link": ["site-0", f"site-{end}"], "at": "1200ms", "until": "3s"}
        for end in (1, 3)
    ]
    recording = run(cut(groups=["site:site-0", "rest"]), *links, topology=RING)
    assert [bool(fault_row(recording, number)["cuts"]) for number in (1, 2)] == [False, True]


@pytest.mark.parametrize("fault", IDLE, ids=[f"{fault['kind']}" for fault in IDLE])
def test_what_hit_nobody_is_no_cut(fault):
    pause = {"kind": "pause", "nodes": ["local-0"], "at": "1s", "until": "2s"}
    row = fault_row(run(fault, pause, topology=STAR))
    assert (bool(row["cuts"]), row["regions"]) == (False, "")


EASY = {"baseline": {"epsilon": 10}}
"""Any baseline is accurate enough, so only ages decide."""


def test_recovery_is_counted_from_the_heal():
    recovery = recovery_of(CUT, **EASY)
    assert recovery.heal_ns == 2 * S
    reconnected_ns = recovery.reconnected.after_ns
    # The first report after the heal: within a period, and its way.
    assert DELAY_NS <= reconnected_ns <= 100 * MS + DELAY_NS
    assert recovery.time.reached


def test_a_region_is_fresh_again_with_its_first_report_after_the_heal():
    recovery = recovery_of(cut(until="2500ms"), **EASY)
    assert recovery.fresh == recovery.reconnected


def test_a_recovery_that_the_end_of_the_run_cuts_short_is_censored():
    recovery = recovery_of(cut(until="3500ms"), **EASY)
    # Fresh at once, but not for the second that it must last.
    assert recovery.reconnected.reached
    assert not recovery.time.reached


def test_a_cut_that_never_heals_has_no_recovery():
    with pytest.raises(ValueError, match="not enough values"):
        recovery_of(cut(until="4s"), **EASY)


def test_ages_stay_within_the_undisturbed_bound_in_a_run_without_faults():
    assert between(run(), S, 4 * S, "oldest_age_ns").max() <= AGE_MAX_NS
