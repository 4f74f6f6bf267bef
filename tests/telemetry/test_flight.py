"""Messages on the way: when they are known, and that merging lost ones changes nothing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.telemetry.emission import NEVER
from sim.telemetry.flight import Flight

ROW = st.tuples(
    st.integers(0, 4),
    st.one_of(st.integers(0, 50).map(float), st.just(NEVER)),
    st.integers(0, 2),
    st.integers(-9, 9),
)
"""Child, arrival, pane, value."""
ROWS = st.lists(ROW, max_size=12).map(lambda rows: sorted(rows, key=lambda row: row[0]))
NEXT = st.lists(st.one_of(st.integers(0, 60).map(float), st.just(NEVER)), min_size=5, max_size=5)


def flight_of(rows):
    """Rows in the order (child, report number); the report number is the place in the list."""
    size = len(rows)
    child, arrival, pane, value = ([row[index] for row in rows] for index in range(4))
    return Flight(
        np.array(child, np.int64),
        np.array(arrival, np.float64),
        np.array(pane, np.int64),
        np.ones(size, np.bool_),
        np.zeros(size, np.bool_),
        np.arange(size, dtype=np.int64)[:, None],
        np.array(value, np.int64).reshape(size, 1),
        np.empty((size, 0)),
    )


def known_plainly(rows, next_ns):
    """The earliest arrival of a report or of any later one of its child."""
    return [
        min([there for other, there, *_ in rows[place:] if other == child] + [next_ns[child]])
        for place, (child, *_) in enumerate(rows)
    ]


@given(ROWS, NEXT)
def test_a_report_is_known_with_the_first_arrival_of_it_or_of_a_later_one(rows, next_ns):
    known_ns = flight_of(rows).known_ns(np.array(next_ns), 0)
    assert known_ns.tolist() == known_plainly(rows, next_ns)


@given(ROWS, NEXT)
def test_merging_changes_neither_what_is_learnt_nor_when(rows, next_ns):
    def learnt(flight):
        """Pane and instant to the sum that is learnt then."""
        known_ns = flight.known_ns(np.array(next_ns), 0)
        total = {}
        for pane, instant, value in zip(
            flight.pane.tolist(), known_ns.tolist(), flight.values[:, 0].tolist(), strict=True
        ):
            total[pane, instant] = total.get((pane, instant), 0) + value
        return {key: value for key, value in total.items() if value}

    assert learnt(flight_of(rows).merged()) == learnt(flight_of(rows))


@given(ROWS)
def test_after_merging_a_lost_report_is_the_last_of_its_child_and_pane_in_a_row(rows):
    merged = flight_of(rows).merged()
    for one, other in zip(range(len(merged)), range(1, len(merged)), strict=False):
        alike = merged.child[one] == merged.child[other] and merged.pane[one] == merged.pane[other]
        assert not (alike and merged.arrival_ns[one] == NEVER)


def test_the_state_of_merged_reports_is_that_of_the_newest():
    merged = flight_of([(0, NEVER, 0, 1), (0, NEVER, 0, 2), (0, 7.0, 0, 4)]).merged()
    assert (merged.state.tolist(), merged.values.tolist()) == ([[2]], [[7]])
    assert merged.arrival_ns.tolist() == [7]


@given(ROWS, st.integers(0, 5), st.integers(0, 5))
def test_the_rows_of_some_children_are_those_of_no_others(rows, first, more):
    part = flight_of(rows).of_children(first, first + more)
    expected = [row[0] for row in rows if first <= row[0] < first + more]
    assert part.child.tolist() == expected


@given(ROWS, st.integers(0, 12))
def test_parts_that_are_put_together_are_the_whole(rows, cut):
    whole = flight_of(rows)
    again = Flight.concatenate([whole.select(slice(0, cut)), whole.select(slice(cut, None))])
    for one, other in ((whole.child, again.child), (whole.values, again.values)):
        assert one.tolist() == other.tolist()
    assert len(again) == len(whole)


def test_an_empty_flight_has_the_widths_asked_for():
    empty = Flight.empty(6, 14)
    assert (len(empty), empty.state.shape, empty.values.shape) == (0, (0, 6), (0, 14))
