"""Updates of single agents in small runs: what arrives, what is lost, and who is believed."""

import math

import numpy as np
import pytest

from sim.campaign.replications import whole
from sim.engine.routing.routing import Routing
from sim.engine.simulation import Simulation
from sim.errors import InvariantViolated
from sim.measure.tables import Tables
from sim.telemetry.tree import Tree
from tests.engine.scenarios import DELAY_NS, MS, S, plan_of, run

HOPS = 3
ORDERS = ("fifo", "priority", "fair", "age")
SHIFT = {"kind": "shift", "agents": "agent-5", "at": "2s", "size": "12sd"}
LOOKING = {"every": "100ms", "learn": "1s"}
"""240 updates a second: 40 at each local, 80 at each regional; one has 832 bits."""
CLASSES = {"urgent": 0.5, "critical": 1.0}
NARROW = {**LOOKING, "classes": CLASSES, "rate": "50kbps"}
"""A regional gets a third more than it can send."""
BUSY = {**LOOKING, "classes": CLASSES, "rate": "90kbps"}
"""74 % of the time of a regional's line."""
WANDERING = {
    "behaviour": {
        "kind": "synthetic",
        "spread": 1.0,
        "noise": 0.0,
        "drift": {"sd": 1.0, "tau": "20s", "every": "100ms"},
    }
}
DELTA = {"kind": "on_delta", "delta": "0.3sd"}
SILENT = {**LOOKING, "send": DELTA, "heartbeat": "200ms"}


def tables(*faults, agents=None, **blocks) -> Tables:
    """The tables of a small run whose telemetry plane is as idle as can be."""
    idle = {"agents": {"rate": "1Hz", **(agents or {})}, "measure": {"every": "250ms"}}
    return Tables.of(whole(run(*faults, **idle, **blocks).tables))


def total(found: Tables, column: str, rank: str | None = None) -> int:
    rows = found.updates
    mine = np.ones(len(rows["rank"]), bool) if rank is None else rows["rank"] == rank
    return int(rows[column][mine].sum())


def test_every_update_crosses_every_hop_once():
    found = tables(routing={"every": "1s"})
    sent, arrived = total(found, "sent"), total(found, "arrived")
    hops = int(found.control_traffic["messages"].sum())
    assert sent == 4 * 24
    assert HOPS * arrived <= hops <= HOPS * sent
    assert sent - arrived <= 1, "only what was sent within the last 7 ms can be on its way"


def test_without_rates_an_update_is_as_old_as_its_way_is_long():
    found = tables(routing={"every": "1s"})
    assert found.updates["wait_ns"].max() == 0
    assert (found.updates["age_ns"] == HOPS * DELAY_NS).all()


def test_with_one_period_for_both_agents_send_the_very_values_that_they_report():
    simulation = Simulation(plan_of(routing={"every": "100ms"}), seed=1)
    leaves, reported = simulation.world.telemetry.leaves, np.zeros((24, 2))
    measure = leaves.behaviour.fill

    def fill(tick, born_ns, first, out):
        measure(tick, born_ns, first, out)
        if tick == 19:
            reported[first : first + len(out)] = out

    leaves.behaviour.fill = fill
    simulation.prepare()
    simulation.kernel.run(2 * S)
    field = routing_of(simulation)._field
    assert reported.all()
    looks = field.looks
    assert np.allclose(looks.values(2 * S) * looks.unit, reported, rtol=1e-12)


def test_a_critical_update_is_at_the_root_one_look_and_three_hops_after_an_anomaly_begins():
    found = tables(anomalies=[SHIFT], routing=LOOKING).criticals
    assert found["agent"].tolist() == [5]
    assert found["sent_ns"] == found["begin_ns"], "the first anomalous value is sent at once"
    assert 2 * S <= found["begin_ns"][0] <= 2_100 * MS
    assert found["arrived_ns"] - found["begin_ns"] == HOPS * DELAY_NS


def test_an_anomaly_of_an_agent_that_is_down_is_never_heard_of():
    crash = {"kind": "crash", "nodes": "agent-5", "at": "1s"}
    found = tables(crash, anomalies=[SHIFT], routing=LOOKING).criticals
    assert found["arrived_ns"].tolist() == [-1]


