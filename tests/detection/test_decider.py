"""The deciding node: which scores count, which of them show what is normal, and when it decides.

Two nodes decide on two agents each; values are learnt from until 10, scores calibrate until 20, and
a score counts for 5.
"""

import numpy as np
import pytest

from sim.detection.decider import Decider

NAN = float("nan")
SCORES = np.array([1.0, 2.0, 3.0, 4.0])


class Taken:
    """A control that alarms on every known score and keeps what it was shown as normal."""

    def __init__(self):
        self.normal = []

    def calibrate(self, scores):
        self.normal.append(scores.tolist())

    def decide(self, scores, evidence, starts):
        return ~np.isnan(scores)


def decider_with(sent_ns, scores=SCORES):
    decider = Decider(Taken(), "score", np.array([0, 2, 4]), 10, 20, bound_ns=5)
    decider.receive(slice(None), scores, sent_ns)
    return decider


def known(decider, now_ns, decides=None):
    scores, alarms = decider.decide(now_ns, decides)
    assert alarms.tolist() == (~np.isnan(scores)).tolist()
    return scores.tolist()


@pytest.mark.parametrize(("now_ns", "decides"), [(10, False), (20, False), (21, True)])
def test_decisions_begin_after_the_last_instant_of_calibration(now_ns, decides):
    assert (decider_with(now_ns).decide(now_ns) is not None) is decides


@pytest.mark.parametrize(("sent_ns", "counts"), [(9, False), (10, False), (11, True)])
def test_scores_sent_before_learning_was_over_do_not_show_what_is_normal(sent_ns, counts):
    decider = decider_with(sent_ns)
    decider.decide(12)
    (shown,) = decider.control.normal
    assert shown == SCORES.tolist() if counts else np.isnan(shown).all()


@pytest.mark.parametrize(("now_ns", "counts"), [(35, True), (36, False)])
def test_a_score_counts_until_it_is_older_than_the_bound(now_ns, counts):
    assert known(decider_with(30), now_ns)[0] == pytest.approx(1.0 if counts else NAN, nan_ok=True)


def test_newer_scores_replace_those_of_their_agents_alone():
    decider = decider_with(30)
    decider.receive(np.array([True, False, False, False]), SCORES * 10, 34)
    assert known(decider, 34) == [10.0, 2.0, 3.0, 4.0]
    np.testing.assert_array_equal(known(decider, 39), [10.0, NAN, NAN, NAN])


def test_a_node_that_forgets_knows_no_scores_until_others_come():
    decider = decider_with(30)
    decider.forget(np.array([True, True, False, False]))
    np.testing.assert_array_equal(known(decider, 31), [NAN, NAN, 3.0, 4.0])
    decider.receive(slice(None), SCORES, 32)
    assert known(decider, 32) == SCORES.tolist()


def test_a_node_that_is_not_there_decides_on_nothing_and_learns_nothing():
    there = np.array([True, True, False, False])
    np.testing.assert_array_equal(known(decider_with(30), 30, there), [1.0, 2.0, NAN, NAN])
    decider = decider_with(15)
    decider.decide(15, there)
    np.testing.assert_array_equal(decider.control.normal, [[1.0, 2.0, NAN, NAN]])
