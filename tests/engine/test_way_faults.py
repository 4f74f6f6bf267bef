"""Faults on the way, driven through the simulator: what each does to messages, and that it ends.

Unless a test says otherwise a fault holds from 1 s to 2 s of a run of 4 s. In the fault-free run
every node sends ten reports a second, and none is lost.
"""

import numpy as np
import pytest

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
    region,
    run,
    sent_and_arrived,
)

SPAN = {"at": "1s", "until": "2s"}
CUT = {"kind": "partition", "groups": ["region-0", "rest"], **SPAN}
ONE_LINK_NS, THREE_LINKS_NS = 8_550_000, 3 * 8_550_000


def fault(kind, **options):
    return {"kind": kind, **SPAN, **options}


def delays(recording, tier, node, first_ns, last_ns):
    """Delays, in ns, of the reports that a node sent in [first, last) and that arrived."""
    reports = sent_and_arrived(recording, tier, node)
    return {there - here for here, there in reports if first_ns <= here < last_ns and there >= 0}


# Partition


def test_the_age_of_a_region_that_is_cut_off_grows_by_a_second_a_second():
    ages_ns = between(run(CUT), 1200 * MS, 2000 * MS, "oldest_age_ns")
    assert np.diff(ages_ns).tolist() == [100 * MS] * 8


def test_the_age_is_back_one_report_after_the_heal():
    assert at(run(CUT), 2000 * MS, "oldest_age_ns") > S
    assert at(run(CUT), 2200 * MS, "oldest_age_ns") <= AGE_MAX_NS


def test_monitoring_goes_on_inside_a_region_that_is_cut_off():
    # As of its own last report: two hops, and up to one period until that report.
    inside_ns = region(run(CUT), 0, "inside_age_ns")
    assert inside_ns[5:].max() <= AGE_MAX_NS


def test_a_region_is_reachable_except_while_it_is_cut_off():
    reachable = region(run(CUT), 0, "reachable")
    # Sample number k is taken at (k + 1) * 100 ms; at 1 s and at 2 s the fault comes first.
    assert np.flatnonzero(~reachable).tolist() == list(range(9, 19))
    assert region(run(CUT), 1, "reachable").all()


def test_a_partition_drops_what_its_regional_sends_and_every_baseline_to_it():
    assert outcomes(run(CUT), "regional")["partitioned"] == 10
    # Published at 1 s and 1.5 s; at 2 s it is healed.
    assert outcomes(run(CUT), "regional", "baseline")["partitioned"] == 2
    assert "partitioned" not in outcomes(run(CUT), "agent", "update")


def test_nothing_is_missing_in_the_counts_after_a_heal():
    assert at(run(CUT), 4 * S, "count") == at(run(), 4 * S, "count")


def test_coverage_of_a_cut_falls_by_the_share_of_the_region_once_the_bound_has_passed():
    longer = {**CUT, "until": "3500ms"}
    assert at(run(longer), 3 * S, "coverage") == pytest.approx(16 / 24)
    assert at(run(longer), 4 * S, "coverage") == 1


def test_a_one_way_partition_cuts_the_reports_and_lets_the_baselines_through():
    deaf = run({**CUT, "one_way": True})
    assert outcomes(deaf, "regional")["partitioned"] == 10
    assert "partitioned" not in outcomes(deaf, "regional", "baseline")


def test_the_other_direction_cuts_the_baselines_and_lets_the_reports_through():
    mute = run({**CUT, "groups": ["rest", "region-0"], "one_way": True})
    assert at(mute, 1900 * MS, "oldest_age_ns") <= AGE_MAX_NS
    assert outcomes(mute, "regional", "baseline")["partitioned"] == 2
    assert at(mute, 1900 * MS, "locals_oldest_ns") > S
    assert not fault_row(mute)["cuts"]


def test_a_partition_without_an_end_lasts():
    lasting = run({key: value for key, value in CUT.items() if key != "until"})
    assert at(lasting, 4 * S, "oldest_age_ns") > 3 * S
    assert fault_row(lasting)["until_ns"] == -1


def test_two_partitions_that_overlap_cut_until_the_second_ends():
    both = run(CUT, {**CUT, "at": "1500ms", "until": "2500ms"})
    assert outcomes(both, "regional")["partitioned"] == 15
    assert at(both, 2500 * MS, "oldest_age_ns") > 1500 * MS
    assert at(both, 2700 * MS, "oldest_age_ns") <= AGE_MAX_NS


# Links


