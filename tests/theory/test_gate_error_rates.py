"""The two promises of the gate, by simulation under laws that it knows nothing of.

A smaller version of `benchmarks/gate_error_rates.py`, with the same functions. A promised rate may
be missed by three standard errors of the simulation, not by more.
"""

import math

import numpy as np
import pytest

from benchmarks.gate_error_rates import (
    LAWS,
    METRICS,
    TOLERANCE,
    false_alarms,
    look,
    lost_in_groups,
    lost_in_pairs,
    two_looks,
)
from sim.measure.gate import Sample, judge_gate
from sim.measure.gate.rates import FALSE_ALARM, LOOKS, POWER, levels_of
from sim.scenario.plan import Tolerance

CHECKS = 1000


def errors(rate, checks, count=3):
    return count * math.sqrt(rate * (1 - rate) / checks)


@pytest.mark.parametrize("paired", [True, False], ids=["pairs", "groups"])
@pytest.mark.parametrize("law", LAWS)
def test_if_nothing_changed_a_look_at_four_metrics_keeps_its_half_of_the_false_alarms(law, paired):
    rate = false_alarms(LAWS[law], n=10, paired=paired, checks=CHECKS, seed=5)
    share = FALSE_ALARM / LOOKS
    assert rate <= share + errors(share, CHECKS)


def test_the_promise_is_used_up_where_figures_are_continuous():
    """So the simulation would notice a test that is too bold, or one that never fails."""
    rate = false_alarms(LAWS["normal"], n=12, paired=True, checks=4 * CHECKS, seed=6)
    share = FALSE_ALARM / LOOKS
    assert abs(rate - share) <= errors(share, 4 * CHECKS)


def test_two_points_of_recall_lost_fail_at_the_replications_that_are_asked_for():
    checks = 300
    found = two_looks(lost_in_pairs, TOLERANCE, 20, paired=True, checks=checks, seed=2)
    assert found.failed >= POWER - errors(POWER, checks)


def test_without_a_loss_of_recall_both_looks_together_keep_the_false_alarms():
    checks = 300
    found = two_looks(lost_in_pairs, 0.0, 10, paired=True, checks=checks, seed=3)
    assert found.failed <= FALSE_ALARM + errors(FALSE_ALARM, checks)
    assert found.passed > 0.9


@pytest.mark.parametrize(("law", "n"), [(lost_in_pairs, 20), (lost_in_groups, 12)])
def test_the_simulation_decides_as_the_gate_does(law, n):
    paired = law is lost_in_pairs
    drawn = law(np.random.default_rng(4), 0.03, (60, 2 * n if not paired else n))
    sides = drawn.reshape(60, 1 if paired else 2, n)
    found = look(sides, levels_of(METRICS))
    outcomes = [outcome(one, paired) for one in sides]
    assert [one == "fail" for one in outcomes] == found.failed.tolist()
    assert [one == "pass" for one in outcomes] == found.passed.tolist()
    assert len(set(outcomes)) > 1


def outcome(sides, paired):
    """The gate's verdict on one of four metrics, whose figures are what was lost."""
    candidate, base = (sides[0], np.zeros(sides.shape[1])) if paired else sides
    name = "traffic.lost"
    return judge_gate(
        {name: Sample.of("share", base)},
        {name: Sample.of("share", candidate)},
        [Tolerance(name, TOLERANCE, 0)] * METRICS,
        paired=paired,
    )[0].outcome
