"""What is known of a published version: weights of its sources, noise within, spread between."""

import numpy as np
import pytest

from sim.engine.control.editions import Ages, held, variances
from sim.stats.moments import Moments
from sim.telemetry import holdings

S = 1_000_000_000
ALL = Ages(oldest_born_ns=0, mean_born_ns=0, agents=100, coverage=1.0)


def children(*groups):
    """(agents heard, born) of each child; all of one child are equally old."""
    rows = np.zeros((len(groups), holdings.COLUMNS), np.int64)
    for row, (heard, born_ns) in zip(rows, groups, strict=True):
        row[holdings.OLDEST] = born_ns
        row[holdings.BORN] = heard * born_ns
        row[holdings.HEARD] = heard
    return rows


def test_the_mean_of_all_sources_is_no_sample():
    ages = ALL.in_window(children((50, 8 * S), (50, 8 * S)), 3 * S)
    assert (ages.in_it, ages.span) == (100, (3 * S, 8 * S))
    assert ages.uneven == pytest.approx(0, abs=1e-15)


def test_of_a_part_the_error_is_that_of_a_sample_from_a_finite_population():
    """Cochran, Sampling Techniques, 1977, theorem 2.2: S^2 / n (1 - n / N)."""
    ages = ALL.in_window(children((75, 8 * S), (25, 3 * S)), 3 * S)
    assert ages.in_it == 75
    assert ages.uneven == pytest.approx((1 - 0.75) / 75)


def test_who_is_behind_weighs_less():
    ages = ALL.in_window(children((50, 7 * S), (50, 5 * S)), 3 * S)
    weights = np.repeat([4 / 300, 2 / 300], 50)
    assert ages.uneven == pytest.approx(np.sum((weights - 1 / 100) ** 2))
    assert ages.span == (3 * S, 6 * S)


def test_births_spread_below_a_child_count_as_uneven():
    spread = children((100, 8 * S))
    spread[0, holdings.OLDEST] = 7 * S
    draw = np.random.default_rng(3).uniform(7, 9, (2000, 100)) - 3
    weights = draw / draw.sum(axis=1, keepdims=True)
    expected = np.mean(np.sum(weights**2, axis=1)) - 1 / 100
    assert ALL.in_window(spread, 3 * S).uneven == pytest.approx(expected, rel=0.05)


def test_nobody_has_values_in_a_window_that_has_just_begun():
    ages = ALL.in_window(children((100, 3 * S)), 3 * S)
    assert (ages.in_it, ages.span.length_ns, ages.uneven) == (0, 1, 0.0)


def found(agents, each, within, between, seed=5):
    """Moments of so many values of each agent."""
    draw = np.random.default_rng(seed)
    level = between * draw.standard_normal((agents, 1))
    values = level + within * draw.standard_normal((agents, each))
    sd, between_sd = values.std(ddof=1), values.mean(axis=1).std(ddof=1)
    return Moments(values.size, agents, np.zeros(1), np.array([sd]), np.array([between_sd]))


def test_the_spread_within_sources_is_told_from_that_between_them():
    within, between = variances(found(agents=2000, each=5, within=2.0, between=0.5))
    # Relative errors: sqrt(2 / 8000) of the first; the second is a difference, of 0.25 + 4 / 5.
    assert within[0] == pytest.approx(4.0, rel=4 * np.sqrt(2 / 8000))
    assert between[0] == pytest.approx(0.25, abs=4 * (1.05 * np.sqrt(2 / 2000)))


def test_of_single_values_either_may_be_all_there_is():
    one = Moments(100, 100, np.zeros(1), np.array([3.0]), np.array([3.0]))
    assert [part.tolist() for part in variances(one)] == [[9.0], [9.0]]


def test_agents_that_were_not_heard_are_not_in_a_version():
    ages = ALL.in_window(children((75, 8 * S), (25, 0)), 3 * S)
    assert held(1, found(100, 5, 1.0, 1.0), ages).agents == 75


def test_nothing_is_held_of_nothing():
    nothing = Moments(0, 0, *(np.full(1, np.nan) for _ in range(3)))
    assert held(1, nothing, ALL) is None
