"""When the root takes an agent for dead."""

import numpy as np

from sim.campaign.replications import whole
from sim.engine.routing.deaths import Deaths
from sim.measure.tables import Tables
from tests.engine.scenarios import run


def test_who_was_taken_for_dead_before_it_died_was_not_noticed_before_that():
    """Last heard of at 1, cut off, dead at 10: with a patience of 3 the delay is 0, not -6."""
    deaths, alive = Deaths(patience_ns=3), np.array([True])
    deaths.follow(alive, ~alive, alive, 10)
    deaths.look(np.array([1]), 11, 11)
    assert deaths.rows() == [{"agent": 0, "died_ns": 10, "believed_ns": 10}]


def test_who_leaves_in_good_order_has_not_died():
    deaths, all_up = Deaths(patience_ns=3), np.ones(2, bool)
    belongs = np.array([True, False])
    deaths.follow(all_up, ~all_up, belongs, 10)
    deaths.look(np.array([9, 9]), 20, 20)
    assert [row["agent"] for row in deaths.rows()] == [0]


def test_in_a_run_the_dead_are_told_from_those_that_left():
    crash = {"kind": "crash", "nodes": "agent-3", "at": "1s"}
    churn = {"kind": "churn", "nodes": ["agent-7", "agent-8"], "at": "1s", "until": "3s"}
    recording = run(crash, churn, routing={"every": "100ms", "heartbeat": "200ms"})
    assert Tables.of(whole(recording.tables)).deaths["agent"].tolist() == [3]
