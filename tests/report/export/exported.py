"""A small run that has something of everything, as the exports see it.

Four replicas agree while region 0 is cut off and some agents and an aggregator lie; nothing is
stored, so a test costs the run alone.
"""

import json
from functools import cache
from typing import Any

from sim.campaign.parquet import stacked
from sim.campaign.replications import alike, whole
from sim.engine.simulation import Recording, Simulation, replication_seed
from sim.measure.metrics import measure
from sim.measure.tables import Tables
from sim.report.export.stored import Stored
from sim.scenario.plan import Plan
from tests.engine.scenarios import RING, plan_of

CUT = {"kind": "partition", "groups": [["region-0"], "rest"], "at": "800ms", "until": "1400ms"}
LIARS = [
    {"where": "agents", "share": "20%", "kind": "push", "to": "3sd", "from": "500ms"},
    {"where": "locals", "budget": 1, "kind": "forge", "by": "2sd"},
]
BLOCKS: dict[str, Any] = {
    "duration": "2s",
    "topology": RING,
    "tree": {"regional": 3, "replicas": {"root": 4}},
    "agreement": {"protocol": {"kind": "pbft"}, "certify": True},
    "measure": {"every": "200ms"},
    "adversaries": LIARS,
}


def plan(messages: Any = True) -> Plan:
    """The scenario, keeping these messages."""
    return plan_of(CUT, **BLOCKS, journal={"messages": messages})


def stored(messages: Any = True, count: int = 1, replication: int | None = None) -> Stored:
    """A run of so many replications, of which one is looked at; each runs once."""
    return as_stored(plan(messages), _recordings(json.dumps(messages), count), replication)


@cache
def _recordings(messages: str, count: int) -> list[Recording]:
    one = plan(json.loads(messages))
    return [Simulation(one, replication_seed(one.seed, number)).run() for number in range(count)]


def as_stored(of: Plan, recordings: list[Recording], replication: int | None = None) -> Stored:
    """What would be read of these replications if they were stored."""
    tables = alike([whole(one.tables) for one in recordings])
    return Stored(
        plan=of,
        run_id="0123abcd-s1",
        file="small.yaml",
        replication=replication,
        seed=replication_seed(of.seed, replication or 0),
        tables=Tables.of(tables[replication or 0]),
        names=tuple(sorted(tables[0])),
        read=lambda name: stacked([one[name] for one in tables]),
        metrics=tuple(measure([Tables.of(one) for one in tables], of)),
    )