def test_a_broken_link_sends_its_traffic_the_longer_way_round_until_it_is_mended():
    broken = run(fault("link_down", link=["site-0", "site-1"]), topology=RING, journal=LOG)
    # regional-1 stands at site-1 and the root at site-0.
    assert delays(broken, "regional", 1, 0, S) == {ONE_LINK_NS + 2 * MS}
    assert delays(broken, "regional", 1, S, 2 * S) == {THREE_LINKS_NS + 2 * MS}
    assert delays(broken, "regional", 1, 2 * S, 4 * S) == {ONE_LINK_NS + 2 * MS}


def test_a_broken_link_leaves_alone_who_does_not_use_it():
    broken = run(fault("link_down", link=["site-0", "site-1"]), topology=RING, journal=LOG)
    assert delays(broken, "regional", 2, 0, 4 * S) == {DELAY_NS}
    assert not fault_row(broken)["cuts"]
    assert fault_row(broken)["touched"] > 0


STAR = {"kind": "tree", "branching": 2, "height": 1, "length_km": 1000, "placement": "spread"}


def test_where_the_graph_falls_apart_there_is_no_route_until_the_link_is_mended():
    apart = run(fault("link_down", link=["site-0", "site-1"]), topology=STAR, journal=LOG)
    lost = outcomes(apart, "regional")["no_route"]
    (cut_off,) = map(int, str(fault_row(apart)["regions"]).split()[:1])
    reports = sent_and_arrived(apart, "regional", cut_off)
    assert lost == sum(there < 0 for _, there in reports) > 0
    assert all((there < 0) == (S <= here < 2 * S) for here, there in reports if here < 3900 * MS)
    assert at(apart, 4 * S, "oldest_age_ns") <= AGE_MAX_NS + 6 * ONE_LINK_NS


# Degrade


def test_a_degraded_node_has_a_multiple_of_every_delay_and_something_on_top():
    slow = run(
        fault("degrade", nodes=["region-0"], latency_factor=3, extra_latency="10ms"), journal=LOG
    )
    assert delays(slow, "regional", 0, S, 2 * S) == {3 * DELAY_NS + 10 * MS}
    assert delays(slow, "regional", 1, S, 2 * S) == {DELAY_NS}
    assert delays(slow, "regional", 0, 2 * S, 4 * S) == {DELAY_NS}


def test_a_degraded_link_slows_its_own_share_of_a_path_only():
    link = ["site-0", "site-1"]
    slow = run(fault("degrade", link=link, latency_factor=2), topology=RING, journal=LOG)
    assert delays(slow, "regional", 1, S, 2 * S) == {2 * ONE_LINK_NS + 2 * MS}
    # regional-0 goes from site-2 over site-1.
    assert delays(slow, "regional", 0, S, 2 * S) == {3 * ONE_LINK_NS + 2 * MS}
    assert delays(slow, "regional", 2, S, 2 * S) == {DELAY_NS}
    assert delays(slow, "regional", 1, 2 * S, 4 * S) == {ONE_LINK_NS + 2 * MS}


def test_who_is_routed_around_a_degraded_link_does_not_suffer_from_it():
    link = ["site-0", "site-1"]
    degraded = fault("degrade", link=link, extra_latency="50ms")
    broken = {"kind": "link_down", "link": link, "at": "1200ms", "until": "1700ms"}
    both = run(degraded, broken, topology=RING, journal=LOG)
    assert delays(both, "regional", 1, S, 1200 * MS) == {ONE_LINK_NS + 52 * MS}
    assert delays(both, "regional", 1, 1200 * MS, 1700 * MS) == {THREE_LINKS_NS + 2 * MS}
    assert delays(both, "regional", 1, 1700 * MS, 2 * S) == {ONE_LINK_NS + 52 * MS}


def test_a_link_that_is_mended_while_degraded_is_a_degraded_link():
    link = ["site-0", "site-1"]
    degraded = fault("degrade", link=link, extra_latency="50ms")
    broken = {"kind": "link_down", "link": link, "at": "500ms", "until": "1500ms"}
    both = run(degraded, broken, topology=RING, journal=LOG)
    assert delays(both, "regional", 1, S, 1500 * MS) == {THREE_LINKS_NS + 2 * MS}
    assert delays(both, "regional", 1, 1500 * MS, 2 * S) == {ONE_LINK_NS + 52 * MS}


