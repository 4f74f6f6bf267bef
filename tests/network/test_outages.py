"""Up and down by turns: renewal processes against what renewal theory says of them."""

import math
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.network.latency import Constant, Exponential, Weibull
from sim.network.outages import spells
from tests.reference.measured_delays import renewal


def sources(up, down):
    """Both laws with streams of their own, anew at every call."""
    return [
        (law, np.random.Generator(np.random.SFC64(seed))) for seed, law in enumerate((up, down))
    ]


def test_constant_laws_take_turns_up_first():
    found = list(spells(*sources(Constant(3.0), Constant(2.0)), 10.0, 21.0))
    assert found == [(13.0, 15.0), (18.0, 20.0)]


class Listed:
    """A law that gives the times of a list in their order."""

    floor_ns = 0.0

    def __init__(self, times):
        self.left = iter(times)

    def draw(self, stream, out):
        out[:] = [next(self.left, 1e9) for _ in out]


WHOLE = st.integers(0, 9).map(float)
TIMES = st.lists(st.tuples(WHOLE, WHOLE), max_size=12)


@given(TIMES, st.integers(1, 60))
def test_spells_are_those_of_the_turns_one_by_one(turns, end):
    ups, downs = ([turn[part] for turn in turns] for part in (0, 1))
    found = list(spells(*sources(Listed(ups), Listed(downs)), 0.0, end))
    assert found == renewal(ups, downs, end)


def test_an_outage_that_has_begun_may_outlast_the_end():
    assert list(spells(*sources(Constant(3.0), Constant(9.0)), 0.0, 4.0)) == [(3.0, 12.0)]


def test_spells_are_apart_and_in_order():
    found = list(spells(*sources(Weibull(0.5, 3.0), Exponential(2.0)), 0.0, 500.0))
    assert len(found) > 30
    assert all(one[0] < one[1] < other[0] for one, other in pairwise(found))


def test_the_end_of_the_watch_moves_no_outage():
    laws = Exponential(3.0), Exponential(2.0)
    long = list(spells(*sources(*laws), 0.0, 300.0))
    assert [one for one in long if one[0] < 50] == list(spells(*sources(*laws), 0.0, 50.0))


def test_another_law_of_repairs_leaves_the_times_between_outages():
    def ups(down):
        found = list(spells(*sources(Exponential(3.0), down), 0.0, 300.0))
        return [later[0] - before[1] for before, later in pairwise(found)]

    short, long = ups(Constant(1.0)), ups(Exponential(5.0))
    assert short[: len(long)] == pytest.approx(long)


def test_in_the_long_run_the_share_of_time_down_is_that_of_the_mean_times():
    # Alternating renewal: down / (up + down), whatever the laws (here Gamma(1 + 1/0.5) = 2).
    up, down, turns = Weibull(0.5, 3.0), Exponential(2.0), 4000
    found = list(islice(spells(*sources(up, down), 0.0, math.inf), turns))
    share = sum(end - begin for begin, end in found) / found[-1][1]
    # By the delta method, with variances 20 * 9 and 4 of up (mean 6) and down (mean 2).
    error = math.sqrt((6**2 * 4 + 2**2 * 180) / 8**4 / turns)
    assert abs(share - 2 / 8) < 4 * error


def test_a_process_that_never_passes_any_time_is_stopped():
    with pytest.raises(OverflowError, match="more than 20000 turns"):
        list(spells(*sources(Constant(0.0), Constant(0.0)), 0.0, 1.0))
