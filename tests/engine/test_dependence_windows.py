"""Windows of vectors: report numbers as rows, gaps where nothing is known."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.dependence.windows import Windows, ticks_between
from sim.telemetry.emission import Emission
from sim.telemetry.moves import Heard
from tests.reference.windows import PlainWindows

AGENTS, ROWS, PERIOD_NS = 3, 5, 10


def heard(*moves):
    """One vector an agent: (agent, birth, vector)."""
    agents, born_ns, vectors = zip(*moves, strict=True)
    known_ns = np.array(born_ns, np.float64) + 1
    state = np.array(born_ns, np.int64)[:, None]
    return Heard(known_ns, np.array(agents), state, np.array(vectors, np.float64))


def windows(features=slice(None)):
    return Windows(ROWS, AGENTS, features, 2, PERIOD_NS)


MOVES = st.tuples(st.integers(0, AGENTS - 1), st.integers(0, 12 * PERIOD_NS), st.booleans())


@given(st.lists(MOVES, max_size=25), st.integers(0, 60), st.integers(0, 120))
def test_windows_are_those_of_somebody_who_remembers_everything(moves, length, end_ns):
    """Of the newest rows: an older window may have been written over."""
    ours, plain = windows(), PlainWindows(ROWS, AGENTS, 2, PERIOD_NS)
    for number, (agent, born_ns, forgets) in enumerate(moves):
        ours.heard([heard((agent, born_ns, (number, -number)))])
        plain.tell(agent, born_ns, (number, -number))
        if forgets:
            ours.forget(np.arange(AGENTS) == agent)
            plain.forget(agent)
    begin_ns = max(end_ns - length, (plain.newest - ROWS + 1) * PERIOD_NS, 0)
    np.testing.assert_array_equal(ours.between(begin_ns, end_ns), plain.between(begin_ns, end_ns))


def test_what_is_measured_stands_where_what_is_heard_does():
    told, seen = windows(), windows()
    vectors = np.arange(12.0).reshape(2, 3, 2)
    sent_ns = np.array([[1.0, 5.0, 9.0], [11.0, 15.0, 19.0]])
    seen.measured(0, Emission(0, sent_ns, None), vectors)
    for row in range(2):
        told.heard([heard(*zip(range(3), sent_ns[row], vectors[row], strict=True))])
    np.testing.assert_array_equal(seen.between(0, 20), vectors)
    np.testing.assert_array_equal(told.between(0, 20), vectors)


def test_a_report_that_is_not_sent_is_a_gap():
    seen = windows()
    sent = np.array([[True, False, True]])
    seen.measured(0, Emission(2, np.full((1, 3), 25.0), sent), np.ones((1, 3, 2)))
    found = seen.between(20, 30)
    np.testing.assert_array_equal(np.isnan(found[0, :, 0]), [False, True, False])


def test_only_the_features_that_are_wanted_are_kept():
    seen = windows(slice(1, 2))
    seen.measured(0, Emission(0, np.full((1, 3), 5.0), None), np.arange(6.0).reshape(1, 3, 2))
    np.testing.assert_array_equal(seen.between(0, 10)[0], [[1.0], [3.0], [5.0]])


def test_a_window_has_the_report_numbers_that_are_wholly_in_it():
    assert ticks_between(0, 30, 10) == range(3)
    assert ticks_between(1, 39, 10) == range(1, 3)
    assert not ticks_between(-50, -20, 10)
    assert not ticks_between(11, 19, 10)
