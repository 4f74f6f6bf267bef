"""Figures of theory section 11 through whole runs: agents, fabric, routers on hosts, and the root.

Sources: Cobham, "Priority assignment in waiting line problems" (1954); Kleinrock, "A conservation
law for a wide class of queueing disciplines" (1965); Miskowicz, "Send-on-delta concept" (2006).
"""

import json
import math
from functools import cache

import numpy as np
import pytest

from sim.campaign.replications import whole
from sim.engine.simulation import Simulation
from sim.measure.routing import ROUTING_FIGURES
from sim.measure.tables import Tables
from sim.protocol.routing.sending.on_delta import mean_error_sd, mean_interval
from sim.scenario import parse_scenario
from sim.scenario.blocks.routing.facts import routing_facts
from sim.units import NS_PER_S

UPDATE_BITS = 8 * (64 + 24 + 8)


def drive(**blocks):
    """A run of a scenario on a single site; its plan and its tables."""
    text = {
        "schema": 1,
        "name": "theory",
        "topology": {"kind": "point"},
        "baseline": {"publish": "1s", "pane": "1s"},
        "measure": {"every": "1s"},
        **blocks,
    }
    plan = parse_scenario(json.dumps(text), "scenario.yaml")
    return plan, Tables.of(whole(Simulation(plan, seed=11).run().tables))


# Waits: 400 updates a second meet at one of two locals, at instants that are all but Poisson: each
# is on its way for a uniform time as long as the agents' own period. All take as long: M/D/1.

RATE_PER_S, LOAD = 400, 0.65
SECONDS, WARM_UP = 16, 3
SERVICE_NS = LOAD * NS_PER_S / RATE_PER_S
URGENT, CRITICAL = 0.8, 1.5
"""In an agent's own deviations; how many are in each class is counted, not assumed."""


@cache
def queueing(discipline):
    """Total wait in seconds, and how many waited, of each class in each second at the locals."""
    noise = {"kind": "synthetic", "spread": 0, "noise": 1.0, "drift": "none"}
    _, found = drive(
        duration=f"{SECONDS}s",
        agents={"count": 2 * RATE_PER_S, "features": 1, "rate": "1Hz", "behaviour": noise},
        tree={"local": RATE_PER_S, "levels": 2},
        topology={"kind": "point", "jitter": {"kind": "uniform", "low": "0s", "high": "1s"}},
        routing={
            "every": "1s",
            "learn": "1s",
            "rate": f"{round(UPDATE_BITS * NS_PER_S / SERVICE_NS)}bps",
            "discipline": discipline,
            "classes": {"urgent": URGENT, "critical": CRITICAL},
        },
    )
    rows = found.router_lines
    waits, counts = np.zeros((2, SECONDS, 3))
    ranks = {"critical": 0, "urgent": 1, "routine": 2}
    columns = (rows[name].tolist() for name in ("time_ns", "rank", "wait_ns", "passed"))
    for at_ns, rank, wait_ns, passed in zip(*columns, strict=True):
        second = at_ns // NS_PER_S
        counts[second, ranks[rank]] = passed
        waits[second, ranks[rank]] = wait_ns * passed / NS_PER_S
    return waits[WARM_UP:], counts[WARM_UP:]


def ratio(waits, counts):
    """Mean wait with its standard error: a ratio estimate over seconds as batches."""
    mean = waits.sum() / counts.sum()
    errors = waits - mean * counts
    return mean, errors.std(ddof=1) / (counts.mean() * math.sqrt(len(counts)))


def test_first_come_first_served_waits_as_long_as_in_an_m_d_1_queue(figure):
    waits, counts = queueing("fifo")
    mean, error = ratio(waits.sum(axis=1), counts.sum(axis=1))
    load = LOAD * counts.sum() / (2 * RATE_PER_S * len(counts))
    expected = load * SERVICE_NS / NS_PER_S / (2 * (1 - load))
    assert error < 0.06 * expected
    assert mean == pytest.approx(expected, abs=3 * error)
    figure("11", "in a run, router first come first served, M/D/1: wait, s", expected, mean, error)


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_by_priority_each_class_waits_as_cobham_says(figure, rank):
    waits, counts = queueing("priority")
    mean, error = ratio(waits[:, rank], counts[:, rank])
    loads = LOAD * counts.sum(axis=0) / (2 * RATE_PER_S * len(counts))
    before = loads[:rank].sum()
    remaining_s = loads.sum() * SERVICE_NS / NS_PER_S / 2
    expected = remaining_s / ((1 - before) * (1 - before - loads[rank]))
    assert error < 0.1 * expected
    assert mean == pytest.approx(expected, abs=3 * error)
    figure("11", f"in a run, router, class {rank}: wait, s", expected, mean, error)


