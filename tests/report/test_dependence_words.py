"""What the error of each method of dependence is, where it is printed."""

import pytest

from sim.report.dependence.words import MEASURES, about_error, unlike
from sim.stats.dependence.registry import DEPENDENCE
from tests.engine.dependence_runs import plan
from tests.measure.synthetic import make_plan


def test_every_method_has_its_measure():
    assert sorted(MEASURES) == sorted(DEPENDENCE)


@pytest.mark.parametrize("kind", DEPENDENCE)
def test_a_run_says_what_its_error_is(kind):
    assert list(about_error(plan(kind))) == [f"dependence.error of {kind}: {MEASURES[kind]}"]


def test_a_run_without_dependence_says_nothing_of_its_error():
    assert list(about_error(make_plan())) == []


def test_methods_that_are_measured_differently_are_told_apart():
    told = unlike(["blocks", "covariance", "projection", "covariance"])
    assert told == (
        "dependence.error is measured by kind: blocks, projection - root mean square over the "
        "correlations of all pairs; covariance - largest relative error of a variance, in any "
        "direction of the features"
    )


def test_methods_with_one_measure_and_other_settings_need_no_words():
    assert unlike(["all_pairs", "blocks", "projection"]) == unlike(["1%", "2%"]) == ""
