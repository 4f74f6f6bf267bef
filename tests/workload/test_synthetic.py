"""Synthetic values against the formulas of their parts, within standard errors."""

import math

import numpy as np
import pytest

from sim.engine.streams import Streams
from sim.workload import Synthetic, make_behaviour

NS = 1_000_000_000
AGENTS = 4_000


def stream_at(purpose: str, tick: int) -> np.random.Generator:
    return Streams(5).at(purpose, tick=tick)


def values(ticks: int, *, features: int = 2, agents: int = AGENTS, every_ns=NS, **parts):
    """Measured values (ticks, agents, features), all agents at the same instants."""
    behaviour = Synthetic(agents, features, stream_at, **parts)
    out = np.empty((ticks, agents, features))
    for tick in range(ticks):
        behaviour.fill(tick, np.full(agents, tick * float(every_ns)), 0, out[tick])
    return out


def correlation_within_errors(x: np.ndarray, y: np.ndarray, expected: float) -> bool:
    """Fisher's z of n pairs has the standard error 1 / sqrt(n - 3); 4 of them are allowed."""
    found = np.corrcoef(x.ravel(), y.ravel())[0, 1]
    return abs(math.atanh(found) - math.atanh(expected)) <= 4 / math.sqrt(x.size - 3)


def variance_within_errors(sample: np.ndarray, expected: float) -> bool:
    """The standard error of a variance of n normal values is sqrt(2 / n) of it."""
    return abs(sample.var() / expected - 1) <= 4 * math.sqrt(2 / sample.size)


def test_agents_differ_by_the_spread():
    assert variance_within_errors(values(1, noise=0.0, spread=0.7), 0.49)


def test_without_noise_and_drift_an_agent_stays_what_it_is():
    still = values(3, noise=0.0)
    assert np.array_equal(still[0], still[2])


def test_noise_has_its_standard_deviation():
    assert variance_within_errors(values(1, spread=0.0, noise=0.3), 0.09)


def test_noise_is_independent_from_report_to_report():
    noise = values(2, spread=0.0)
    assert correlation_within_errors(noise[0], noise[1], 0.0)


def test_the_intraclass_correlation_is_the_share_of_the_spread():
    x = values(2, spread=0.5, noise=1.0)
    assert correlation_within_errors(x[0], x[1], 0.25 / 1.25)


def test_two_features_of_a_report_have_the_correlation_asked_for():
    x = values(1, features=3, spread=0.0, correlation=0.4)[0]
    assert correlation_within_errors(x[:, 0], x[:, 2], 0.4)


def test_correlation_leaves_the_variance_as_it_is():
    x = values(1, features=3, spread=0.0, noise=2.0, correlation=0.4)[0]
    assert variance_within_errors(x[:, 1], 4.0)


def test_features_are_uncorrelated_unless_asked():
    x = values(1, features=3)[0]
    assert correlation_within_errors(x[:, 0], x[:, 2], 0.0)


def test_a_heavy_tail_keeps_the_variance():
    """The variance of squares is kurtosis - 1 = 4 here (df 10), in place of 2 for the normal."""
    x = values(1, features=1, agents=40_000, spread=0.0, tail={"df": 10.0})
    assert abs(x.var() - 1) <= 4 * math.sqrt((3 + 6 / 6 - 1) / x.size)


def test_a_heavy_tail_has_the_kurtosis_of_students_t():
    """3 + 6 / (df - 4); its sampling error is taken from 40 independent parts."""
    x = values(1, features=1, agents=200_000, spread=0.0, tail={"df": 20.0}).reshape(40, -1)
    kurtosis = (x**4).mean(axis=1) / (x**2).mean(axis=1) ** 2
    error = kurtosis.std(ddof=1) / math.sqrt(len(kurtosis))
    # The ratio of moments of 5000 values is low by about 24 / 5000 of its normal value.
    assert abs(kurtosis.mean() - (3 + 6 / 16)) <= 4 * error + 0.02


@pytest.mark.parametrize(("df", "t_quantile"), [(3.0, 2.353363), (5.0, 2.015048)])
def test_a_heavy_tail_has_the_quantiles_of_students_t(df, t_quantile):
    """The 95th percentile of t, times the factor that makes the variance 1."""
    x = values(1, features=1, agents=40_000, spread=0.0, tail={"df": df})
    share = np.mean(x > t_quantile * math.sqrt((df - 2) / df))
    assert abs(share - 0.05) <= 4 * math.sqrt(0.05 * 0.95 / x.size)


def test_a_heavy_tail_keeps_the_correlation_of_features():
    """Under the multivariate t the error grows with the kurtosis: sqrt(1 + 6 / (2 (df - 4)))."""
    x = values(1, features=2, agents=20_000, spread=0.0, correlation=0.4, tail={"df": 10.0})[0]
    found = np.corrcoef(x.T)[0, 1]
    assert abs(math.atanh(found) - math.atanh(0.4)) <= 4 * math.sqrt(1.5 / len(x))


DRIFT = {"sd": 0.8, "tau_ns": 5 * NS, "every_ns": NS}


