import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.detection.false_discoveries import false_discoveries
from sim.detection.scores import (
    Segments,
    agent_hours,
    confusion,
    false_episodes,
    outcomes,
    pr_auc,
    rank,
    roc_auc,
)
from tests.reference import scores as obvious

WEIGHT = st.sampled_from([0.5, 1.0, 1.0, 3.0, 250.0])
POINT = st.tuples(st.booleans(), st.integers(-3, 3).map(float), st.booleans(), WEIGHT)
POINTS = st.lists(POINT, min_size=1, max_size=30).map(lambda rows: list(zip(*rows, strict=True)))
BOTH_CLASSES = POINTS.filter(lambda columns: 0 < sum(columns[0]) < len(columns[0]))


@pytest.fixture(scope="module")
def oracle():
    """scikit-learn, which takes so long to load that only who needs it should."""
    from sklearn import metrics

    return metrics


@given(BOTH_CLASSES)
def test_the_areas_are_those_of_scikit_learn(oracle, columns):
    labels, scores, _, weights = columns
    for weight in (None, weights):
        roc = oracle.roc_auc_score(labels, scores, sample_weight=weight)
        pr = oracle.average_precision_score(labels, scores, sample_weight=weight)
        assert roc_auc(labels, scores, weight) == pytest.approx(roc, rel=1e-9)
        assert pr_auc(labels, scores, weight) == pytest.approx(pr, rel=1e-9)


@given(BOTH_CLASSES.filter(lambda columns: any(columns[2])))
def test_precision_recall_and_f1_are_those_of_scikit_learn(oracle, columns):
    labels, _, alarms, weights = columns
    for weight in (None, weights):
        found = confusion(labels, alarms, weight)
        expected = oracle.precision_recall_fscore_support(
            labels, alarms, average="binary", sample_weight=weight, zero_division=0.0
        )
        assert (found.precision, found.recall, found.f1) == pytest.approx(expected[:3])


@given(POINTS)
def test_the_counts_are_those_of_scikit_learn(oracle, columns):
    labels, _, alarms, weights = columns
    found = confusion(labels, alarms, weights)
    expected = oracle.confusion_matrix(labels, alarms, labels=[0, 1], sample_weight=weights)
    quiet, false, missed, true = expected.ravel()
    assert found.quiet == pytest.approx(quiet)
    assert found.false_alarms == pytest.approx(false)
    assert found.missed == pytest.approx(missed)
    assert found.true_alarms == pytest.approx(true)


@given(POINTS, st.lists(st.booleans(), min_size=30, max_size=30))
def test_the_roc_area_is_the_share_of_pairs_in_the_right_order_and_nan_is_lowest(columns, unknown):
    labels, scores, _, weights = columns
    known = [math.nan if lost else s for lost, s in zip(unknown, scores, strict=False)]
    expected = obvious.roc_auc(labels, known, weights)
    assert roc_auc(labels, known, weights) == pytest.approx(expected, rel=1e-9, nan_ok=True)


@given(BOTH_CLASSES)
def test_a_weight_is_how_often_a_point_counts(columns):
    labels, scores, alarms, _ = columns
    times = [1 + place % 3 for place in range(len(labels))]
    again = [np.repeat(column, times) for column in (labels, scores, alarms)]
    assert roc_auc(labels, scores, times) == pytest.approx(roc_auc(again[0], again[1]))
    assert pr_auc(labels, scores, times) == pytest.approx(pr_auc(again[0], again[1]))
    assert confusion(labels, alarms, times) == confusion(again[0], again[2])


def test_an_unknown_score_ranks_below_minus_infinity():
    assert roc_auc([1, 0], [-math.inf, math.nan]) == 1.0
    assert roc_auc([1, 0, 0], [math.nan, math.nan, -math.inf]) == 0.25


def test_any_label_that_is_not_zero_is_an_anomaly():
    assert confusion([0, 3, -1], [True, True, False]) == confusion([0, 1, 1], [1, 1, 0])


@pytest.mark.parametrize(
    ("labels", "roc", "pr"), [([1, 1], math.nan, 1.0), ([0, 0], math.nan, math.nan)]
)
def test_an_area_of_an_empty_class_is_undefined(labels, roc, pr):
    ranking = rank(labels, [1.0, 2.0])
    assert ranking.roc_auc == pytest.approx(roc, nan_ok=True)
    assert ranking.pr_auc == pytest.approx(pr, nan_ok=True)


def test_no_points_have_no_figures():
    empty = np.array([], dtype=np.int64)
    assert math.isnan(roc_auc([], []))
    assert math.isnan(pr_auc([], []))
    assert math.isnan(false_discoveries(empty, [], []).rate)
    assert math.isnan(false_discoveries(empty, [], []).any_false)


