"""Counts of decisions agree with counting by hand, and gaps stay gaps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.tables import table
from sim.report.detection.accuracy import decisions, smoothed, thinned
from tests.reference.accuracy import counts, mean_of_last
from tests.report.detected import detected

POINT = st.tuples(
    st.integers(0, 5), st.booleans(), st.booleans(), st.booleans(), st.sampled_from([1.0, 2.5])
)


def points_of(rows):
    time_ns, label, known, alarm, weight = zip(*rows, strict=True) if rows else ((),) * 5
    score = np.where(known, 1.0, np.nan) if rows else []
    return table(
        "points",
        {
            "time_ns": time_ns,
            "agent": range(len(rows)),
            "label": np.array(label, int),
            "score": score,
            "alarm": alarm,
            "central_score": score,
            "central_alarm": np.zeros(len(rows), bool),
            "weight": weight,
        },
    )


@given(st.lists(POINT, max_size=30))
def test_decisions_are_counted_as_one_would_by_hand(rows):
    found = decisions(points_of(rows))
    here = found.here
    columns = (
        found.agents,
        found.anomalous,
        found.known,
        found.known_anomalous,
        here.true_alarms,
        here.false_alarms,
    )
    assert list(zip(*map(np.ndarray.tolist, columns), strict=True)) == counts(rows)


@given(st.lists(st.floats(0, 1), max_size=30), st.integers(1, 8))
def test_a_mean_of_the_last_decisions_looks_at_no_later_one(values, width):
    expected = mean_of_last(values, width)
    np.testing.assert_allclose(smoothed(np.array(values), width), expected, atol=1e-12)


def test_there_is_no_recall_where_nobody_is_anomalous():
    found = decisions(detected().points)
    recall = found.recall(found.here)
    is_gap = np.isnan(recall)
    assert is_gap.tolist() == (found.anomalous == 0).tolist()
    assert 0 < is_gap.sum() < len(found)


def test_a_decision_without_an_alarm_has_no_false_alarm():
    assert decisions(detected(false=0).points).here.false_share[0] == 0


@pytest.mark.parametrize("shown", [1, 7, 89, 90, 1000])
def test_counting_neighbours_together_loses_nobody(shown):
    found = decisions(detected().points)
    fewer = thinned(found, shown)
    assert len(fewer) == min(shown, len(found))
    assert fewer.agents.sum() == found.agents.sum()
    assert fewer.here.alarms.sum() == found.here.alarms.sum()
