"""Counting what is known at each report of a parent, against asking for every report in turn."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sim.telemetry.emission import NEVER
from sim.telemetry.fold import held_counts, held_states, known_instants, slots, sum_groups, sum_held

PERIOD_NS, ROWS = 10, 4
INSTANTS = st.one_of(st.integers(0, 60).map(float), st.just(NEVER))
ARRIVALS = arrays.arrays(np.float64, st.tuples(st.integers(0, 5), st.just(6)), elements=INSTANTS)
"""Six children, in groups of three; a row each report number."""
DUE = st.lists(st.integers(0, 9), min_size=6, max_size=6)


def is_known(arrivals_ns, child, report, now_ns):
    """Whether a report, or any later one of its child, has arrived by then."""
    return any(there <= now_ns for there in arrivals_ns[report:, child])


@given(ARRIVALS)
def test_what_a_report_brought_is_learnt_with_it_or_with_a_later_one(arrivals_ns):
    known_ns = known_instants(arrivals_ns)
    for (report, child), instant in np.ndenumerate(known_ns):
        assert instant == arrivals_ns[report:, child].min()


@given(ARRIVALS, DUE, st.integers(40, 60))
def test_each_row_counts_the_reports_that_are_known_by_then(arrivals_ns, due_ns, until_ns):
    slot = slots(known_instants(arrivals_ns), np.array(due_ns, float), PERIOD_NS, ROWS, until_ns)
    counts = held_counts(slot, ROWS)
    for child in range(6):
        for row in range(ROWS):
            now_ns = due_ns[child] + row * PERIOD_NS
            known = [is_known(arrivals_ns, child, k, now_ns) for k in range(len(arrivals_ns))]
            assert counts[row, child] == sum(known)
        known = [is_known(arrivals_ns, child, k, until_ns - 1) for k in range(len(arrivals_ns))]
        assert counts[ROWS, child] == sum(known)


def test_an_arrival_at_the_instant_of_a_report_is_in_it():
    known_ns = np.array([[19.0, 20.0, 21.0]])
    assert slots(known_ns, np.zeros(3), 10, 5, 100).tolist() == [[2, 2, 3]]


def test_what_is_known_only_after_the_step_is_beyond_the_last_row():
    known_ns = np.array([[49.0, 50.0, NEVER]])
    assert slots(known_ns, np.zeros(3), 10, 2, 50).tolist() == [[2, 3, 3]]


@given(ARRIVALS, DUE, st.sampled_from([np.int64, np.float64]))
def test_the_sum_of_a_group_is_that_of_the_totals_that_are_known(arrivals_ns, due_ns, dtype):
    reports = len(arrivals_ns)
    totals = np.arange((reports + 1) * 6 * 2).reshape(reports + 1, 6, 2).astype(dtype) ** 2
    slot = slots(known_instants(arrivals_ns), np.array(due_ns, float), PERIOD_NS, ROWS, 60)
    counts = held_counts(slot, ROWS)
    sums = sum_held(totals, counts, 3)
    for row in range(ROWS + 1):
        held = np.array([totals[counts[row, child], child] for child in range(6)])
        assert sums[row].tolist() == [held[:3].sum(axis=0).tolist(), held[3:].sum(axis=0).tolist()]


def test_whole_numbers_are_summed_to_the_last_bit_in_either_type():
    large = np.array([[2**52 - 1], [1], [-3], [2**40 + 1]])
    expected = [[2**52], [2**40 - 2]]
    assert sum_groups(large, 2).tolist() == expected
    assert sum_groups(large.astype(np.float64), 2).tolist() == expected


def test_integers_beyond_a_float_are_summed_exactly():
    assert sum_groups(np.array([[2**62 + 1], [2**61 + 1]]), 2).tolist() == [[2**62 + 2**61 + 2]]


def test_the_state_that_is_held_is_that_of_the_newest_report_or_the_one_before_the_step():
    before = np.array([[10], [20]])
    states = np.array([[[11], [21]], [[12], [22]]])
    counts = np.array([[0, 1], [2, 1]])
    assert held_states(before, states, counts).tolist() == [[[10], [21]], [[12], [21]]]
