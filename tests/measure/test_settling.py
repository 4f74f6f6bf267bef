"""How many replications settle a threshold: the interval must shrink until it leaves the bound."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.metrics import MetricValue
from sim.measure.settling import MOST, replications_to_settle
from sim.scenario.plan import Threshold

AT_MOST_10 = Threshold("staleness.root.mean", None, 10.0, 0)


def needed(value, low, high, threshold=AT_MOST_10, replications=20):
    found = MetricValue("staleness.root.mean", value, "s", replications, low, high, 0)
    return replications_to_settle(found, threshold, replications)


def test_twice_as_wide_as_it_may_be_takes_four_times_as_many():
    assert needed(9.0, 7.0, 11.0) == 80


@given(distance=st.floats(0.5, 1.0), reach=st.floats(1.01, 10.0), replications=st.integers(2, 200))
def test_with_so_many_the_interval_leaves_the_bound_and_with_fewer_it_does_not(
    distance, reach, replications
):
    value = 10.0 - distance
    count = needed(value, value - reach, value + reach, replications=replications)
    for replications_then, leaves in ((count * 1.001, True), (count - 1.001, False)):
        assert (value + reach * math.sqrt(replications / replications_then) <= 10.0) == leaves


def test_the_nearer_of_two_bounds_counts():
    both = Threshold("staleness.root.mean", 8.0, 20.0, 0)
    assert needed(9.0, 7.0, 11.0, both) == 80


def test_the_longer_side_counts_for_a_share_is_cut_off_at_1():
    share = Threshold("coverage.min", 0.9, None, 0)
    assert needed(0.99, 0.81, 1.0, share) == 80


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        (10.0, 9.0, 11.0),
        (math.nan, math.nan, math.nan),
        (math.inf, 4.0, math.inf),
        (9.0, 7.0, math.inf),
        (10.0 - 1e-6, 9.0, 11.0),
    ],
    ids=["at the bound", "undefined", "censored", "without an end", f"more than {MOST}"],
)
def test_what_no_number_of_replications_settles_has_none(value, low, high):
    assert needed(value, low, high) is None
