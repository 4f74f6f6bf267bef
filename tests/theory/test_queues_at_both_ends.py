"""Queues where a node sends (a line with a rate) and where it receives (time per message), in runs.

Reports are periodic, so below saturation there is no wait on the own line and age grows by exactly
the transmission time; above it the backlog grows by (load - 1) seconds per second.
"""

import numpy as np
import pytest

from sim.engine.simulation import simulate
from sim.scenario import parse_scenario
from sim.stats.moments import Layout

SCENARIO = """
schema: 1
name: queues
duration: 20s
agents: {{count: 40, features: 1, rate: 10Hz, behaviour: {{kind: synthetic, drift: none}}}}
topology: {{kind: point, per_hop: 0ms, jitter: {{kind: constant, value: 5ms}}, loss: 0%}}
tree: {{local: 20, levels: 2, {line}}}
measure: {{every: 1s}}
journal: {{messages: true}}
faults: {faults}
"""
BITS = 8 * Layout(1).wire_bytes(panes=2)


def latencies_s(
    line: str, faults: str = "[]", tier: str = "agent"
) -> tuple[np.ndarray, np.ndarray]:
    """When each message of a tier was sent and how long it took, in seconds."""
    plan = parse_scenario(SCENARIO.format(line=line, faults=faults), "queues.yaml")
    messages = simulate(plan, seed=1).tables["messages"]
    chosen = (messages["tier"] == tier) & (messages["arrived_ns"] >= 0)
    sent_ns = messages["sent_ns"][chosen]
    return sent_ns / 1e9, (messages["arrived_ns"][chosen] - sent_ns) / 1e9


def test_below_saturation_a_line_adds_its_transmission_time_and_no_wait(figure):
    _, took = latencies_s(f"uplink: {20 * BITS}bps")  # 50 ms a message, one every 100 ms
    assert took == pytest.approx(0.005 + 0.050, abs=1e-8)
    figure(
        "8.1", "in a run, line at load 0.5: delay of a report, s", 0.055, took.mean(), allowed=1e-8
    )


def test_above_saturation_the_backlog_of_a_line_grows_by_the_excess_load():
    sent, took = latencies_s(f"uplink: [{5 * BITS}bps, none]")  # 200 ms a message: load 2
    number = np.floor(sent / 0.1)
    assert took == pytest.approx(0.005 + 0.2 + number * 0.1, abs=1e-6)


def test_a_degraded_line_queues_and_drains_at_the_rate_that_is_left():
    fault = "[{kind: degrade, nodes: local-0, rate_factor: 0.25, at: 5s, until: 6s}]"
    sent, took = latencies_s(f"uplink: [none, {20 * BITS}bps]", fault, tier="local")
    during, after = (sent > 5.5) & (sent < 6), (sent > 6) & (sent < 6.1)
    # 200 ms a message for ten messages: about 1 s of backlog, which 50 ms a message then works off.
    assert took[during].max() > 0.4
    assert took[after].max() > 0.8
    assert took[sent > 9] == pytest.approx(0.055, abs=1e-8)


def test_a_receiver_takes_simultaneous_messages_one_by_one():
    plan = parse_scenario(SCENARIO.format(line="ingress: [2ms, 0s]", faults="[]"), "queues.yaml")
    table = simulate(plan, seed=1).tables["samples"]
    free = parse_scenario(SCENARIO.format(line="ingress: 0s", faults="[]"), "queues.yaml")
    slower = table["mean_age_ns"] - simulate(free, seed=1).tables["samples"]["mean_age_ns"]
    # 20 messages of 2 ms each 100 ms: load 0.4, so at least the service time and a finite wait.
    assert np.all(slower[2:] >= 0)
    assert 0 < slower[2:].mean() / 1e6 < 100


def test_an_overloaded_receiver_falls_behind_by_the_excess_load(figure):
    plan = parse_scenario(SCENARIO.format(line="ingress: [10ms, 0s]", faults="[]"), "queues.yaml")
    ages = simulate(plan, seed=1).tables["samples"]["mean_age_ns"] / 1e9
    # 20 messages of 10 ms each 100 ms is load 2: what is being taken in at t was sent at t / 2.
    growth = np.diff(ages)[5:]
    assert growth.mean() == pytest.approx(0.5, abs=0.05)
    figure(
        "8.1",
        "in a run, receiver at load 2: age gained, s a second",
        0.5,
        growth.mean(),
        allowed=0.05,
    )
