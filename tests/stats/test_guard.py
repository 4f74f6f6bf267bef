"""The guarded mean: what it lets through, what that costs, and how often it cries wolf."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm, trim_mean

from sim.stats.guard import critical_value, efficiency, guarded, radius, standard_error

VECTORS = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3)
AGENTS, LIARS = 1000, 200
MEDIAN_BIAS = float(norm.ppf(1 / (2 * 0.8)))
"""Most that a fifth of liars moves a median, in standard deviations (theory section 4)."""


# What is published


@given(VECTORS, VECTORS, st.floats(0, 1e6))
def test_the_exact_mean_is_published_if_every_feature_is_within_the_radius(exact, robust, reach):
    inside = all(abs(t - r) <= reach for t, r in zip(exact, robust, strict=True))
    said = guarded(exact, robust, reach)
    assert said.value.tolist() == (exact if inside else robust)
    assert said.alert == (not inside)


@given(VECTORS, VECTORS, VECTORS)
def test_what_is_published_is_never_further_than_the_radius_from_the_robust_estimate(
    exact, robust, reach
):
    said = guarded(exact, robust, np.abs(reach))
    assert (np.abs(said.value - robust) <= np.abs(reach)).all()


def test_one_feature_outside_its_own_radius_is_an_alert_for_all():
    said = guarded([1.0, 5.0], [0.0, 0.0], [2.0, 4.0])
    assert said.value.tolist() == [0, 0]
    assert (said.excess, said.alert) == (1.25, True)


def test_many_looks_are_judged_one_by_one():
    said = guarded([[0.5, 0.5], [0.5, 3.0]], [0.0, 0.0], 1.0)
    assert said.alert.tolist() == [False, True]
    assert said.value.tolist() == [[0.5, 0.5], [0, 0]]


def test_agents_that_all_say_the_same_are_vouched_for_without_a_radius():
    said = guarded([2.0], [2.0], [0.0])
    assert (said.excess, said.alert) == (0, False)
    assert guarded([2.0], [2.1], [0.0]).alert


@pytest.mark.parametrize("unknown", [(math.nan, 0, 1), (0, math.nan, 1), (0, 0, math.nan)])
def test_nothing_is_vouched_for_by_what_is_unknown(unknown):
    exact, robust, reach = ([0.0, each] for each in unknown)
    assert guarded(exact, robust, reach).alert


def test_a_negative_radius_is_refused():
    with pytest.raises(ValueError, match="radius"):
        guarded([0.0], [0.0], [-1.0])


# How wide the radius is


def test_a_radius_allows_for_bias_and_noise_by_feature():
    assert radius(0.5, [1.0, 2.0], [0.1, 0.2], 3.0) == pytest.approx([0.8, 1.6])


@pytest.mark.parametrize(
    ("trimmed", "expected"), [(0, 1), (0.1, 0.943), (0.2, 0.874), (1 / 3, 0.773), (0.5, 0.637)]
)
def test_efficiencies_are_those_of_the_theory(trimmed, expected):
    assert efficiency(trimmed) == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize("trimmed", [0.001, 0.05, 0.25, 0.45, 0.499])
def test_an_efficiency_is_the_integral_it_stands_for(trimmed):
    # The asymptotic variance: mean square of the influence function, which is clipped at +-a.
    a = norm.isf(trimmed)
    inner = quad(lambda x: x * x * norm.pdf(x), -a, a)[0]
    variance = (inner + 2 * trimmed * a * a) / (1 - 2 * trimmed) ** 2
    assert efficiency(trimmed) == pytest.approx(1 / variance, rel=1e-6)


@pytest.mark.parametrize("trimmed", [-0.1, 0.6, math.nan])
def test_no_more_than_half_is_trimmed_at_an_end(trimmed):
    with pytest.raises(ValueError, match="is trimmed"):
        efficiency(trimmed)


@pytest.mark.parametrize(
    ("sampled", "trimmed", "estimate"),
    [
        (100, 0.5, lambda x: np.median(x, axis=1)),
        (100, 0.2, lambda x: trim_mean(x, 0.2, axis=1)),
        (400, 0.2, lambda x: trim_mean(x, 0.2, axis=1)),
    ],
)
def test_the_standard_error_is_that_of_the_difference(sampled, trimmed, estimate):
    # An estimated deviation has a relative standard error of 1 / sqrt(2 * 4000) = 1.1 %; for a
    # hundred agents the asymptotic variance is right to about 1 % on top.
    values = 3 * np.random.default_rng(5).normal(size=(4000, 400))
    gap = estimate(values[:, :sampled]) - values.mean(axis=1)
    expected = standard_error(3.0, sampled, 400, efficiency(trimmed))
    assert gap.std() == pytest.approx(float(expected), rel=0.01 + 4 * 0.011)


def test_the_mean_of_everybody_is_no_different_from_itself():
    assert standard_error([1.0, 2.0], 1000, 1000, efficiency(0)).tolist() == [0, 0]


@pytest.mark.parametrize("wrong", [(0, 10, 0.5), (11, 10, 0.5), (5, 10, 0.0), (5, 10, 1.1)])
def test_a_standard_error_of_an_impossible_sample_is_refused(wrong):
    with pytest.raises(ValueError, match="a sample of"):
        standard_error(1.0, *wrong)


# False alerts


def test_one_look_at_one_feature_is_the_textbook_value():
    assert critical_value(0.05, 1) == pytest.approx(1.959964, abs=1e-6)


def test_each_look_at_each_feature_gets_its_part():
    assert critical_value(0.01, 5, 100) == pytest.approx(norm.isf(0.01 / 1000), rel=1e-9)


@pytest.mark.parametrize("wrong", [(0, 1, 1), (1, 1, 1), (0.1, 0, 1), (0.1, 1, 0)])
def test_a_chance_and_its_counts_must_make_sense(wrong):
    with pytest.raises(ValueError, match="no z for"):
        critical_value(*wrong)


def looks(count, features, sampled, seed):
    """Exact mean of twice as many agents as are sampled, and the sample; all normal."""
    draw = np.random.default_rng(seed)
    sample = draw.normal(size=(count, sampled, features))
    rest = draw.normal(size=(count, features)) / math.sqrt(sampled)
    return (sample.mean(axis=1) + rest) / 2, sample


def assert_share(alerts, chance):
    error = math.sqrt(chance * (1 - chance) / len(alerts))
    assert alerts.mean() == pytest.approx(chance, abs=4 * error)


def test_correct_agents_raise_alerts_as_often_as_was_asked_for():
    # 10,000 looks at two independent features: the bound of 5 % is 4.94 % exactly.
    exact, sample = looks(10_000, 2, 50, seed=6)
    z, error = critical_value(0.05, 2), standard_error(1.0, 50, 100, efficiency(0.5))
    alerts = guarded(exact, np.median(sample, axis=1), radius(0, 1.0, error, z)).alert
    assert_share(alerts, 1 - (1 - 0.025) ** 2)


def test_a_spread_from_the_sample_itself_costs_a_few_more_alerts():
    """With 1.4826 MAD of 200 agents in place of the true spread, 1 % becomes about 1.3 %.

    The estimated spread has a relative standard error of 1.17 / sqrt(200) = 8 %, so z is exceeded
    with the mean of 2 Phi(-z (1 + 0.08 x)) over normal x.
    """
    exact, sample = looks(10_000, 1, 200, seed=7)
    robust = np.median(sample, axis=1)
    spread = 1.4826 * np.median(np.abs(sample - robust[:, None]), axis=1)
    z, error = critical_value(0.01, 1), standard_error(spread, 200, 400, efficiency(0.5))
    alerts = guarded(exact, robust, radius(0, spread, error, z)).alert
    draws = np.linspace(-5, 5, 1001)
    chance = np.average(2 * norm.sf(z * (1 + 0.0825 * draws)), weights=norm.pdf(draws))
    assert 0.011 < chance < 0.016
    assert_share(alerts, chance)


def test_overlapping_looks_raise_no_more_alerts_than_independent_ones_may():
    # 60 looks, each on a window that shares nine tenths with the one before.
    draw = np.random.default_rng(8)
    steps = draw.normal(size=(1000, 69))
    gaps = np.lib.stride_tricks.sliding_window_view(steps, 10, axis=1).sum(axis=2) / math.sqrt(10)
    ever = guarded(gaps[..., None], [0.0], critical_value(0.05, 1, 60)).alert.any(axis=1)
    assert 0 < ever.mean() < 0.05


def test_an_allowance_for_liars_silences_correct_agents_nearly_always():
    exact, sample = looks(10_000, 1, 200, seed=9)
    error = standard_error(1.0, 200, 400, efficiency(0.5))
    reach = radius(MEDIAN_BIAS, 1.0, error, critical_value(0.05, 1))
    assert not guarded(exact, np.median(sample, axis=1), reach).alert.any()


# What an attacker gains


def attacked(size, bias=MEDIAN_BIAS):
    """What is published, and how far it may be from the median, when 200 of 1000 say `size`."""
    honest = np.random.default_rng(10).normal(size=AGENTS - LIARS)
    values = np.concatenate((honest, np.full(LIARS, size)))
    median = np.median(values)
    spread = 1.4826 * np.median(np.abs(values - median))
    error = standard_error(spread, AGENTS, AGENTS, efficiency(0.5))
    reach = radius(bias, spread, error, critical_value(0.05, 1))
    return guarded([values.mean()], [median], reach[None]), float(reach), float(median)


SIZES = np.concatenate((np.linspace(0, 10, 401), np.geomspace(10, 1e12, 40)))


@pytest.mark.parametrize("bias", [0.0, MEDIAN_BIAS])
def test_no_lie_of_any_size_gains_more_than_the_radius(bias):
    gains = []
    for size in SIZES:
        said, reach, median = attacked(size, bias)
        gains.append(abs(float(said.value[0]) - median) / reach)
    # The best lie comes close: the bound is not loose.
    assert 0.95 < max(gains) <= 1


def test_the_best_lie_is_just_below_the_alert_and_a_larger_one_gains_nothing():
    alerts = [bool(attacked(size)[0].alert) for size in SIZES]
    assert alerts == sorted(alerts)
    first = SIZES[alerts.index(True)]
    # T moves by a fifth of the lie: the alert comes where size / 5 passes bias + radius.
    assert 3 < first < 8
    assert attacked(1e12)[0].value[0] == attacked(1e6)[0].value[0]


def test_the_published_value_is_within_bias_and_radius_of_the_truth():
    worst = max(abs(float(attacked(size)[0].value[0])) for size in SIZES)
    _, reach, _ = attacked(1e12)
    sampling = 4 * 1.2533 / math.sqrt(AGENTS - LIARS)
    assert worst <= MEDIAN_BIAS + reach + sampling