def test_a_ratio_without_a_denominator_is_undefined():
    no_alarm = confusion([1, 0], [False, False])
    assert math.isnan(no_alarm.precision)
    assert (no_alarm.recall, no_alarm.f1) == (0.0, 0.0)
    no_anomaly = confusion([0, 0], [True, False])
    assert math.isnan(no_anomaly.recall)
    assert (no_anomaly.precision, no_anomaly.f1) == (0.0, 0.0)
    assert math.isnan(confusion([0], [False]).f1)


@pytest.mark.parametrize("score", [rank, confusion])
def test_columns_of_different_length_are_refused(score):
    with pytest.raises(ValueError, match="equal length"):
        score([0, 1], [1.0])
    with pytest.raises(ValueError, match="equal length"):
        score([0, 1], [1.0, 0.0], [1.0])
    with pytest.raises(ValueError, match="one-dimensional"):
        score([[0, 1]], [[1.0, 0.0]], [[1.0, 1.0]])


@pytest.mark.parametrize("weight", [-1.0, math.nan])
def test_a_weight_that_cannot_be_is_refused(weight):
    with pytest.raises(ValueError, match="weights must be numbers, and not negative"):
        rank([0, 1], [0.0, 1.0], [1.0, weight])


AGENTS, INSTANTS = 3, 8
GRID_NS = np.repeat(np.arange(10, 10 * INSTANTS + 10, 10), AGENTS)
GRID_AGENT = np.tile(np.arange(AGENTS), INSTANTS)
ALARMS = st.lists(st.booleans(), min_size=len(GRID_NS), max_size=len(GRID_NS))
SEGMENT = st.tuples(st.integers(0, AGENTS - 1), st.integers(0, 90), st.integers(0, 40))
SEGMENTS = st.lists(SEGMENT, max_size=5).map(lambda rows: [(a, b, b + d) for a, b, d in rows])


def as_segments(rows):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Segments(*columns)


@given(ALARMS, SEGMENTS, st.integers(0, 25))
def test_delays_are_what_looking_at_every_alarm_finds(alarms, rows, grace):
    found = outcomes(GRID_NS, GRID_AGENT, alarms, as_segments(rows), grace)
    expected = obvious.delays(GRID_NS.tolist(), GRID_AGENT.tolist(), alarms, rows, grace)
    delays = [None if math.isnan(delay) else delay for delay in found.delay_ns.tolist()]
    assert list(zip(delays, found.watched_ns.tolist(), strict=True)) == expected
    assert found.missed == sum(delay is None for delay, _ in expected)


@given(ALARMS, SEGMENTS, st.integers(0, 25), st.tuples(WEIGHT, WEIGHT, WEIGHT))
def test_a_segment_weighs_as_much_as_the_points_of_its_agent(alarms, rows, grace, weights):
    columns = (GRID_NS, GRID_AGENT, alarms)
    found = outcomes(*columns, as_segments(rows), grace, np.array(weights)[GRID_AGENT])
    missed, total = 0.0, 0.0
    for row in rows:  # each by itself, as often as its agent counts
        alone = outcomes(*columns, as_segments([row]), grace)
        missed += alone.missed * weights[row[0]]
        total += len(alone.delay_ns) * weights[row[0]]
    assert found.missed == pytest.approx(missed)
    if total:
        assert found.recall == pytest.approx(1 - missed / total)


def test_a_segment_of_an_agent_without_points_counts_once():
    nobody = as_segments([(7, 20, 30), (0, 20, 30)])
    found = outcomes(GRID_NS, GRID_AGENT, alarms_at(), nobody, 0, np.full(len(GRID_NS), 5.0))
    assert found.weight.tolist() == [1.0, 5.0]


@given(ALARMS, SEGMENTS, st.integers(0, 25), st.tuples(WEIGHT, WEIGHT, WEIGHT))
def test_false_episodes_are_what_looking_at_every_decision_finds(alarms, rows, grace, weights):
    columns = (GRID_NS, GRID_AGENT, alarms, as_segments(rows), grace)
    found = false_episodes(*columns, np.array(weights)[GRID_AGENT])
    expected = obvious.false_episodes(GRID_NS.tolist(), GRID_AGENT.tolist(), alarms, rows, grace)
    assert found == pytest.approx(sum(weights[agent] for agent, _, _ in expected))


ALL_WEIGHTS = st.lists(WEIGHT, min_size=len(GRID_NS), max_size=len(GRID_NS))


@given(ALARMS, ALARMS, ALL_WEIGHTS)
def test_the_false_discovery_rate_is_the_mean_over_decisions(labels, alarms, weights):
    found = false_discoveries(GRID_NS, labels, alarms, weights).rate
    expected = obvious.false_discovery_rate(GRID_NS.tolist(), labels, alarms, weights)
    assert found == pytest.approx(expected)


