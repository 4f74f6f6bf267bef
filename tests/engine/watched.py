"""Small scenarios with detection on, and what its decisions were looking at.

The base scenario has 24 agents, 6 locals and 3 regionals; every message takes 2.05 ms. Decisions
begin at 1.2 s and come every 200 ms.
"""

import numpy as np

from sim.engine.simulation import Simulation
from tests.engine.scenarios import plan_of

LOSSY = {"kind": "point", "jitter": {"kind": "exponential", "mean": "30ms"}, "loss": "20%"}
SHIFT = {"agents": "agent-5", "kind": "shift", "size": "6sd", "at": "2s", "for": "1s"}
DETECTION = {
    "detector": {"kind": "z", "pool": "max"},
    "scope": "population",
    "control": {"kind": "threshold", "score": 5},
    "every": "200ms",
    "wait": "0ms",
    "learn": "600ms",
    "calibrate": "400ms",
}
CUT = {"kind": "partition", "groups": ["region-0", "rest"], "at": "1500ms", "until": "2500ms"}
CRASH = {"kind": "crash", "nodes": ["local-0"], "at": "1500ms", "until": "2s"}
FORGET = {**CRASH, "durable": False}
PAUSE = {"kind": "pause", "nodes": ["local-1"], "at": "1500ms", "until": "2s"}
CHURN = {"kind": "churn", "nodes": ["region-1"], "at": "1500ms", "until": "2500ms"}


def simulation(*faults, detection=None, anomalies=(SHIFT,), **blocks):
    """A run that is about to begin."""
    block = {**DETECTION, **(detection or {})}
    plan = plan_of(*faults, detection=block, anomalies=list(anomalies), **blocks)
    return Simulation(plan, seed=1)


def points_of(recording):
    """Decisions and agents: each column of the points, (decisions, agents)."""
    points = recording.tables["points"]
    decisions = len(np.unique(points["time_ns"]))
    return {name: column.reshape(decisions, -1) for name, column in points.items()}


def decisions_of(simulated):
    """What each decision was looking at: instant, known scores, and the scores that are sent."""
    rows = []
    decide = simulated.detection.decide

    def looking(now_ns):
        found = decide(now_ns)
        watch = simulated.detection.here.watch
        rows.append((now_ns, found, watch.scores(now_ns), watch.newest_ns.copy()))
        return found

    simulated.detection.decide = looking
    return rows
