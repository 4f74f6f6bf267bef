"""Folding what is held of the children, against the plain sums of the specification."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.telemetry.holdings import (
    BORN,
    CLAIMED,
    COLUMNS,
    FRESH,
    GONE,
    HEARD,
    OLDEST,
    SENT,
    fold_agents,
    fold_aggregators,
    gone_rows,
)

NOW_NS, BOUND_NS = 1000, 300
BIRTHS = st.lists(
    st.one_of(st.just(0), st.integers(1, NOW_NS - 1), st.just(GONE)), min_size=1, max_size=8
)


def row_of(born, claimed=None):
    """The row of seven of one parent that holds these births of agents."""
    columns = [born] if claimed is None else [born, claimed]
    held = np.array(columns, np.int64).T[None]
    now_ns = np.array([[float(NOW_NS)]])
    return fold_agents(held, now_ns, len(born), BOUND_NS)[0, 0].tolist()


def row_of_rows(rows):
    held = np.array(rows, np.int64)[None]
    return fold_aggregators(held, np.array([[float(NOW_NS)]]), len(rows), BOUND_NS)[0, 0].tolist()


@given(BIRTHS)
def test_the_births_of_agents_are_folded_as_specified(born):
    heard = [birth for birth in born if birth not in (0, GONE)]
    oldest = min(min(birth, NOW_NS) for birth in born)
    fresh = sum(birth >= NOW_NS - BOUND_NS for birth in heard)
    left = born.count(GONE)
    assert row_of(born) == [NOW_NS, oldest, sum(heard), sum(heard), fresh, len(heard), left]


@given(BIRTHS)
def test_where_no_clock_is_wrong_what_is_claimed_is_the_truth(born):
    row = row_of(born, claimed=born)
    assert row == row_of(born)
    assert row[CLAIMED] == row[BORN]


def test_a_wrong_clock_changes_the_claim_alone():
    right, wrong = row_of([500, 700]), row_of([500, 700], claimed=[500, 950])
    assert wrong[CLAIMED] == right[CLAIMED] + 250
    assert [value for index, value in enumerate(wrong) if index != CLAIMED] == [
        value for index, value in enumerate(right) if index != CLAIMED
    ]


@pytest.mark.parametrize(("born", "fresh"), [(699, 0), (700, 1), (999, 1)])
def test_a_value_as_old_as_the_bound_is_fresh(born, fresh):
    assert row_of([born])[FRESH] == fresh


def test_who_was_never_heard_of_is_as_old_as_the_run():
    row = row_of([0, 900])
    assert (row[OLDEST], row[HEARD]) == (0, 1)


def test_the_rows_of_aggregators_are_summed_and_the_oldest_is_the_oldest():
    rows = [[900, 300, 5000, 5001, 7, 9, 1], [950, 200, 800, 802, 2, 3, 0]]
    assert row_of_rows(rows) == [NOW_NS, 200, 5800, 5803, 9, 12, 1]


def test_a_child_that_left_with_all_below_it_counts_in_nothing_but_what_left():
    gone = gone_rows(COLUMNS, np.array([20]))[0].tolist()
    here = [950, 200, 800, 802, 2, 3, 0]
    assert row_of_rows([gone, here]) == [NOW_NS, 200, 800, 802, 2, 3, 20]
    assert row_of_rows([gone]) == [NOW_NS, NOW_NS, 0, 0, 0, 0, 20]


@pytest.mark.parametrize(("sent", "fresh"), [(699, 0), (700, 7)])
def test_of_a_child_that_is_silent_for_longer_than_the_bound_nothing_is_fresh(sent, fresh):
    row = row_of_rows([[sent, 300, 5000, 5000, 7, 9, 0]])
    assert (row[FRESH], row[HEARD], row[SENT]) == (fresh, 9, NOW_NS)


def test_parents_do_not_mix_and_rows_have_instants_of_their_own():
    held = np.array([[[10], [20], [30], [40]], [[15], [20], [35], [90]]], np.int64)
    now_ns = np.array([[50.0, 60.0], [100.0, 110.0]])
    folded = fold_agents(held, now_ns, 2, 45)
    assert folded.shape == (2, 2, COLUMNS)
    assert folded[..., SENT].tolist() == [[50, 60], [100, 110]]
    assert folded[..., OLDEST].tolist() == [[10, 30], [15, 35]]
    assert folded[..., BORN].tolist() == [[30, 70], [35, 125]]
    assert folded[..., FRESH].tolist() == [[2, 2], [0, 1]]
