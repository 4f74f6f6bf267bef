import math
from dataclasses import replace

import pytest

from sim.campaign import baselines
from sim.campaign.baselines import (
    as_text,
    baseline_of,
    baseline_path,
    judge_against,
    read_baseline,
    write_baseline,
)
from sim.errors import ResultsError
from sim.measure.gate import Sample
from sim.scenario import parse_scenario
from sim.scenario.plan import Tolerance
from tests.small import SMALL

NAN, INF = math.nan, math.inf
AGE, RECOVERY = "staleness.root.mean", "recovery.time.max"
PLAN = replace(parse_scenario(SMALL, "small.yaml"), gate=(Tolerance(AGE, 0.05, 9),))
SAMPLES = {
    RECOVERY: Sample("s", (1.5, INF, NAN), (1.5, 25.0, NAN)),
    AGE: Sample.of("s", [1 / 3, 0.25, 0.5]),
}


@pytest.fixture
def baseline():
    return baseline_of(PLAN, SAMPLES)


def ages(*figures):
    return {AGE: Sample.of("s", figures)}


def test_a_baseline_comes_back_as_it_was_written(baseline, tmp_path):
    found = read_baseline(write_baseline(baseline, tmp_path))
    assert (found.name, found.version, found.seed) == ("small", baseline.version, 7)
    assert found.scenario == baseline.scenario
    assert found.digest == baseline.digest
    assert found.replications == 3
    assert found.samples[RECOVERY].at_least == pytest.approx((1.5, 25.0, NAN), nan_ok=True)
    assert found.samples[RECOVERY].figures == pytest.approx((1.5, INF, NAN), nan_ok=True)
    assert found.samples[AGE].figures == pytest.approx((1 / 3, 0.25, 0.5), rel=1e-11)


def test_an_infinite_figure_of_which_no_more_is_known_keeps_its_sign(baseline, tmp_path):
    delays = {"detection.delay.median.loss": Sample.of("s", (INF, -INF, 0.5))}
    found = read_baseline(write_baseline(replace(baseline, samples=delays), tmp_path))
    assert found.samples == delays


def test_the_same_figures_pass_after_they_have_been_written_and_read(baseline, tmp_path):
    found = read_baseline(write_baseline(baseline, tmp_path))
    (change,) = judge_against(found, SAMPLES, PLAN)
    assert change.outcome == "pass"
    assert change.reason.startswith("not one figure of the run differs")


def test_a_metric_is_one_line_and_lines_are_sorted(baseline):
    lines = as_text(baseline).splitlines()
    assert '    "recovery.time.max": {"figures": [1.5, "> 25", null], "unit": "s"},' in lines
    assert (
        '    "staleness.root.mean": {"figures": [0.333333333333, 0.25, 0.5], "unit": "s"}' in lines
    )
    keys = [line.split('"')[1] for line in lines if line.startswith('  "')]
    assert keys == sorted(keys)


def test_the_text_is_the_same_however_metrics_were_ordered(baseline):
    turned = replace(baseline, samples=dict(reversed(baseline.samples.items())))
    assert as_text(turned) == as_text(baseline)


def test_a_failed_write_leaves_the_old_baseline_and_nothing_else(baseline, tmp_path, monkeypatch):
    path = write_baseline(baseline, tmp_path)
    before = path.read_text()

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(baselines.Path, "replace", full_disk)
    with pytest.raises(ResultsError, match=r"small\.json: cannot write .* No space left"):
        write_baseline(replace(baseline, seed=8), tmp_path)
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_baseline_that_is_missing_is_named_with_the_way_to_make_one(tmp_path):
    with pytest.raises(ResultsError, match=r"small\.json is missing; `sim baseline update`"):
        read_baseline(baseline_path("small", tmp_path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read"),
        ("{", "cannot be read"),
        ("\x00", "cannot be read"),
        ("[]", "has format None"),
        ('{"format": 2}', "has format 2, this version reads 1"),
        ('{"format": 1}', "is damaged: KeyError"),
        ('{"format": 1, "metrics": []}', "is damaged: AttributeError"),
        pytest.param("[" * 100_000, "cannot be read", id="too deep"),
    ],
)
def test_a_file_that_is_no_baseline_is_named_with_the_way_out(text, message, tmp_path):
    path = tmp_path / "small.json"
    path.write_text(text)
    with pytest.raises(ResultsError, match=rf"small\.json {message}.*`sim baseline update`"):
        read_baseline(path)


