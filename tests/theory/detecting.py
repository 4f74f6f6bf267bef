"""Runs in which independent values of agents that are alike are judged, and what was decided."""

import json

from sim.engine.simulation import Simulation
from sim.scenario import parse_scenario

ALIKE = {
    "schema": 1,
    "topology": {"kind": "point", "jitter": "2ms"},
    "tree": {"local": 20, "regional": 5},
    "measure": {"every": "10s"},
}


def agents_alike(count):
    """The block of so many agents without any drift."""
    return {
        "count": count,
        "features": 2,
        "rate": "10Hz",
        "behaviour": {"kind": "synthetic", "spread": 0, "drift": "none"},
    }


def decided_on(scenario):
    """Whether each agent was called anomalous at each decision, and whether it was.

    Both of shape (decisions, agents).
    """
    plan = parse_scenario(json.dumps(scenario), "scenario.yaml")
    points = Simulation(plan, seed=20261122).run().tables["points"]
    agents = plan.agents.count
    return tuple(points[name].reshape(-1, agents) != 0 for name in ("alarm", "label"))
