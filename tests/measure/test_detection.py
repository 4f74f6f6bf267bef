"""Four agents, ten decisions a second apart: every figure can be counted on the fingers."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest

from sim.measure.detection import DETECTION_FIGURES, detection_figures
from sim.measure.metrics import FIGURES, measure
from sim.measure.tables import Tables
from sim.measure.tables import table as make_table
from sim.scenario.catalogue import METRIC_NAMES
from sim.scenario.plan import DetectionPlan, Variant
from tests.measure.synthetic import S, make_plan, make_tables

AGENTS, DECISIONS = 4, 10
SECOND = np.repeat(np.arange(10, 10 + DECISIONS), AGENTS)
AGENT = np.tile(np.arange(AGENTS), DECISIONS)
ANOMALIES = ((0, 12, 15), (1, 14, 17))
"""(agent, begin, end) in seconds; the grace is 1 s."""

NOTHING = Variant("none", {})
PLAN = replace(
    make_plan(duration_ns=20 * S),
    detection=DetectionPlan(NOTHING, "own", NOTHING, "root", S, 0, 5 * S, 4 * S),
)


def at(*pairs):
    """Where (agent, second) is one of the pairs."""
    return np.array([pair in pairs for pair in zip(AGENT, SECOND, strict=True)])


def span(agent, first, last):
    return [(agent, second) for second in range(first, last + 1)]


TRUTH = at(*(pair for agent, begin, end in ANOMALIES for pair in span(agent, begin, end - 1)))


def tables_of(alarms, central, anomalies=ANOMALIES, weights=None, scores=None):
    columns = {
        "time_ns": SECOND * S,
        "agent": AGENT,
        "label": TRUTH.astype(int) if anomalies else np.zeros(len(AGENT)),
        "score": alarms if scores is None else scores,
        "alarm": alarms,
        "central_score": central,
        "central_alarm": central,
        "weight": np.ones(len(AGENT)) if weights is None else weights,
    }
    agent, begin, end = np.array(anomalies).reshape(-1, 3).T
    segments = {"agent": agent, "anomaly": agent + 1, "begin_ns": begin * S, "end_ns": end * S}
    return replace(
        make_tables(regions=1, duration_ns=20 * S),
        points=make_table("points", columns),
        segments=make_table("segments", segments),
    )


LATE = at(*span(0, 14, 15), *span(3, 11, 12), (2, 13))
"""Finds the first anomaly after 2 s and the second never; two false episodes."""


@pytest.fixture(scope="module")
def late():
    return detection_figures(tables_of(LATE, TRUTH), PLAN)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # Alarms: 2 on agent 0 (that of second 15 is behind the end), 2 on agent 3, 1 on agent 2.
        ("precision", 1 / 5),
        ("recall", 1 / 6),
        ("f1", 2 / 11),
        # One true alarm above 30 of 34 normal points, the other ties: scores are the alarms.
        ("roc_auc", (1 * 30 + 1 * 4 / 2 + 5 * 30 / 2) / (6 * 34)),
        ("pr_auc", 1 / 6 * 1 / 5 + 5 / 6 * 6 / 40),
        # Decisions 11, 12, 13 and 15 are all false, 14 is true, five have no alarm.
        ("fdr", 4 / 10),
        # The first alarm is false already; at the end 4 of 5 are.
        ("fdr.overall", 4 / 5),
        ("fdr.running", 1.0),
        ("any_false", 4 / 10),
        ("segment_recall", 1 / 2),
        ("delay.median", 2.0),
        ("missed", 1.0),
        ("false_alarms", 2 / (40 / 3600)),
    ],
)
def test_a_detector_that_is_late_has_the_figures_that_counting_says(late, name, expected):
    assert late[f"detection.{name}"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("precision", 1.0),
        ("recall", 1.0),
        ("f1", 1.0),
        ("roc_auc", 1.0),
        ("pr_auc", 1.0),
        ("fdr", 0.0),
        ("fdr.overall", 0.0),
        ("fdr.running", 0.0),
        ("any_false", 0.0),
        ("segment_recall", 1.0),
        ("delay.median", 0.0),
        ("missed", 0.0),
        ("false_alarms", 0.0),
    ],
)
def test_a_central_twin_that_knows_the_truth_is_perfect(late, name, expected):
    assert late[f"detection.{name}.central"] == expected


def test_a_loss_is_positive_where_the_twin_is_better_whichever_way_is_better(late):
    assert late["detection.recall.loss"] == pytest.approx(5 / 6)
    assert late["detection.fdr.loss"] == pytest.approx(0.4)
    assert late["detection.delay.median.loss"] == 2.0
    reverse = detection_figures(tables_of(TRUTH, LATE), PLAN)
    assert reverse["detection.recall.loss"] == pytest.approx(-5 / 6)
    assert reverse["detection.missed.loss"] == -1.0


def test_a_detector_that_is_as_good_as_its_twin_loses_zero_and_not_minus_zero():
    same = detection_figures(tables_of(LATE, LATE), PLAN)
    losses = [value for name, value in same.items() if name.endswith(".loss")]
    assert [math.copysign(1.0, loss) for loss in losses] == [1.0] * 13
    assert not any(losses)


def test_every_detection_metric_of_the_catalogue_has_a_figure(late):
    names = [name for name in METRIC_NAMES if name.startswith("detection.")]
    assert list(DETECTION_FIGURES) == names
    assert sorted(late) == sorted(names)


def test_an_alarm_within_the_grace_finds_an_anomaly_that_is_over():
    behind = detection_figures(tables_of(at((0, 16), (1, 19)), TRUTH), PLAN)
    assert behind["detection.segment_recall"] == 0.5
    assert behind["detection.delay.median"] == 4.0
    assert behind["detection.false_alarms"] == pytest.approx(1 / (40 / 3600))


def test_a_median_among_the_missed_is_infinite_and_its_loss_too():
    blind = detection_figures(tables_of(at(), TRUTH), PLAN)
    assert blind["detection.delay.median"] == math.inf
    assert blind["detection.delay.median.loss"] == math.inf
    both = detection_figures(tables_of(at(), at()), PLAN)
    assert math.isnan(both["detection.delay.median.loss"])


def test_what_was_missed_lasted_at_least_as_long_as_it_was_watched():
    """One of three is found after 2 s, the others were watched for longer: 2/3 last longer."""
    three = (*ANOMALIES, (2, 12, 15))
    found = detection_figures(tables_of(at((0, 14)), at((0, 14), (2, 15)), three), PLAN)
    assert found["detection.delay.median"] == math.inf
    assert found["detection.delay.median.central"] == 3.0


def test_what_depends_on_an_anomaly_is_undefined_without_one():
    found = detection_figures(tables_of(LATE, at(), anomalies=()), PLAN)
    undefined = {name for name, value in found.items() if math.isnan(value)}
    of_anomalies = ("recall", "roc_auc", "pr_auc", "segment_recall", "delay.median", "missed")
    expected = {f"detection.{n}{end}" for n in of_anomalies for end in ("", ".central", ".loss")}
    without_alarm = {
        f"detection.{n}{end}" for n in ("precision", "f1") for end in (".central", ".loss")
    }
    assert undefined == expected | without_alarm
    assert found["detection.fdr"] == 0.5
    assert found["detection.precision"] == 0.0


def test_agents_that_stand_for_many_count_as_many():
    weights = np.where(AGENT == 3, 100.0, 1.0)
    found = detection_figures(tables_of(LATE, TRUTH, weights=weights), PLAN)
    assert found["detection.precision"] == pytest.approx(1 / (2 + 200 + 1))
    assert found["detection.recall"] == pytest.approx(1 / 6)
    assert found["detection.false_alarms"] == pytest.approx(101 / ((30 + 1000) / 3600))


def test_anomalies_of_agents_that_stand_for_many_count_as_many():
    weights = np.where(AGENT == 1, 9.0, 1.0)
    only_the_first = TRUTH & (AGENT == 0)
    found = detection_figures(tables_of(only_the_first, TRUTH, weights=weights), PLAN)
    assert found["detection.segment_recall"] == pytest.approx(1 / 10)
    assert found["detection.missed"] == 9.0


def test_ranks_and_false_discoveries_count_points_by_weight():
    """Agent 3, normal all the time, alarms with the first two anomalous points of agent 0."""
    alarms = at((0, 12), (0, 13), (3, 12), (3, 13))
    weights = np.where(AGENT == 3, 3.0, 1.0)
    found = detection_figures(tables_of(alarms, TRUTH, weights=weights), PLAN)
    assert found["detection.fdr"] == pytest.approx(2 * 0.75 / 10)
    # Of 6 anomalous points 2 rank with 6 of the weight of 54 that is normal, 4 below them.
    normal = 24 + 30
    pairs = 2 * (normal - 6 / 2) + 4 * (normal - 6) / 2
    assert found["detection.roc_auc"] == pytest.approx(pairs / (6 * normal))


def test_an_agent_that_was_not_heard_ranks_below_all_others():
    heard = np.where(AGENT == 1, np.nan, TRUTH * 1.0)
    found = detection_figures(tables_of(TRUTH, TRUTH, scores=heard), PLAN)
    # Three anomalous points of agent 0 above everything; those of agent 1 tie with its 7 normal.
    assert found["detection.roc_auc"] == pytest.approx((3 * 34 + 3 * 7 / 2) / (6 * 34))


def test_without_detection_every_figure_is_undefined():
    nothing = make_tables(regions=1, duration_ns=20 * S)
    watched = tables_of(LATE, TRUTH)
    unplanned = replace(PLAN, detection=None)
    for tables, plan in ((nothing, PLAN), (watched, unplanned)):
        assert all(math.isnan(figure(tables, plan)) for figure in DETECTION_FIGURES.values())


def test_the_figures_of_a_plan_are_not_those_of_another_with_a_longer_grace():
    tables = tables_of(at((0, 18)), TRUTH)
    longer = replace(PLAN, staleness=replace(PLAN.staleness, anomaly_ns=3 * S))
    assert FIGURES["detection.segment_recall"](tables, PLAN) == 0.0
    assert FIGURES["detection.segment_recall"](tables, longer) == 0.5


def test_tables_that_came_from_another_process_have_the_same_figures(late):
    again = pickle.loads(pickle.dumps(tables_of(LATE, TRUTH)))
    assert detection_figures(again, PLAN) == late


def test_a_loss_may_be_negative_and_so_may_its_interval():
    runs = [tables_of(TRUTH, LATE), tables_of(TRUTH, TRUTH)]
    found = {value.name: value for value in measure(runs, PLAN)}
    loss = found["detection.recall.loss"]
    assert loss.value == pytest.approx(-5 / 12)
    assert (loss.low, loss.high) == (-1.0, 1.0)
    assert found["detection.recall"].low == found["detection.recall"].high == 1.0
    assert found["detection.missed.loss"].low < -1


def test_one_infinite_delay_makes_the_mean_infinite_and_leaves_no_interval():
    runs = [tables_of(at(), TRUTH), tables_of(TRUTH, TRUTH)]
    delay = {value.name: value for value in measure(runs, PLAN)}["detection.delay.median"]
    assert (delay.value, delay.n) == (math.inf, 2)
    assert math.isnan(delay.low)
    assert math.isnan(delay.high)


def test_infinite_losses_in_both_directions_say_nothing():
    runs = [tables_of(at(), TRUTH), tables_of(TRUTH, at())]
    loss = {value.name: value for value in measure(runs, PLAN)}["detection.delay.median.loss"]
    assert math.isnan(loss.value)


def test_a_run_that_has_no_tables_of_detection_has_no_figures_of_it():
    nothing = make_tables(regions=1, duration_ns=20 * S)
    without = {name: nothing[name] for name in nothing if name not in ("points", "segments")}
    assert detection_figures(Tables.of(without), PLAN) == {}
