import math
from dataclasses import replace

import numpy as np
import pytest

from sim.measure.metrics import DURATIONS, FIGURES, after_start, measure, metrics_of
from sim.measure.recovery import recoveries
from sim.measure.tables import COLUMNS, Tables, empty
from sim.scenario.catalogue import METRIC_NAMES
from sim.scenario.plan import DetectionPlan, Variant
from tests.measure.controlled import controlled_plan
from tests.measure.lied import lied_plan
from tests.measure.synthetic import AGENTS, MS, Fault, S, make_plan, make_tables, with_samples
from tests.scenario.texts import GOOD, plan_of

CUT = Fault(20 * S, 35 * S, (2,))
PLAN = make_plan()


@pytest.fixture(scope="module")
def cut_run():
    return make_tables([CUT])


@pytest.fixture(scope="module")
def values(cut_run):
    return {value.name: value for value in measure([cut_run, make_tables([CUT], seed=2)], PLAN)}


SAYING_MORE = """\
baseline: {dependence: covariance, quantiles: kll}
confidence: {}
routing: {}
capacity: {}
"""
MORE = ("dependence", "quantiles", "confidence", "routing", "capacity")
FOLLOWING = (
    "tree: {local: 100, regional: 5}\nevolution: {regionals: {min: 2, max: 4}, start: 10%}\n"
)


def _written(text, blocks):
    """Blocks of a plan as a file would say them."""
    plan = plan_of(GOOD + text)
    return {block: getattr(plan, block) for block in blocks}


def test_every_metric_of_the_catalogue_is_measured_in_its_order(cut_run):
    nothing = Variant("any", {})
    watched = DetectionPlan(nothing, "own", nothing, "root", S, 0, 5 * S, 4 * S)
    everything = replace(controlled_plan(60 * S), detection=watched)
    lies = ("baseline", "adversaries", "attest", "evidence")
    lied = lied_plan()
    everything = replace(everything, **{name: getattr(lied, name) for name in lies})
    written = {**_written(SAYING_MORE, MORE), **_written(FOLLOWING, ("evolution",))}
    found = measure([cut_run], replace(everything, **written))
    assert tuple(value.name for value in found) == METRIC_NAMES


def test_a_plain_run_has_no_figures_of_what_it_leaves_out(values):
    assert {name.partition(".")[0] for name in values} == {
        "staleness", "coverage", "error", "recovery", "traffic"
    }  # fmt: skip


def test_every_metric_is_either_one_figure_or_over_events():
    assert sorted([*FIGURES, *DURATIONS]) == sorted(METRIC_NAMES)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # Region 2 was last heard at 19.85 s (born 19.72 s) and again at 35.076 s.
        ("staleness.root.oldest.max", 35.076 - 19.72),
        ("staleness.baseline.violation", 35.076 - 24.72),
        ("coverage.min", 7 / 8),
        ("recovery.reconnected.max", 0.076),
        ("recovery.fresh.max", 0.076),
        ("traffic.messages", 1005 / 60),
        ("traffic.bytes", 10050 / 60),
        ("traffic.lost", 0.1),
        ("staleness.locals.max", 1 + 0.9 + 0.08),
    ],
)
def test_a_cut_of_15_s_has_the_figures_that_arithmetic_says(values, name, expected):
    assert values[name].value == pytest.approx(expected, rel=1e-9)


def test_a_mean_over_replications_is_inside_its_interval(values):
    value = values["error.mean.median"]
    assert value.n == 2
    assert value.low < value.value < value.high


def test_no_interval_reaches_beyond_what_is_possible(cut_run):
    """Means of 0 and 10.36 s, and of 100 % and 87.5 %: plain Student ends would leave the range."""
    found = {value.name: value for value in measure([cut_run, make_tables()], PLAN)}
    assert found["staleness.baseline.violation"].low == 0
    assert found["coverage.min"].high == 1


def test_recovery_counts_heals_and_not_replications():
    twice = make_tables([CUT, Fault(45 * S, 50 * S, (1,))])
    found = {value.name: value for value in measure([twice, make_tables([CUT])], PLAN)}
    assert found["recovery.time.p95"].n == 3
    assert found["staleness.root.mean"].n == 2


def test_without_a_heal_recovery_is_undefined():
    value = {v.name: v for v in measure([make_tables()], PLAN)}["recovery.time.max"]
    assert math.isnan(value.value)
    assert (value.n, value.censored) == (0, 0)


def test_a_heal_that_never_recovers_is_infinite_and_counted(cut_run):
    never = with_samples(cut_run, error_mean=np.ones(len(cut_run.samples["time_ns"])))
    value = {v.name: v for v in measure([never, cut_run], PLAN)}["recovery.accurate.max"]
    assert value.value == value.high == math.inf
    assert value.low == 25.0
    assert (value.n, value.censored) == (2, 1)


def test_the_slowest_heal_is_the_largest_recovery_time(cut_run, values):
    (found,) = recoveries(cut_run, PLAN)
    assert values["recovery.time.max"].value >= found.time.after_ns / S


def test_a_figure_without_any_value_is_undefined_and_warns_nobody(cut_run):
    silent = with_samples(cut_run, error_mean=np.full(len(cut_run.samples["time_ns"]), np.nan))
    value = {v.name: v for v in measure([silent], PLAN)}["error.mean.max"]
    assert math.isnan(value.value)
    assert value.n == 0


def test_a_run_that_sent_nothing_has_no_share_of_losses(cut_run):
    silent = replace(cut_run, traffic=empty("traffic"))
    assert math.isnan(FIGURES["traffic.lost"](silent, PLAN))
    assert FIGURES["traffic.messages"](silent, PLAN) == 0


def test_a_copy_made_by_a_fault_was_neither_sent_nor_lost(cut_run):
    more = {
        name: np.append(column, value)
        for (name, column), value in zip(
            cut_run.traffic.items(), ("agent", "update", "duplicate", 500, 5000), strict=True
        )
    }
    copied = replace(cut_run, traffic=more)
    for name in ("traffic.messages", "traffic.bytes", "traffic.lost"):
        assert FIGURES[name](copied, PLAN) == FIGURES[name](cut_run, PLAN)


def test_a_run_that_watched_nobody_kept_no_bound():
    nobody = Tables.of({name: empty(name) for name in COLUMNS})
    undefined = {v.name for v in measure([nobody], PLAN) if math.isnan(v.value)}
    expected = {metric.name for metric in metrics_of(PLAN)}
    assert undefined == expected - {"traffic.messages", "traffic.bytes"}


def test_coverage_is_not_judged_before_a_source_can_be_too_old(cut_run):
    assert cut_run.samples["coverage"][0] == 0
    assert after_start(cut_run, PLAN, "coverage").min() == 7 / 8


def test_the_error_of_a_baseline_that_has_just_begun_is_not_judged(cut_run):
    begun = np.where(cut_run.samples["time_ns"] < S, 9.0, 0.001)
    assert FIGURES["error.mean.max"](with_samples(cut_run, error_mean=begun), PLAN) == 0.001


def test_the_mean_age_at_the_root_is_half_a_period_and_the_delay_when_nothing_fails():
    """Mean birth is 65 ms before sending, delay 20 + 3 r ms, period 200 ms; 60 s in the mean."""
    mean = FIGURES["staleness.root.mean"](make_tables(), PLAN)
    delay = np.mean([20 + 3 * region for region in range(8)]) * MS / S
    start_up = 0.2 * 0.3 / 60  # before the first message ages start at 0: a small, bounded bias
    assert mean == pytest.approx(0.065 + delay + 0.1, abs=start_up)
    assert AGENTS == 100