@given(ALARMS, ALARMS, ALL_WEIGHTS)
def test_the_running_false_share_is_that_of_all_alarms_so_far(labels, alarms, weights):
    found = false_discoveries(GRID_NS, labels, alarms, weights).running
    expected = obvious.running_false_share(GRID_NS.tolist(), labels, alarms, weights)
    assert found.tolist() == pytest.approx(expected)


@given(ALARMS, ALARMS)
def test_any_false_alarm_makes_a_decision_count_once(labels, alarms):
    found = false_discoveries(GRID_NS, labels, alarms).any_false
    wrong = {
        now for now, label, alarm in zip(GRID_NS, labels, alarms, strict=True) if alarm > label
    }
    assert found == pytest.approx(len(wrong) / len(set(GRID_NS.tolist())))


def test_whether_a_decision_has_any_false_alarm_is_unknown_where_agents_stand_for_others():
    weights = np.where(GRID_AGENT == 0, 2.0, 1.0)
    quiet = alarms_at()
    assert math.isnan(false_discoveries(GRID_NS, quiet, quiet, weights).any_false)
    assert false_discoveries(GRID_NS, quiet, quiet, np.ones(len(weights))).any_false == 0.0


@given(ALARMS, SEGMENTS, st.permutations(range(len(GRID_NS))))
def test_the_order_of_the_rows_does_not_matter(alarms, rows, order):
    alarms, segments = np.array(alarms), as_segments(rows)
    shuffled = (GRID_NS[order], GRID_AGENT[order], alarms[order])
    straight = (GRID_NS, GRID_AGENT, alarms)
    assert false_episodes(*shuffled, segments, 5) == false_episodes(*straight, segments, 5)
    np.testing.assert_array_equal(
        outcomes(*shuffled, segments, 5).delay_ns, outcomes(*straight, segments, 5).delay_ns
    )


def alarms_at(*pairs):
    return np.array([pair in pairs for pair in zip(GRID_AGENT, GRID_NS, strict=True)])


def test_an_alarm_counts_from_the_begin_to_the_end_of_the_grace_both_included():
    anomaly = as_segments([(1, 30, 40)])
    for instant, delay in ((20, math.nan), (30, 0), (60, 30), (70, math.nan)):
        found = outcomes(GRID_NS, GRID_AGENT, alarms_at((1, instant)), anomaly, grace_ns=20)
        assert found.delay_ns[0] == pytest.approx(delay, nan_ok=True)


def test_an_alarm_of_another_agent_finds_nothing():
    found = outcomes(
        GRID_NS, GRID_AGENT, alarms_at((0, 30), (2, 30)), as_segments([(1, 30, 40)]), 0
    )
    assert (found.recall, found.missed) == (0.0, 1)


def test_an_anomaly_that_no_decision_could_see_is_not_judged():
    found = outcomes(GRID_NS, GRID_AGENT, alarms_at(), as_segments([(1, 31, 39), (1, 90, 95)]), 0)
    assert len(found.delay_ns) == found.missed == 0
    assert math.isnan(found.recall)


def test_alarms_at_the_last_and_first_decision_of_two_agents_are_two_episodes():
    alarms = alarms_at((0, 80), (1, 10))
    assert false_episodes(GRID_NS, GRID_AGENT, alarms, as_segments([]), 0) == 2


def test_an_episode_that_runs_into_an_anomaly_is_not_false():
    alarms = alarms_at((0, 20), (0, 30))
    assert false_episodes(GRID_NS, GRID_AGENT, alarms, as_segments([(0, 28, 50)]), 0) == 0
    assert false_episodes(GRID_NS, GRID_AGENT, alarms, as_segments([(0, 31, 50)]), 0) == 1


def test_a_segment_that_ends_before_it_begins_is_refused():
    backwards = as_segments([(0, 50, 40)])
    with pytest.raises(ValueError, match="ends before it begins"):
        outcomes(GRID_NS, GRID_AGENT, alarms_at(), backwards, 0)


def test_a_point_stands_for_one_decision_period_of_an_agent():
    assert agent_hours(7200, every_ns=500_000_000) == 1.0


@pytest.mark.slow
def test_scores_of_two_million_points_that_say_nothing_have_half_the_area():
    draw = np.random.default_rng(1)
    labels, scores = draw.random(2_000_000) < 0.02, draw.normal(size=2_000_000)
    error = math.sqrt(1 / 12 / labels.sum())  # of the mean rank of the anomalous points
    assert roc_auc(labels, scores) == pytest.approx(0.5, abs=4 * error)
