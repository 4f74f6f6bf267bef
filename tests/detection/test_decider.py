"""The deciding node: which scores count, which of them show what is normal, and when it decides.

Two nodes decide on two agents each; values are learnt from until 10, scores calibrate until 20, and
a score counts for 5.
"""

import numpy as np
import pytest

from sim.detection.controls import CONTROLS, make_control
from sim.detection.controls.claims import Claims
from sim.detection.decider import Decider

NAN = float("nan")
SCORES = np.array([1.0, 2.0, 3.0, 4.0])


class Taken:
    """A control that alarms on every known score and keeps what it was shown as normal."""

    def __init__(self):
        self.claims = Claims()
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


# Who has left is in no total

LOCALS = np.repeat([0, 1, 2, 3], 10)
NORMAL = np.arange(999.0)


def found_of(kind, present, scores, **options):
    """One node decides on forty agents; p-values are multiples of 1 / 1000."""
    control = make_control(kind, {"alpha": 0.1} | options, LOCALS)
    control.calibrate(NORMAL)
    decider = Decider(control, "score", np.array([0, 40]), 0, 0, bound_ns=5)
    decider.receive(slice(None), scores, 1)
    found = decider.decide(1, None, present)
    return np.flatnonzero(found[1]).tolist()


def test_agents_that_have_left_do_not_count_and_silent_ones_do():
    """p = 0.004: one of 40 needs 0.0025, one of 20 needs 0.005."""
    scores = np.full(40, NAN)
    scores[33] = 996.0
    there = np.arange(40) >= 20
    assert found_of("bonferroni", None, scores) == []
    assert found_of("bonferroni", np.ones(40, bool), scores) == []
    assert found_of("bonferroni", there, scores) == [33]


def test_nobody_raises_an_alarm_for_an_agent_that_has_left():
    scores = np.full(40, 2000.0)
    there = np.arange(40) % 2 == 0
    assert found_of("bh", there, scores) == list(range(0, 40, 2))


@pytest.mark.parametrize("kind", [kind for kind in CONTROLS if kind != "threshold"])
def test_a_decision_about_who_is_there_is_one_about_them_alone(kind):
    scores = np.where(np.arange(40) % 10 < 5, 2000.0, np.linspace(0, 999, 40))
    there = np.arange(40) % 10 >= 2
    control = make_control(kind, {"alpha": 0.3, "quota": 6}, LOCALS[there])
    control.calibrate(NORMAL)
    alone = control.decide(scores[there], "score", np.array([0, 32]))
    found = found_of(kind, there, scores, alpha=0.3, quota=6)
    assert found == np.flatnonzero(there)[alone].tolist()
    assert found or kind == "e_lond"  # on p-values it is powerless


def test_a_quota_is_of_the_agents_that_are_there():
    found = found_of("bh", np.arange(40) >= 8, np.full(40, 2000.0), quota=3)
    assert np.bincount(LOCALS[found], minlength=4).tolist() == [2, 3, 3, 3]
