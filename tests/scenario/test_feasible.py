"""A threshold below what any rule can keep at that share of liars is called infeasible."""

import math

import pytest

from sim.scenario.feasible import bias_floor, why_infeasible
from sim.scenario.plan import Threshold
from tests.scenario.texts import GOOD, plan_of


def plan_with(share: str, kind: str = "push", when: str = "", asked: str = ""):
    liars = f"adversaries: [{{where: agents, share: {share}, kind: {kind}{when}}}]\n"
    return plan_of(GOOD + liars + asked)


@pytest.mark.parametrize(
    ("share", "floor"), [("1%", 0.0127), ("5%", 0.0660), ("10%", 0.1397), ("20%", 0.3186)]
)
def test_the_floor_is_the_bias_of_the_median(share, floor):
    # Theory section 4, table of the largest bias, to the digits printed there.
    assert bias_floor("bias.max", plan_with(share))[1] == pytest.approx(floor, abs=5e-5)


def test_half_of_the_agents_leave_no_floor():
    assert math.isinf(bias_floor("bias.max", plan_with("50%"))[1])


def test_who_makes_up_nothing_raises_no_floor():
    assert bias_floor("bias.max", plan_with("20%", "silence")) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("when", "metric", "share"),
    [
        (", from: 20s, until: 30s", "bias.max", 0.2),
        (", from: 20s, until: 30s", "bias.median", 0.0),
        (", from: 20s, until: 50s", "bias.median", 0.2),
        ("", "error.mean.max", 0.0),
    ],
)
def test_a_median_over_time_counts_who_lies_for_half_of_it(when, metric, share):
    assert bias_floor(metric, plan_with("20%", when=when))[0] == pytest.approx(share)


def test_the_words_give_the_share_and_the_floor():
    asked = "thresholds: {bias.max: {max: 0.1}}\n"
    (threshold,) = plan_with("20%", asked=asked).thresholds
    assert threshold.infeasible == "at 20 % liars no rule is better than 0.3186 sd"


@pytest.mark.parametrize("maximum", [0.32, None])
def test_what_a_rule_may_keep_is_not_called_infeasible(maximum):
    assert why_infeasible(Threshold("bias.max", 0.0, maximum, 0), plan_with("20%")) == ""


def test_no_bound_at_all_can_be_kept_against_half_of_the_agents():
    found = why_infeasible(Threshold("bias.max", None, 1e9, 0), plan_with("60%"))
    assert found == "at 60 % liars no rule bounds the bias"