@pytest.mark.parametrize("begins", [["1s", "1500ms"], ["1500ms", "1s"]])
def test_of_two_degradations_of_one_link_the_first_in_the_file_decides(begins):
    link = ["site-0", "site-1"]
    first = fault("degrade", link=link, latency_factor=2) | {"at": begins[0]}
    second = fault("degrade", link=link, latency_factor=4, extra_latency="1ms") | {"at": begins[1]}
    both = run(first, second, topology=RING, journal=LOG)
    assert delays(both, "regional", 1, 1500 * MS, 2 * S) == {2 * ONE_LINK_NS + 2 * MS}
    assert delays(both, "regional", 1, 2 * S, 4 * S) == {ONE_LINK_NS + 2 * MS}


def test_extra_loss_loses_its_share():
    lossy = run(fault("degrade", nodes=["agents"], extra_loss=0.3))
    lost = outcomes(lossy, "agent", "update")["lost"]
    # 24 agents, 10 reports: 240 independent throws; 4 standard errors.
    assert abs(lost - 72) <= 4 * (240 * 0.3 * 0.7) ** 0.5


def test_a_lost_report_costs_freshness_and_never_a_value():
    lossy = run(fault("degrade", nodes=["agents"], extra_loss=0.3))
    assert at(lossy, 1700 * MS, "count") < at(run(), 1700 * MS, "count")
    assert at(lossy, 4 * S, "count") == at(run(), 4 * S, "count")


# Single messages


def test_a_hold_lets_nothing_arrive_before_its_end_and_everything_then():
    held = run(fault("hold", nodes=["regional-0"]), journal=LOG)
    reports = sent_and_arrived(held, "regional", 0)
    late = [there for here, there in reports if S <= here < 2 * S]
    assert late == [2 * S + DELAY_NS] * 10


def test_a_hold_cuts_its_region_and_loses_nothing():
    held = run(fault("hold", nodes=["regional-0"]))
    # Ten reports up, and two baselines down to each of two locals.
    assert (fault_row(held)["regions"], fault_row(held)["touched"]) == ("0", 14)
    assert outcomes(held, "regional") == outcomes(run(), "regional")
    assert at(held, 4 * S, "count") == at(run(), 4 * S, "count")


def test_a_duplicate_is_counted_and_changes_nothing_else():
    twice = run(fault("duplicate", nodes=["agents"], share=1))
    assert outcomes(twice, "agent", "update")["duplicate"] == 240
    for column, values in run().tables["samples"].items():
        np.testing.assert_array_equal(values, twice.tables["samples"][column])


def test_a_duplicated_share_is_the_share_asked_for():
    twice = run(fault("duplicate", nodes=["agents"], share=0.25))
    assert abs(outcomes(twice, "agent", "update")["duplicate"] - 60) <= 4 * 45**0.5


def test_what_is_reordered_falls_behind_and_the_newer_version_wins():
    mixed = run(fault("reorder", nodes=["agents"], share=0.5, extra="250ms"), journal=LOG)
    assert delays(mixed, "agent", 0, S, 2 * S) == {DELAY_NS, DELAY_NS + 250 * MS}
    assert at(mixed, 4 * S, "count") == at(run(), 4 * S, "count")
    assert at(mixed, 4 * S, "mean_age_ns") == at(run(), 4 * S, "mean_age_ns")


def test_a_late_old_report_never_makes_a_known_age_older():
    mixed = run(fault("reorder", nodes=["agents"], share=0.5, extra="250ms"))
    born_ns = mixed.tables["heard"]["oldest_born_ns"]
    for number in range(3):
        mine = born_ns[mixed.tables["heard"]["region"] == number]
        assert (np.diff(mine) >= 0).all()


def test_what_is_damaged_is_dropped_and_learnt_with_the_next_report():
    damaged = run(fault("corrupt", nodes=["agents"], share=1))
    assert outcomes(damaged, "agent", "update")["corrupt"] == 240
    assert at(damaged, 1900 * MS, "oldest_age_ns") > 900 * MS
    assert at(damaged, 4 * S, "count") == at(run(), 4 * S, "count")


# Rules


def test_the_first_rule_that_matches_decides_and_the_other_touches_nothing():
    twice = fault("duplicate", nodes=["agents"], share=1)
    damaged = fault("corrupt", nodes=["agents"], share=1)
    assert run(twice, damaged).idle_faults == ("faults[1]",)
    assert run(damaged, twice).idle_faults == ("faults[1]",)
    assert "corrupt" not in outcomes(run(twice, damaged), "agent", "update")


def test_a_later_rule_decides_where_the_first_does_not_match():
    some = fault("duplicate", nodes=["region-0"], share=1)
    every = fault("corrupt", nodes=["agents"], share=1)
    both = outcomes(run(some, every), "agent", "update")
    assert (both["duplicate"], both["corrupt"]) == (80, 160)
