"""Stretches that overlap are dealt to lanes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.report.export.stacking import stacked
from tests.reference.stacking import stacked_plainly

STRETCHES = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6)), max_size=20)


def ends(pairs):
    begin = np.array([begin for begin, _ in pairs], np.int64)
    return begin, begin + np.array([length for _, length in pairs], np.int64)


@settings(max_examples=50)
@given(STRETCHES)
def test_lanes_are_those_that_are_found_by_looking_for_the_first_free_one(pairs):
    begin, end = ends(pairs)
    assert stacked(begin, end).tolist() == stacked_plainly(begin, end).tolist()


@settings(max_examples=50)
@given(STRETCHES)
def test_there_are_no_more_lanes_than_stretches_at_once(pairs):
    begin, end = ends(pairs)
    real = end > begin
    lanes = stacked(begin[real], end[real])
    at_once = [int(((begin <= at) & (at < end)).sum()) for at in range(27)]
    assert lanes.max(initial=-1) + 1 == max(at_once)
