"""Small runs with a membership: 24 agents, 6 locals in 2 regions, a root of 4 replicas.

Parents watch with heartbeats of 200 ms and a timeout of 500 ms, so a failure is known 300 to 500 ms
after it, about; agents report every 100 ms, and so do aggregators.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.engine.simulation import Recording
from tests.engine.scenarios import RING, run

AGENTS = 24
HEARTBEAT = {"detector": {"kind": "heartbeat", "period": "200ms", "timeout": "500ms"}}
PHI = {"detector": {"kind": "phi", "period": "200ms"}}
SWIM = {"detector": {"kind": "swim", "period": "200ms", "timeout": "60ms", "suspicion": 1}}
TREE = {"regional": 3, "replicas": {"root": 4}}
CRASH = {"kind": "crash", "nodes": ["local-3"], "at": "2s", "until": "4s", "durable": False}
CUT = {"kind": "partition", "groups": [["local-3"], "rest"], "at": "2s", "until": "4050ms"}
PAUSE = {"kind": "pause", "nodes": ["local-3"], "at": "2s", "until": "4s"}


def members(
    *faults: Mapping[str, Any],
    watched: Mapping[str, Any] = HEARTBEAT,
    rehome: bool = True,
    watch: str = "locals",
    loss: str = "0%",
    **blocks: Any,
) -> Recording:
    """One run of 6 s; each runs once, however many tests look at it."""
    return run(
        *faults,
        tree=TREE,
        topology={**RING, "loss": loss},
        membership={**watched, "rehome": rehome, "watch": watch},
        duration="6s",
        **blocks,
    )


def events(recording: Recording, what: str, member: str | None = None) -> list[dict[str, Any]]:
    """The rows of a kind of event, as dictionaries."""
    table = recording.tables.get("members", {"event": np.array([])})
    rows = [
        {column: values[row].item() for column, values in table.items()}
        for row in np.flatnonzero(table["event"] == what)
    ]
    return [row for row in rows if member in (None, row["member"])]


def counted(recording: Recording) -> list[int]:
    """How many agents the root has heard of at each sample after the first second."""
    samples = recording.tables["samples"]
    return samples["heard"][samples["time_ns"] > 1_000_000_000].tolist()