def test_all_disciplines_make_updates_of_one_size_wait_the_same_in_total():
    """Kleinrock's conservation law, to the nanosecond: the work that waits is the same."""
    drained = {"kind": "crash", "nodes": "agents", "at": "3s"}
    waits = [line_waits(tables(drained, routing={**BUSY, "discipline": one})) for one in ORDERS]
    assert waits[0] > 0
    assert waits.count(waits[0]) == len(ORDERS)


@pytest.mark.parametrize(("node", "agents"), [("regional-0", 8), ("root", 24)])
def test_what_comes_to_a_machine_that_stands_still_waits_for_it(node, agents):
    """Of each agent ten updates, 100 ms apart, the last of them within 100 ms of the resumption."""
    pause = {"kind": "pause", "nodes": node, "at": "1s", "until": "2s"}
    rows = tables(pause, routing=LOOKING).updates
    waited_s = float((rows["wait_ns"] * rows["arrived"]).sum()) / S
    assert 4.5 * agents <= waited_s <= 5.5 * agents


def test_what_finds_a_queue_full_is_dropped_and_counted():
    found = tables(routing={**NARROW, "capacity": 2})
    assert total(found, "dropped") > 0
    assert total(found, "sent") >= total(found, "arrived") + total(found, "dropped")


def test_where_the_newest_replaces_a_waiting_update_what_arrives_is_younger():
    plain, replacing = (
        tables(routing={**NARROW, "replace": replace}).beliefs["age_routine_ns"][-1]
        for replace in (False, True)
    )
    assert replacing < plain / 2


TROUBLE = [
    {"kind": "crash", "nodes": "regional-1", "at": "1s", "until": "2s"},
    {"kind": "crash", "nodes": "local-0", "at": "1s", "until": "2s", "durable": False},
    {"kind": "crash", "nodes": "root", "at": "1s", "until": "2s", "durable": False},
    {"kind": "pause", "nodes": "regional-0", "at": "1s", "until": "2s"},
    {"kind": "clock", "nodes": "all", "at": "1s", "until": "2s", "offset": "-700ms"},
    {"kind": "partition", "groups": [["region-0"], ["rest"]], "at": "1s", "until": "2s"},
]


@pytest.mark.parametrize("number", range(len(TROUBLE)), ids=lambda at: TROUBLE[at]["kind"])
def test_every_update_is_accounted_for_under_every_fault(number):
    """The invariant itself is checked at every sample; here: it has something to check."""
    fault, replace = TROUBLE[number], number % 2 == 1
    routing = {**NARROW, "replace": replace, "heartbeat": "500ms", "discipline": "priority"}
    found = tables(fault, routing=routing)
    sent, arrived, dropped = (total(found, what) for what in ("sent", "arrived", "dropped"))
    assert 0 <= sent - arrived - dropped <= found.beliefs["queued"][-1] + 24


def test_a_pause_on_top_of_a_crash_loses_what_came_meanwhile():
    pause = {"kind": "pause", "nodes": "regional-0", "at": "1s", "until": "3s"}
    crash = {"kind": "crash", "nodes": "regional-0", "at": "2s", "until": "3s"}
    found = tables(pause, crash, routing={"every": "100ms"})
    assert total(found, "dropped") > 0


def test_a_wrong_clock_changes_neither_waits_nor_who_is_taken_for_dead():
    wrong = {"kind": "clock", "nodes": ["root", "local-0"], "at": "1s", "offset": "-700ms"}
    crash = {"kind": "crash", "nodes": "agent-5", "at": "2s"}
    routing = {**BUSY, "heartbeat": "200ms"}
    right, found = tables(crash, routing=routing), tables(wrong, crash, routing=routing)
    assert found.updates["wait_ns"].tolist() == right.updates["wait_ns"].tolist()
    assert found.deaths["believed_ns"].tolist() == right.deaths["believed_ns"].tolist()
    assert found.deaths["believed_ns"][0] > 2 * S


