import math

import numpy as np
import pytest

from sim.stats.confidence.contract import Children, Group, Interval


def test_a_group_is_of_one_shape_however_its_numbers_came():
    group = Group.of([[10], [20]], 5, np.zeros((2, 3)), 1.0, 0.5)
    assert {group.count.shape, group.sd.shape, group.effective_sources.shape} == {(2, 3)}


def test_sources_count_as_of_one_size_unless_said_otherwise():
    group = Group.of(20, 5, 1.5, 1.0, 0.5)
    assert (group.effective_sources, group.reciprocal_size) == (5, 0.25)
    assert group.source_mean == 1.5


def test_a_group_of_nothing_is_a_group():
    assert np.isnan(Group.of(0, 0, math.nan, math.nan, math.nan).reciprocal_size)


@pytest.mark.parametrize(("count", "sources"), [(3, 4), (3, -1)])
def test_more_sources_than_values_are_refused(count, sources):
    with pytest.raises(ValueError, match="at least one value"):
        Group.of(count, sources, 0.0, 1.0, 1.0)


@pytest.mark.parametrize(("sd", "between"), [(-1.0, 1.0), (1.0, -1.0)])
def test_a_negative_deviation_is_refused(sd, between):
    with pytest.raises(ValueError, match="must not be negative"):
        Group.of(3, 2, 0.0, sd, between)


def test_a_negative_variance_of_a_child_is_refused():
    with pytest.raises(ValueError, match="must not be negative"):
        Children.of([0.0, 1.0], [1.0, -1.0])


def test_the_first_axis_of_a_group_can_be_children():
    """What each claims is the variance of its mean: between_sd^2 / K."""
    children = Group.of(40, [[4], [8]], [[1.0], [2.0]], 3.0, 2.0).as_children()
    np.testing.assert_allclose(children.variance, [[1.0], [0.5]])
    np.testing.assert_allclose(children.degrees, [[3], [7]])


def test_a_child_that_cannot_state_its_error_is_not_there():
    children = Group.of(40, [1, 8], [1.0, 2.0], 3.0, [math.nan, 2.0]).as_children()
    assert children.there.tolist() == [False, True]


def test_an_interval_is_students_quantile_times_the_standard_error():
    interval = Interval.of(1.0, 2.0, 0.95, degrees=19)
    assert interval.half_width == pytest.approx(2 * 2.093024, rel=1e-6)
    assert interval.high - interval.low == pytest.approx(2 * interval.half_width)


@pytest.mark.parametrize(("error", "degrees"), [(math.nan, 5), (1.0, 0), (1.0, math.nan)])
def test_an_interval_of_which_too_little_is_known_is_infinite_and_covers_anything(error, degrees):
    interval = Interval.of(math.nan, error, 0.95, degrees=degrees)
    assert interval.half_width == math.inf
    assert interval.covers(1e300)


def test_an_interval_covers_its_ends_and_nothing_beyond():
    interval = Interval.of(1.0, 1.0, 0.95, half_width=2.0)
    assert interval.covers([-1.0, 0.0, 3.0, 3.1, -1.1]).tolist() == [True] * 3 + [False] * 2


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, math.nan])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(ValueError, match="level must be between 0 and 1"):
        Interval.of(0.0, 1.0, level)
