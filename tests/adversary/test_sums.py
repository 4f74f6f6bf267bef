"""Rewritten sums, against the same on Python's integers, and against sums of rewritten values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.adversary import sums
from sim.stats.fixed_point import LIMIT, QUANTUM
from sim.stats.limbs import COUNT_MAX
from sim.stats.moments import COUNT, canonical
from tests.adversary.drive import make_liars
from tests.adversary.rows import TWO, any_rows, narrow_rows, of_agent, of_agents, wide_rows
from tests.reference import sums as reference

few = settings(max_examples=40)
SHIFTS = st.lists(st.integers(-(2**30), 2**30), min_size=2, max_size=2)
VALUES = np.random.default_rng(11).integers(-(2**20), 2**20, (4, 10, 2))
NARROW = np.stack([of_agent(values) for values in VALUES])
WIDE = of_agents(VALUES)


def assert_says(row, expected):
    """The row says these numbers, in limbs that are normal."""
    assert reference.read(row, TWO) == expected
    if len(row) == TWO.wide:
        np.testing.assert_array_equal(row, canonical(row, 2))


def expected_of(row, change, *arguments):
    """The reference's answer, feature by feature."""
    return [change(halves, *arguments) for halves in reference.read(row, TWO)]


def shift_expected(row, by):
    return [reference.shifted(h, a) for h, a in zip(reference.read(row, TWO), by, strict=True)]


def shift(row, *by):
    return sums.shifted(row[None], TWO, np.array(by))[0]


def means(row):
    return row[TWO.block(0)] / row[COUNT]


# Shifts


@few
@given(any_rows(), SHIFTS)
def test_a_shift_is_the_plain_formula(row, by):
    assert_says(shift(row, *by), shift_expected(row, by))


@few
@given(wide_rows(COUNT_MAX), SHIFTS)
def test_a_shift_is_exact_up_to_the_largest_counts(row, by):
    assert_says(shift(row, *by), shift_expected(row, by))


@pytest.mark.parametrize("by", [(3000, -70), (2**20, 2**21), (0, 1)])
def test_shifted_sums_are_the_sums_of_shifted_values(by):
    (values, _), (others, _) = reference.read(shift(WIDE, *by), TWO)
    (expected, _), (of_others, _) = reference.read(of_agents(VALUES + np.array(by)), TWO)
    assert (values, others) == (expected, of_others)


def test_the_means_of_sources_shift_with_the_values():
    even = (3000, -70)  # Half to even: an odd shift may round a tie the other way.
    assert reference.read(shift(WIDE, *even), TWO) == reference.read(
        of_agents(VALUES + np.array(even)), TWO
    )


def test_each_row_may_have_a_shift_of_its_own():
    by = np.arange(8).reshape(4, 2) * 100
    one_by_one = [shift(row, *a) for row, a in zip(NARROW, by, strict=True)]
    np.testing.assert_array_equal(sums.shifted(NARROW, TWO, by), one_by_one)


def test_a_shift_ends_where_the_mean_would_leave_the_range():
    row = shift(of_agents(VALUES[:1]), 2**40, -(2**40))
    assert (np.abs(means(row)) <= LIMIT).all()
    assert (np.abs(means(row)) > LIMIT - 2).all()


@few
@given(narrow_rows(), SHIFTS)
def test_a_shifted_narrow_row_still_fits(row, by):
    before, after = row[TWO.block(1)], shift(row, *by)[TWO.block(1)]
    assert (after >= 0).all()
    assert (after <= np.maximum(before, sums.ROOM) * 2).all()


def test_a_narrow_row_of_many_values_stops_earlier_and_does_not_overflow():
    n, reach = 2**20, int(2**20.5)
    row = shift(np.array([n, 1, 0, 0, 16, 16, 0, 0, 0, 0]), LIMIT, -LIMIT)
    assert row[TWO.block(0)].tolist() == [n * reach, -n * reach]
    assert row[TWO.block(1)].tolist() == [16 + n * reach**2] * 2


@few
@given(any_rows())
def test_a_shift_by_nothing_changes_no_number(row):
    assert_says(shift(row, 0, 0), reference.read(row, TWO))


def test_moving_puts_the_mean_at_a_place_and_keeps_the_spread():
    row = sums.moved(NARROW, TWO, np.array([2**20, -5]))[0]
    assert np.abs(means(row) - [2**20, -5]).max() <= 0.5
    for (after, _), (before, _) in zip(
        reference.read(row, TWO), reference.read(NARROW[0], TWO), strict=True
    ):
        assert after.n * after.Q - after.S**2 == before.n * before.Q - before.S**2


# Multiples


