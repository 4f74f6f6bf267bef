"""When the root takes an agent for dead."""

import numpy as np

from sim.engine.routing.deaths import Deaths


def test_who_was_taken_for_dead_before_it_died_was_not_noticed_before_that():
    """Last heard of at 1, cut off, dead at 10: with a patience of 3 the delay is 0, not -6."""
    deaths, alive = Deaths(patience_ns=3), np.array([True])
    deaths.follow(alive, ~alive, 10)
    deaths.look(np.array([1]), 11, 11)
    assert deaths.rows() == [{"agent": 0, "died_ns": 10, "believed_ns": 10}]
