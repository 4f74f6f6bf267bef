"""The guarded mean in runs: what passes is within its radius, and it seldom cries for nothing.

All 60 agents are in the sample and constant, so the radius can be worked out by hand from what they
measure and what the liars claim: theory section 4, mergeable robustness.
"""

from statistics import NormalDist

import numpy as np
import pytest

from sim.engine.digests.digests import Digests
from tests.engine.lies.runs import (
    CONSTANT,
    STOP,
    component,
    constant_vectors,
    integrity,
    lies_of,
    lying,
    played,
    simulation,
)

ALL = {"kind": "guarded_mean", "estimator": "median", "sample": 1000}
PUSHES = (-8, -2, -1, 1, 2, 4)


def radius_of(claimed, f, false_alerts):
    """Largest bias of a median at the share f, and so many standard errors: (features,)."""
    n, features = claimed.shape
    spread = 1.4826 * np.median(np.abs(claimed - np.median(claimed, axis=0)), axis=0)
    bias = NormalDist().inv_cdf(1 / (2 * (1 - f)))
    error = spread * np.sqrt((np.pi / 2 - 1) / n)
    z = NormalDist().inv_cdf(1 - false_alerts / (2 * features))
    return bias * spread + z * error


def last_choice(simulated):
    """Plays a run; the exact mean and what was published in the end, (features,), and the alert."""
    choices = []
    digests = component(simulated, Digests)
    publish = digests.publish

    def noting(version, exact, attested):
        choices.append((exact, publish(version, exact, attested)))
        return choices[-1][1]

    digests.publish = noting
    played(simulated)
    exact, published = choices[-1]
    return exact.mean, published.moments.mean, published.alert


def pushed(to, f="20%", false_alerts="1%"):
    """What claims are made, (agents, features), and `last_choice`, where a fifth pushes so far."""
    simulated = simulation(
        lying("push", to=f"{to}sd", **{"from": "0s"}),
        faults=[STOP],
        agents={"behaviour": CONSTANT},
        baseline={"rule": {**ALL, "f": f, "false_alerts": false_alerts}},
    )
    claimed = constant_vectors(simulated)
    claimed[lies_of(simulated).is_liar(0)] = to
    return claimed, *last_choice(simulated)


def test_the_exact_mean_passes_within_the_radius_and_the_estimate_beyond_it():
    alerts = []
    for to in PUSHES:
        claimed, exact, said, alert = pushed(to)
        mean, median = claimed.mean(axis=0), np.median(claimed, axis=0)
        beyond = (np.abs(mean - median) > radius_of(claimed, 0.2, 0.01)).any()
        assert alert == beyond
        np.testing.assert_allclose(exact, mean, atol=1e-5)
        np.testing.assert_allclose(said, median if beyond else mean, atol=1e-5)
        alerts.append(alert)
    assert {True, False} == set(alerts)


def largest_quiet_push(vectors, liars):
    """By halving: the farthest claim of the liars for which no feature leaves the radius."""
    low, high = 0.0, 15.0
    while high - low > 1e-3:
        claimed = vectors.copy()
        claimed[liars] = middle = (low + high) / 2
        gap = np.abs(claimed.mean(axis=0) - np.median(claimed, axis=0))
        quiet = (gap <= radius_of(claimed, 0.2, 0.01)).all()
        low, high = (middle, high) if quiet else (low, middle)
    return low


def test_what_can_be_gained_without_an_alert_is_the_radius_and_no_more():
    """Just below it a push is published and gains as much; just above it all is lost."""
    simulated = simulation(lying("push", to="1sd"), agents={"behaviour": CONSTANT})
    limit = largest_quiet_push(constant_vectors(simulated), lies_of(simulated).is_liar(0))
    gains = []
    for to in (limit - 0.02, limit + 0.02):
        claimed, _, said, alert = pushed(round(to, 4))
        gain = np.abs(said - np.median(claimed, axis=0)) / radius_of(claimed, 0.2, 0.01)
        gains.append((alert, gain.max()))
    assert gains == [(False, pytest.approx(1, abs=0.02)), (True, pytest.approx(0, abs=1e-4))]


@pytest.mark.slow
def test_false_alerts_are_as_seldom_as_they_should_be():
    """No liars are tolerated, so the radius is chance alone: 20 % of 40 runs, 8 +- 2.5."""
    alerts = 0
    for seed in range(40):
        simulated = simulation(
            seed=seed,
            agents={"behaviour": CONSTANT, "features": 1, "rate": "2Hz"},
            baseline={"publish": "1s", "rule": {**ALL, "f": "0%", "false_alerts": "20%"}},
            duration="1s",
            measure={"every": "1s"},
        )
        alerts += int(integrity(played(simulated), "alert").sum())
    print(f"{alerts} of 40 alerts")
    assert 1 <= alerts <= 8 + 3 * 2.5


def test_room_for_liars_leaves_no_false_alert():
    """A third of a deviation more than chance: seen in no publication of ten runs."""
    for seed in range(10):
        rule = {**ALL, "f": "20%"}
        recording = played(simulation(seed=seed, baseline={"rule": rule}, measure={"every": "1s"}))
        assert not integrity(recording, "alert").any()
        assert integrity(recording, "reach").max() < 1


def test_an_alert_goes_when_the_lie_has_left_the_window():
    """Lies from 1 to 2 s; at 3 s a baseline covers the panes from 2 s on."""
    liar = lying("push", to="15sd", until="2s", **{"from": "1s"})
    recording = played(simulation(liar, baseline={"rule": {**ALL, "f": "20%"}}, duration="4s"))
    alerts = integrity(recording, "published_ns")[integrity(recording, "alert")]
    assert alerts.tolist() == [2_000_000_000, 2_500_000_000]


def test_an_alert_is_no_matter_of_one_feature_alone():
    """Liars who are right in all features but one are told by that one."""
    simulated = simulation(
        lying("push", to="15sd"),
        agents={"behaviour": CONSTANT, "features": 4},
        baseline={"rule": {**ALL, "f": "20%"}},
    )
    strategy = lies_of(simulated).actors[0].strategy
    claim = strategy.claim

    def one_feature(tick, born_ns, who, measured):
        claimed = measured.copy()
        claimed[:, 2] = claim(tick, born_ns, who, measured)[:, 2]
        return claimed

    strategy.claim = one_feature
    recording = played(simulated)
    assert integrity(recording, "alert")[-1]
    assert integrity(recording, "bias")[-1] < 0.6 < 2 < integrity(recording, "bias_plain")[-1]
