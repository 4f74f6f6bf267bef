"""Decisions are about the agents that are there now, and as old as their scores are."""

import numpy as np
import pytest

from sim.engine.simulation import Simulation
from tests.engine.scenarios import plan_of

SHIFTED = {"agents": "10%", "kind": "shift", "size": "9sd", "at": "6s"}


def alarms(wait):
    """Of QuTE, with scores that count for 1.2 s."""
    plan = plan_of(
        duration="9s",
        agents={"count": 120, "features": 1},
        tree={"local": 10, "regional": 4},
        staleness={"anomaly": "200ms"},
        anomalies=[{**SHIFTED, "for": "3s"}],
        detection={
            "detector": "z",
            "control": {"kind": "qute", "alpha": "10%"},
            "decide": "local",
            "every": "1s",
            "wait": wait,
            "learn": "1s",
            "calibrate": "4s",
        },
    )
    return Simulation(plan, seed=1).run().tables["points"]["alarm"].tolist()


def test_a_long_exchange_does_not_make_scores_older_than_they_are():
    """They are of the instant at which it begins; twice the wait would be too old to count."""
    assert alarms("900ms") == alarms("100ms")
    assert any(alarms("900ms"))


@pytest.fixture(scope="module")
def decided():
    """A run that has decided once, with scores on their way, before anybody moves."""
    plan = plan_of(
        duration="4s",
        detection={
            "detector": "z",
            "control": {"kind": "threshold", "score": 1},
            "decide": "root",
            "every": "500ms",
            "learn": "1s",
            "calibrate": "1s",
        },
    )
    sim = Simulation(plan, seed=1)
    sim.run()
    assert sim.detection is not None
    sim.detection.reseat(np.array([3, 7]))
    return sim.detection


def test_what_was_decided_of_a_row_is_not_about_who_sits_there_next(decided):
    scores, found = decided.latest
    assert np.flatnonzero(np.isnan(scores)).tolist() == [3, 7]
    assert found.any()
    assert not found[[3, 7]].any()


def test_scores_that_are_held_or_under_way_are_not_taken_for_those_of_who_comes(decided):
    held = decided.here.decider.held[0].known
    assert np.flatnonzero(np.isnan(held)).tolist() == [3, 7]
    (_, under_way), *_ = decided._snapshots.values()
    assert np.flatnonzero(np.isnan(under_way[0])).tolist() == [3, 7]