def test_an_update_that_the_books_do_not_know_breaks_the_run():
    simulation = Simulation(plan_of(routing=NARROW), seed=1)
    simulation.prepare()
    simulation.kernel.run(2 * S)
    ledger = routing_of(simulation)._ledger
    parcels = next(mine for mine in ledger._parcels.values() if mine)
    parcels.popitem()
    with pytest.raises(InvariantViolated, match="conservation"):
        routing_of(simulation)._check()


def test_each_agent_is_known_to_its_routers_by_the_child_that_it_comes_through():
    simulation = Simulation(plan_of(routing=LOOKING), seed=1)
    routers, tree = routing_of(simulation)._routers, simulation.world.roster.tree
    name = routers._plane.place
    for tier, count in ((1, 6), (2, 3)):
        for node in range(count):
            below = [agent for agent in range(24) if tree.ancestor_of(0, tier)[agent] == node]
            behind = tree.ancestor_of(0, tier - 1)
            assert routers._children(tier, node) == {
                name(0, agent).name: name(tier - 1, int(behind[agent])).name for agent in below
            }


def test_routers_ask_for_the_whole_tree_as_often_whether_nodes_are_few_or_many(monkeypatch):
    def asked(agents):
        calls = []
        ask = Tree.ancestor_of
        with monkeypatch.context() as patch:
            patch.setattr(Tree, "ancestor_of", lambda *at: calls.append(at) or ask(*at))
            Simulation(plan_of(agents={"count": agents}, routing=LOOKING), seed=1)
        return len(calls)

    assert asked(24) == asked(240) > 0


# Silence and death


def test_silence_keeps_the_root_within_delta_of_every_agent_that_lives():
    found = tables(agents=WANDERING, routing=SILENT)
    later = found.beliefs["time_ns"] >= 1 * S
    assert (found.beliefs["error_held"][later] <= 0.3).all()
    assert total(found, "sent", "routine") < 24 * 40 / 4, "most of the time nobody says anything"


def test_who_comes_back_sends_anew_though_it_has_not_moved():
    """Else the root would hold it to what it said before, or meant to say as it went down."""
    still = {"behaviour": {"kind": "synthetic", "spread": 1.0, "noise": 0.0}}
    crash = {"kind": "crash", "nodes": ["agents"], "at": "1530ms", "until": "1930ms"}
    routing = {"send": DELTA, **LOOKING}
    assert total(tables(agents=still, routing=routing), "sent") == 24
    assert total(tables(crash, agents=still, routing=routing), "sent") == 2 * 24


def test_a_dead_agent_is_taken_for_dead_after_the_heartbeats_that_it_missed():
    crash = {"kind": "crash", "nodes": "agent-5", "at": "2s"}
    found = tables(crash, routing={**LOOKING, "heartbeat": "200ms", "missed": 3}).deaths
    assert found["agent"].tolist() == [5]
    late_ns = int(found["believed_ns"][0]) - 2 * S
    way_ns = HOPS * DELAY_NS
    # Its last sign of life was an update, at most a look before the crash.
    assert 600 * MS - 100 * MS + way_ns <= late_ns <= 600 * MS + way_ns


def test_without_heartbeats_nobody_is_ever_taken_for_dead():
    crash = {"kind": "crash", "nodes": "region-0", "at": "2s"}
    found = tables(crash, routing=LOOKING)
    assert found.deaths["believed_ns"].tolist() == [-1] * 8
    assert found.beliefs["held"][-1] == 24


def test_a_root_that_has_lost_its_book_vouches_for_nobody_until_it_hears_of_them_again():
    """Nobody moves, so nobody speaks again: what is held is as old as the run."""
    still = {"behaviour": {"kind": "synthetic", "spread": 1.0, "noise": 0.0}}
    crash = {"kind": "crash", "nodes": "root", "at": "1s", "until": "2s", "durable": False}
    ages = {
        durable: tables({**crash, "durable": durable}, agents=still, routing=SILENT).beliefs
        for durable in (True, False)
    }
    assert ages[True]["age_routine_ns"][-1] <= 200 * MS + HOPS * DELAY_NS
    assert ages[False]["held"][-1] == 0
    assert ages[False]["age_routine_ns"][-1] == 4 * S


