"""Queues in runs against queueing theory, and how a tree's costs grow (theory 0, 8.1 and 11).

Sources are periodic with random phases, so a receiver is N*D/D/1; of very many sources it is as
good as M/D/1. Its load is exactly sources * rate * service.
"""

from functools import cache

import numpy as np
import pytest

from sim.engine.simulation import simulate
from sim.scenario import parse_scenario
from sim.stats.growth import fitted_exponent
from tests.reference.queues import mean_wait_periodic, mean_wait_poisson, periodic_waits

SCENARIO = """
schema: 1
name: queues
duration: {duration}
agents: {{count: {agents}, features: 1, rate: {rate}, behaviour: {{kind: synthetic, drift: none}}}}
topology: {{kind: point, per_hop: 0ms, jitter: {jitter}, loss: 0%}}
tree: {tree}
baseline: {{pane: 100s, publish: 500ms}}
measure: {{every: {every}}}
capacity: {{}}
"""
STEADY = "{kind: constant, value: 1ms}"


@cache
def tables(agents, tree, *, rate="10Hz", duration="2s", every="100ms", jitter=STEADY):
    """What a run leaves; each runs once."""
    blocks = {"agents": agents, "rate": rate, "duration": duration, "every": every}
    plan = parse_scenario(SCENARIO.format(tree=tree, jitter=jitter, **blocks), "queues.yaml")
    return simulate(plan, seed=1).tables


def load(found, tier, column, skip=2):
    """A column of the samples of a tier, the first few left out; (samples,)."""
    table = found["load"]
    return table[column][table["tier"] == tier][skip:]


def mean_wait(found, tier):
    """In nanoseconds."""
    return load(found, tier, "waited_ns").sum() / load(found, tier, "messages").sum()


@pytest.mark.parametrize(("agents", "offered"), [(20, 0.02), (500, 0.5), (1000, 1.0)])
def test_the_load_of_a_flat_collector_is_agents_times_rate_times_service(agents, offered):
    found = tables(agents, "{levels: 1, ingress: 100us}")
    assert load(found, 1, "offered") == pytest.approx(offered, abs=1e-12)
    assert load(found, 1, "utilisation").mean() == pytest.approx(offered, rel=0.03)


def test_every_tier_of_a_tree_has_the_load_of_its_own_children():
    found = tables(1000, "{local: 50, regional: 10, ingress: [100us, 1ms, 10ms]}")
    loads = [load(found, tier, "offered").mean() for tier in (1, 2, 3)]
    assert loads == pytest.approx([50 * 0.001, 10 * 0.01, 2 * 0.1])


def test_the_wait_of_periodic_sources_is_that_of_the_obvious_queue():
    """One collector whose phases are those of the run: every period it repeats itself."""
    found = tables(60, "{levels: 1, ingress: 1500us}", every="100ms")
    plan = SCENARIO.replace("capacity: {{}}", "journal: {{messages: true}}").format(
        agents=60, rate="10Hz", duration="2s", every="1s", jitter=STEADY, tree="{levels: 1}"
    )
    log = simulate(parse_scenario(plan, "phases.yaml"), seed=1).tables["messages"]
    phases = sorted(log["sent_ns"][log["sent_ns"] < 100_000_000].tolist())
    expected = np.mean(periodic_waits(phases, 1e8, 1.5e6))
    assert mean_wait(found, 1) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("ms", [2, 4, 4.5], ids=lambda ms: f"load {ms * 0.2:.1g}")
def test_the_mean_wait_over_random_phases_is_that_of_the_n_d_d_1_queue(figure, ms):
    """400 locals with 20 agents each: 400 draws of 20 phases."""
    sources, locals_ = 20, 400
    found = tables(
        sources * locals_, f"{{local: 20, levels: 2, ingress: [{ms}ms, 0s]}}", duration="500ms"
    )
    services = mean_wait(found, 1) / (ms * 1e6)
    expected = mean_wait_periodic(sources, ms * sources / 100)
    # The mean wait over one draw of phases has a standard deviation of about half its mean.
    assert services == pytest.approx(expected, abs=3 * 0.5 * expected / locals_**0.5)
    what = f"in a run, 20 periodic sources, load {ms * 0.2:.1g}: wait, services"
    figure("8.1", what, expected, services, 0.5 * expected / locals_**0.5)