@pytest.mark.parametrize("tick", [0, 1, 7])
def test_drift_is_stationary_from_the_start(tick):
    assert variance_within_errors(values(8, spread=0.0, noise=0.0, drift=DRIFT)[tick], 0.64)


@pytest.mark.parametrize("lag", [1, 3, 10])
def test_drift_forgets_exponentially(lag):
    x = values(lag + 1, spread=0.0, noise=0.0, drift=DRIFT)
    assert correlation_within_errors(x[0], x[lag], math.exp(-lag / 5))


def test_drift_forgets_as_much_in_one_long_step_as_in_many():
    x = values(2, every_ns=10 * NS, spread=0.0, noise=0.0, drift=DRIFT)
    assert correlation_within_errors(x[0], x[1], math.exp(-10 / 5))


def test_drift_is_constant_within_its_step():
    x = values(9, every_ns=NS // 4, spread=0.0, noise=0.0, drift=DRIFT)
    assert np.array_equal(x[4], x[7])
    assert not np.any(x[7] == x[8])


def test_drift_wanders_around_the_agents_own_level():
    calm = {"sd": 0.01, "tau_ns": NS, "every_ns": NS}
    assert abs(values(5, noise=0.0, drift=calm)[4] - values(1, noise=0.0)[0]).max() < 0.01 * 6


def test_agents_that_reach_a_drift_step_at_different_ticks_each_move_once():
    behaviour = Synthetic(4, 1, stream_at, noise=0.0, drift=DRIFT)
    out = np.empty((3, 4, 1))
    for tick in range(3):
        behaviour.fill(tick, tick * 0.4 * NS + np.array([0.0, 0.1, 0.3, 0.7]) * NS, 0, out[tick])
    moved = np.diff(out[..., 0], axis=0) != 0
    assert moved.tolist() == [[False, False, False, True], [False, False, True, False]]


def test_season_is_a_sine_of_its_amplitude_and_period():
    season = {"amplitude": 0.4, "period_ns": 10 * NS}
    x = values(11, spread=0.0, noise=0.0, season=season)
    assert np.allclose(x[0], x[10])
    assert np.allclose(x[0], -x[5])
    assert 0.39 < x.max() <= 0.4


def test_agents_swing_with_phases_of_their_own():
    """A sine at a random phase has the mean 0 and half the square of its amplitude."""
    season = {"amplitude": 0.4, "period_ns": 10 * NS}
    x = values(1, features=1, spread=0.0, noise=0.0, season=season)
    assert abs(x.mean()) <= 4 * math.sqrt(0.08 / x.size)


COMMON = {"amplitude": 0.4, "period_ns": 10 * NS, "phase": "common"}


@pytest.mark.parametrize(("tick", "turn"), [(0, 0.0), (1, 0.1), (2, 0.2), (5, 0.5), (8, 0.8)])
def test_a_common_season_is_one_sine_that_rises_from_0_at_the_start(tick, turn):
    x = values(tick + 1, agents=30, spread=0.0, noise=0.0, season=COMMON)
    assert np.allclose(x[tick], 0.4 * math.sin(math.tau * turn))


def test_in_a_common_season_an_agent_swings_by_the_instant_of_its_own_report():
    behaviour = Synthetic(3, 1, stream_at, spread=0.0, noise=0.0, season=COMMON)
    out = np.empty((3, 1))
    behaviour.fill(0, np.array([0.0, 2.5, 7.5]) * NS, 0, out)
    assert np.allclose(out[:, 0], [0.0, 0.4, -0.4])


def test_a_common_season_moves_the_mean_of_all_agents_and_nothing_else():
    still, swung = values(3), values(3, season=COMMON)
    moved = 0.4 * np.sin(math.tau * np.array([0.0, 0.1, 0.2]))
    assert np.allclose(swung - still, moved[:, None, None])


def test_a_common_season_draws_nothing():
    drawn = []

    def noted(purpose: str, tick: int) -> np.random.Generator:
        drawn.append(purpose)
        return stream_at(purpose, tick)

    Synthetic(3, 1, noted, spread=0.0, noise=0.0, season=COMMON)
    assert drawn == []


def test_seasons_are_each_agents_own_unless_asked():
    own = {"amplitude": 0.4, "period_ns": 10 * NS}
    assert np.array_equal(values(2, season=own), values(2, season=own | {"phase": "own"}))


def test_switching_one_part_on_moves_no_other():
    parts = {"drift": DRIFT, "season": {"amplitude": 0.4, "period_ns": 10 * NS}}
    noise = values(4, spread=0.0)
    together = values(4, **parts)
    assert np.allclose(together - values(4, noise=0.0, **parts), noise)


def test_a_behaviour_is_made_from_the_options_of_a_scenario():
    options = {"spread": 0.0, "noise": 0.0, "drift": None, "tail": None, "season": None}
    made = make_behaviour("synthetic", options, agents=3, features=2, stream_at=stream_at)
    out = np.ones((3, 2))
    made.fill(0, np.zeros(3), 0, out)
    assert not out.any()
