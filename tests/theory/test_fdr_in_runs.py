"""Realised false discovery rates of whole runs, against what the procedures promise (theory 10).

Values are independent from report to report and agents are alike, so what BH on conformal p-values
assumes holds: false alarms are a share pi0 * alpha of all alarms, exactly. One agent in ten is
anomalous from the first decision to the last, by so much that it is always found.
"""

import json

import numpy as np
import pytest

from sim.engine.simulation import Simulation
from sim.scenario import parse_scenario

ALPHA, AGENTS, ANOMALOUS = 0.1, 400, 0.1
SCENARIO = {
    "schema": 1,
    "name": "false-discoveries",
    "duration": "60s",
    "agents": {
        "count": AGENTS,
        "features": 2,
        "rate": "10Hz",
        "behaviour": {"kind": "synthetic", "spread": 0, "drift": "none"},
    },
    "topology": {"kind": "point", "jitter": "2ms"},
    "tree": {"local": 20, "regional": 5},
    "measure": {"every": "10s"},
    "detection": {
        "detector": {"kind": "z", "pool": "rms"},
        "scope": "own",
        "every": "200ms",
        "learn": "10s",
        "calibrate": "20s",
    },
}


def false_shares(control, decide="root", agents=f"{ANOMALOUS:.0%}"):
    """Share of false alarms among all alarms at each decision, (decisions,)."""
    detection = {**SCENARIO["detection"], "control": control, "decide": decide}
    shift = {"agents": agents, "kind": "shift", "size": "9sd", "at": "30s", "for": "30s"}
    text = json.dumps({**SCENARIO, "detection": detection, "anomalies": [shift]})
    plan = parse_scenario(text, "scenario.yaml")
    points = Simulation(plan, seed=20261122).run().tables["points"]
    alarm = points["alarm"].reshape(-1, AGENTS)
    false = alarm & (points["label"].reshape(-1, AGENTS) == 0)
    return false.sum(axis=1) / np.maximum(alarm.sum(axis=1), 1)


@pytest.mark.slow
def test_bh_at_the_root_makes_the_false_discoveries_that_theory_says():
    shares = false_shares({"kind": "bh", "alpha": f"{ALPHA:.0%}"})
    error = shares.std() / np.sqrt(len(shares))
    assert abs(shares.mean() - (1 - ANOMALOUS) * ALPHA) < 4 * error
    assert error < 0.005


@pytest.mark.slow
def test_calibrated_e_values_make_fewer_false_discoveries_than_asked():
    shares = false_shares({"kind": "e_bh", "alpha": f"{ALPHA:.0%}"})
    assert shares.mean() <= (1 - ANOMALOUS) * ALPHA


@pytest.mark.slow
def test_bh_at_each_local_for_itself_loses_control():
    """With all anomalies below one local the others add false alarms of their own (theory 10)."""
    five = [f"agent-{number}" for number in range(5)]
    bh = {"kind": "bh", "alpha": f"{ALPHA:.0%}"}
    alone, together = false_shares(bh, "local", five), false_shares(bh, "root", five)
    error = np.hypot(alone.std(), together.std()) / np.sqrt(len(alone))
    assert together.mean() < ALPHA + 4 * error
    assert alone.mean() > 2 * ALPHA