def test_priority_creates_no_capacity_what_one_class_gains_the_others_lose():
    """Of the same arrivals, served in the same time: equal but for what waits at either end."""
    (fifo, _), (priority, _) = queueing("fifo"), queueing("priority")
    assert priority.sum() == pytest.approx(fifo.sum(), rel=1e-3)
    assert priority[:, 0].sum() < fifo[:, 0].sum() / 2


# Send-on-delta: the drift of an agent is an Ornstein-Uhlenbeck process. A step of 1 s moves it by
# sd sqrt(2 / tau); over the 31 steps between two updates it is a random walk but for a pull of
# 31 / 5000 of its distance from the mean.

AGENTS, STEPS, DELTA, TAU = 300, 200, 0.1, 5000
STEP_SD = math.sqrt(-math.expm1(-2 / TAU))


@cache
def wandering():
    return drive(
        duration=f"{STEPS}s",
        agents={
            "count": AGENTS,
            "features": 1,
            "rate": "1Hz",
            "behaviour": {
                "kind": "synthetic",
                "spread": 0,
                "noise": 0,
                "drift": {"sd": 1.0, "tau": f"{TAU}s", "every": "1s"},
            },
        },
        tree={"local": 50, "regional": 6},
        routing={"every": "1s", "send": {"kind": "on_delta", "delta": f"{DELTA}sd"}},
    )


def test_a_wandering_agent_sends_as_often_as_a_random_walk_leaves_its_band(figure):
    """Renewals in t steps: t / m + (c^2 - 1) / 2 in the mean, c^2 = 2/3 of a walk's exit times."""
    _, found = wandering()
    again = int(found.updates["sent"].sum()) - AGENTS
    mean = mean_interval(DELTA / STEP_SD)
    expected = AGENTS * ((STEPS - 1) / mean + (2 / 3 - 1) / 2)
    error = math.sqrt(AGENTS * (STEPS - 1) / mean * 2 / 3)
    assert error < 0.04 * expected
    assert again == pytest.approx(expected, abs=3 * error)
    figure("11", "in a run, send on delta: updates of 300 agents", expected, again, error)


def test_the_mean_of_what_silent_agents_sent_last_is_off_by_delta_over_the_root_of_6_n(figure):
    _, found = wandering()
    later = found.beliefs["time_ns"] >= 60 * NS_PER_S
    errors = found.beliefs["error_held"][later]
    expected = mean_error_sd(DELTA, AGENTS)
    # Errors an interval apart are as good as independent: about eight of them, each 1 / sqrt(2 n).
    relative = 1 / math.sqrt(2 * later.sum() / mean_interval(DELTA / STEP_SD))
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(expected, rel=3 * relative)
    assert errors.max() < DELTA
    found = np.sqrt(np.mean(errors**2))
    what = "in a run, send on delta: rms error of the mean, sd (delta / sqrt(6 n))"
    figure("11", what, expected, found, relative * expected)


# Messages: an update is a message at every hop. Nothing is batched.


@cache
def hops(agents):
    """Messages over all hops, of one look of every agent, and how deep the tree is."""
    plan, found = drive(
        duration="2s",
        agents={"count": agents, "features": 1, "rate": "1Hz"},
        tree={"local": 50, "regional": 10, "levels": "auto"},
        baseline={"publish": "1s", "pane": "1s"},
        routing={"every": "1s"},
    )
    return ROUTING_FIGURES["routing.hops"](found, plan), len(plan.tiers) - 1


def test_a_thousand_agents_over_three_hops_cost_three_thousand_messages_a_look():
    found, depth = hops(1000)
    assert depth == 3
    # Of the last look a few are still on their way.
    assert found == pytest.approx(3000, rel=1e-3)


def test_messages_grow_faster_than_agents_because_the_tree_gets_deeper():
    """From 100 to 1000 agents the tree gains a hop: 200 and 3000 messages, a slope of 1.176.

    The figure of 1.1003 is the same product, n times depth, between 1e3 and 1e6 agents.
    """
    (few, shallow), (many, deep) = hops(100), hops(1000)
    assert (shallow, deep) == (2, 3)
    slope = math.log10(many / few)
    assert slope == pytest.approx(1 + math.log10(3 / 2), abs=1e-3)
    assert math.log10(6 * 10**6 / (3 * 10**3)) / 3 == pytest.approx(1.1003, abs=1e-4)


def test_the_load_that_is_foretold_is_the_load_that_is_carried():
    plan, found = drive(
        duration="10s",
        agents={"count": 200, "features": 1, "rate": "1Hz"},
        tree={"local": 20, "regional": 5},
        routing={"every": "1s", "heartbeat": "2s", "rate": "200kbps"},
    )
    facts = routing_facts(plan)
    foretold = max(line.load for line in facts.lines)
    assert ROUTING_FIGURES["routing.utilisation"](found, plan) == pytest.approx(foretold, rel=0.01)
