"""What receivers refuse: nothing that a correct node can say, and what none can."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.merkle.bounds import Reason
from sim.protocol.registry import REASONS, max_versions, refusals
from sim.stats.fixed_point import LIMIT
from sim.stats.moments import COUNT, SOURCES
from tests.adversary.rows import TWO, of_agent, of_agents

VALUES = np.random.default_rng(5).integers(-(2**21), 2**21, (3, 20, 2))
NARROW = np.stack([of_agent(values) for values in VALUES])
WIDE = of_agents(VALUES)
S, Q, M, R = (TWO.block(index).start for index in range(4))


def reasons(rows, counts_max, sources_max=1):
    numbers = refusals(rows, TWO, np.full(len(rows), counts_max), np.full(len(rows), sources_max))
    return [REASONS[number] for number in numbers]


@settings(max_examples=50)
@given(st.lists(st.lists(st.integers(-LIMIT, LIMIT), min_size=2, max_size=2), min_size=1))
def test_the_sums_of_any_values_in_range_are_taken_in(values):
    row = of_agent(values)[None]
    assert reasons(row, len(values)) == [None]
    assert reasons(TWO.widen(row), len(values)) == [None]


def test_sums_whose_limbs_are_not_carried_are_taken_in():
    row = WIDE.copy()
    row[TWO.block(1)] -= 3
    row[TWO.block(2)] += 3 << 32
    assert reasons(row[None], 60, 3) == [None]


def test_rows_that_count_nothing_are_taken_in():
    assert reasons(np.zeros((2, TWO.narrow), np.int64), 0, 0) == [None, None]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (COUNT, -1, Reason.COUNT),
        (COUNT, 21, Reason.COUNT),
        (COUNT, 2**62, Reason.COUNT),
        (SOURCES, 2, Reason.SOURCES),
        (SOURCES, -1, Reason.SOURCES),
        (S, 20 * LIMIT + 1, Reason.RANGE),
        (S, -20 * LIMIT - 1, Reason.RANGE),
        (S, -(2**63), Reason.RANGE),
        (M, LIMIT + 1, Reason.RANGE),
        (Q, -1, Reason.SQUARES),
        (Q, 20 * LIMIT**2 + 1, Reason.SQUARES),
        (R, 0, Reason.SQUARES),
    ],
)
def test_what_cannot_be_is_refused_for_its_reason(column, value, reason):
    rows = NARROW.copy()
    rows[1, column] = value
    assert reasons(rows, 20) == [None, reason, None]


@pytest.mark.parametrize("feature", [0, 1])
def test_squares_are_refused_to_the_last_unit(feature):
    rows = NARROW.copy()
    total = int(rows[0, S + feature])
    least = -(-total * total // 20)
    rows[0, Q + feature] = least
    assert reasons(rows, 20) == [None] * 3
    rows[0, Q + feature] = least - 1
    assert reasons(rows, 20) == [Reason.SQUARES, None, None]


def test_of_several_reasons_the_first_is_given():
    rows = NARROW[:1].copy()
    rows[0, [COUNT, S, Q]] = 21, 2**60, -1
    assert reasons(rows, 20) == [Reason.COUNT]


def test_maxima_are_those_of_each_row():
    numbers = refusals(NARROW, TWO, np.array([20, 19, 20]), np.array([1, 1, 0]))
    assert [REASONS[n] for n in numbers] == [None, Reason.COUNT, Reason.SOURCES]


# Versions


@given(st.integers(1, 10**9), st.integers(0, 10**12), st.data())
def test_no_correct_report_has_a_number_that_is_refused(period_ns, elapsed_ns, data):
    phase_ns = data.draw(st.integers(0, period_ns))
    sent = (elapsed_ns - phase_ns) // period_ns + 1 if elapsed_ns >= phase_ns else 0
    assert sent <= max_versions(elapsed_ns, period_ns)


def test_a_jump_is_refused_long_before_the_end_of_the_numbers():
    assert max_versions(86_400 * 10**9, 10**8) == 864_001 < 2**63 - 1
