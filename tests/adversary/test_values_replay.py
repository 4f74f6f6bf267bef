"""What agents and aggregators say who repeat the past."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.telemetry import holdings
from tests.adversary.drive import (
    MANY,
    MEASURED,
    PERIOD_NS,
    PHASES_NS,
    make,
    states_of,
    sums_of,
)
from tests.reference import adversaries as reference

ALL = np.arange(MANY)


def replayed(strategy, ticks):
    """What all liars claim in each of these ticks; (ticks, liars, features)."""
    return np.array(
        [
            strategy.claim(tick, PHASES_NS + float(tick * PERIOD_NS), ALL, MEASURED[tick])
            for tick in ticks
        ]
    )


def told(strategy, pane, tick, who=ALL):
    """What aggregators say of a pane in report `tick`, if its sums are those at that tick."""
    sums = sums_of(tick, strategy.liars.layout, 1)[who]
    return strategy.tell(pane, (PHASES_NS + float(tick * PERIOD_NS))[who], who, sums)


@given(st.integers(1, 25))
def test_an_agent_claims_what_it_measured_so_many_ticks_ago(lag):
    strategy = make("stale_replay", by_ns=lag * PERIOD_NS)
    expected = reference.stale_replay(MEASURED[10:].tolist(), lag)
    np.testing.assert_array_equal(replayed(strategy, range(10, len(MEASURED))), expected)


def test_a_lag_below_one_report_is_one_report():
    strategy = make("stale_replay", by_ns=1)
    np.testing.assert_array_equal(replayed(strategy, range(10, 14))[1:], MEASURED[10:13])


def test_an_agent_that_was_down_then_has_nothing_to_repeat_and_says_the_truth():
    strategy = make("stale_replay", by_ns=2 * PERIOD_NS)
    claimed = replayed(strategy, [10, 12, 13, 14])
    np.testing.assert_array_equal(claimed, MEASURED[[10, 10, 13, 12]])


def test_an_aggregator_repeats_the_sums_of_its_first_report():
    strategy = make("stale_replay", tier=1)
    first = told(strategy, 1, 13)
    np.testing.assert_array_equal(first, sums_of(13, strategy.liars.layout, 1))
    np.testing.assert_array_equal(told(strategy, 1, 17), first)


def test_an_aggregator_adds_nothing_in_panes_that_began_later():
    strategy = make("stale_replay", tier=1)
    told(strategy, 1, 13)
    assert not told(strategy, 2, 21).any()


def test_an_aggregator_that_begins_later_keeps_the_sums_of_its_own_first_report():
    strategy = make("stale_replay", tier=1)
    told(strategy, 1, 13, np.array([0]))
    late = told(strategy, 1, 15, np.array([0, 1]))
    at_13, at_15 = (sums_of(tick, strategy.liars.layout, 1) for tick in (13, 15))
    np.testing.assert_array_equal(late, [at_13[0], at_15[1]])


def test_reports_of_several_ticks_in_one_call_are_told_as_if_one_by_one():
    strategy = make("stale_replay", tier=1)
    rows = np.array([sums_of(tick, strategy.liars.layout, 1)[0] for tick in (13, 14)])
    claimed = strategy.tell(1, np.array([13.0, 14.0]) * PERIOD_NS, np.array([0, 0]), rows)
    np.testing.assert_array_equal(claimed, rows[[0, 0]])


def test_the_sums_of_an_agent_that_replays_are_those_of_what_it_claimed():
    strategy = make("stale_replay")
    sums = sums_of(13, strategy.liars.layout, 0)
    assert strategy.tell(1, PHASES_NS + 13.0 * PERIOD_NS, ALL, sums) is sums


def test_an_aggregator_stamps_all_it_ever_heard_of_as_fresh():
    now_ns = PHASES_NS + 20.0 * PERIOD_NS
    states = states_of(now_ns)
    states[:, holdings.FRESH], states[:, holdings.HEARD] = 2, 7
    claimed = make("stale_replay", tier=1).ages(now_ns, ALL, states)
    ages = now_ns - claimed[:, holdings.BORN] / claimed[:, holdings.HEARD]
    assert (ages == 0).all()
    assert (claimed[:, holdings.OLDEST] == now_ns).all()
    assert (claimed[:, holdings.FRESH] == 7).all()


@pytest.mark.parametrize("column", [holdings.HEARD, holdings.LEFT])
def test_an_aggregator_does_not_lie_about_whom_it_ever_heard_of(column):
    now_ns = PHASES_NS + 20.0 * PERIOD_NS
    states = states_of(now_ns)
    claimed = make("stale_replay", tier=1).ages(now_ns, ALL, states)
    np.testing.assert_array_equal(claimed[:, column], states[:, column])


def test_an_aggregator_that_heard_of_nobody_claims_nothing_but_that_it_spoke_now():
    now_ns = PHASES_NS + 20.0 * PERIOD_NS
    nobody = np.zeros((MANY, holdings.COLUMNS), np.int64)
    claimed = make("stale_replay", tier=1).ages(now_ns, ALL, nobody)
    assert not claimed[:, holdings.OLDEST :].any()
