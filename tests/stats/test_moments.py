"""Exact moments, against Python's integers, `fractions` and `statistics`.

A row is made here of the values of each agent, as plainly as the specification says it.
"""

import math
import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.fixed_point import LIMIT, QUANTUM
from sim.stats.moments import (
    Layout,
    canonical,
    digest,
    error_mean,
    error_sd,
    moments,
)

ONE = Layout(1)
VALUES = st.lists(st.integers(-LIMIT, LIMIT), min_size=1, max_size=8)
AGENTS = st.lists(VALUES, min_size=2, max_size=8)
"""The values of some agents, in quanta."""


def narrow_row(values):
    """The summary of one agent with one feature: count, sources, S, Q, M, R."""
    mean = round(Fraction(sum(values), len(values)))
    squares = sum(value * value for value in values)
    return np.array([len(values), 1, sum(values), squares, mean, mean * mean], np.int64)


def wide_row(agents):
    """The exact sum over agents."""
    return sum(ONE.widen(narrow_row(values)) for values in agents)


def moments_of(agents):
    return moments(wide_row(agents), 1)


def moments_of_two(first, second):
    """One agent with two features."""
    rows = np.stack([narrow_row(first), narrow_row(second)])
    both = np.concatenate((rows[0, :2], rows[:, 2:].T.ravel()))
    return moments(Layout(2).widen(both), 2)


def alternating(offset, count=50):
    """Agents that measure offset + 1 and offset - 1 quanta in turn."""
    return [[offset + 1, offset - 1] for _ in range(count)]


# Layout


def test_a_wide_row_says_the_same_as_a_narrow_one():
    layout = Layout(2)
    narrow = np.array([3, 1, 10, -20, 2**40 + 5, 7, 3, -4, 2**33, 16], np.int64)
    expected = [3, 1, 10, -20, 2**8, 0, 5, 7, 3, -4, 2, 0, 0, 16]
    assert layout.widen(narrow).tolist() == expected


def test_rows_are_widened_one_by_one_in_any_shape():
    rows = np.arange(3 * 4 * Layout(2).narrow).reshape(3, 4, -1)
    wide = Layout(2).widen(rows)
    assert wide.shape == (3, 4, Layout(2).wide)
    assert wide[1, 2].tolist() == Layout(2).widen(rows[1, 2]).tolist()


def test_a_change_of_a_mean_may_be_negative():
    falling = np.array([1, 0, 4, 16, -3, -7], np.int64)
    wide = ONE.widen(falling)
    assert (int(wide[6]) << 32) + int(wide[7]) == -7


# Grouping


@given(AGENTS, st.randoms(use_true_random=False))
def test_any_order_and_grouping_gives_the_same_bits(agents, random):
    rows = [ONE.widen(narrow_row(values)) for values in agents]
    total = canonical(sum(rows), 1)
    while len(rows) > 1:
        random.shuffle(rows)
        merged = rows.pop() + rows.pop()
        rows.append(canonical(merged, 1) if random.random() < 0.5 else merged)
    assert canonical(rows[0], 1).tobytes() == total.tobytes()
    assert digest(rows[0], 1) == digest(total, 1)


@given(AGENTS)
def test_a_digest_is_of_32_bytes_and_differs_with_any_number(agents):
    row = wide_row(agents)
    digests = {digest(row, 1)}
    for column in range(len(row)):
        other = row.copy()
        other[column] += 1
        digests.add(digest(other, 1))
    assert len(digests) == 1 + len(row)
    assert {len(one) for one in digests} == {32}


def test_many_large_squares_do_not_overflow():
    row = wide_row([[LIMIT] * 8]) * 10**6
    said = moments(canonical(row, 1), 1)
    assert (said.count, said.mean[0], said.sd[0]) == (8 * 10**6, 16, 0)


# What a row says


@given(AGENTS)
def test_mean_and_deviation_are_those_of_all_values(agents):
    scales = [value * QUANTUM for values in agents for value in values]
    said = moments_of(agents)
    assert said.count == len(scales)
    assert said.mean[0] == pytest.approx(math.fsum(scales) / len(scales), rel=1e-12, abs=1e-18)
    assert said.sd[0] == pytest.approx(statistics.stdev(scales), rel=1e-12, abs=1e-18)


