"""What each cause did, from the figures of twins: the arithmetic of it."""

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.measure.attribution import CLEAN, bound, causes, effect, shapley, twins_needed
from tests.reference import attribution as reference

METRIC = ("staleness.root.mean", "s")


def names(n):
    return [f"faults[{number}]" for number in range(n)]


def subsets(entries):
    sizes = range(len(entries) + 1)
    return [frozenset(chosen) for size in sizes for chosen in combinations(entries, size)]


def figures_of(entries, function, replications=3):
    """The figures of all twins, by a function of who acts and the replication."""
    return {
        who: [function(who, replication) for replication in range(replications)]
        for who in subsets(entries)
    }


@st.composite
def games(draw):
    """Up to four entries, and a figure for every subset of them."""
    entries = names(draw(st.integers(1, 4)))
    figure = st.floats(-1e3, 1e3)
    return entries, {who: [draw(figure)] for who in subsets(entries)}


@settings(max_examples=30)
@given(games())
def test_shapley_agrees_with_the_mean_over_all_orders(game):
    entries, figures = game
    plain = {who: one for who, (one,) in figures.items()}
    for entry in entries:
        (found,) = shapley(entry, entries, figures)
        assert found == pytest.approx(reference.shapley(entry, entries, plain), abs=1e-6)


@settings(max_examples=30)
@given(games())
def test_shapley_shares_add_up_to_the_whole(game):
    entries, figures = game
    found = causes(*METRIC, entries, figures)
    total = sum(share.shapley.value for share in found.shares)
    assert total == pytest.approx(found.whole.value, abs=1e-6)


@settings(max_examples=30)
@given(games())
def test_what_is_left_over_is_the_whole_less_the_rows_above(game):
    found = causes(*METRIC, *game)
    added = sum(share.added.value for share in found.shares)
    alone = sum(share.alone.value for share in found.shares)
    assert found.beyond_added.value == pytest.approx(found.whole.value - added, abs=1e-5)
    assert found.beyond_alone.value == pytest.approx(found.whole.value - alone, abs=1e-5)


def test_effects_that_do_not_touch_each_other_add_up():
    size = dict(zip(names(3), (1.0, 2.0, 4.0), strict=True))
    figures = figures_of(names(3), lambda who, rep: 0.1 * rep + sum(size[one] for one in who))
    found = causes(*METRIC, names(3), figures)
    for share in found.shares:
        assert share.added.value == pytest.approx(size[share.entry])
        assert share.alone.value == pytest.approx(size[share.entry])
        assert share.shapley.value == pytest.approx(size[share.entry])
    assert found.whole.value == pytest.approx(7)
    assert found.beyond_added.is_nothing
    assert found.beyond_alone.is_nothing


def test_of_two_that_do_the_same_neither_adds_and_either_would_do():
    """Leave-one-out alone would blame nobody; Shapley blames each for half."""
    found = causes(*METRIC, names(2), figures_of(names(2), lambda who, _: 6.0 if who else 0.0))
    assert [share.added.value for share in found.shares] == [0, 0]
    assert [share.alone.value for share in found.shares] == [6, 6]
    assert [share.shapley.value for share in found.shares] == [3, 3]
    assert (found.beyond_added.value, found.beyond_alone.value) == (6, -6)


def test_two_that_only_work_together_do_nothing_alone():
    figures = figures_of(names(2), lambda who, _: 6.0 if len(who) == 2 else 0.0)
    found = causes(*METRIC, names(2), figures)
    assert [share.added.value for share in found.shares] == [6, 6]
    assert [share.alone.value for share in found.shares] == [0, 0]
    assert (found.beyond_added.value, found.beyond_alone.value) == (-6, 6)


def test_an_interval_is_of_differences_in_pairs_and_not_of_two_groups():
    """Replications differ by hundreds; the effect is 1.0, 1.1 and 1.2 in them."""
    figures = {frozenset({"a"}): [101.0, 301.1, 201.2], CLEAN: [100.0, 300.0, 200.0]}
    (share,) = causes(*METRIC, ["a"], figures).shares
    t_975, deviation = 4.302653, 0.1  # 2 degrees of freedom
    assert share.added.value == pytest.approx(1.1)
    assert share.added.high - 1.1 == pytest.approx(t_975 * deviation / math.sqrt(3), rel=1e-5)
    assert share.added.is_clear


