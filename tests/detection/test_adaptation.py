"""Recommendations for the tree."""

import numpy as np
import pytest

from sim.detection.engine import TopologyAdaptation, network_adaptive_detection

GROUPS = np.repeat(np.arange(3), 5)


def advise(rejected=(), silent=(), scores=None, **options):
    scores = np.ones(15) if scores is None else np.asarray(scores, float)
    scores[list(silent)] = np.nan
    found = np.isin(np.arange(15), rejected)
    return network_adaptive_detection(scores, GROUPS, found, **options)


def test_where_nothing_was_found_nothing_is_recommended():
    assert advise() == TopologyAdaptation((), (), ())


def test_a_lone_anomaly_is_isolated_and_its_group_watched():
    assert advise([7]) == TopologyAdaptation(watch_faster=(1,), isolate=(7,), rehome=())


def test_a_group_that_fails_together_is_re_homed_and_nobody_in_it_isolated():
    assert advise([5, 6, 7, 12]) == TopologyAdaptation((2,), (12,), (1,))


def test_a_group_that_falls_silent_is_re_homed():
    assert advise(silent=[0, 1, 2]).rehome == (0,)


def test_half_of_a_group_is_no_majority_of_it():
    groups, rejected = np.zeros(4, int), np.array([1, 1, 0, 0], bool)
    assert network_adaptive_detection(np.ones(4), groups, rejected).rehome == ()
    assert network_adaptive_detection(np.ones(4), groups, rejected, majority=0.4).rehome == (0,)


def test_a_group_of_two_says_nothing_about_a_common_cause():
    advised = network_adaptive_detection([9.0, 9.0], [0, 0], [True, True])
    assert advised == TopologyAdaptation((0,), (0, 1), ())


def test_the_most_rejected_group_comes_first_and_then_the_highest_score():
    scores = np.ones(15)
    scores[10] = 7
    assert advise([0, 5, 6, 10], scores=scores).watch_faster == (1, 2, 0)


@pytest.mark.parametrize(
    ("scores", "groups", "rejected", "problem"),
    [
        ([], [], [], "one shape"),
        ([1.0], [0, 1], [False], "one shape"),
        ([1.0], [-1], [False], "numbered from 0"),
        ([np.nan], [0], [True], "without a score"),
    ],
)
def test_what_makes_no_sense_is_refused(scores, groups, rejected, problem):
    with pytest.raises(ValueError, match=problem):
        network_adaptive_detection(scores, groups, rejected)


def test_a_majority_is_a_share():
    with pytest.raises(ValueError, match="majority"):
        advise(majority=1)
