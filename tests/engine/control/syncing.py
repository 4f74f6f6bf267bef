"""Runs with four replicas of the root that compare what they hold: 24 agents in six regions of one
local each, at four sites that are 10 ms apart on a ring, panes of 5 s of which seven closed ones
are read, and replica 3 cut off from 9.3 s to 25.3 s unless a test says otherwise.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from sim.engine.simulation import Recording, Simulation
from sim.scenario import parse_scenario
from sim.scenario.plan import Plan

S = 1_000_000_000
AGENTS, PANE_NS = 24, 5 * S
CUT_S, HEAL_S = 9.3, 25.3
ALONE = ("root-0/3",)


def cut(begin_s: float = CUT_S, end_s: float = HEAL_S, side: tuple[str, ...] = ALONE) -> Any:
    """A partition of some from the rest."""
    groups = [list(side), "rest"]
    return {"kind": "partition", "groups": groups, "at": f"{begin_s}s", "until": f"{end_s}s"}


def plan_of(
    *faults: Mapping[str, Any],
    duration: str = "35s",
    sync: Mapping[str, Any] | None = None,
    rate: str = "1Gbps",
    **blocks: Any,
) -> Plan:
    """The scenario with these faults; `sync`: what is other than usual, or None for no syncing."""
    text = {
        "schema": 1,
        "name": "syncing",
        "duration": duration,
        "agents": {"count": AGENTS, "features": 1, "rate": "1Hz"},
        "topology": {"kind": "ring", "sites": 4, "length_km": 2000, "jitter": "2ms"},
        "tree": {"local": 4, "regional": 3, "forward": "1Hz", "replicas": {"root": 4}},
        "baseline": {"publish": "1s", "pane": "5s", "panes": 8},
        "measure": {"every": "10s"},
        "agreement": {"protocol": "versions", "rate": rate},
        "faults": list(faults),
    }
    for name, block in blocks.items():
        text[name] = {**text.get(name, {}), **block}
    if sync is not None:
        text["anti_entropy"] = {"method": "merkle", "every": "1s", **sync}
    return parse_scenario(json.dumps(text), "scenario.yaml")


class Synced:
    """A run that is over."""

    def __init__(self, plan: Plan, seed: int = 1) -> None:
        self.plan = plan
        self.simulation = Simulation(plan, seed)
        self.recording: Recording = self.simulation.run()
        self.roots = [path.root for path in self.simulation.world.telemetry.paths]

    def table(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table."""
        columns = self.recording.tables.get(name, {})
        names, values = list(columns), (column.tolist() for column in columns.values())
        return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]

    def closed(self, replica: int) -> Any:
        """What a replica knows at the end of the closed panes that are read; (panes, columns)."""
        running = self.plan.duration_ns // self.plan.baseline.pane_ns
        panes = range(max(running - self.plan.baseline.panes, 0), running - 1)
        features = self.plan.agents.features
        return np.array([self.roots[replica].window(pane, pane, features) for pane in panes])

    def differing_ns(self) -> list[int]:
        """Publications at which the stores of the replicas were not the same."""
        found: dict[int, set[str]] = {}
        for row in self.table("stores"):
            found.setdefault(row["at_ns"], set()).add(row["digest"])
        return [at_ns for at_ns, digests in found.items() if len(digests) > 1]

    def recovery_ns(self, heal_s: float = HEAL_S) -> int:
        """From the heal to the first publication from which on all stores are the same."""
        heal_ns, times = round(heal_s * S), {row["at_ns"]: None for row in self.table("stores")}
        last_ns = max(self.differing_ns(), default=0)
        return min(at_ns for at_ns in times if at_ns > max(last_ns, heal_ns)) - heal_ns


@cache
def _synced(text: str) -> Synced:
    faults, options = json.loads(text)
    return Synced(plan_of(*faults, **options))


def synced(*faults: Mapping[str, Any], **options: Any) -> Synced:
    """The run of such a scenario; each runs once, however many ask."""
    return _synced(json.dumps([faults, {"sync": {}, **options}], sort_keys=True))
