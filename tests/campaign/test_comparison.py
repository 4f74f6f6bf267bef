import math

import numpy as np
import pytest

from sim.campaign.baselines import baseline_of, write_baseline
from sim.campaign.comparison import compare, contrasts, difference, open_side
from sim.campaign.replications import run_scenario
from sim.errors import ResultsError
from sim.measure.gate import Sample
from sim.scenario import parse_scenario
from sim.scenario.loader import load_scenario
from tests.small import SMALL, only_what_counts

AGE, RECALL, COVERAGE = "staleness.root.mean", "detection.recall", "coverage.min"
BASE = 1 + np.random.default_rng(1).normal(0, 0.1, 12)
NOISE = np.random.default_rng(2).normal(0, 0.01, 12)


def sample(figures):
    return Sample.of("s", list(figures))


def contrast(a, b, metric=AGE, paired=True):
    (found,) = contrasts({metric: sample(a)}, {metric: sample(b)}, paired=paired)
    return found


@pytest.mark.parametrize(("metric", "verdict"), [(AGE, "worse"), (RECALL, "better")])
def test_more_is_worse_or_better_as_the_metric_has_it(metric, verdict):
    found = contrast(BASE, BASE + 0.1 + NOISE, metric)
    assert found.verdict == verdict
    assert found.change == pytest.approx(0.1, abs=0.01)
    assert 0 < found.low < found.change < found.high


@pytest.mark.parametrize("metric", [AGE, RECALL])
def test_the_change_is_b_less_a_whichever_direction_is_better(metric):
    there, back = contrast(BASE, BASE + NOISE, metric), contrast(BASE + NOISE, BASE, metric)
    assert there.change == pytest.approx(-back.change)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.p == back.p


def test_a_difference_that_luck_explains_is_noise():
    assert contrast(BASE, BASE + NOISE - NOISE.mean()).verdict == "noise"


def test_equal_figures_are_the_same_and_no_news():
    found = contrast(BASE, BASE)
    assert (found.verdict, found.change, found.p) == ("same", 0.0, 1.0)


def test_with_so_few_replications_that_nothing_could_show_the_verdict_says_so():
    assert contrast(BASE[:5], BASE[:5] + 1).verdict == "too few"  # 2 * 2**-5 > 5 %
    assert contrast(BASE[:6], BASE[:6] + 1).verdict == "worse"


def test_one_small_p_among_many_metrics_is_no_news():
    """5 of 100 equal things look different at 5 %; here one of five has p = 0.03."""
    six = np.arange(6.0)
    names = [AGE, COVERAGE, "coverage.mean", "traffic.lost", "traffic.bytes"]
    a = {name: sample(six) for name in names}
    b = {name: sample(six + (-1) ** six) for name in names} | {AGE: sample(six + 1)}
    alone = contrast(six, six + 1)
    among = {row.metric: row for row in contrasts(a, b, paired=True)}
    assert alone.p == among[AGE].p == 2 * 2**-6
    assert (alone.verdict, among[AGE].verdict) == ("worse", "noise")


def test_a_metric_of_one_side_only_is_shown_without_a_change():
    (found,) = contrasts({}, {AGE: sample([1.0, 3.0])}, paired=True)
    assert found.verdict == "only one side"
    assert found.b == 2.0
    assert math.isnan(found.a)
    assert math.isnan(found.change)
    assert math.isnan(found.p)


def test_a_metric_that_is_undefined_on_one_side_is_shown_without_a_change():
    found = contrast([math.nan] * 3, [1.0, 2.0, 3.0])
    assert found.verdict == "only one side"
    assert (found.b, found.n) == (2.0, 0)


def test_a_metric_that_neither_side_defines_says_so():
    found = contrast([math.nan] * 3, [math.nan] * 3)
    assert (found.verdict, found.n) == ("undefined", 0)


def test_rows_stand_in_the_order_of_the_catalogue():
    both = {RECALL: sample(BASE), AGE: sample(BASE)}
    assert [row.metric for row in contrasts(both, both, paired=True)] == [AGE, RECALL]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    only_what_counts(monkeypatch)
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    return run_scenario(load_scenario(file), tmp_path / "runs").folder


def test_a_run_is_the_same_as_the_baseline_that_it_made(folder, tmp_path):
    run = open_side(folder)
    path = write_baseline(baseline_of(parse_scenario(SMALL, "small.yaml"), run.samples), tmp_path)
    rows = compare(path, folder)
    assert {row.verdict for row in rows} <= {"same", "undefined"}
    assert all(row.paired for row in rows if row.verdict == "same")
    assert any(row.verdict == "same" for row in rows)


def test_a_side_that_is_neither_run_nor_baseline_is_refused(tmp_path):
    with pytest.raises(ResultsError, match="is not a folder"):
        compare(tmp_path / "nothing", tmp_path / "nothing")


def test_a_first_baseline_shows_what_it_would_hold():
    plan = parse_scenario(SMALL, "small.yaml")
    new = baseline_of(plan, {AGE: sample([1.0, 2.0])})
    (row,) = difference(None, new)
    assert (row.b, row.verdict) == (1.5, "only one side")


def test_an_update_of_a_baseline_shows_what_it_would_change():
    plan = parse_scenario(SMALL, "small.yaml")
    old = baseline_of(plan, {AGE: sample(BASE)})
    new = baseline_of(plan, {AGE: sample(BASE + 1)})
    (row,) = difference(old, new)
    assert (row.change, row.verdict) == (pytest.approx(1), "worse")
