import math
from dataclasses import replace

import pytest

from sim.measure.censored import CensoredSample
from sim.measure.membership import FAILED, MEMBERSHIP_FIGURES, REHOMED, times_to
from sim.measure.sync import SYNC_FIGURES
from sim.scenario.plan import Variant
from sim.scenario.plan_control import MembershipPlan
from tests.measure.controlled import CONTROL, controlled, controlled_plan, crash
from tests.measure.synthetic import AGENTS, Fault, S

CRASHED = controlled_plan(faults=[crash("local-3", 2 * S, 8 * S)])
CUT = Fault(2 * S, 8 * S, (1,))


def watching(detector, watch=1):
    membership = MembershipPlan(Variant(detector, {}), watch, rehome=True)
    return controlled_plan(control=replace(CONTROL, membership=membership))


def found(at_ns, member="local-3", **more):
    return {"at_ns": at_ns, "member": member, **more}


def times(event, plan, *members, faults=()):
    return times_to(event, controlled(faults, members=members), plan)


def falsely(plan, *members, faults=()):
    return MEMBERSHIP_FIGURES["membership.false"](controlled(faults, members=members), plan)


def test_detection_is_timed_from_the_crash_to_the_first_who_says_so():
    rows = found(4 * S), found(5 * S, by="local-7")
    assert times(FAILED, CRASHED, *rows) == CensoredSample((2.0,), ())


def test_a_suspicion_is_no_detection():
    sample = times(FAILED, CRASHED, found(3 * S, event="suspected"))
    assert sample == CensoredSample((), (6.0,))


def test_what_is_found_after_the_restart_was_not_found_in_time():
    assert times(FAILED, CRASHED, found(9 * S)) == CensoredSample((), (6.0,))


def test_rehoming_is_timed_from_the_crash_too():
    rows = found(4 * S), found(5 * S, event="rehomed")
    assert times(REHOMED, CRASHED, *rows) == CensoredSample((3.0,), ())


def test_who_crashed_in_another_tier_is_nobodys_to_find():
    plan = controlled_plan(faults=[crash("agent-3", 2 * S)])
    assert len(times(FAILED, plan)) == 0


def test_a_local_of_a_cut_region_is_there_for_those_who_are_cut_off_with_it():
    assert len(times(FAILED, watching("swim"), faults=[CUT])) == 0


def test_regionals_are_watched_from_beyond_the_cut():
    sample = times(FAILED, watching("heartbeat", 2), found(3 * S, "regional-1"), faults=[CUT])
    assert sample == CensoredSample((1.0,), ())


def test_a_crash_that_cuts_its_region_off_is_one_absence():
    plan = replace(watching("phi", 2), faults=(crash("regional-1", 2 * S, 8 * S),))
    fault = Fault(2 * S, 8 * S, (1,), kind="crash")
    sample = times(FAILED, plan, found(3 * S, "regional-1"), faults=[fault])
    assert sample == CensoredSample((1.0,), ())


def test_to_take_somebody_for_failed_who_is_there_is_false():
    assert falsely(CRASHED, found(4 * S), found(4 * S, "local-4")) == 1


def test_what_is_said_across_a_cut_is_not_false():
    there = found(4 * S, "regional-1", by="root warden")
    rows = there, found(4 * S, "regional-0", by="regional-1 ward")
    assert falsely(watching("swim", 2), *rows, faults=[CUT]) == 0
    assert falsely(watching("swim", 2), *rows) == 2


@pytest.mark.parametrize(("sources", "wrong"), [(8 * AGENTS, 0), (8 * AGENTS + 1, 1), (700, 0)])
def test_to_count_more_agents_than_there_are_is_a_miscount(sources, wrong):
    tables = controlled(members=[found(4 * S, sources=sources)])
    assert MEMBERSHIP_FIGURES["membership.miscount"](tables, CRASHED) == wrong


def test_anti_entropy_costs_bytes_per_second_and_its_longest_session():
    traffic = [
        {"part": "sync", "kind": "Probe", "bytes": 100},
        {"part": "sync", "kind": "Items", "bytes": 400},
        {"part": "sync", "kind": "Items", "outcome": "discarded", "bytes": 400},
        {"kind": "Items", "bytes": 900},
    ]
    tables = controlled(syncs=[{}, {"round_trips": 5}], control_traffic=traffic)
    assert SYNC_FIGURES["sync.bytes"](tables, CRASHED) == 50.0
    assert SYNC_FIGURES["sync.round_trips.max"](tables, CRASHED) == 5
    assert math.isnan(SYNC_FIGURES["sync.round_trips.max"](controlled(), CRASHED))
