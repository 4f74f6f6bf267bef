"""The agents' own sums: exact, or refused."""

import pytest

from sim.engine.simulation import simulate
from sim.errors import InputError
from sim.scenario import parse_scenario

FLAT = """
schema: 1
name: flat
duration: 1s
agents: {{count: 40000, features: 1, rate: 10Hz, behaviour: {{kind: synthetic, spread: {spread}}}}}
topology: {{kind: point}}
tree: {{local: 40000, levels: 2}}
measure: {{every: 1s}}
"""


def test_values_whose_squares_no_integer_holds_are_refused_with_a_way_out():
    with pytest.raises(InputError, match=r"over 40000 agents: raise agents\.scale"):
        simulate(parse_scenario(FLAT.format(spread=1000), "flat.yaml"), seed=1)


def test_a_flat_collector_of_many_agents_is_exact_with_ordinary_values():
    recording = simulate(parse_scenario(FLAT.format(spread=1), "flat.yaml"), seed=1)
    assert recording.tables["samples"]["count"][-1] > 350_000
