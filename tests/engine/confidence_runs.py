"""Runs whose nodes state intervals: 240 agents, 12 locals, 4 regionals and a root, by default.

Features are independent, so one look at many features is a sample of intervals. A pane has 25
reports of each agent; at a publication half a second later all of them are known everywhere.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from sim.engine.simulation import Simulation
from sim.scenario import parse_scenario
from sim.scenario.plan import Plan

BASE: Mapping[str, Any] = {
    "schema": 1,
    "name": "intervals",
    "duration": "3s",
    "agents": {"count": 240, "features": 500, "rate": "10Hz"},
    "topology": {"kind": "point", "jitter": "2ms"},
    "tree": {"local": 20, "regional": 3, "forward": "10Hz"},
    "baseline": {"publish": "3s", "pane": "2500ms"},
    "measure": {"every": "3s"},
    "confidence": {},
}
ICC = 0.1
AGENTS: Mapping[str, Any] = {
    "kind": "synthetic",
    "spread": math.sqrt(ICC / (1 - ICC)),
    "noise": 1,
    "drift": "none",
}
LOCAL, REGIONAL, ROOT = 1, 2, 3


@dataclass(frozen=True)
class Stated:
    """The table of intervals of one run."""

    rows: Mapping[str, np.ndarray]

    def at(self, tier: int, column: str) -> np.ndarray:
        """A column of a tier, publication by publication."""
        return self.rows[column][self.rows["tier"] == tier]

    def share(self, tier: int, column: str = "covered") -> float:
        """Of all intervals of a tier."""
        return self.at(tier, column).sum() / self.at(tier, "intervals").sum()

    def broken(self, tier: int) -> set[str]:
        """Every assumption that was ever found broken."""
        return {name for row in self.at(tier, "broken").tolist() for name in row.split()}


def plan_of(*faults: Mapping[str, Any], behaviour: Mapping[str, Any] = {}, **blocks: Any) -> Plan:
    """The base scenario with faults; `blocks` are put over its own, key by key."""
    text = {**BASE, "faults": list(faults)}
    for name, block in blocks.items():
        text[name] = {**text.get(name, {}), **block} if isinstance(block, Mapping) else block
    text["agents"] = {**text["agents"], "behaviour": {**AGENTS, **behaviour}}
    return parse_scenario(json.dumps(text), "scenario.yaml")


def stated(*faults: Mapping[str, Any], seed: int = 1, **blocks: Any) -> Stated:
    """What nodes of such a run state; each scenario runs once, however many ask."""
    return _stated(json.dumps([faults, blocks, seed], sort_keys=True))


@cache
def _stated(text: str) -> Stated:
    faults, blocks, seed = json.loads(text)
    simulation = Simulation(plan_of(*faults, **blocks), seed)
    # As `run` does, without its collection of garbage, which takes longer than these runs.
    simulation.prepare()
    simulation.play()
    return Stated(simulation.finish().tables["intervals"])


def error(share: float, intervals: int) -> float:
    """Standard error of the share of so many independent intervals."""
    return math.sqrt(share * (1 - share) / intervals)
