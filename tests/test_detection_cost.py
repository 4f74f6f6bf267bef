"""What detection costs, as a ratio within one process (`benchmarks/detection_cost.py`)."""

import pytest

from benchmarks.detection_cost import ratios


@pytest.mark.slow
def test_ten_thousand_agents_run_at_a_third_of_the_speed_or_more_with_detection_on():
    detection = {"detector": {"kind": "z"}, "scope": "own", "learn": "3s", "calibrate": "2s"}
    # The best of a few rounds: what else the machine does can only slow a round down.
    rounds = (ratios(10_000, 11, detection, rounds=1) for _ in range(3))
    assert any(ratio >= 1 / 3 for (ratio,) in rounds)
