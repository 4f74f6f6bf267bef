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
}


def plan(messages: Any = True, **blocks: Any) -> Plan:
    """The scenario; `blocks` are put over its own."""
    return plan_of(CUT, **{**BLOCKS, "journal": {"messages": messages}, **blocks})


@cache
def _recordings(written: str, count: int) -> list[Recording]:
    messages, blocks = json.loads(written)
    one = plan(messages, **blocks)
    return [Simulation(one, replication_seed(one.seed, number)).run() for number in range(count)]


def stored(
    messages: Any = True, count: int = 1, replication: int | None = None, **blocks: Any
) -> Stored:
    """A run of so many replications, of which one is looked at; each runs once."""
    made = _recordings(json.dumps([messages, blocks], sort_keys=True), count)
    tables = alike([whole(one.tables) for one in made])
    chosen = plan(messages, **blocks)
    return Stored(
        plan=chosen,
        run_id="0123abcd-s1",
        file="small.yaml",
        replication=replication,
        seed=replication_seed(chosen.seed, replication or 0),
        tables=Tables.of(tables[replication or 0]),
        names=tuple(sorted(tables[0])),
        read=lambda name: stacked([one[name] for one in tables]),
    )
