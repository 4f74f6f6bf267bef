import pytest

from sim.protocol.antientropy.comparison import Options
from sim.protocol.antientropy.costs import comparison_cost
from sim.protocol.antientropy.registry import METHODS


@pytest.mark.parametrize(
    "wrong",
    [
        {"every_ns": 0},
        {"retry_ns": -1},
        {"window": 0},
        {"retries": 0},
        {"chunk_bytes": 100},
        {"portion": 1},
        {"fan_out": 1},
        {"fan_out": 5000},
        {"symbols_max": 0},
        {"nodes_max": 0},
    ],
)
def test_numbers_that_cannot_work_are_refused(wrong):
    with pytest.raises(ValueError, match=r"too small|fan-out"):
        Options(**wrong)


def test_every_method_has_a_cost_and_no_other_has():
    for method in METHODS:
        assert comparison_cost(method, 1000, 10, Options()).bytes > 0
    with pytest.raises(KeyError):
        comparison_cost("gossip", 1000, 10, Options())
