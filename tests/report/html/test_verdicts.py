"""Verdicts in words, and where a value lies against what was asked."""

import math
from dataclasses import replace

import pytest

from sim.errors import ResultsError
from sim.measure.metrics import MetricValue
from sim.report.html.verdicts import (
    ABOUT,
    Gauge,
    asked,
    compared,
    differing,
    families,
    gauge,
    overall,
)
from sim.scenario.plan import Threshold
from tests.report.html.made import BROKEN, KEPT, made


def test_a_threshold_has_a_sign_a_bound_an_interval_and_a_reason():
    (one,) = asked(made())
    assert (one.outcome, one.sign, one.value, one.bound) == ("pass", "✓", "10.3 s", "≤ 16 s")
    assert one.interval == "10.2 s to 10.4 s"
    assert one.reason == "the whole interval is within the bound"


def test_the_gauge_has_the_interval_as_a_bar_and_the_bound_as_a_tick():
    value = replace(BROKEN, low=5.0, high=10.0)
    assert gauge(value, replace(KEPT, maximum=20.0)) == Gauge(19.23, 19.23, (76.92,))


def test_a_value_without_interval_is_a_point_and_one_without_end_has_no_gauge():
    point = replace(BROKEN, low=math.nan, high=math.nan)
    assert gauge(point, KEPT).width == 0
    assert gauge(replace(BROKEN, value=math.inf, high=math.inf), KEPT) is None
    assert gauge(replace(BROKEN, value=math.nan, low=math.nan), KEPT) is None


def test_a_gauge_of_shares_ends_at_one():
    share = MetricValue("coverage.min", 1.0, "share", 2, 1.0, 1.0, 0)
    assert gauge(share, Threshold("coverage.min", 0.9, None, 0)) == Gauge(100.0, 0.0, (90.0,))


def test_a_threshold_on_what_was_not_measured_names_the_version():
    run = made(thresholds=(Threshold("coverage.min", 0.9, None, 0),), manifest={"version": "9"})
    with pytest.raises(ResultsError, match=r"coverage.min was not measured.*version 9"):
        asked(run)


def test_a_run_of_which_nothing_was_asked_neither_holds_nor_fails():
    assert overall(made(thresholds=())) == "none"
    assert overall(made(manifest={"verdict": "fail"})) == "fail"


def test_what_a_metric_is_can_be_read_alone():
    refer = [name for name, about in ABOUT.items() if about.startswith(("the same", "those of"))]
    assert refer == []


def test_metrics_are_grouped_by_their_first_word():
    (family,) = families(made())
    assert (family.name, family.rows[0][0]) == ("staleness", BROKEN.name)


def test_runs_are_compared_metric_by_metric_with_their_verdicts():
    other = replace(made(thresholds=()), values=[replace(BROKEN, value=20.0)])
    ((name, cells),) = compared([made(), other])
    assert name == BROKEN.name
    assert cells == ["10.3 s (10.2 s to 10.4 s) ✓ pass", "20 s (10.2 s to 10.4 s)"]


def test_runs_differ_in_the_settings_that_are_not_the_same():
    runs = [made(manifest={"resolved": {"name": n, "tree": {"local": k}, "seed": 1}})
            for n, k in (("a", 5), ("b", 7))]  # fmt: skip
    assert list(differing(runs)) == [["tree.local", "5", "7"]]