@given(AGENTS)
def test_the_spread_between_sources_is_that_of_their_own_means(agents):
    means = [round(Fraction(sum(values), len(values))) * QUANTUM for values in agents]
    said = moments_of(agents)
    assert said.sources == len(agents)
    assert said.between_sd[0] == pytest.approx(statistics.stdev(means), rel=1e-12, abs=1e-18)


def test_features_do_not_mix():
    said = moments_of_two([1 << 20, 3 << 20], [5 << 20, 5 << 20])
    assert said.mean.tolist() == [2, 5]
    assert said.sd.tolist() == [math.sqrt(2), 0]


@pytest.mark.parametrize("offset", [0, 10**6, LIMIT - 1, 1 - LIMIT])
def test_an_offset_cannot_swallow_the_deviation(offset):
    # At 16 scales the deviation is 1.6e7 times smaller than the mean: the textbook formula with
    # float squares would have 2 of its 16 digits left, or a negative variance.
    said, plain = moments_of(alternating(offset)), moments_of(alternating(0))
    assert said.sd[0] == plain.sd[0] > 0


def test_the_interval_is_that_of_a_cluster_sample():
    agents = [[0, 2 << 20], [4 << 20, 4 << 20], [10 << 20, 8 << 20]]
    # The means are 1, 4 and 9 scales: Cochran, Sampling Techniques, section 9.
    expected = 1.959963984540054 * math.sqrt(statistics.variance([1, 4, 9]) / 3)
    assert moments_of(agents).half_width[0] == pytest.approx(expected, rel=1e-12)


def test_more_values_of_the_same_agents_do_not_narrow_the_interval():
    few = [[0, 0], [4, 4], [9, 9]]
    assert moments_of(few).half_width == moments_of([values * 50 for values in few]).half_width


def test_one_source_has_no_interval():
    assert np.isnan(moments_of([[1, 2, 3]]).half_width).all()


def test_of_nothing_nothing_is_said():
    said = moments(np.zeros(ONE.wide, np.int64), 1)
    assert (said.count, said.sources) == (0, 0)
    assert np.isnan([said.mean[0], said.sd[0], said.between_sd[0]]).all()


def test_one_value_has_a_mean_and_no_deviation():
    said = moments_of([[3 << 20]])
    assert said.mean[0] == 3
    assert np.isnan(said.sd[0])


# Errors


def test_the_error_of_a_mean_is_in_deviations_of_the_truth():
    truth = moments_of([[-(1 << 20), 1 << 20]])
    estimate = moments_of([[0, 2 << 20]])
    # Off by 1 scale; the truth has a deviation of sqrt(2) scales.
    assert error_mean(estimate, truth) == pytest.approx(1 / math.sqrt(2), rel=1e-12)


def test_the_error_of_a_deviation_is_a_log_ratio_in_either_direction():
    narrow, broad = (moments_of([[-size, size]]) for size in (1 << 20, 3 << 20))
    assert error_sd(narrow, broad) == pytest.approx(math.log(3), rel=1e-12)
    assert error_sd(broad, narrow) == pytest.approx(math.log(3), rel=1e-12)


def test_the_worst_feature_is_the_error():
    scale = 1 << 20
    truth = moments_of_two([-scale, scale], [-2 * scale, 2 * scale])
    estimate = moments_of_two([0, 2 * scale], [scale, 5 * scale])
    # Off by 1 scale of sqrt(2), and by 3 scales of 2 sqrt(2).
    assert error_mean(estimate, truth) == pytest.approx(3 / math.sqrt(8), rel=1e-12)


def test_an_unknown_estimate_has_an_unknown_error():
    truth = moments_of([[-5, 5]])
    nothing = moments(np.zeros(ONE.wide, np.int64), 1)
    assert math.isnan(error_mean(nothing, truth))
    assert math.isnan(error_sd(nothing, truth))


def test_a_feature_that_does_not_vary_is_no_measure_of_errors():
    flat = moments_of([[7, 7], [7, 7]])
    assert math.isnan(error_mean(moments_of([[8, 8]]), flat))
    assert math.isnan(error_sd(moments_of([[7, 9]]), flat))


def test_an_estimate_without_spread_of_what_varies_is_infinitely_wrong():
    assert error_sd(moments_of([[7, 7]]), moments_of([[5, 9]])) == math.inf