def test_many_sources_and_delays_at_random_wait_as_at_an_m_d_1_queue(figure):
    jitter = "{kind: exponential, mean: 50ms}"
    blocks = {"rate": "1Hz", "duration": "20s", "every": "500ms", "jitter": jitter}
    found = tables(1000, "{levels: 1, ingress: 500us}", **blocks)
    waited, messages = load(found, 1, "waited_ns"), load(found, 1, "messages")
    services = waited.sum() / messages.sum() / 500e3
    error = np.std(waited / messages / 500e3, ddof=1) / len(waited) ** 0.5
    assert error < 0.02
    # Of 1000 periodic sources the wait is 0.3 % less: 1.6 / N, as the exact formula has it.
    assert services == pytest.approx(mean_wait_poisson(0.5), abs=3 * error + 0.002)
    figure(
        "8.1",
        "in a run, M/D/1 at load 0.5: wait, services",
        mean_wait_poisson(0.5),
        services,
        error,
    )


def test_periodic_sources_wait_less_than_random_ones_and_as_long_when_they_are_many():
    exact = [mean_wait_periodic(n, 0.5) for n in (10, 20, 40)]
    short = mean_wait_poisson(0.5) - np.array(exact)
    assert short[:-1] / short[1:] == pytest.approx([2, 2], rel=0.2)


@pytest.mark.parametrize("ms", [2, 4], ids=["load 0.4", "load 0.8"])
def test_as_many_messages_are_there_as_come_in_the_time_that_one_stays(ms):
    """Little's law, L = lambda W: what samples see against what messages have waited."""
    tree = f"{{local: 20, levels: 2, ingress: [{ms}ms, 0s]}}"
    found = tables(4000, tree, duration="1s", every="37ms")
    there = load(found, 1, "backlog", skip=3)
    rate = 20 / 100e6
    expected = rate * (mean_wait(found, 1) + ms * 1e6)
    # 200 locals at 24 instants that are not those of their periods.
    assert there.mean() == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("times", [1.5, 2, 4])
def test_above_load_1_work_piles_up_by_the_excess_and_what_is_served_ages_by_its_share(
    figure, times
):
    agents = round(100 * times)
    found = tables(agents, "{levels: 1, ingress: 1ms}", duration="4s")
    work_s = load(found, 1, "backlog") * 1e-3
    seconds = 0.1 * (len(work_s) - 1)
    assert (work_s[-1] - work_s[0]) / seconds == pytest.approx(times - 1, abs=0.005)
    assert load(found, 1, "utilisation") == pytest.approx(1)
    # What is served at t was sent at t / load: its age grows by 1 - 1 / load, and never by 1.
    samples = found["samples"]
    ages_s = samples["mean_age_ns"][samples["time_ns"] >= 1_000_000_000] / 1e9
    slope = np.polyfit(0.1 * np.arange(len(ages_s)), ages_s, 1)[0]
    assert slope == pytest.approx(1 - 1 / times, abs=0.05)
    grown = (work_s[-1] - work_s[0]) / seconds
    figure(
        "8.1",
        f"in a run, load {times:g}: work piled up, s a second",
        times - 1,
        grown,
        allowed=0.005,
    )


def test_a_flat_collector_is_full_at_one_agent_for_each_service_in_a_period():
    """At 1 / (10 Hz * 100 us) = 1000 agents; a tenth more and it falls behind for ever."""
    ends = {}
    for agents in (900, 1000, 1100):
        backlog = load(tables(agents, "{levels: 1, ingress: 100us}"), 1, "backlog")
        ends[agents] = backlog[-1] - backlog[len(backlog) // 2]
    assert ends[900] == ends[1000] == 0
    assert ends[1100] == pytest.approx(100 * 10 * 0.9, abs=100)


def test_batched_messages_and_bytes_of_state_grow_linearly_and_the_busiest_node_not_at_all(figure):
    """Theory 11: slope 1.000 of batched rounds, measured in runs."""
    sizes, sent, state, busiest = (1_000, 10_000, 100_000), [], [], []
    for agents in sizes:
        tree = "{local: 50, regional: 10, levels: auto, forward: 1Hz, ingress: 20us}"
        found = tables(agents, tree, rate="1Hz", duration="2s", every="1s")
        table = found["load"]
        last = table["time_ns"] == 2_000_000_000
        up = np.isin(found["traffic"]["kind"], ["update", "summary"])
        sent.append(found["traffic"]["messages"][up].sum() / 2)
        state.append(table["state_total"][last].sum())
        busiest.append(table["offered_max"].max())
    assert sent == [1_022, 10_222, 102_222]
    assert fitted_exponent(sizes, sent).exponent == pytest.approx(1.000, abs=0.0005)
    assert fitted_exponent(sizes, state).exponent == pytest.approx(1.000, abs=0.002)
    assert busiest == pytest.approx([50 * 20e-6] * 3)
    for what, costs in (("messages", sent), ("bytes of state", state)):
        slope = fitted_exponent(sizes, costs).exponent
        figure("11", f"in runs, 10^3 to 10^5 agents: exponent of {what}", 1.0, slope, allowed=0.002)
