"""An outcome is settled only where the whole interval is on one side of the bound."""

import math

import pytest

from sim.claims.finding import Floor, at_least, at_most
from sim.claims.measured import (
    difference,
    exactly,
    growth,
    largest,
    not_run,
    number,
    ratio,
    smallest,
)
from sim.claims.verdict import Outcome
from tests.claims.cards import measured


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(1, 2, Outcome.HOLDS), (1, 2.1, Outcome.OPEN), (2.1, 3, Outcome.FAILS)],
)
def test_at_most_is_settled_by_the_whole_interval(low, high, expected):
    assert at_most(measured(2.05, low, high), 2, "", "").outcome is expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(2, 3, Outcome.HOLDS), (1.9, 2.1, Outcome.OPEN), (1, 1.9, Outcome.FAILS)],
)
def test_at_least_is_the_other_way_round(low, high, expected):
    assert at_least(measured(2, low, high), 2, "", "").outcome is expected


def test_without_an_interval_nothing_is_settled():
    assert at_most(measured(1, math.nan, math.nan), 2, "", "").outcome is Outcome.OPEN
    assert at_most(exactly(measured(1, math.nan, math.nan)), 2, "", "").outcome is Outcome.HOLDS
    assert at_most(not_run("cut"), 2, "", "").outcome is Outcome.OPEN


def test_what_fails_is_forbidden_only_by_a_floor_beyond_the_bound():
    late = measured(6)
    assert at_most(late, 2, "", "", floor=Floor(5, "")).outcome is Outcome.FORBIDDEN
    assert at_most(late, 2, "", "", floor=Floor(1, "")).outcome is Outcome.FAILS


def test_a_figure_that_is_better_than_theory_allows_is_a_contradiction():
    floor = Floor(5, "")
    assert at_most(measured(4), 9, "", "", floor=floor).contradicts_theory
    assert at_least(measured(6), 1, "", "", floor=floor).contradicts_theory
    assert not at_most(measured(4, 3, 5), 9, "", "", floor=floor).contradicts_theory


def test_intervals_of_derived_figures_reach_as_far_as_their_parts_allow():
    first, second = measured(6, 4, 8), measured(2, 1, 4)
    over, less = ratio(first, second), difference(first, second)
    assert (over.low, over.value, over.high) == (1, 3, 8)
    assert (less.low, less.value, less.high) == (0, 4, 7)
    assert ratio(first, number(0, "s", "")).value == math.inf


def test_the_largest_and_the_smallest_of_what_is_not_all_known_are_not_known():
    known, unknown = measured(1), not_run("cut")
    assert not largest([known, unknown]).is_known
    assert not smallest([known, unknown]).is_known


def test_the_largest_may_be_any_whose_interval_reaches_above_the_others():
    top = largest([measured(2, 1, 6), measured(3, 2.5, 4)])
    assert (top.value, top.low, top.high) == (3, 2.5, 6)


def test_an_exponent_is_fitted_with_two_standard_errors():
    sizes = [10.0, 100.0, 1000.0]
    fit = growth(sizes, [measured(3 * n**2) for n in sizes])
    assert fit.value == pytest.approx(2)
    assert fit.low == pytest.approx(fit.high)
    assert not growth(sizes[:2], [measured(1), measured(2)]).is_known
