"""The account of queues and state in runs: under faults, replicas, churn and floods."""

import numpy as np
import pytest

from sim.stats.moments import Layout
from tests.engine.scenarios import MS, RING, S, outcomes, run

LOADED = {
    "tree": {"levels": 2, "ingress": ["15ms", "1ms"]},
    "agents": {"count": 8, "features": 1},
    "capacity": {},
}
"""Two locals with four agents each: load 0.6."""
MESSAGE_BYTES = Layout(2).wire_bytes(panes=2)
OUTAGE = {"nodes": ["local-0", "local-1"], "at": "2s", "until": "2500ms"}


def load_of(recording, tier, column):
    """A column of the samples of a tier, (samples,); one each 100 ms."""
    load = recording.tables["load"]
    return load[column][load["tier"] == tier]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "crash", **OUTAGE},
        {"kind": "crash", **OUTAGE, "durable": False},
        {"kind": "pause", **OUTAGE},
    ],
    ids=lambda fault: fault["kind"] + ("" if fault.get("durable", True) else " that forgets"),
)
@pytest.mark.parametrize("service", ["15ms", "40ms"])
def test_nobody_is_busy_for_less_than_none_or_more_than_all_of_the_time(fault, service):
    tree = {"levels": 2, "ingress": [service, "1ms"]}
    load = run(fault, **{**LOADED, "tree": tree}).tables["load"]
    for column in ("utilisation", "utilisation_max"):
        assert load[column].min() >= 0
        assert load[column].max() <= 1 + 1e-12
    assert load["waited_ns"].sum() >= 0


def test_a_node_that_stands_still_does_nothing_and_then_all_that_has_come():
    paused = run({"kind": "pause", **OUTAGE}, **LOADED)
    busy = load_of(paused, 1, "utilisation")
    assert busy[20:25].tolist() == [0] * 5
    assert busy[25:30] == pytest.approx(1)
    # 4 reports a period were not taken in for 5 periods, and no work is lost.
    undisturbed = load_of(run(**LOADED), 1, "utilisation")
    assert busy.sum() == pytest.approx(undisturbed.sum())


def test_a_node_that_is_down_is_asked_for_nothing():
    crashed = run({"kind": "crash", **OUTAGE}, **LOADED)
    assert load_of(crashed, 1, "offered")[20:25].max() == 0
    assert load_of(crashed, 1, "backlog_max")[20:25].max() == 0


def test_replicas_are_nodes_like_any_other():
    tree = {"replicas": {"root": 3}}
    one, three = (
        run(tree={"ingress": "1ms", **blocks}, capacity={}, topology=RING) for blocks in ({}, tree)
    )
    assert load_of(three, 3, "nodes").tolist() == [3] * 40
    assert load_of(three, 3, "messages")[10:].sum() == 3 * load_of(one, 3, "messages")[10:].sum()
    waiting = load_of(three, 3, "backlog") * 3 * MESSAGE_BYTES
    state = load_of(three, 3, "state_total") - waiting
    assert state == pytest.approx(3 * load_of(one, 3, "state_max").min())
    assert load_of(three, 1, "nodes").tolist() == [6] * 40


def test_who_has_left_keeps_nothing_and_is_kept_by_nobody():
    churn = {"kind": "churn", "nodes": ["agent-0", "agent-1"], "at": "1s", "until": "3s"}
    changing = run(churn, capacity={})
    agents = load_of(changing, 0, "nodes")
    assert (agents.max(), agents.min()) == (24, 22)
    state, locals_ = (load_of(changing, tier, "state_total") for tier in (0, 1))
    each = state[0] / 24
    assert state.tolist() == (agents * each).tolist()
    assert locals_.max() - locals_.min() == 2 * each


def test_a_flood_is_as_many_messages_as_it_has_copies():
    liar = {"kind": "importance_flood", "where": ["agent-0"], "times": 5, "from": "1s"}
    quiet, flooded = (
        run(tree={"ingress": "2ms"}, capacity={}, adversaries=liars) for liars in ([], [liar])
    )
    more = load_of(flooded, 1, "messages") - load_of(quiet, 1, "messages")
    assert more[:10].tolist() == [0] * 10
    assert set(more[12:].tolist()) == {5}


