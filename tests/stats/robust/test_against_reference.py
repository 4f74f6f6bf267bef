"""The vectorised rules give what the obvious ones do, item by item, on anything that is allowed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.stats.robust.contract import prepare
from sim.stats.robust.mixing import mix
from sim.stats.robust.nested import nested
from sim.stats.robust.registry import RULES, make_rule
from sim.stats.robust.scale import mad, qn
from tests.reference import robust as obvious

COUNTED = ["mean", "median", "trimmed_mean", "median_of_means", "centred_clipping"]
CHOSEN = ["krum", "multi_krum", "bulyan"]

WHOLE = st.integers(-8, 8).map(float)
# Choices hang on comparisons of sums of squares, which must be exact for both sides to agree:
# whole numbers for many ties, and 1/1024ths for few.
FINE = st.integers(-(10**6), 10**6).map(lambda k: k / 1024)
ONE = st.just(1)


@st.composite
def group(draw, least, values, weights=ONE):
    """(items, weights) of one group of at least `least` items."""
    n = draw(st.integers(least, least + 4))
    features = draw(st.integers(1, 3))
    one = st.lists(values, min_size=features, max_size=features)
    items = draw(st.lists(one, min_size=n, max_size=n))
    heavy = draw(st.lists(weights, min_size=n, max_size=n))
    return items, heavy


def centre(rule, items, weights, f):
    return rule.centre([items], [weights], f)[0]


@pytest.mark.parametrize("name", COUNTED)
@given(f=st.integers(0, 3), data=st.data())
def test_a_rule_on_weighted_items_is_the_obvious_one(name, f, data):
    rule = RULES[name]()
    weights = st.integers(1, 5) if rule.weighted else ONE
    items, heavy = data.draw(group(rule.least(f), WHOLE, weights))
    expected = getattr(obvious, name)(items, heavy, f)
    np.testing.assert_allclose(centre(rule, items, heavy, f), expected, atol=1e-12)


@pytest.mark.parametrize("name", CHOSEN)
@pytest.mark.parametrize("values", [WHOLE, FINE], ids=["whole", "fine"])
@given(f=st.integers(0, 2), data=st.data())
def test_a_rule_that_chooses_items_is_the_obvious_one(name, values, f, data):
    rule = RULES[name]()
    items, ones = data.draw(group(rule.least(f), values))
    expected = getattr(obvious, name)(items, ones, f)
    np.testing.assert_allclose(centre(rule, items, ones, f), expected, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("name", ["krum", "multi_krum"])
@given(f=st.integers(0, 2), data=st.data())
def test_krum_counts_as_many_neighbours_as_it_is_told(name, f, data):
    rule = make_rule(name, {"others": 1})
    items, ones = data.draw(group(rule.least(f), FINE))
    expected = getattr(obvious, name)(items, ones, f, others=1)
    np.testing.assert_allclose(centre(rule, items, ones, f), expected, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("seed", range(60))
def test_the_filter_is_the_obvious_one(seed):
    """On items in general position: among directions of equal spread, rounding would choose."""
    rng = np.random.default_rng(seed)
    n, f = int(rng.integers(20, 40)), int(rng.integers(0, 9))
    items = rng.normal(size=(n, 3))
    items[:f] += rng.uniform(1, 5)
    expected = obvious.spectral_filter(items.tolist(), [1] * n, f)
    np.testing.assert_allclose(
        centre(make_rule("spectral_filter"), items, np.ones(n), f), expected, atol=1e-12
    )


@settings(max_examples=50)
@given(st.integers(0, 3).flatmap(lambda f: st.tuples(st.just(f), group(2 * f + 1, WHOLE))))
def test_nothing_has_a_smaller_sum_of_distances_than_the_geometric_median(drawn):
    """To a part in a thousand: towards an item of just half of the weight the steps get short."""
    f, (items, _) = drawn
    weights = [1 + i % 3 for i in range(len(items))]
    found = centre(make_rule("geometric_median"), items, weights, f)
    cost = obvious.geometric_median_cost(found, items, weights)
    spread = max(abs(x) for item in items for x in item) * sum(weights)
    steps = 0.1 * np.vstack([np.eye(len(found)), -np.eye(len(found))])
    for other in [*items, *(found + steps)]:
        assert cost <= obvious.geometric_median_cost(other, items, weights) + 1e-3 * spread


@given(st.integers(1, 3), st.sampled_from([0, 3, 7]), st.data())
def test_buckets_may_be_more_than_liars_ask_for(f, buckets, data):
    rule = make_rule("median_of_means", {"buckets": buckets})
    items, ones = data.draw(group(rule.least(f), WHOLE))
    expected = obvious.median_of_means(items, ones, f, buckets)
    np.testing.assert_allclose(centre(rule, items, ones, f), expected, atol=1e-12)


@given(st.integers(0, 2), st.data())
def test_mixing_is_the_mean_of_the_nearest(f, data):
    items, ones = data.draw(group(2 * f + 1, WHOLE))
    found = mix(prepare([items], [ones], f))[0]
    np.testing.assert_allclose(found, obvious.mix(items, f), atol=1e-12)


@given(group(2, WHOLE, st.integers(1, 4)))
def test_robust_scales_are_the_obvious_ones(drawn):
    items, weights = drawn
    values, heavy = np.array([items]), np.array([weights], float)
    columns = list(zip(*items, strict=True))
    np.testing.assert_allclose(mad(values, heavy)[0], [obvious.mad(c, weights) for c in columns])
    np.testing.assert_allclose(qn(values, heavy)[0], [obvious.qn(c) for c in columns])


@pytest.mark.parametrize("name", ["mean", "median", "trimmed_mean", "median_of_means"])
@given(seed=st.integers(0, 100), share=st.sampled_from([0.0, 0.2, 1 / 3]))
def test_a_nested_rule_is_the_rule_group_after_group(name, seed, share):
    items = np.random.default_rng(seed).normal(size=(48, 2))
    expected = obvious.nested(items.tolist(), (6, 4, 2), getattr(obvious, name), share)
    np.testing.assert_allclose(nested(items, (6, 4, 2), make_rule(name), share), expected)
