"""Replicas of the root that lost touch: what they give to each other, and what becomes of it."""

import numpy as np
import pytest

from sim.engine.control.sync import options
from sim.scenario.plan_control import AntiEntropyPlan
from sim.scenario.variant import Variant
from sim.units import NS_PER_S
from tests.engine.control.syncing import AGENTS, HEAL_S, PANE_NS, S, cut, synced

WHILE_SYNCING = {"item": "54MB"}
"""24 items of 54 MB: at 1 Gb/s the exchange takes 10.4 s."""


def alike(run) -> bool:
    """Whether all replicas know the same of every closed pane, to the bit."""
    return all(np.array_equal(run.closed(0), run.closed(other)) for other in (1, 2, 3))


# What comes of it


def test_a_replica_that_was_cut_off_knows_what_it_had_known_without_the_cut():
    assert np.array_equal(synced(cut()).closed(3), synced().closed(3))


def test_without_anti_entropy_it_never_learns_what_closed_meanwhile():
    run = synced(cut(), sync=None)
    lost = [pane for pane, row in enumerate(run.closed(0) - run.closed(3)) if row.any()]
    # Of pane 0 it knew all when the cut began; 4 was still open at the heal.
    assert lost == [1, 2, 3]


def test_replicas_know_the_same_except_from_the_first_pane_closed_in_the_cut_to_the_heal():
    differing_ns = synced(cut()).differing_ns()
    # Pane 1 is the first of which replica 3 does not know all; it is closed at 15 s.
    assert differing_ns == list(range(3 * PANE_NS, round(HEAL_S * S), S))


def test_each_side_of_a_cut_gets_what_only_the_other_has_heard():
    run = synced(cut(side=("region-1", "root-0/3")))
    assert alike(run)
    assert [root.mended_count > 0 for root in run.roots] == [True] * 4
    assert np.array_equal(run.closed(0), synced().closed(0))


def test_a_run_with_nothing_to_mend_is_what_it_is_without_anti_entropy():
    plain, busy = synced(sync=None).recording, synced().recording
    for part in ("heard", "samples", "baselines", "traffic"):
        assert plain.fingerprint_parts[part] == busy.fingerprint_parts[part]


# How much of it


@pytest.mark.parametrize("method", ["merkle", "riblt"])
def test_of_snapshots_an_item_of_each_agent_is_sent_whatever_the_method(method):
    run = synced(cut(), sync={"method": method})
    assert alike(run)
    (row,) = run.table("syncs")
    assert row["items_in"] + row["items_out"] == AGENTS
    assert row["method"] == method
    assert row["bytes"] > AGENTS * 528


def test_of_a_log_an_item_of_each_agent_and_pane_is_sent():
    run = synced(cut(), sync={"store": "log"})
    assert alike(run)
    (row,) = run.table("syncs")
    # 1, 2 and 3 were closed in the cut.
    assert row["items_in"] + row["items_out"] == 3 * AGENTS
    assert {one["items"] for one in run.table("stores")[-4:]} == {6 * AGENTS}


def test_of_two_sides_each_gets_the_items_that_were_cut_off_from_it():
    run = synced(cut(side=("region-1", "root-0/3")))
    # Half of the agents are in the one region, and three replicas were cut off from it.
    sent = sum(row["items_in"] + row["items_out"] for row in run.table("syncs"))
    assert sent == AGENTS // 2 + 3 * (AGENTS // 2)


def test_replicated_regionals_differ_and_are_made_alike_all_the_same():
    tree = {"replicas": {"regional": 3, "root": 3}}
    run = synced(cut(side=("root-0/2",)), tree=tree)
    assert np.array_equal(run.closed(0), run.closed(2))
    assert run.differing_ns()[-1] < HEAL_S * S


# What can go wrong meanwhile


def again_ns(end_s: int) -> int:
    """The latest that a session that broke off and began anew at `end_s` may be over.

    It is replaced at the first probe after it did not move twice, each time for what the line's
    queue of three chunks to each of three peers takes, and two round trips; then all is sent.
    """
    waits_ns = 2 * (9 * 54 * 8 * 10**6 + 4 * 10 * 10**6)
    return (end_s + 1) * S + waits_ns + 24 * 54 * 8 * 10**6 + S // 2


@pytest.mark.parametrize("durable", [True, False])
def test_a_replica_that_crashes_while_it_catches_up_catches_up_afterwards(durable):
    crash = {"kind": "crash", "nodes": "root-0/3", "at": "29s", "until": "32s", "durable": durable}
    run = synced(cut(), crash, duration="55s", sync=WHILE_SYNCING)
    assert 32 * S < run.differing_ns()[-1] < again_ns(32)
    assert alike(run)


def test_a_peer_that_crashes_while_it_gives_is_not_needed():
    crash = {"kind": "crash", "nodes": "root-0/0", "at": "29s", "until": "39s", "durable": False}
    run = synced(cut(), crash, duration="41s", sync=WHILE_SYNCING)
    # Who is down is not asked; by 39 s the other two have given everything to replica 3.
    assert not {37 * S, 38 * S} & set(run.differing_ns())
    assert np.array_equal(run.closed(1), run.closed(3))


def test_a_second_cut_while_it_catches_up_delays_it():
    run = synced(cut(), cut(29, 35), duration="55s", sync=WHILE_SYNCING)
    assert 35 * S < run.differing_ns()[-1] < again_ns(35)
    assert alike(run)


def test_what_is_lost_on_the_way_is_sent_again():
    run = synced(cut(), topology={"loss": "10%"}, sync={"item": "20kB"})
    assert alike(run)
    assert run.differing_ns()[-1] < (HEAL_S + 5) * S


def test_a_replica_that_forgets_is_given_the_whole_log_anew():
    crash = {"kind": "crash", "nodes": "root-0/3", "at": "21s", "until": "22s", "durable": False}
    run = synced(crash, sync={"store": "log"})
    assert alike(run)
    # Panes 0 to 2, which were closed before.
    assert max(row["items_in"] + row["items_out"] for row in run.table("syncs")) == 3 * AGENTS


def test_a_pane_that_was_closed_a_moment_ago_is_mended_without_waiting_for_the_next():
    # 50 ms before pane 3 is closed, and 50 ms before a probe.
    run = synced(cut(end_s=24.95))
    known = {row["finished"] for row in run.table("snapshots") if row["proposed_ns"] == 29 * S}
    assert len(known) == 1


def test_sums_of_regions_are_kept_for_as_long_as_somebody_may_put_them():
    run = synced(baseline={"panes": 2})
    assert min(run.roots[0].known.panes) == 34 * S // PANE_NS - 2 * 2


# How it is fitted to the line


def plan(item_bytes: int = 528) -> AntiEntropyPlan:
    """Merkle descent every second."""
    return AntiEntropyPlan(Variant("merkle", {"fan_out": 16}), S, "snapshots", item_bytes)


def test_no_more_is_under_way_than_fills_the_line_for_two_round_trips():
    found = options(plan(), rate_bps=10**9, round_trip_ns=80 * 10**6, peers=3)
    assert found.window == 2 + np.ceil(2 * 80e6 / (65536 * 8))
    assert options(plan(), None, 80 * 10**6, 3).window == 4096


def test_nothing_is_repeated_while_it_may_still_wait_for_the_line():
    found = options(plan(13_000_000), rate_bps=10**8, round_trip_ns=80 * 10**6, peers=3)
    assert found.retry_ns > 3 * found.window * 13_000_000 * 8 * NS_PER_S / 10**8
