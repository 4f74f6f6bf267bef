"""How old a digest may be: one round, or the root would hear agents who are long gone."""

import numpy as np

from tests.engine.lies.runs import ROBUST, integrity, run

CRASH = {"kind": "crash", "nodes": "regionals", "at": "1200ms", "until": "2200ms"}


def test_digests_of_more_than_one_round_ago_count_no_more():
    """Both regionals are down from 1.2 to 2.2 s; publications every 0.5 s."""
    recording = run(faults=[CRASH], baseline={"rule": ROBUST})
    items = integrity(recording, "items")
    assert items[:2].tolist() == [60, 60]  # at 0.5 and 1 s
    assert items[2] == 60  # at 1.5 s: those of the round at 1 s
    assert items[3] == 0  # at 2 s
    assert items[5] == 60  # at 3 s: the regionals are back


def test_agents_below_a_local_that_is_gone_are_not_vouched_for():
    crash = {"kind": "crash", "nodes": "local-1", "at": "1200ms"}
    items = integrity(run(faults=[crash], baseline={"rule": ROBUST}), "items")
    np.testing.assert_array_equal(items, [60, 60, 60, 50, 50, 50])
