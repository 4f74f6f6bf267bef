"""Small scenarios that drive the simulator: 24 agents, 6 locals, 3 regionals and a root.

Everybody reports every 100 ms and every message takes 2.05 ms, so what the root knows is at most
three times 102.05 ms old while nothing goes wrong. Samples are taken every 100 ms.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from sim.engine.simulation import Recording, Simulation
from sim.scenario import parse_scenario
from sim.scenario.plan import Plan

MS = 1_000_000
S = 1000 * MS
DELAY_NS = 2_050_000
AGE_MAX_NS = 3 * (100 * MS + DELAY_NS)

BASE: Mapping[str, Any] = {
    "schema": 1,
    "name": "small",
    "duration": "4s",
    "agents": {"count": 24, "features": 2, "rate": "10Hz"},
    "topology": {"kind": "point", "jitter": "2ms"},
    "tree": {"local": 4, "regional": 2},
    "baseline": {"publish": "500ms", "pane": "10s"},
    "staleness": {"baseline": "1s", "anomaly": "500ms"},
    "measure": {"every": "100ms"},
}
RING = {"kind": "ring", "sites": 4, "length_km": 1000, "jitter": "2ms", "placement": "spread"}
"""Four sites; a link takes 8.55 ms. Nodes are dealt over all sites, so many ways cross links."""
LOG = {"messages": True}


def plan_of(*faults: Mapping[str, Any], **blocks: Any) -> Plan:
    """The base scenario with faults; `blocks` are put over its own, key by key.

    A block that has a ``kind`` replaces the whole one.
    """
    text = {**BASE, "faults": list(faults)}
    for name, block in blocks.items():
        merges = isinstance(block, Mapping) and "kind" not in block
        text[name] = {**text.get(name, {}), **block} if merges else block
    return parse_scenario(json.dumps(text), "scenario.yaml")


def run(*faults: Mapping[str, Any], **blocks: Any) -> Recording:
    """What the simulator makes of `plan_of`; each scenario runs once, however many ask."""
    return _run(json.dumps([faults, blocks], sort_keys=True))


@cache
def _run(text: str) -> Recording:
    faults, blocks = json.loads(text)
    return Simulation(plan_of(*faults, **blocks), seed=1).run()


def at(recording: Recording, time_ns: int, column: str) -> Any:
    """A figure of the sample at an instant."""
    samples = recording.tables["samples"]
    (row,) = (samples["time_ns"] == time_ns).nonzero()[0]
    return samples[column][row]


def between(recording: Recording, first_ns: int, last_ns: int, column: str) -> Any:
    """A column of the samples taken in [first, last]; shape (samples,)."""
    samples = recording.tables["samples"]
    inside = (samples["time_ns"] >= first_ns) & (samples["time_ns"] <= last_ns)
    return samples[column][inside]


def outcomes(recording: Recording, tier: str, kind: str = "summary") -> dict[str, int]:
    """Messages of a tier by what became of them."""
    table = recording.tables["traffic"]
    mine = (table["tier"] == tier) & (table["kind"] == kind)
    pairs = zip(table["outcome"][mine].tolist(), table["messages"][mine].tolist(), strict=True)
    return dict(pairs)


def region(recording: Recording, number: int, column: str) -> Any:
    """A column of the samples of one region; shape (samples,)."""
    table = recording.tables["regions"]
    return table[column][table["region"] == number]


def sent_and_arrived(recording: Recording, tier: str, node: int) -> Any:
    """Instants of a node's reports, -1 for those that never arrive; (reports, 2)."""
    table = recording.tables["messages"]
    mine = (table["tier"] == tier) & (table["node"] == node)
    pairs = zip(table["sent_ns"][mine].tolist(), table["arrived_ns"][mine].tolist(), strict=True)
    return sorted(pairs)


def fault_row(recording: Recording, number: int = 0) -> dict[str, Any]:
    """What the recording says of a fault."""
    table = recording.tables["faults"]
    (row,) = (table["fault"] == f"faults[{number}]").nonzero()[0]
    return {name: column[row] for name, column in table.items()}
