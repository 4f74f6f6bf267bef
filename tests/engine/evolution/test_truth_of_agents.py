"""Anomalies are of agents: who moves takes its truth along, and has one name in every table."""

from functools import cache

import numpy as np

from tests.engine.evolution.test_evolution import storm

ANOMALOUS = (3, 17, 40)
DEALT = {"joins": "none", "leaves": "none", "shuffle": True}


@cache
def shuffled():
    """Everybody gets another row at every second; three agents shift from 3 s to 6 s."""
    names = [f"agent-{agent}" for agent in ANOMALOUS]
    detection = {
        "detector": "z",
        "control": {"kind": "threshold", "score": 6},
        "every": "500ms",
        "wait": "200ms",
        "learn": "1s",
        "calibrate": "1s",
    }
    anomaly = {"agents": names, "kind": "shift", "size": "20sd", "at": "3s", "for": "3s"}
    sim = storm(evolution=DEALT, duration="8s", detection=detection, anomalies=[anomaly])
    return sim, sim.run().tables


def test_an_anomaly_of_an_agent_that_moves_stays_one_segment():
    segments = shuffled()[1]["segments"]
    assert segments["agent"].tolist() == list(ANOMALOUS)
    assert (segments["end_ns"] - segments["begin_ns"] >= 2_900_000_000).all()


def test_points_of_an_agent_have_its_label_wherever_it_sits():
    points = shuffled()[1]["points"]
    assert set(points["agent"][points["label"] > 0].tolist()) == set(ANOMALOUS)


def test_scores_and_alarms_follow_the_agent_to_its_row():
    points = shuffled()[1]["points"]
    for side in ("alarm", "central_alarm"):
        assert set(points["agent"][points[side]].tolist()) == set(ANOMALOUS)


def test_points_are_of_those_who_are_members():
    sim, tables = shuffled()
    last = tables["points"]["time_ns"] == tables["points"]["time_ns"].max()
    members = np.flatnonzero(sim.evolution.state.parents[0] >= 0)
    assert tables["points"]["agent"][last].tolist() == members.tolist()