@pytest.mark.parametrize(("at", "nodes"), [("agent", 24), ("local", 6), ("root", 1)])
def test_dealing_history_to_more_nodes_makes_parts_smaller_and_the_total_no_smaller(at, nodes):
    kept = run(capacity={"history": {"at": at, "record": "512B", "keep": "2s"}})
    plain = run(capacity={})
    tier = {"agent": 0, "local": 1, "root": 3}[at]
    total = load_of(kept, tier, "state_total") - load_of(plain, tier, "state_total")
    # 24 agents at 10 Hz; after 2 s as much is dropped as comes.
    reports = np.minimum(np.arange(1, 41), 20)
    assert total == pytest.approx(24 * reports * 512)
    largest = load_of(kept, tier, "state_max") - load_of(plain, tier, "state_max")
    assert largest == pytest.approx(total / nodes)


def test_nothing_waits_where_messages_take_no_time():
    free = run(capacity={}).tables["load"]
    assert free["offered"].max() == free["backlog_max"].max() == free["waited_ns"].max() == 0


def test_an_account_changes_nothing_else():
    blocks = {"tree": LOADED["tree"], "agents": LOADED["agents"]}
    with_it, without = run(**LOADED), run(**blocks)
    for name in ("samples", "heard", "traffic"):
        for column, values in without.tables[name].items():
            np.testing.assert_array_equal(with_it.tables[name][column], values)


def test_a_queue_holds_bytes():
    # 4 agents each 100 ms at 40 ms a message: 1.5 messages a period stay behind.
    late = run(**{**LOADED, "tree": {"levels": 2, "ingress": ["40ms", "1ms"]}})
    backlog, state = load_of(late, 1, "backlog_max"), load_of(late, 1, "state_max")
    assert backlog[-1] == pytest.approx(1.5 * (4 * S // (100 * MS)), abs=4)
    assert np.ptp(state - Layout(1).wire_bytes(panes=2) * backlog) == 0


OVERTAKING = {
    "agents": {"count": 20, "features": 1},
    "tree": {"levels": 1, "ingress": "4ms"},
    "topology": {"kind": "point", "jitter": {"kind": "exponential", "mean": "200ms"}},
    "capacity": {},
}
"""Delays are twice as long as the time between two reports: one in three is overtaken."""


def test_a_report_that_was_overtaken_takes_its_receiver_as_long_as_any_other():
    late = run(**OVERTAKING)
    served = load_of(late, 1, "messages").sum() - load_of(late, 1, "backlog")[-1]
    assert served == outcomes(late, "agent", "update")["delivered"]
    # All reports but those of the last second or so, which are on the way.
    assert load_of(late, 1, "offered")[20:].mean() == pytest.approx(0.8, abs=0.05)


def test_how_time_is_cut_into_steps_changes_no_queue():
    often, seldom = (run(**OVERTAKING, measure={"every": every}) for every in ("25ms", "1s"))
    for column in ("messages", "waited_ns"):
        assert load_of(often, 1, column).sum() == load_of(seldom, 1, column).sum()
    for column in ("known_ns", "sent_ns"):
        assert sorted(often.tables["heard"][column]) == sorted(seldom.tables["heard"][column])


@pytest.mark.parametrize("kind", ["crash", "pause"])
def test_reports_that_were_overtaken_share_the_fate_of_their_queue(kind):
    late = run({"kind": kind, "nodes": ["root"], "at": "2s", "until": "2500ms"}, **OVERTAKING)
    load = late.tables["load"]
    assert load["utilisation"].min() >= 0
    assert load["utilisation"].max() <= 1 + 1e-12
    told = outcomes(late, "agent", "update")
    # At the end all is delivered, on the way or lost, and nothing counts twice.
    assert sum(told.values()) == 20 * 40


def test_the_busiest_node_is_one_node_over_the_whole_run():
    """Pauses one after the other give every sample another busiest node, and nobody more to do."""
    pauses = [
        {"kind": "pause", "nodes": [f"local-{i}"], "at": f"{1 + i}s", "until": f"{1.8 + i}s"}
        for i in range(2)
    ]
    extremes = run(*pauses, **LOADED).tables["extremes"]
    offered = (extremes["tier"] == 1) & (extremes["what"] == "offered")
    assert extremes["offered"][offered] == pytest.approx([0.6], abs=0.01)
    assert load_of(run(*pauses, **LOADED), 1, "offered_max").mean() > 0.7