def test_who_is_silent_on_purpose_is_taken_for_dead_too_but_did_not_die():
    silence = {"where": "agent-5", "kind": "silence", "from": "1s"}
    found = tables(adversaries=[silence], routing={**LOOKING, "heartbeat": "200ms"})
    assert found.beliefs["held"][-1] == 23
    assert len(found.deaths["agent"]) == 0


def test_a_silent_aggregator_makes_all_agents_below_it_look_dead_although_none_died():
    silence = {"where": "local-0", "kind": "silence", "from": "1s"}
    found = tables(adversaries=[silence], routing={**LOOKING, "heartbeat": "200ms"})
    assert found.beliefs["held"][-1] == 20
    assert len(found.deaths["agent"]) == 0
    assert total(found, "dropped") > 0


def test_geometric_monitoring_is_silent_until_the_mean_might_have_crossed_its_threshold():
    """The first look is everybody's; the ramp of all agents then crosses the threshold once."""
    send = {"kind": "geometric", "threshold": "2sd"}
    ramp = {"kind": "ramp", "agents": "agents", "at": "2s", "size": "60sd"}
    steady = {"behaviour": {"kind": "synthetic", "spread": 1, "noise": 0.1, "drift": "none"}}
    calm = tables(agents=steady, routing={**LOOKING, "send": send})
    found = tables(agents=steady, anomalies=[ramp], routing={**LOOKING, "send": send})
    assert total(calm, "sent") == 24
    assert 2 * 24 <= total(found, "sent") < 24 * 20 / 2
    assert total(found, "sent") % 24 == 0, "all speak, or nobody does"


def test_an_agent_that_is_down_from_the_start_does_not_make_the_others_speak_at_every_look():
    send = {"kind": "geometric", "threshold": "2sd"}
    still = {"behaviour": {"kind": "synthetic", "spread": 1.0, "noise": 0.0}}
    crash = {"kind": "crash", "nodes": "agent-5", "at": "0s"}
    found = tables(crash, agents=still, routing={**LOOKING, "send": send})
    assert total(found, "sent") == 23


# Floods: two of the four agents of a local lie, the other two have something to say

ALERTS = {"kind": "shift", "agents": ["agent-2", "agent-3"], "at": "2s", "size": "12sd"}
LIARS = {"where": ["agent-0", "agent-1"], "kind": "importance_flood", "times": 20, "from": "1s"}


def flooded(**routing) -> Tables:
    ranked = {**LOOKING, "rate": "200kbps", "discipline": "priority", "capacity": 200, **routing}
    return tables(adversaries=[LIARS], anomalies=[ALERTS], routing=ranked)


def test_a_flood_of_claims_starves_real_alerts_under_strict_priority():
    assert alert_delay(flooded()) > 0.5


def test_a_token_bucket_for_each_agent_keeps_real_alerts_ahead_of_a_flood():
    assert alert_delay(flooded(admission={"claims": "10/s", "burst": 2})) < 0.05


def test_liars_that_flood_are_not_idle_and_their_claims_are_counted_apart():
    found = flooded()
    assert total(found, "sent", "flood") > 10 * total(found, "sent", "critical") > 0
    assert found.adversaries["acts"][0] > 0


def test_runs_are_the_same_whenever_they_are_repeated():
    plan = plan_of(TROUBLE[1], routing={**NARROW, "heartbeat": "500ms"})
    first, second = (Simulation(plan, seed=1).run().fingerprint for _ in range(2))
    assert first == second


def test_a_scenario_without_routing_is_as_if_there_were_none():
    plain = run()
    routed = run(routing={"every": "1s"})
    for name in ("samples", "baselines", "traffic"):
        for column, values in plain.tables[name].items():
            np.testing.assert_array_equal(values, routed.tables[name][column])


def line_waits(found: Tables) -> int:
    rows = found.router_lines
    return round(float((rows["wait_ns"] * rows["passed"]).sum()))


def alert_delay(found: Tables) -> float:
    """Median, in seconds; inf where none ever came."""
    rows = found.criticals
    lasted = (rows["arrived_ns"] - rows["begin_ns"]) / S
    return float(np.median(np.where(rows["arrived_ns"] < 0, math.inf, lasted)))


def routing_of(simulation: Simulation) -> Routing:
    return next(one for one in simulation.components if isinstance(one, Routing))