@pytest.mark.parametrize(
    ("differences", "value", "n"),
    [
        ([1.0, math.nan, 3.0], 2.0, 2),
        ([2.0], 2.0, 1),
        ([math.inf, 1.0], math.inf, 2),
        ([-math.inf, 1.0], -math.inf, 2),
    ],
)
def test_the_mean_is_over_pairs_that_are_defined(differences, value, n):
    found = effect(differences)
    assert (found.value, found.n) == (value, n)


def test_nothing_is_known_without_a_pair_or_of_both_infinities():
    assert (effect([math.nan]).n, math.isnan(effect([math.nan]).value)) == (0, True)
    assert math.isnan(effect([math.inf, -math.inf]).value)
    assert not effect([math.nan]).is_nothing
    assert not effect([math.nan]).is_clear


def test_equal_figures_are_no_effect_and_one_replication_has_no_interval():
    assert effect([0.0, 0.0]).is_nothing
    assert effect([0.0]).is_nothing
    assert not effect([1.0, -1.0]).is_nothing
    assert not effect([1.0]).is_clear


def test_what_was_infinite_with_and_without_has_no_known_difference():
    (share,) = causes(*METRIC, ["a"], {frozenset({"a"}): [math.inf], CLEAN: [math.inf]}).shares
    assert share.added.n == 0


@pytest.mark.parametrize(("n", "twins"), [(1, 2), (2, 4), (3, 8), (4, 10), (7, 16)])
def test_each_entry_is_left_out_and_stands_alone_once(n, twins):
    needed = twins_needed(names(n), every=False)
    assert len(needed) == len(set(needed)) == twins
    assert (needed[0], needed[-1]) == (frozenset(names(n)), CLEAN)


def test_shapley_needs_every_subset_and_is_left_out_where_some_are_missing():
    assert len(twins_needed(names(4), every=True)) == 16
    every = figures_of(names(4), lambda who, _: float(len(who)))
    some = {who: every[who] for who in twins_needed(names(4), every=False)}
    assert causes(*METRIC, names(4), every).shares[0].shapley.value == pytest.approx(1)
    assert causes(*METRIC, names(4), some).shares[0].shapley is None


def test_forty_entries_take_as_many_steps_as_they_have_twins():
    """They have a million million subsets: whoever lists those does not come back."""
    needed = twins_needed(names(40), every=False)
    found = causes(*METRIC, names(40), {who: [float(len(who))] for who in needed})
    assert all(share.shapley is None for share in found.shares)


RUN, WITHOUT = frozenset({"a", "b"}), frozenset({"b"})


@pytest.mark.parametrize(
    ("with_it", "without_it", "known"),
    [
        (["", ""], ["", ""], "exact"),
        (["", "x"], ["", ""], "at least"),
        (["", ""], ["y", ""], "at most"),
        (["x", ""], ["y", ""], "unknown"),
        (["x", ""], ["", "y"], "unknown"),
        (["x", "z"], ["x", "z"], "exact"),
    ],
)
def test_a_difference_is_known_on_the_side_that_what_had_not_ended_leaves(
    with_it, without_it, known
):
    """The last: the same runs to the bit differ by nothing, whenever they would have ended."""
    assert bound({RUN: 1, WITHOUT: -1}, {RUN: with_it, WITHOUT: without_it}) == known


@settings(max_examples=30)
@given(st.lists(st.integers(0, 1), min_size=8, max_size=8), st.integers(1, 1000))
def test_shares_keep_their_promise_however_long_what_was_cut_off_went_on(ended, longer):
    """Whatever the true figures are, a bound holds for the share that they would have had."""
    entries, seen = names(3), {who: [float(len(who))] for who in subsets(names(3))}
    named = dict(zip(seen, ["" if one else str(n) for n, one in enumerate(ended)], strict=True))
    true = {who: [one + longer * bool(named[who])] for who, (one,) in seen.items()}
    found = causes(*METRIC, entries, seen, {who: [name] for who, name in named.items()})
    truth = causes(*METRIC, entries, true)
    for mine, theirs in zip(found.shares, truth.shares, strict=True):
        for way in ("added", "alone", "shapley"):
            one, other = getattr(mine, way), getattr(theirs, way).value
            if one.bound == "exact":
                assert one.value == pytest.approx(other)
            elif one.bound == "at least":
                assert one.value <= other + 1e-9
            elif one.bound == "at most":
                assert one.value >= other - 1e-9


def test_a_bound_has_no_interval_and_is_not_taken_for_nothing():
    found = effect([0.0, 0.0], "at least")
    assert (found.value, math.isnan(found.low), found.is_nothing) == (0, True, False)
    assert math.isnan(effect([1.0, 2.0], "unknown").value)
