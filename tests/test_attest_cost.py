"""What attestation costs, as a ratio within one process (`benchmarks/attest_cost.py`)."""

import pytest

from benchmarks.attest_cost import costs


@pytest.mark.slow
def test_ten_thousand_agents_run_at_a_third_of_the_speed_or_more_with_a_round_in_ten_seconds():
    # The best of two: what else the machine does can only slow a run down.
    found = (costs(10_000) for _ in range(2))
    assert any(bare / (bare + kept + a_round) >= 1 / 3 for bare, kept, a_round in found)
