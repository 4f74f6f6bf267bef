"""Quantile sketches, against a count of buckets, numpy's quantiles and the ddsketch package."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.fixed_point import QUANTUM
from sim.stats.sketches.quantile_sketch import LIMIT, Buckets, sketch
from tests.reference import sketches as reference

PERCENT = Buckets(0.01)
ALPHAS = st.sampled_from([0.001, 0.01, 0.05, 0.3])
NUMBERS = st.integers(-(10**7), 10**7) | st.integers(-5, 5) | st.integers(-(2**63), 2**63 - 1)
VALUES = st.lists(NUMBERS, min_size=1, max_size=40)
ROUNDING = 1e-12


def column(values):
    return np.array(values, np.int64)[:, None]


def of(values, buckets=PERCENT, weight=None):
    """The sketch of one node and one feature."""
    weights = None if weight is None else np.array(weight, np.int64)
    return sketch(np.zeros(len(values), np.int64), column(values), buckets, weights)


def rows(sketches):
    parts = (sketches.node, sketches.feature, sketches.bucket, sketches.count)
    return list(zip(*(part.tolist() for part in parts), strict=True))


def clipped(values):
    return np.clip(np.array(values, np.int64), -LIMIT, LIMIT).astype(np.float64)


# Buckets


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=40), ALPHAS)
def test_a_sketch_counts_what_is_in_each_bucket(values, alpha):
    expected = sorted(reference.buckets(values, alpha).items())
    assert rows(of(values, Buckets(alpha))) == [(0, 0, bucket, count) for bucket, count in expected]


@given(VALUES, ALPHAS)
def test_what_stands_for_a_bucket_is_within_alpha_of_all_in_it(values, alpha):
    buckets, exact = Buckets(alpha), clipped(values)
    error = np.abs(buckets.middle(buckets.of(np.array(values, np.int64))) - exact)
    assert (error <= alpha * np.abs(exact) * (1 + ROUNDING)).all()


def test_zero_is_a_bucket_of_its_own_and_signs_are_mirrored():
    # 3 needs 55 factors of 1.01 / 0.99 = 1.0202.
    values = np.array([-3, -1, 0, 1, 3])
    assert PERCENT.of(values).tolist() == [-56, -1, 0, 1, 56]
    assert PERCENT.middle(np.array([0])) == 0


@given(VALUES, ALPHAS)
def test_buckets_keep_the_order_of_values(values, alpha):
    ordered = np.sort(np.array(values, np.int64))
    assert (np.diff(Buckets(alpha).of(ordered)) >= 0).all()


@pytest.mark.parametrize("alpha", [0, 1, -0.1, float("nan")])
def test_an_error_outside_0_to_1_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha must be between"):
        Buckets(alpha)


# Merging


@given(st.lists(st.tuples(st.integers(0, 5), NUMBERS, NUMBERS), min_size=1, max_size=30))
def test_any_order_and_tree_gives_the_same_bits(items):
    table = np.array(items, np.int64)
    node, values = table[:, 0], table[:, 1:]
    flat = sketch(np.zeros(len(node), np.int64), values, PERCENT)
    parent = np.array([0, 0, 1, 1, 2, 0])
    tree = sketch(node, values, PERCENT).merge(parent).merge(np.zeros(3, np.int64))
    half = len(node) // 2
    parts = [
        sketch(np.zeros(len(part), np.int64), part, PERCENT)
        for part in (values[half:], values[:half])
    ]
    assert rows(parts[0].add(parts[1])) == rows(parts[1].add(parts[0])) == rows(tree) == rows(flat)


def test_nodes_and_features_do_not_mix():
    both = sketch(np.array([0, 2, 2]), np.array([[10, -5], [20, 0], [20, 7]]), PERCENT)
    median = both.median(3)
    assert median[0] == pytest.approx([10, -5], rel=0.01)
    assert np.isnan(median[1]).all()
    assert median[2] == pytest.approx([20, 3.5], rel=0.01)


def test_some_nodes_are_picked_as_they_are():
    both = sketch(np.array([0, 1, 1]), column([7, 7, -3]), PERCENT)
    (_, *second) = rows(both)
    assert rows(both.pick(np.array([False, True]))) == second
    assert len(second) == 2


def test_sketches_of_different_kinds_do_not_merge():
    with pytest.raises(ValueError, match="do not merge"):
        of([1]).add(of([1], Buckets(0.02)))


def test_a_sketch_of_nothing_says_nothing():
    empty = sketch(np.zeros(0, np.int64), np.zeros((0, 2), np.int64), PERCENT)
    assert rows(empty.merge(np.zeros(1, np.int64))) == []
    for said in (
        empty.median(1),
        empty.mad(1),
        empty.trimmed_mean(0.2, 1),
        empty.quantiles(0.5, 1),
    ):
        assert said.size == 2
        assert np.isnan(said).all()


# Weights


@given(st.lists(st.tuples(NUMBERS, st.integers(0, 4)), min_size=1, max_size=20))
def test_a_weight_is_so_many_copies(items):
    values, weights = zip(*items, strict=True)
    copies = np.repeat(np.array(values, np.int64), weights)
    assert rows(of(values, weight=weights)) == rows(of(copies))


def test_nobody_weighs_less_than_nothing():
    with pytest.raises(ValueError, match="must not be negative"):
        of([1, 2], weight=[1, -1])


# Quantiles


@given(VALUES, ALPHAS, st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_quantiles_are_within_alpha_of_numpys(values, alpha, q):
    exact = np.quantile(clipped(values), q, method="lower")
    said = of(values, Buckets(alpha)).quantiles(q, 1)[0, 0]
    assert (np.abs(said - exact) <= alpha * np.abs(exact) * (1 + ROUNDING)).all()


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=40))
def test_the_median_is_within_alpha_of_the_middle_and_mirrors(values):
    ordered = np.sort(values)
    middle = ordered[[(len(values) - 1) // 2, len(values) // 2]]
    said = of(values).median(1)[0, 0]
    assert abs(said - middle.mean()) <= 0.01 * np.abs(middle).mean() * (1 + ROUNDING)
    assert of([-value for value in values]).median(1)[0, 0] == -said


@pytest.mark.parametrize("q", [-0.1, 1.1, float("nan")])
def test_a_quantile_is_from_0_to_1(q):
    with pytest.raises(ValueError, match="from 0 to 1"):
        of([1]).quantiles(q, 1)


def test_lognormal_quantiles_are_off_by_less_than_a_percent():
    # lognormal(0, 2) as in the theory, which saw 0.84 % at worst: near the bound, and below it.
    values = np.rint(np.random.default_rng(1).lognormal(0, 2, 100_000) / QUANTUM).astype(np.int64)
    q = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
    error = np.abs(of(values).quantiles(q, 1)[0, 0] / np.quantile(values, q, method="lower") - 1)
    assert 0.005 < error.max() <= 0.01


def test_quantiles_are_those_of_the_ddsketch_package_to_a_bucket():
    ddsketch = pytest.importorskip("ddsketch", reason="an oracle of the extra `dev`")
    values = np.rint(np.random.default_rng(2).normal(size=2000) / QUANTUM).astype(np.int64)
    oracle = ddsketch.DDSketch(0.01)
    for value in values.tolist():
        oracle.add(value)
    q = [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]
    said = of(values).quantiles(q, 1)[0, 0]
    theirs = [oracle.get_quantile_value(each) for each in q]
    assert said == pytest.approx(theirs, rel=0.0203)


def test_a_fifth_of_liars_far_out_moves_the_median_by_its_bias_and_no_more():
    # Theory: 0.318 against 0.316 exactly. Phi^-1(1 / (2 * 0.8)) = 0.3186 is the maximum bias, and
    # the median of 800 has a standard error of 1.25 / sqrt(800) = 0.044.
    honest = np.random.default_rng(3).normal(size=800)
    values = np.rint(np.concatenate((honest, np.full(200, 1e6))) / QUANTUM).astype(np.int64)
    said = float(of(values).median(1)[0, 0] * QUANTUM)
    assert said == pytest.approx(np.median(values) * QUANTUM, rel=0.01)
    assert said == pytest.approx(0.3186, abs=4 * 0.044)
    assert of(values).wire_bytes(1)[0] < 12_000


@pytest.mark.parametrize(("liars", "holds"), [(499, True), (501, False)])
def test_the_median_breaks_when_half_of_the_agents_lie(liars, holds):
    values = np.concatenate((np.arange(1000 - liars), np.full(liars, 10**12)))
    locals_ = sketch(np.arange(1000) // 50, values[:, None], PERCENT)
    median = locals_.merge(np.zeros(20, np.int64)).median(1)[0, 0]
    assert (median < 1100) == holds


# Trimmed means and deviations


def trimmed(values, share):
    """Sort, drop, average: the share is a whole number of values here."""
    ordered, cut = np.sort(values), round(share * len(values))
    return ordered[cut : len(values) - cut]


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=10), st.sampled_from([0, 0.1, 0.4])
)
def test_a_trimmed_mean_is_within_alpha_of_what_is_left(values, share):
    kept = trimmed(np.repeat(values, 10), share)
    said = of(values, weight=[10] * len(values)).trimmed_mean(share, 1)[0, 0]
    allowed = 0.01 * np.abs(kept).mean() * (1 + ROUNDING) + 1e-6
    assert abs(said - kept.mean()) <= allowed


def test_weight_at_the_border_of_a_trim_is_split():
    # A quarter of 6 is 1.5 at each end: what is left is half of 1, then 2, 3, and half of 4.
    said = of([0, 1, 2, 3, 4, 5], Buckets(1e-4)).trimmed_mean(0.25, 1)[0, 0]
    assert said == pytest.approx((0.5 * 1 + 2 + 3 + 0.5 * 4) / 3, rel=1e-3)


@pytest.mark.parametrize("share", [-0.1, 0.5, float("nan")])
def test_no_more_than_all_is_trimmed(share):
    with pytest.raises(ValueError, match="is trimmed"):
        of([1]).trimmed_mean(share, 1)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=40), ALPHAS)
def test_the_median_deviation_is_within_what_it_says(values, alpha):
    ordered = np.sort(values)
    middle = ordered[[(len(values) - 1) // 2, len(values) // 2]]
    exact = np.median(np.abs(ordered - np.median(ordered)))
    allowed = alpha * (exact + abs(np.median(ordered)) + np.abs(middle).max())
    assert abs(of(values, Buckets(alpha)).mad(1)[0, 0] - exact) <= allowed + 1e-9


def test_the_median_deviation_of_many_nodes_is_that_of_each():
    values = np.random.default_rng(4).normal(size=(300, 2)) / QUANTUM
    whole = np.rint(values).astype(np.int64)
    node = np.arange(300) % 3
    said = sketch(node, whole, PERCENT).mad(3)
    alone = [
        sketch(np.zeros(100, np.int64), whole[node == each], PERCENT).mad(1)[0] for each in range(3)
    ]
    assert said.tolist() == [one.tolist() for one in alone]
    assert 1.4826 * said * QUANTUM == pytest.approx(1, abs=4 * 1.17 / np.sqrt(100))
