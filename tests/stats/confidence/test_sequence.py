import math

import numpy as np
import pytest

from sim.stats.anytime import best_r, confidence_sequence
from sim.stats.confidence.contract import Group
from sim.stats.confidence.registry import make_interval
from sim.stats.confidence.sequence import Sequence


def test_of_one_agent_it_is_the_confidence_sequence_of_its_values():
    """But for Student's quantile: the deviation is estimated, from 10 000 values here."""
    interval = Sequence(horizon=500).interval(Group.of(10_000, 1, 3.0, 2.0, math.nan))
    low, high = confidence_sequence(10_000, 30_000, 0.05, best_r(500, 0.05), sd=2.0)
    assert interval.low == pytest.approx(low, rel=1e-4)
    assert interval.high == pytest.approx(high, rel=1e-4)


def test_a_horizon_counts_the_values_of_each_source():
    """So nodes of all sizes, which see as many reports in a minute, are narrow at one moment."""
    widths = {}
    for K in (2, 200):
        fixed = make_interval("stratified").interval(Group.of(100 * K, K, 0.0, 1.0, 0.1))
        looked_at = Sequence(horizon=100).interval(Group.of(100 * K, K, 0.0, 1.0, 0.1))
        widths[K] = looked_at.half_width / fixed.half_width
    assert widths == pytest.approx({2: 1.549, 200: 1.549}, abs=5e-4)


def test_a_process_is_known_no_better_than_its_sources_however_often_they_speak():
    def width(of, each):
        group = Group.of(20 * each, 20, 0.0, math.hypot(0.3, 1.0), math.hypot(0.3, each**-0.5))
        return Sequence(of=of).interval(group).half_width

    assert width("sources", 10**8) < 0.001
    drawn = make_interval("clustered").interval(Group.of(20, 20, 0.0, 0.3, 0.3), 0.96)
    assert width("process", 10**8) == pytest.approx(drawn.half_width, rel=0.01)


def test_one_source_says_nothing_of_a_process_and_one_value_nothing_of_its_source():
    alone, first = Group.of(50, 1, 0.0, 1.0, math.nan), Group.of(1, 1, 0.0, math.nan, math.nan)
    assert Sequence(of="process").interval(alone).half_width == math.inf
    assert np.isfinite(Sequence(of="sources").interval(alone).half_width)
    assert Sequence(of="sources").interval(first).half_width == math.inf


@pytest.mark.parametrize("options", [{"horizon": 0.0}, {"horizon": math.nan}, {"of": "values"}])
def test_a_sequence_without_a_horizon_or_of_something_else_is_refused(options):
    with pytest.raises(ValueError, match=r"horizon must be positive|of sources or process"):
        make_interval("sequence", options)
