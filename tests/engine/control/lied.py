"""Small runs with replicas of the root that lie: 24 agents, four publications in 2.4 s.

A message between neighbouring sites takes 10.55 ms, so PBFT decides after some 40 ms.
"""

from functools import cache
from typing import Any

import numpy as np

from sim.engine.simulation import Recording, Simulation
from sim.scenario.plan import Plan
from tests.engine.scenarios import RING, plan_of

TIMEOUT = "400ms"
PROTOCOLS: dict[str, Any] = {
    "versions": "versions",
    "consistent_broadcast": "consistent_broadcast",
    "bracha": "bracha",
    "imbs_raynal": "imbs_raynal",
    "approximate": {"kind": "approximate", "round": "40ms"},
    "witness": "witness",
    "pbft": {"kind": "pbft", "timeout": TIMEOUT},
    "hotstuff": {"kind": "hotstuff", "timeout": TIMEOUT},
}
NOTHING = {"version": np.empty(0, int), "replica": np.empty(0, int)}
"""What is decided where nobody decides anything."""
EVERY = {"at": "regionals", "class": "baseline", "every": "500ms"}
READS = [{**EVERY, "prefer": "availability"}, {**EVERY, "prefer": "consistency"}]


def members(protocol: str) -> int:
    """Replicas that withstand one liar."""
    return 6 if protocol == "imbs_raynal" else 4


def plan(protocol: str, *liars: dict[str, Any], agreement: Any = None, **blocks: Any) -> Plan:
    """A run in which these lie; each is an entry of `adversaries`."""
    settings = {
        "duration": "2400ms",
        "topology": RING,
        "tree": {"replicas": {"root": members(protocol)}},
        "agreement": {"protocol": PROTOCOLS[protocol], **(agreement or {})},
        "reads": READS,
        "measure": {"every": "1s"},
        "adversaries": list(liars),
    }
    faults = blocks.pop("faults", ())
    return plan_of(*faults, **{**settings, **blocks})


def simulation(protocol: str, *liars: dict[str, Any], **blocks: Any) -> Simulation:
    """The same, ready to run."""
    return Simulation(plan(protocol, *liars, **blocks), seed=1)


@cache
def run(protocol: str, kind: str = "", replica: int = 0) -> Recording:
    """A run in which one replica lies all the time; each runs once, however many ask."""
    options = {"by": "1s"} if kind == "stale_replay" else {}
    liars = [{"where": f"root-0/{replica}", "kind": kind, **options}] if kind else []
    return simulation(protocol, *liars).run()


def decided(recording: Recording, replica: int) -> list[int]:
    """Versions that a replica decided."""
    table = recording.tables.get("decisions", NOTHING)
    return sorted(table["version"][table["replica"] == replica].tolist())


def answered(recording: Recording, prefer: str) -> float:
    """Share of the reads with this preference in the second half of the run that got an answer."""
    table = recording.tables["reads"]
    mine = (table["prefer"] == prefer) & (table["at_ns"] > 1_200_000_000)
    return float(table["answered"][mine].mean())


def worst(recording: Recording, prefer: str) -> float:
    """Largest error of an answer with this preference, in sd; 0 without any."""
    table = recording.tables["reads"]
    mine = (table["prefer"] == prefer) & table["answered"]
    return float(table["error"][mine].max(initial=0.0))
