from dataclasses import replace

import numpy as np
import pytest

from sim.campaign.store import FinishedRun


def tables(replication):
    rows = 3 + replication
    return {
        "samples": {
            "time_ns": np.arange(rows) * 1_000_000_000,
            "mean_age_ns": np.linspace(0, 1, rows) + replication,
            "count": np.full(rows, 20, np.int32),
        },
        "faults": {
            "fault": np.array(["faults[0]", "faults[1]"]),
            "kind": np.array(["partition", "partition"]),
            "cuts": np.array([True, False]),
        },
        "traffic": {"tier": np.array([], "<U1"), "messages": np.array([], np.int64)},
    }


RUN = FinishedRun(
    name="partition-recovery",
    path="scenarios/05-partition-recovery.yaml",
    scenario="seed: 7 # ä\n",
    resolved={"seed": 7, "agents": {"count": 20}},
    seed=7,
    started="2026-11-22T10:00:00Z",
    wall_s=1.25,
    fingerprints=[{"fingerprint": "ab", "parts": {"traffic": "cd"}}] * 2,
    verdict={"outcome": "passed", "reasons": []},
    replay="sim replay results/runs/partition-recovery/latest",
    metrics=[
        {
            "name": "recovery.time.p95",
            "value": 1.5,
            "unit": "s",
            "n": 2,
            "low": float("nan"),
            "high": float("inf"),
            "censored": 1,
        }
    ],
    replications=[tables(0), tables(1)],
)


@pytest.fixture
def run():
    return RUN


@pytest.fixture
def make_run():
    return lambda **changes: replace(RUN, **changes)


def files_under(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def everything_under():
    return files_under