@few
@given(any_rows(count_max=200), st.integers(1, 40))
def test_a_multiple_is_the_plain_one_where_it_fits(row, k):
    assert_says(sums.times(row[None], TWO, k)[0], expected_of(row, reference.times, k))


@few
@given(any_rows(), st.integers(1, sums.TIMES_MAX))
def test_of_a_multiple_that_does_not_fit_a_smaller_one_is_taken(row, k):
    most = sums.times(row[None], TWO, k)[0]
    taken = max(int(most[COUNT]) // max(int(row[COUNT]), 1), 1)
    assert taken <= k
    assert_says(most, expected_of(row, reference.times, taken))


def test_the_multiple_that_is_taken_leaves_no_room_for_another():
    row = sums.times(NARROW[:1], TWO, sums.TIMES_MAX)[0]
    square = int(NARROW[0, TWO.block(1)].max())
    # Rounded down to whole high limbs, which a square of 10 values has 2**10 of.
    assert sums.ROOM * (1 - 2**-10) - square < row[TWO.block(1)].max() <= sums.ROOM
    counted = sums.times(np.array([[2**30, 1, *[0] * 8]]), TWO, 1000)[0]
    assert counted[COUNT] == COUNT_MAX


def test_room_is_kept_for_the_siblings_that_lie():
    row = sums.times(NARROW[:1], TWO, sums.TIMES_MAX, 2**50)[0]
    squares = row[TWO.block(1)].max()
    assert 2**49 < squares <= 2**50


def test_room_is_shared_by_the_liars_of_the_fullest_group():
    assert sums.room(make_liars(group=np.array([4, 7, 7, 7, 9]))) == sums.ROOM // 3


def test_a_whole_group_of_inflated_rows_can_be_added_up():
    group = np.repeat(NARROW[:1], 10, axis=0)
    rows = sums.times(group, TWO, sums.TIMES_MAX, sums.room(make_liars(group=np.zeros(10, int))))
    total = sum(int(x) for x in rows[:, TWO.block(1)][:, 0])
    assert 2**59 < total < 2**62


# Without spread, divided, largest


@few
@given(any_rows())
def test_without_spread_squares_are_the_least_that_are_possible(row):
    calm = sums.without_spread(row[None], TWO)[0]
    assert_says(calm, expected_of(row, reference.without_spread))


@few
@given(wide_rows(COUNT_MAX))
def test_without_spread_is_exact_up_to_the_largest_counts(row):
    calm = sums.without_spread(row[None], TWO)[0]
    assert_says(calm, expected_of(row, reference.without_spread))


@few
@given(any_rows(), st.integers(1, 2**20))
def test_division_rounds_sums_towards_nothing_and_squares_up(row, by):
    part = sums.divided(row[None], TWO, by)[0]
    assert_says(part, expected_of(row, reference.divided, by))


@few
@given(st.lists(wide_rows(), min_size=1, max_size=5))
def test_the_largest_of_rows_is_that_of_every_number(rows):
    children = [reference.read(row, TWO) for row in rows]
    expected = [reference.largest([child[j] for child in children]) for j in range(2)]
    assert_says(sums.largest_of(np.stack(rows), TWO), expected)


# What all of them keep

CHANGES = {
    "shifted": lambda rows: sums.shifted(rows, TWO, np.array([2**22, -(2**25)])),
    "moved": lambda rows: sums.moved(rows, TWO, np.array([5 << 20, -LIMIT])),
    "times": lambda rows: sums.times(rows, TWO, 1000),
    "without_spread": lambda rows: sums.without_spread(rows, TWO),
    "divided": lambda rows: sums.divided(rows, TWO, 20),
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


@every_change
@pytest.mark.parametrize("rows", [NARROW, WIDE[None]], ids=["narrow", "wide"])
def test_what_is_handed_in_stays_as_it_is(change, rows):
    before = rows.copy()
    change(rows)
    np.testing.assert_array_equal(rows, before)


@every_change
@pytest.mark.parametrize("width", [TWO.narrow, TWO.wide], ids=["narrow", "wide"])
def test_rows_that_count_nothing_stay_as_they_are(change, width):
    nothing = np.zeros((3, width), np.int64)
    np.testing.assert_array_equal(change(nothing), nothing)


@every_change
@few
@given(row=any_rows())
def test_no_mean_leaves_the_range_and_no_spread_is_negative(change, row):
    for both in reference.read(change(row[None])[0], TWO):
        for half in both:
            assert abs(half.S) <= half.n * LIMIT
            assert half.n * half.Q >= half.S**2


def test_sizes_become_whole_quanta():
    assert sums.quanta(np.array([1.0, -0.5, 0.4 * QUANTUM])).tolist() == [2**20, -(2**19), 0]
