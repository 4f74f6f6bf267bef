import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.spans import Milestone, first_lasting_gap, length_ns, union

PAIRS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


def as_spans(pairs):
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return union(ends[:, 0], ends[:, 1])


@given(PAIRS)
def test_a_union_holds_exactly_the_instants_of_its_spans(pairs):
    obvious = {now for begin, end in pairs for now in range(begin, end)}
    spans = as_spans(pairs)
    assert {now for begin, end in spans.tolist() for now in range(begin, end)} == obvious
    assert length_ns(spans) == len(obvious)


@given(PAIRS)
def test_the_spans_of_a_union_are_in_order_and_do_not_touch(pairs):
    flat = as_spans(pairs).ravel()
    assert (np.diff(flat) > 0).all()


@given(PAIRS, st.integers(0, 45), st.integers(0, 20), st.integers(1, 10))
def test_the_first_lasting_gap_is_what_trying_every_instant_finds(pairs, start, watch, sustain):
    horizon = start + watch
    bad = {now for begin, end in pairs for now in range(begin, end)}
    good = [
        at - start
        for at in range(start, horizon - sustain + 1)
        if not any(now in bad for now in range(at, at + sustain))
    ]
    trailing = next(at for at in range(horizon, start - 1, -1) if at == start or (at - 1) in bad)
    expected = Milestone(good[0], True) if good else Milestone(trailing - start, False)
    assert first_lasting_gap(as_spans(pairs), start, horizon, sustain) == expected


def test_a_gap_that_is_still_open_at_the_horizon_is_a_lower_bound_from_where_it_began():
    spans = np.array([[0, 20]])
    assert first_lasting_gap(spans, 10, horizon_ns=25, sustain_ns=9) == Milestone(10, False)


def test_a_wrong_that_outlives_the_horizon_is_censored_there():
    spans = np.array([[0, 90]])
    assert first_lasting_gap(spans, 10, horizon_ns=25, sustain_ns=1) == Milestone(15, False)
