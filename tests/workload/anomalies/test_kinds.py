"""What is particular about each kind of anomaly."""

import math

import numpy as np
import pytest

from sim.engine.streams import Streams
from sim.errors import InputError
from sim.workload import Injection, Synthetic, Trace, inject, onsets
from tests.workload.anomalies.setting import (
    NS,
    background,
    injected,
    injection,
    labels,
    measured,
    stream_at,
)


def test_a_shift_is_in_deviations_of_the_agents_own_values():
    plain, wrong = measured(background()), measured(injected(injection("shift", size=3.0)))
    step = (wrong - plain)[10, 3]
    assert np.allclose(step, 3 * math.sqrt(1.0**2 + 0.5**2))


@pytest.mark.parametrize("kind", ["shift", "ramp"])
def test_a_constant_behaviour_cannot_be_shifted_by_deviations(kind):
    still = Trace(24, [np.ones((5, 3))])
    with pytest.raises(InputError, match=r"anomalies\[0\]: changes nothing"):
        inject(still, [injection(kind)], stream_at)


def test_a_ramp_creeps_from_nothing_to_its_size():
    plain, wrong = measured(background()), measured(injected(injection("ramp", size=2.0)))
    steps = (wrong - plain)[6:16, 3, 0] / background().deviation()[0]
    born_s = 0.1 * np.arange(6, 16) + 0.009
    assert np.allclose(steps, 2.0 * (born_s - 0.6) / 1.0)


def test_a_frozen_agent_repeats_its_last_normal_report():
    wrong = measured(injected(injection("freeze")))
    assert np.array_equal(wrong[6:16, 3], np.tile(wrong[5, 3], (10, 1)))


def test_an_agent_that_is_frozen_from_the_start_repeats_its_first_report():
    wrong = measured(injected(injection("freeze", at_s=0.0)))
    assert np.array_equal(wrong[:16, 3], np.tile(measured(background())[0, 3], (16, 1)))


def test_scaling_multiplies_the_variance_around_the_level():
    """A report is 4 x - 3 level; the variance of x is 1, of the level (weight 1 / 50) 1 / 99."""
    agents, ticks = 400, 300
    noise = Synthetic(agents, 2, stream_at, spread=0.0)
    hit = np.ones(agents, bool)
    late = Injection("scale", {"factor": 4.0}, hit, np.full(agents, 25.0 * NS), 30.0 * NS, 1)
    values = measured(inject(noise, [late], stream_at), ticks, agents=agents)[250:]
    expected = 16 + 9 / 99
    # Levels of neighbouring reports are the same, so only the variance of the noise averages out.
    assert abs(values.var() / expected - 1) <= 4 * math.sqrt(2 / values.size)


def test_scaling_by_nothing_leaves_the_level_alone():
    levels = measured(injected(injection("scale", factor=0.0)))[6:16, 3]
    assert np.allclose(levels[0], measured(background())[:6, 3].mean(axis=0))


def test_a_liar_sends_what_another_agent_measured_at_its_report_before():
    truth, wrong = measured(background()), measured(injected(injection("impersonate")))
    victims = [np.flatnonzero((truth[t - 1] == wrong[t, 17]).all(axis=1)) for t in (6, 9, 15)]
    assert victims[0].tolist() == victims[1].tolist() == victims[2].tolist()
    assert victims[0].item() < 17


def test_agent_0_has_nobody_to_impersonate_and_stays_honest():
    assert not labels(injected(injection("impersonate", who=[0, 3])))[:, 0].any()
    with pytest.raises(InputError, match="agent-0 has no agent before it"):
        injected(injection("impersonate", who=[0]))


def test_the_reports_of_victims_are_forgotten_when_no_liar_can_ask_for_them():
    liars = injected(injection("impersonate"))
    measured(liars, ticks=50, cuts=(5, 15), steps=(10, 30))
    assert sorted(liars._reports) == [48, 49]


def test_decorrelating_keeps_the_deviation_and_breaks_the_correlation():
    """Fisher's z has the standard error 1 / sqrt(n - 3), a variance that of sqrt(2 / n) of it."""
    agents, ticks = 300, 100
    noise = Synthetic(agents, 2, stream_at, spread=0.0, correlation=0.8)
    begin_ns = np.full(agents, 7.0 * NS)
    all_of_them = Injection("decorrelate", {}, np.ones(agents, bool), begin_ns, 99.0 * NS, 1)
    values = measured(inject(noise, [all_of_them], stream_at), ticks, agents=agents)
    before, during = values[:70].reshape(-1, 2), values[70:].reshape(-1, 2)
    assert np.corrcoef(before.T)[0, 1] > 0.78
    assert abs(math.atanh(np.corrcoef(during.T)[0, 1])) <= 4 / math.sqrt(len(during) - 3)
    assert np.all(abs(during.var(axis=0) - 1) <= 4 * math.sqrt(2 / len(during)))


def test_one_feature_has_no_correlation_to_break():
    single = Synthetic(24, 1, stream_at)
    with pytest.raises(InputError, match="one feature has no correlation"):
        inject(single, [injection("decorrelate")], stream_at)


def test_onsets_are_uniform_over_the_jitter():
    """The mean of n uniform onsets has the standard error jitter / sqrt(12 n)."""
    late = onsets(25 * NS, 2 * NS, 4000, 1, lambda purpose, tick: Streams(3).at(purpose, tick=tick))
    assert late.min() >= 25 * NS
    assert late.max() < 27 * NS
    assert abs(late.mean() - 26 * NS) <= 4 * 2 * NS / math.sqrt(12 * 4000)


def test_without_jitter_all_begin_at_once():
    assert np.array_equal(onsets(25 * NS, 0, 3, 1, stream_at), np.full(3, 25.0 * NS))


def test_an_injected_anomaly_covers_the_label_of_a_trace():
    trace = Trace(24, [np.arange(60.0).reshape(20, 3)], anomalous=[np.arange(20) >= 14])
    both = inject(trace, [injection("zero", until_s=1.509)], stream_at)
    assert labels(both)[4:18, 3].tolist() == [0, 0, *[1] * 9, -1, -1, -1]
