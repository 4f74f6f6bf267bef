"""What the root chooses to publish, given exact moments and an estimate."""

import dataclasses
import math

import numpy as np
import pytest

from sim.engine.digests.estimator import Estimator
from sim.stats.guard import critical_value, efficiency, standard_error
from sim.stats.moments import Moments
from sim.stats.robust.max_bias import max_bias
from sim.telemetry.digests import Estimate
from tests.engine.lies.runs import plan_with

ONE = np.ones(2)
EXACT = Moments(6000, 60, 3 * ONE, 2 * ONE, ONE)
"""60 agents with 100 values each."""


def plan_of_rule(**rule):
    blocks = {"kind": "guarded_mean", "estimator": "median", "f": "20%", "sample": 40, **rule}
    return plan_with(baseline={"rule": blocks})


def estimate(items=40, expected=40, mean=3.0, within=0.0):
    return Estimate(items, expected, mean * ONE, within * ONE, ONE)


def radius(**rule):
    """The largest distance that is let pass, found by halving."""
    plan = plan_of_rule(**rule)
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        alert = Estimator(plan).choose(EXACT, estimate(mean=3 - middle)).alert
        low, high = (low, middle) if alert else (middle, high)
    return low


@pytest.mark.parametrize(("let_through", "share"), [("0%", 0.0), ("10%", 0.1)])
def test_the_radius_is_of_the_share_that_is_let_through_and_of_the_agents_that_were_sampled(
    let_through, share
):
    error = standard_error(1.0, 40, 60, efficiency(0.5))
    bias = max_bias("median", share) or 0.0
    expected = bias + critical_value(0.01, features=2) * float(error)
    assert radius(let_through=let_through) == pytest.approx(expected, rel=1e-9)


def test_a_sketch_adds_its_own_error_relative_to_the_mean():
    """The estimate that is just let pass has the magnitude m: m + r + m / 100 = 3."""
    plain = radius(let_through="0%")
    sketched = radius(let_through="0%", over="sketch", accuracy="1%")
    assert sketched == pytest.approx(plain + 0.01 * (3 - sketched), rel=1e-9)


def test_noise_of_reports_that_the_digest_has_not_seen_widens_the_radius():
    plan = plan_of_rule(let_through="0%")
    behind = plan.baseline.rule.lead_ns / plan.agents.period_ns + 1
    newer = 5.0 * math.sqrt((1 / (100 - behind) - 1 / 100) / 40)
    base = float(standard_error(1.0, 40, 60, efficiency(0.5)))
    limit = critical_value(0.01, features=2) * math.hypot(base, newer)
    just_in = Estimator(plan).choose(EXACT, estimate(mean=3 - 0.999 * limit, within=5.0))
    just_out = Estimator(plan).choose(EXACT, estimate(mean=3 - 1.001 * limit, within=5.0))
    assert (just_in.alert, just_out.alert) == (False, True)


def test_before_the_first_digests_nobody_vouches_and_nobody_cries():
    chosen = Estimator(plan_of_rule()).choose(EXACT, None)
    assert chosen.moments is EXACT
    assert not chosen.alert


@pytest.mark.parametrize("seen", [None, estimate(items=19)])
def test_who_has_become_blind_publishes_the_exact_mean_with_an_alert(seen):
    estimator = Estimator(plan_of_rule())
    assert not estimator.choose(EXACT, estimate()).alert
    chosen = estimator.choose(EXACT, seen)
    assert chosen.alert
    assert chosen.moments is EXACT


def test_half_of_the_items_are_enough_to_vouch():
    assert not Estimator(plan_of_rule()).choose(EXACT, estimate(items=20)).alert


def test_a_robust_rule_publishes_the_estimate_whatever_the_exact_mean_is():
    plan = plan_of_rule()
    rule = dataclasses.replace(plan.baseline.rule, kind="robust")
    baseline = dataclasses.replace(plan.baseline, rule=rule)
    chosen = Estimator(dataclasses.replace(plan, baseline=baseline)).choose(EXACT, estimate(mean=9))
    assert chosen.moments.mean.tolist() == [9, 9]
    assert not chosen.alert


# In a dispute: moments that were attested in an earlier round

ATTESTED = Moments(3000, 60, 2 * ONE, 2 * ONE, ONE)
"""Of a window half as long."""


@pytest.mark.parametrize(("mean", "alert"), [(2.1, False), (3.0, True), (9.0, True)])
def test_what_was_attested_is_guarded_like_any_other_mean(mean, alert):
    """That the estimate is close to the disputed sums (3) is no reason to publish these."""
    chosen = Estimator(plan_of_rule()).choose(EXACT, estimate(mean=mean), ATTESTED)
    assert chosen.alert == alert
    np.testing.assert_array_equal(chosen.moments.mean, (mean if alert else 2.0) * ONE)


def test_who_has_become_blind_in_a_dispute_publishes_what_was_attested():
    assert Estimator(plan_of_rule()).choose(EXACT, None, ATTESTED).moments is ATTESTED


def test_an_attested_mean_shares_no_values_with_the_estimate():
    """100 values of each agent less those behind in the estimate, and 50 others in the mean."""
    plan = plan_of_rule(let_through="0%")
    behind = plan.baseline.rule.lead_ns / plan.agents.period_ns + 1
    noise = 5.0 * math.sqrt((1 / (100 - behind) + 1 / 50) / 40)
    base = float(standard_error(1.0, 40, 60, efficiency(0.5)))
    limit = critical_value(0.01, features=2) * math.hypot(base, noise)
    alerts = [
        Estimator(plan).choose(EXACT, estimate(mean=2 - part * limit, within=5.0), ATTESTED).alert
        for part in (0.999, 1.001)
    ]
    assert alerts == [False, True]


@pytest.mark.parametrize("over", ["sample", "sketch", "nested"])
def test_a_robust_rule_publishes_its_estimate_whatever_was_attested(over):
    plan = plan_of_rule(kind="robust", over=over)
    chosen = Estimator(plan).choose(EXACT, estimate(mean=9.0), ATTESTED)
    np.testing.assert_array_equal(chosen.moments.mean, 9 * ONE)
    assert chosen.moments.count == EXACT.count
