"""Messages of a round, counted in runs: theory section 11, exactly."""

import math

import pytest

from sim.engine.simulation import Simulation
from sim.scenario import parse_scenario

SCENARIO = """
schema: 1
name: rounds
duration: {rounds}s
agents: {{count: {agents}, features: 1, rate: 1Hz, behaviour: {{kind: synthetic, drift: none}}}}
topology: {{kind: point, per_hop: 0ms, jitter: {{kind: constant, value: 1ms}}, loss: 0%}}
tree: {{local: 50, regional: 10, levels: auto, forward: 1Hz}}
measure: {{every: {rounds}s}}
"""


def messages_of_a_round(agents: int, rounds: int = 1) -> tuple[int, int]:
    """Messages per round, and hops from an agent to the root, of a whole run."""
    plan = parse_scenario(SCENARIO.format(agents=agents, rounds=rounds), "rounds.yaml")
    recording = Simulation(plan, seed=1).run()
    assert recording.messages % rounds == 0
    return recording.messages // rounds, len(plan.tiers) - 1


@pytest.mark.parametrize(
    ("agents", "messages", "hops"),
    [(1_000, 1_022, 3), (10_000, 10_222, 4), (100_000, 102_222, 5)],
)
def test_a_batched_round_takes_the_messages_of_theory(figure, agents, messages, hops):
    found = messages_of_a_round(agents, rounds=2)
    assert found == (messages, hops)
    figure("11", f"in a run, {agents:,} agents: messages of a round", messages, found[0])


@pytest.mark.slow
def test_a_round_of_a_million_agents_takes_1_022_222_messages_over_6_hops():
    assert messages_of_a_round(1_000_000) == (1_022_222, 6)


def test_messages_grow_linearly_and_not_as_n_log_n():
    """theory 11: the log-log slope of batched rounds is 1.000."""
    few, many = messages_of_a_round(1_000)[0], messages_of_a_round(100_000)[0]
    slope = math.log(many / few) / math.log(100)
    assert slope == pytest.approx(1.000, abs=0.0005)
