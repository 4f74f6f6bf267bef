import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.stats.confidence.contract import Children, Group
from sim.stats.confidence.heterogeneity import children_differ, i_squared, sources_differ
from sim.stats.confidence.meta_analysis import combined
from sim.stats.confidence.registry import make_interval
from tests.reference import confidence as plain
from tests.stats.confidence.drawn import drawn

CHILD = st.tuples(st.floats(-5, 5), st.floats(0.01, 4), st.integers(1, 40))


@settings(max_examples=60)
@given(st.lists(CHILD, min_size=2, max_size=8))
def test_what_children_say_together_is_what_plain_loops_say(children):
    y, v, _ = zip(*children, strict=True)
    found = combined(Children.of(y, v))
    numbers = (found.mean, found.variance, found.tau2, found.q, found.spread)
    np.testing.assert_allclose(numbers, plain.dersimonian_laird(y, v), rtol=1e-7, atol=1e-9)


def test_children_that_say_nothing_leave_the_others_as_they_are():
    y, v = [0.1, 0.5, math.nan, 0.2, 0.9], [0.01, 0.02, 0.3, math.nan, 0.04]
    of_five, of_three = (
        combined(Children.of(y, v)),
        combined(Children.of(y[:2] + y[4:], v[:2] + v[4:])),
    )
    assert of_five.children == 3
    assert of_three.tau2 > 0
    np.testing.assert_allclose(
        (of_five.mean, of_five.tau2, of_five.q), (of_three.mean, of_three.tau2, of_three.q)
    )


def test_one_child_is_believed_by_one_method_and_not_by_the_other():
    alone = Group.of(9, 3, 0.0, 1.0, 1.0, children=Children.of([2.0], [0.25]))
    believed = make_interval("dersimonian_laird").interval(alone)
    assert (believed.centre, believed.standard_error) == pytest.approx((2.0, 0.5))
    assert make_interval("hartung_knapp").interval(alone).half_width == math.inf


def test_children_whose_values_never_vary_are_told_apart_by_their_means_alone():
    found = combined(Children.of([1.0, 2.0, 3.0], 0.0))
    assert (found.mean, found.variance, found.tau2) == pytest.approx((2.0, 1 / 3, 1.0))
    same = combined(Children.of([2.0, 2.0], 0.0))
    assert (same.mean, same.variance) == pytest.approx((2.0, 0.0))


@settings(max_examples=60)
@given(st.lists(CHILD, min_size=2, max_size=8))
def test_welchs_test_is_that_of_the_plain_formula(children):
    from scipy.special import betainc

    y, v, degrees = zip(*children, strict=True)
    ratio, second = plain.welch(y, v, degrees)
    found = children_differ(Children.of(y, v, degrees))
    tail = betainc(second / 2, (len(y) - 1) / 2, second / (second + (len(y) - 1) * ratio))
    assert found == pytest.approx(tail, rel=1e-6, abs=1e-12)


def test_with_known_variances_it_is_cochrans_q_against_chi_square():
    """Q = 2 for two means 2 apart of variance 1: P(chi2_1 > 2) = P(|z| > sqrt 2)."""
    p = children_differ(Children.of([0.0, 2.0], 1.0))
    assert p == pytest.approx(math.erfc(1.0))


def test_children_of_few_sources_are_not_blamed_for_their_noise():
    """At 1 %: Welch 1.2 %, Cochran 5 % where variances come from ten sources and count as known."""
    draw, size = np.random.default_rng(3), (7, 20_000)
    y, v = draw.normal(0, 1, size), draw.chisquare(9, size) / 9
    welch = children_differ(Children.of(y, v, 9)) <= 0.01
    cochran = children_differ(Children.of(y, v)) <= 0.01
    assert welch.mean() == pytest.approx(0.012, abs=4 * math.sqrt(0.012 / 20_000))
    assert cochran.mean() > 0.04


def test_sources_that_are_alike_differ_in_as_many_draws_as_the_test_says():
    p = sources_differ(drawn(4, 4000, 10, 8, between=0.0))
    for level in (0.05, 0.5):
        spread = math.sqrt(level * (1 - level) / len(p))
        assert (p <= level).mean() == pytest.approx(level, abs=4 * spread)


def test_there_is_no_telling_of_one_child_or_one_source_whether_it_differs():
    assert np.isnan(children_differ(Children.of([1.0], [1.0])))
    assert np.isnan(sources_differ(Group.of(9, 1, 0.0, 1.0, math.nan)))


def test_the_share_that_claims_do_not_explain():
    """Q = 8 with one degree of freedom: 7/8."""
    assert i_squared(Children.of([0.0, 4.0], 1.0)) == pytest.approx(7 / 8)
    assert i_squared(Children.of([1.0, 1.0], 1.0)) == 0
