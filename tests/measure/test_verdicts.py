import math

import pytest

from sim.measure.metrics import MetricValue
from sim.measure.verdicts import judge, worst
from sim.scenario.plan import Threshold

NAN = math.nan


def verdict(value, low=NAN, high=NAN, minimum=None, maximum=None, n=20, censored=0):
    found = MetricValue("recovery.time.max", value, "s", n, low, high, censored)
    return judge([found], [Threshold("recovery.time.max", minimum, maximum, 0)])[0]


@pytest.mark.parametrize(
    ("value", "low", "high", "outcome"),
    [
        (4.0, 3.0, 5.0, "pass"),
        (4.0, 3.0, 10.0, "pass"),
        (9.0, 7.0, 11.0, "inconclusive"),
        (12.0, 11.0, 13.0, "fail"),
        (12.0, 10.0, 14.0, "inconclusive"),
    ],
)
def test_the_whole_interval_decides(value, low, high, outcome):
    assert verdict(value, low, high, maximum=10.0).outcome == outcome


@pytest.mark.parametrize(("value", "outcome"), [(0.95, "pass"), (0.85, "fail")])
def test_a_minimum_is_judged_from_the_other_side(value, outcome):
    assert verdict(value, value - 0.01, value + 0.01, minimum=0.9).outcome == outcome


@pytest.mark.parametrize(("value", "outcome"), [(9.0, "pass"), (11.0, "fail")])
def test_without_an_interval_the_point_decides_and_the_reason_says_so(value, outcome):
    found = verdict(value, maximum=10.0, n=1)
    assert found.outcome == outcome
    assert found.reason == "by the point, n = 1 gives no interval"


def test_an_undefined_metric_is_inconclusive():
    assert verdict(NAN, maximum=10.0).outcome == "inconclusive"


def test_a_heal_censored_beyond_the_maximum_fails():
    found = verdict(math.inf, low=25.0, high=math.inf, maximum=10.0, n=30, censored=2)
    assert found.outcome == "fail"
    assert "2 of 30 not seen recovered" in found.reason


def test_a_heal_that_was_watched_too_shortly_to_tell_is_inconclusive():
    found = verdict(math.inf, low=4.0, high=math.inf, maximum=10.0, censored=1)
    assert found.outcome == "inconclusive"


def test_a_range_must_hold_at_both_ends():
    assert verdict(5.0, 4.0, 6.0, minimum=3.0, maximum=7.0).outcome == "pass"
    assert verdict(2.0, 1.0, 2.5, minimum=3.0, maximum=7.0).outcome == "fail"


def test_a_bound_is_written_with_its_unit():
    assert verdict(5.0, maximum=10.0).bound == "≤ 10 s"
    assert verdict(5.0, minimum=1.5, maximum=10.0).bound == "≥ 1.5 s and ≤ 10 s"


def test_one_fail_is_a_fail_and_one_doubt_is_a_doubt():
    good, doubt, bad = (verdict(v, maximum=10.0) for v in (1.0, NAN, 11.0))
    assert worst([good, doubt, bad]) == "fail"
    assert worst([good, doubt]) == "inconclusive"
    assert worst([good]) == worst([]) == "pass"


@pytest.mark.parametrize("value", [0.05, 0.5, NAN])
def test_what_no_rule_can_keep_is_infeasible_whatever_the_run_shows(value):
    found = MetricValue("bias.max", value, "sd", 20, value, value, 0)
    threshold = Threshold("bias.max", None, 0.1, 0, infeasible="at 20 % liars no rule")
    (judged,) = judge([found], [threshold])
    assert (judged.outcome, judged.reason) == ("infeasible", "at 20 % liars no rule")


def test_infeasible_is_worse_than_a_doubt_and_better_than_a_fail():
    threshold = Threshold("bias.max", None, 0.1, 0, infeasible="no rule")
    (never,) = judge([MetricValue("bias.max", 0.0, "sd", 1, NAN, NAN, 0)], [threshold])
    doubt, bad = verdict(NAN, maximum=10.0), verdict(11.0, maximum=10.0)
    assert worst([doubt, never]) == "infeasible"
    assert worst([never, bad]) == "fail"


def test_a_threshold_on_an_unknown_metric_is_our_bug():
    with pytest.raises(KeyError):
        judge([], [Threshold("no.such.metric", None, 1.0, 0)])
