from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.membership.spans import normal, overlap, size

SPANS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=6)


def members(spans):
    return {source for first, end in spans for source in range(first, end)}


@given(SPANS, SPANS)
def test_spans_behave_as_the_sets_that_they_stand_for(one, other):
    a, b = normal(one), normal(other)
    assert members(a) == members(one)
    assert size(a) == len(members(one))
    assert (a == b) == (members(one) == members(other))
    assert overlap(a, b) == bool(members(one) & members(other))
