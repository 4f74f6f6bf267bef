"""What every robust rule promises, tested on all of them by one set of claims."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.robust import needs
from sim.stats.robust.registry import RULES, make_rule

CASES = {name: make_rule(name) for name in RULES}
CASES |= {f"mixed {name}": make_rule(name, {"mix": True}) for name in RULES}
ROBUST = {name: rule for name, rule in CASES.items() if rule.hull != "none"}
ORDERLESS = [name for name in CASES if not name.endswith("median_of_means")]
WEIGHTED = [name for name, rule in CASES.items() if rule.weighted]
VOICES = [name for name, rule in CASES.items() if not RULES[rule.name].weighted]

GROUPS, N, FEATURES, F = 5, 19, 3, 4
ITEMS = np.random.default_rng(4).normal(size=(GROUPS, N, FEATURES)) + np.array([0, 10, -3])
ONES = np.ones((GROUPS, N))

every_rule = pytest.mark.parametrize("name", CASES)
close = {"rtol": 0, "atol": 1e-8}


def centre(name, items=ITEMS, weights=None, f=F):
    items = np.asarray(items, float)
    return CASES[name].centre(items, np.ones(items.shape[:2]) if weights is None else weights, f)


@pytest.mark.parametrize("name", ORDERLESS)
def test_the_order_of_items_does_not_matter(name):
    order = np.random.default_rng(1).permutation(N)
    np.testing.assert_allclose(centre(name, ITEMS[:, order]), centre(name), **close)


def test_the_order_matters_to_the_median_of_means_only_across_buckets():
    buckets = 2 * F + 1
    swapped, moved = np.arange(N), np.arange(N)
    swapped[[0, buckets]], moved[[0, 1]] = [buckets, 0], [1, 0]
    result = centre("median_of_means")
    np.testing.assert_allclose(centre("median_of_means", ITEMS[:, swapped]), result, **close)
    assert not np.allclose(centre("median_of_means", ITEMS[:, moved]), result)


@every_rule
def test_a_shift_of_all_items_shifts_the_centre(name):
    shift = np.array([5.0, -7.5, 100.0])
    np.testing.assert_allclose(centre(name, ITEMS + shift), centre(name) + shift, **close)


@every_rule
def test_a_change_of_unit_changes_the_centre_alike(name):
    np.testing.assert_allclose(centre(name, ITEMS * -0.37), centre(name) * -0.37, **close)


@every_rule
def test_a_change_of_unit_by_a_power_of_two_changes_no_digit(name):
    np.testing.assert_array_equal(centre(name, ITEMS * 2.0**-20), centre(name) * 2.0**-20)


@every_rule
def test_equal_items_give_that_item(name):
    items = np.broadcast_to([1e-3, 7.0, -1e6], ITEMS.shape)
    np.testing.assert_allclose(centre(name, items), items[:, 0], rtol=1e-12)


@every_rule
def test_items_without_weight_are_as_if_absent(name):
    seats = np.sort(np.random.default_rng(2).permutation(N + 6)[:N])
    weights = np.zeros((GROUPS, N + 6))
    items = np.full((GROUPS, N + 6, FEATURES), math.nan)
    items[:, ::3], items[:, 1::4] = 1e300, math.inf
    items[:, seats], weights[:, seats] = ITEMS, 1.0
    np.testing.assert_allclose(centre(name, items, weights), centre(name), **close)


@every_rule
def test_an_item_with_a_nan_is_absent(name):
    items = np.concatenate([ITEMS, ITEMS[:, :2]], axis=1)
    items[:, N:, 1] = math.nan
    np.testing.assert_allclose(centre(name, items), centre(name), **close)


@pytest.mark.parametrize("name", WEIGHTED)
def test_a_whole_weight_is_that_many_items(name):
    """Half of the items once and half three times: twice as many, so twice as many may lie."""
    weights = np.where(np.arange(18) % 2, 3, 1)
    items = ITEMS[:, :18]
    one = centre(name, items, np.tile(weights, (GROUPS, 1)), F)
    np.testing.assert_allclose(one, centre(name, items.repeat(weights, axis=1), f=2 * F), **close)


@pytest.mark.parametrize("name", VOICES)
def test_where_one_item_is_one_voice_weights_only_say_who_is_there(name):
    weights = np.random.default_rng(3).uniform(0.1, 9.0, size=(GROUPS, N))
    np.testing.assert_array_equal(centre(name, ITEMS, weights), centre(name))


@every_rule
@pytest.mark.parametrize("f", [0, 1, 3])
def test_one_item_too_few_has_no_centre(name, f):
    enough = CASES[name].least(f)
    items = np.random.default_rng(7).normal(size=(3, enough, 2))
    weights = np.ones((3, enough))
    weights[1, 0] = 0.0
    result = centre(name, items, weights, f)
    assert np.isnan(result[1]).all()
    assert np.isfinite(result[[0, 2]]).all()


@every_rule
def test_no_items_have_no_centre(name):
    assert np.isnan(centre(name, np.zeros((2, 0, 3)), f=0)).all()
    assert centre(name, np.zeros((0, 5, 3)), f=0).shape == (0, 3)


@every_rule
def test_many_groups_are_as_one_after_the_other(name):
    """With differing numbers of items present, and of liars."""
    rng = np.random.default_rng(8)
    weights = np.where(np.arange(N) < rng.integers(15, N + 1, size=(GROUPS, 1)), 1.0, 0.0)
    f = np.arange(GROUPS) % 4
    single = [centre(name, ITEMS[[g]], weights[[g]], int(f[g]))[0] for g in range(GROUPS)]
    np.testing.assert_allclose(centre(name, ITEMS, weights, f), single, **close)


@every_rule
def test_what_is_handed_in_is_left_as_it_was(name):
    items, weights = ITEMS.copy(), ONES.copy()
    centre(name, items, weights)
    assert (items == ITEMS).all()
    assert (weights == ONES).all()


def excess(name, correct, result, n, f):
    """How far the centre is out of the hull of `correct` (n - f, features); at most 0 is inside."""
    rule = CASES[name]
    low, high = correct.min(axis=0), correct.max(axis=0)
    reach = rule.reach(n, f, correct.shape[1])
    if rule.hull == "box":
        return (np.abs(result - (low + high) / 2) - reach * (high - low) / 2).max()
    middle = correct.mean(axis=0)
    radius = np.linalg.norm(correct - middle, axis=1).max()
    return np.linalg.norm(result - middle) - reach * radius


LIES = {
    "infinity": lambda correct, rng: math.inf,
    "minus infinity": lambda correct, rng: -math.inf,
    "1e300 in different directions": lambda correct, rng: 1e300 * rng.normal(size=(F, 3)),
    "one point a little outside": lambda correct, rng: correct.max(axis=0) + 0.1,
    "one point far outside": lambda correct, rng: correct.mean(axis=0) + 100.0,
    "copies of the most extreme": lambda correct, rng: correct[correct[:, 0].argmax()],
    "a little is enough": lambda correct, rng: correct.mean(axis=0) - 1.5 * correct.std(axis=0),
    "the mean, negated": lambda correct, rng: -correct.mean(axis=0),
    "each somewhere": lambda correct, rng: rng.uniform(-20, 20, size=(F, 3)),
}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("name", ROBUST)
def test_lies_do_not_move_the_centre_out_of_the_correct_hull(name, lie):
    rng = np.random.default_rng(9)
    items = ITEMS.copy()
    for group in items:
        group[:F] = LIES[lie](group[F:], rng)
    for group, result in zip(items, centre(name, items), strict=True):
        assert excess(name, group[F:], result, N, F) <= 1e-9


@pytest.mark.parametrize("name", [name for name in ROBUST if CASES[name].weighted])
def test_lies_of_little_weight_do_not_either(name):
    rng = np.random.default_rng(10)
    weights = np.concatenate([ONES[:, :F], rng.uniform(1, 4, size=(GROUPS, N - F))], axis=1)
    items = ITEMS.copy()
    items[:, :F] = math.inf
    for group, result in zip(items, centre(name, items, weights), strict=True):
        assert excess(name, group[F:], result, N, F) <= 1e-9


WHOLE = st.integers(-3, 3)
LIE = st.one_of(WHOLE, st.sampled_from([math.inf, -math.inf, 1e300, -1e154, 50, -0.5]))


@pytest.mark.parametrize("name", ROBUST)
@given(f=st.integers(0, 2), more=st.integers(0, 2), data=st.data())
def test_no_lie_that_hypothesis_finds_does(name, f, more, data):
    n = CASES[name].least(f) + more
    rows = [st.lists(kind, min_size=2, max_size=2) for kind in (WHOLE, LIE)]
    correct = np.array(data.draw(st.lists(rows[0], min_size=n - f, max_size=n - f)), float)
    lies = np.array(data.draw(st.lists(rows[1], min_size=f, max_size=f)), float).reshape(f, 2)
    result = centre(name, [np.concatenate([lies, correct])], f=f)[0]
    assert excess(name, correct, result, n, f) <= 1e-6


def test_one_liar_moves_the_mean_anywhere():
    items = ITEMS.copy()
    items[:, 0] = 1e9
    assert (centre("mean", items) > 1e7).all()


@pytest.mark.parametrize("name", ["spectral_filter", "mixed spectral_filter"])
def test_the_filter_drops_lies_that_are_far_out(name):
    for lie in (math.inf, -math.inf, 1e300, 1e6):
        items = ITEMS.copy()
        items[:, :F] = lie
        assert np.abs(centre(name, items) - ITEMS[:, F:].mean(axis=1)).max() < 1.5


@every_rule
def test_a_rule_is_made_again_from_its_name_and_options(name):
    rule = CASES[name]
    assert make_rule(rule.name, rule.options) == rule


@every_rule
def test_what_a_rule_needs_is_what_needs_says(name):
    for f in range(5):
        assert CASES[name].least(f) >= needs.least(CASES[name].name, f, CASES[name].options)


def test_items_and_weights_must_fit_together():
    with pytest.raises(ValueError, match="do not fit together"):
        CASES["median"].centre(np.zeros((2, 3, 4)), np.ones((2, 4)), 1)


def test_less_than_no_liar_is_refused():
    with pytest.raises(ValueError, match="must not be negative"):
        centre("median", f=-1)


def test_an_unknown_rule_or_option_is_refused_by_name():
    with pytest.raises(ValueError, match="there is no rule 'modus'; there are mean, median"):
        make_rule("modus")
    with pytest.raises(ValueError, match="krum has no option 'radius'; it has mix, others"):
        make_rule("krum", {"radius": 1.0})