@pytest.mark.parametrize(
    ("written", "damaged"),
    [
        ('"> 25"', '"> far"'),
        ('"> 25"', "1e999"),
        ("[1.5,", "[NaN,"),
        ("[1.5,", "[Infinity,"),
        ("[1.5,", "["),
        ("[1.5,", "[true,"),
        ("[1.5,", "[[1.5],"),
        pytest.param("[1.5,", "[" + 400 * "9" + ",", id="beyond any float"),
        ('"replications": 3', '"replications": 4'),
        ('"duration": "3s"', '"duration": "4s"'),
        ('"version"', '"wersion"'),
    ],
)
def test_a_baseline_that_was_damaged_by_hand_is_refused(written, damaged, baseline, tmp_path):
    path = write_baseline(baseline, tmp_path)
    assert path.read_text().count(written) == 1
    path.write_text(path.read_text().replace(written, damaged))
    with pytest.raises(ResultsError, match=r"small\.json"):
        read_baseline(path)


def test_what_moves_no_figure_may_change(baseline):
    plan = replace(
        PLAN, about="other words", replications=9, thresholds=(), gate=(Tolerance(AGE, 1, 3),)
    )
    assert judge_against(baseline, SAMPLES, plan)[0].outcome == "pass"


def test_a_baseline_of_another_scenario_is_refused_and_says_what_differs(baseline):
    plan = replace(PLAN, duration_ns=4_000_000_000)
    with pytest.raises(ResultsError, match=r"another scenario.* duration \(3s, here 4s\); `sim"):
        judge_against(baseline, SAMPLES, plan)


def test_a_difference_deep_inside_is_named_as_a_user_writes_it(baseline):
    plan = replace(PLAN, agents=replace(PLAN.agents, count=40))
    with pytest.raises(ResultsError, match=r"agents\.count \(20, here 40\)"):
        judge_against(baseline, SAMPLES, plan)


def test_a_baseline_of_another_name_is_refused(baseline):
    with pytest.raises(ResultsError, match="the baseline of small, not of large"):
        judge_against(baseline, SAMPLES, replace(PLAN, name="large"))


@pytest.mark.parametrize("version", ["0.0.1", "99.0"])
def test_a_baseline_of_another_version_is_refused_unless_that_is_wanted(version, baseline):
    other = replace(baseline, version=version)
    with pytest.raises(ResultsError, match=rf"version {version}.*--across-versions"):
        judge_against(other, SAMPLES, PLAN)
    assert judge_against(other, SAMPLES, PLAN, across_versions=True)[0].outcome == "pass"


def test_a_baseline_without_a_metric_that_is_gated_is_refused(baseline):
    plan = replace(PLAN, gate=(Tolerance("coverage.min", 0.1, 1),))
    with pytest.raises(ResultsError, match=r"has no coverage\.min; `sim baseline update`"):
        judge_against(baseline, SAMPLES, plan)


def test_a_baseline_in_another_unit_is_refused_whatever_its_version(baseline):
    samples = {AGE: replace(SAMPLES[AGE], unit="ms")}
    old = replace(baseline, version="0.0.1", samples=samples)
    with pytest.raises(
        ResultsError, match=r"staleness\.root\.mean in 'ms', here it is in 's'; `sim"
    ):
        judge_against(old, SAMPLES, PLAN, across_versions=True)


def test_a_gate_on_what_the_run_did_not_measure_is_refused(baseline):
    with pytest.raises(ResultsError, match=r"not measured: staleness\.root\.mean"):
        judge_against(baseline, {}, PLAN)


def test_fewer_replications_are_held_against_the_same_ones(baseline):
    (change,) = judge_against(baseline, ages(1 / 3, 0.25), PLAN)
    assert (change.n, change.paired, change.outcome) == (2, True, "pass")


def test_no_replication_in_common_is_refused(baseline):
    with pytest.raises(ResultsError, match="no replication in common"):
        judge_against(baseline, ages(), PLAN)


def test_other_seeds_are_compared_as_two_groups(baseline):
    (change,) = judge_against(baseline, ages(1 / 3, 0.25), replace(PLAN, seed=8))
    assert (change.n, change.paired) == (2, False)


def test_more_replications_than_the_baseline_has_need_a_larger_baseline(baseline):
    (change,) = judge_against(baseline, ages(0.4, 0.2, 0.6), PLAN)
    assert change.reason.endswith(
        "take 8 replications (the baseline has 3: update it with as many)"
    )
