"""Whole runs on recorded data: recordings become agents, the table of points becomes figures.

Agents sit in AWS regions at their measured delays, some milliseconds to some hundred; nothing is
lost unless a test says so. Nobody is held against the population here, so its baseline is
published once, at the end: a step of the simulator ends wherever something happens.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.detection.scores import rank
from sim.engine.simulation import Recording, Simulation
from sim.scenario import parse_scenario
from tests.data import shared_data

ALARM_ABOVE_Q99 = {"kind": "threshold", "quantile": "99%"}


@dataclass(frozen=True)
class Run:
    """What a run left behind; `points` has a column (decisions, agents) by name."""

    recording: Recording
    points: Mapping[str, np.ndarray]

    def accuracy(self, score: str = "score") -> np.ndarray:
        """ROC-AUC and PR-AUC of each agent, (agents, 2)."""
        columns = zip(self.points["label"].T, self.points[score].T, strict=True)
        areas = [rank(label, scores) for label, scores in columns]
        return np.array([(area.roc_auc, area.pr_auc) for area in areas])

    def recall(self, alarm: str = "alarm") -> float:
        """Anomalous points with an alarm, of all of them."""
        return float(self.points[alarm][self.points["label"] != 0].mean())


def run(agents, duration, detection, *, local, loss="none", faults=()) -> Run:
    """Two hops: `local` agents under a local aggregator, and the root."""
    text = {
        "schema": 1,
        "name": "real-data",
        "duration": duration,
        "agents": agents,
        "topology": {**aws(), "loss": loss},
        "tree": {"local": local, "levels": 2, "forward": "1/h"},
        "detection": {"scope": "own", "control": ALARM_ABOVE_Q99, **detection},
        "faults": list(faults),
        "baseline": {"publish": duration, "pane": duration},
        "staleness": {"baseline": duration, "anomaly": "5s"},
        "measure": {"every": duration},
    }
    recording = Simulation(parse_scenario(json.dumps(text), "scenario.yaml"), seed=1).run()
    points = recording.tables["points"]
    shape = -1, agents["count"]
    return Run(recording, {name: column.reshape(shape) for name, column in points.items()})


def aws():
    """Measured delays between AWS regions, and one-way jitter around 2 ms."""
    return {
        "kind": "rtt_csv",
        "path": str(shared_data("latency_aws/p50_rtt_ms.csv")),
        "jitter": {"kind": "lognormal", "median": "2ms", "sigma": 1.0},
        "placement": "spread",
    }


def trace(path: Path, **options):
    """Behaviour of agents of which each replays a recording of its own from the first row on."""
    return {"kind": "trace", "path": str(path), "shift": "none", **options}


def replay(folder: Path, values, labels):
    """The same for arrays: `values` (agents, rows, features) and `labels` (agents, rows)."""
    file = folder / "recordings.npz"
    arrays = {}
    for agent, (rows, label) in enumerate(zip(values, labels, strict=True)):
        arrays |= {f"agent-{agent:02}_rows": rows, f"agent-{agent:02}_label": label.astype("u1")}
    np.savez(file, **arrays)
    return trace(file, array="*_rows", labels="*_label")
