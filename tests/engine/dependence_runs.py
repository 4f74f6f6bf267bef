"""Small runs whose baselines say how things move together: 24 agents, 6 locals, 3 regionals.

A message takes 2.05 ms, agents report every 100 ms and locals send 400 ms before a publication at
every second; windows end 200 ms before that and hold the ten reports of a second.
"""

import json
from functools import cache
from typing import Any

from sim.engine.simulation import Recording, Simulation
from tests.engine.scenarios import plan_of

WHEN = {"window": "1s", "lead": "400ms", "settle": "200ms"}
SHARED = {"features": 3, "behaviour": {"kind": "synthetic", "drift": "none", "common": 0.7}}


def plan(kind: str, *faults: Any, of: str = "dependence", **blocks: Any) -> Any:
    """A plan with one thing gathered; options of the method are in `options`."""
    options = blocks.pop("options", {})
    baseline = {"publish": "1s", of: {"kind": kind, **WHEN, **options}}
    often = {"agents": SHARED, "measure": {"every": "1s"}, "baseline": baseline}
    return plan_of(*faults, **{**often, **blocks})


def gathered(kind: str, *faults: Any, of: str = "dependence", **blocks: Any) -> Recording:
    """What a run leaves behind; each runs once, however many ask."""
    return _gathered(json.dumps([kind, faults, of, blocks]))


@cache
def _gathered(text: str) -> Recording:
    kind, faults, of, blocks = json.loads(text)
    return Simulation(plan(kind, *faults, of=of, **blocks), seed=1).run()


def rows(recording: Recording, of: str = "dependence") -> list[dict[str, Any]]:
    """The table as rows."""
    table = recording.tables[of]
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]


def traffic(recording: Recording, kind: str, column: str) -> int:
    """Messages or bytes of one kind that were delivered, all tiers."""
    table = recording.tables["traffic"]
    mine = (table["kind"] == kind) & (table["outcome"] == "delivered")
    return int(table[column][mine].sum())
