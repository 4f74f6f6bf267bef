"""Runs with detection as tables, from a few lines of arithmetic and no engine."""

from dataclasses import replace

import numpy as np

from sim.measure.tables import table as make_table
from sim.scenario.plan import AnomalyPlan, DetectionPlan, Variant
from tests.measure.synthetic import MS, S, make_plan, make_tables

FIRST_S, LAST_S = 15, 60
EVERY_NS = 500 * MS
SHIFT = AnomalyPlan("shift", 25 * S, 45 * S, ("2%",), 0, {}, "anomalies[0]")


def detection_plan(anomalies=(SHIFT,), control=None, decide="root", duration_ns=60 * S):
    """A plan that learns for 10 s, calibrates for 5 s and decides every 500 ms."""
    control = control or Variant("bh", {"alpha": 0.05})
    block = DetectionPlan(Variant("z", {}), "own", control, decide, EVERY_NS, 0, 10 * S, 5 * S)
    plan = make_plan(duration_ns=duration_ns)
    return replace(plan, name="small", detection=block, anomalies=tuple(anomalies))


def detected(
    agents=100, anomalous=4, faults=(), late=2, false=1, missing=0, weight=1.0, first_s=FIRST_S
):
    """The first agents are anomalous from 25 to 45 s, and found `late` decisions late.

    The twin finds them at once. `false` agents are always taken for anomalous by both, and the last
    `missing` agents never have a score at the deciding node.
    """
    instants = np.arange(first_s * S, LAST_S * S, EVERY_NS)
    time_ns, agent = np.repeat(instants, agents), np.tile(np.arange(agents), len(instants))
    is_anomalous = (agent < anomalous) & (time_ns >= 25 * S) & (time_ns < 45 * S)
    wrong = agent >= agents - false
    is_missing = agent >= agents - missing
    alarm = (is_anomalous & (time_ns >= 25 * S + late * EVERY_NS)) | wrong
    columns = {
        "time_ns": time_ns,
        "agent": agent,
        "label": is_anomalous.astype(int),
        "score": np.where(is_missing, np.nan, alarm + agent / agents),
        "alarm": alarm & ~is_missing,
        "central_score": is_anomalous | wrong,
        "central_alarm": is_anomalous | wrong,
        "weight": np.full(len(agent), weight),
    }
    hit = np.arange(anomalous)
    segments = {
        "agent": hit,
        "anomaly": np.ones(anomalous),
        "begin_ns": np.full(anomalous, 25 * S),
        "end_ns": np.full(anomalous, 45 * S),
    }
    return replace(
        make_tables(faults),
        points=make_table("points", columns),
        segments=make_table("segments", segments),
    )
