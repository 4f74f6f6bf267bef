"""What a summary can say, against the same rules in Python's integers."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.protocol.merkle.bounds import Reason, broken, within
from sim.stats.fixed_point import LIMIT
from sim.stats.moments import Layout
from tests.protocol.merkle.small import FEATURES, VALUES, agent_rows
from tests.reference.merkle import is_possible

ONE = Layout(1)
INT64 = st.integers(-(2**63), 2**63 - 1)
SMALL = st.integers(-3, 12)
NUMBERS = st.one_of(SMALL, st.sampled_from([LIMIT, 3 * LIMIT, LIMIT**2 >> 32, 2**40]), INT64)


def reasons(row, count_max=10, sources_max=4):
    masks = broken(row[None], np.array([count_max]), np.array([sources_max]), 1)
    return [reason for reason, mask in masks.items() if mask[0]]


def summary(count=2, sources=1, S=0, Q=0, M=0, R=0):
    """A wide row of one feature."""
    return np.array([count, sources, S, Q >> 32, Q & (2**32 - 1), M, R >> 32, R & (2**32 - 1)])


@given(st.lists(NUMBERS, min_size=8, max_size=8), st.integers(0, 2**20), st.integers(0, 2**20))
@example([4, 1, 4 * LIMIT, 2**18, 0, LIMIT, 2**16, 0], 4, 1)
@example([4, 1, 4 * LIMIT, 2**18 - 1, 2**32 - 1, LIMIT, 2**16, 0], 4, 1)
@example([4, 1, -4 * LIMIT, 2**18, 0, -LIMIT, 2**16, 0], 4, 1)
def test_bounds_are_those_of_whole_numbers(columns, count_max, sources_max):
    row = np.array(columns, np.int64)
    count, sources, S, Q, Q_low, M, R, R_low = columns
    plain = {"count": count, "sources": sources, "S": [S], "M": [M]}
    squares = {"Q": [(Q << 32) + Q_low], "R": [(R << 32) + R_low]}
    canonical = 0 <= Q_low < 2**32 and 0 <= R_low < 2**32
    expected = canonical and is_possible(plain | squares, count_max, sources_max)
    assert (reasons(row, count_max, sources_max) == []) == expected


@given(st.lists(st.integers(-LIMIT, LIMIT), min_size=1, max_size=6), st.integers(1, 10**6))
def test_m2_is_checked_to_the_last_quantum_however_many_values_there_are(values, times):
    n, S = len(values) * times, sum(values) * times
    least = -(-S * S // n)
    room = {"count_max": n, "sources_max": n}
    assert reasons(summary(n, 1, S, least), **room) == []
    if least:
        assert reasons(summary(n, 1, S, least - 1), **room) == [Reason.SQUARES]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (summary(count=-1, sources=0), [Reason.COUNT, Reason.SOURCES]),
        (summary(count=11), [Reason.COUNT]),
        (summary(count=2, sources=3), [Reason.SOURCES]),
        (summary(count=8, sources=5), [Reason.SOURCES]),
        (summary(count=2, sources=0), [Reason.SOURCES]),
        (summary(S=2 * LIMIT + 1, Q=2 * LIMIT**2), [Reason.RANGE, Reason.SQUARES]),
        (summary(M=LIMIT + 1, R=LIMIT**2), [Reason.RANGE, Reason.SQUARES]),
        (summary(Q=2 * LIMIT**2 + 1), [Reason.SQUARES]),
        (summary(Q=-1), [Reason.SQUARES]),
        (summary(S=10, Q=49), [Reason.SQUARES]),
        (summary(M=10, R=99), [Reason.SQUARES]),
        (np.array([2, 1, 0, 0, 2**32, 0, 0, 0]), [Reason.ENCODING]),
        (np.array([2, 1, 0, 0, -1, 0, 0, 0]), [Reason.ENCODING, Reason.SQUARES]),
    ],
)
def test_each_bound_has_its_name(row, expected):
    assert reasons(row) == expected


def test_the_limits_themselves_are_possible():
    assert reasons(summary(10, 4, 10 * LIMIT, 10 * LIMIT**2, -4 * LIMIT, 4 * LIMIT**2)) == []
    assert reasons(summary(count=0, sources=0)) == []


def test_a_member_that_counted_nothing_can_have_no_sums():
    assert reasons(summary(count=0, sources=0, S=1, Q=1)) == [Reason.RANGE, Reason.SQUARES]


@given(st.integers(0, 2**32))
def test_sums_of_possible_summaries_are_possible(seed):
    rows = agent_rows(6, seed=seed)
    assert within(rows, np.full(6, VALUES), np.ones(6, np.int64), FEATURES).all()
    total = rows.sum(axis=0)
    carry = [Layout(FEATURES).block(index) for index in (1, 2, 4, 5)]
    for high, low in (carry[:2], carry[2:]):
        total[high] += total[low] >> 32
        total[low] &= 2**32 - 1
    assert within(total[None], np.array([6 * VALUES]), np.array([6]), FEATURES).all()
