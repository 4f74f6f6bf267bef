"""Every method: what it has in common with the others, and the formula that is its own."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.confidence.contract import Children, Group
from sim.stats.confidence.diagnosis import ASSUMPTIONS
from sim.stats.confidence.quantiles import t_quantile
from sim.stats.confidence.registry import INTERVALS, make_interval
from tests.stats.confidence.drawn import drawn, unequal_group

EVERY = pytest.mark.parametrize("kind", INTERVALS)
OVER_CHILDREN = ("dersimonian_laird", "hartung_knapp")
T_19 = 2.093024054408263


def family(shape=(3, 2), shift=0.0, scale=1.0):
    """Nodes of four children each, of any shape, whose numbers are all moved and stretched."""
    draw = np.random.default_rng(1)
    mean, sd, between = draw.normal(0, 1, shape), draw.uniform(1, 2, shape), 0.5
    children = Children.of(
        shift + scale * draw.normal(0, 1, (4, *shape)), scale**2 * draw.uniform(1, 2, (4, *shape))
    )
    return Group.of(60, 6, shift + scale * mean, scale * sd, scale * between, children=children)


@EVERY
def test_an_interval_has_the_shape_of_its_group(kind):
    interval = make_interval(kind).interval(family())
    for array in (interval.centre, interval.half_width, interval.standard_error, interval.degrees):
        assert array.shape == (3, 2)
    assert np.isfinite(interval.half_width).all()


@EVERY
def test_an_interval_moves_and_stretches_with_what_is_measured(kind):
    plain = make_interval(kind).interval(family())
    moved = make_interval(kind).interval(family(shift=7.0, scale=3.0))
    np.testing.assert_allclose(moved.centre, 7 + 3 * plain.centre)
    np.testing.assert_allclose(moved.half_width, 3 * plain.half_width)


@EVERY
def test_more_confidence_is_a_wider_interval(kind):
    widths = [
        make_interval(kind).interval(family(), level).half_width for level in (0.5, 0.9, 0.99)
    ]
    assert (np.diff(widths, axis=0) > 0).all()


@EVERY
@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, math.nan])
def test_a_level_that_is_none_is_refused(kind, level):
    with pytest.raises(ValueError, match="must be between 0 and 1"):
        make_interval(kind).interval(family(), level)


@EVERY
def test_of_nothing_nothing_is_claimed(kind):
    children = Children.of([math.nan, math.nan], 1.0)
    nothing = Group.of(0, 0, math.nan, math.nan, math.nan, children=children)
    assert make_interval(kind).interval(nothing).half_width == math.inf


@EVERY
def test_what_a_method_assumes_is_something_that_can_be_checked(kind):
    assert set(INTERVALS[kind].assumes) <= set(ASSUMPTIONS)


@pytest.mark.parametrize("kind", OVER_CHILDREN)
def test_a_method_for_children_is_of_no_use_without(kind):
    with pytest.raises(ValueError, match="the group has none"):
        make_interval(kind).interval(Group.of(10, 5, 0.0, 1.0, 1.0))


def test_an_unknown_method_or_option_is_refused():
    with pytest.raises(ValueError, match="no interval 'naive'; there are pooled, clustered"):
        make_interval("naive")
    with pytest.raises(ValueError, match="sequence has no option 'r'; it has horizon, of"):
        make_interval("sequence", {"r": 100})
    with pytest.raises(ValueError, match="it has none"):
        make_interval("pooled", {"of": "process"})


def test_pooled_takes_every_value_for_a_source():
    interval = make_interval("pooled").interval(Group.of(20, 4, 1.0, 2.0, 0.5))
    assert interval.half_width == pytest.approx(T_19 * 2 / math.sqrt(20))


def test_clustered_takes_every_source_for_a_value():
    group = Group.of(900, 20, 1.0, 2.0, 0.5, source_mean=1.1)
    interval = make_interval("clustered").interval(group)
    assert interval.centre == 1.1
    assert interval.half_width == pytest.approx(T_19 * 0.5 / math.sqrt(20))


def test_of_one_source_no_mean_of_a_process_can_be_told():
    alone = Group.of(50, 1, 1.0, 2.0, math.nan)
    assert make_interval("clustered").interval(alone).half_width == math.inf
    assert make_interval("two_level").interval(alone).half_width == math.inf
    assert make_interval("stratified").interval(alone).half_width < math.inf


@given(st.integers(2, 50), st.floats(0.05, 2))
def test_with_sources_of_one_size_two_level_is_clustered_but_for_the_noise_it_knows(K, between):
    group = Group.of(20 * K, K, 1.0, math.hypot(1.0, between), between)
    pair = [make_interval(kind).interval(group) for kind in ("two_level", "clustered")]
    if between > math.sqrt(0.1):  # well above what noise alone gives, 1 / sqrt 20
        assert pair[0].half_width == pytest.approx(pair[1].half_width)
    assert pair[0].half_width >= pair[1].half_width * (1 - 1e-12)


def test_two_level_says_how_uncertain_the_mean_is_if_one_source_sent_nearly_everything():
    """One source of 1000 values and nine of 2, levels 1 apart: the mean of all is the one's."""
    draw = np.random.default_rng(2)
    sizes = [1000] + [2] * 9
    group = unequal_group([draw.normal(draw.normal(), 0.1, size) for size in sizes])
    interval = make_interval("two_level").interval(group)
    assert group.effective_sources == pytest.approx(1.04, abs=0.005)
    assert interval.standard_error == pytest.approx(0.98 * group.between_sd, rel=0.02)


def test_stratified_knows_how_far_sources_are_apart_and_does_not_mind():
    near, far = drawn(3, 1, 10, 40, between=0.0), drawn(3, 1, 10, 40, between=50.0)
    widths = [make_interval("stratified").interval(group).half_width[0] for group in (near, far)]
    assert widths[1] == pytest.approx(widths[0], rel=1e-6)
    assert widths[0] == pytest.approx(1.966 / 20, rel=4 / math.sqrt(2 * 390))


def test_quantiles_are_those_of_student_and_at_infinity_the_normal_one():
    z = NormalDist().inv_cdf(0.975)
    np.testing.assert_allclose(
        t_quantile(0.95, [1, 19, math.inf]), [12.706204736, T_19, z], rtol=1e-9
    )
    assert np.isnan(t_quantile(0.95, [0, -1, math.nan])).all()
