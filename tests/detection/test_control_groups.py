"""Controls that know which local an agent belongs to: quotas, matched levels, QuTE."""

import math

import numpy as np
import pytest

from sim.detection.controls import CONTROLS, make_control
from sim.detection.controls.claims import Claims
from sim.detection.controls.qute import Qute
from sim.scenario.procedures import PROCEDURES
from sim.stats.multiplicity import proportion_matching

LOCALS = np.repeat([0, 1, 2], 20)
NORMAL = np.linspace(-3, 3, 199_999)
AT_ROOT = np.array([0, 60])


def scores_with(*anomalous):
    scores = np.tile(np.linspace(-0.5, 2, 20), 3)
    scores[list(anomalous)] = 9.0
    return scores


def decide(kind, scores, starts=AT_ROOT, **options):
    chosen = {"quantile": 0.99} if kind == "threshold" else {"alpha": 0.1}
    control = make_control(kind, chosen | options, LOCALS)
    control.calibrate(NORMAL)
    evidence = "log_e" if PROCEDURES[kind].on_e_values else "score"
    return np.flatnonzero(control.decide(scores, evidence, starts)).tolist()


@pytest.mark.parametrize("kind", CONTROLS)
def test_no_local_has_more_alarms_than_its_quota(kind):
    scores = scores_with(0, 1, 2, 3, 4, 25)
    scores[2] = 10.0
    assert decide(kind, scores) == [0, 1, 2, 3, 4, 25]
    assert decide(kind, scores, quota=2) == [0, 2, 25]


@pytest.mark.parametrize("kind", CONTROLS)
def test_a_quota_that_never_binds_changes_nothing(kind):
    scores = scores_with(0, 1, 30)
    assert decide(kind, scores, quota=20) == decide(kind, scores)


def test_a_quota_is_applied_before_the_test_and_not_after():
    """Three agents with p = 0.005 of 60 pass BH at 0.1 together, and one of them does not."""
    for quota, found in ((3, 3), (2, 0), (1, 0)):
        control = make_control("bh", {"alpha": 0.1, "quota": quota}, LOCALS)
        control.calibrate(np.zeros(199))
        scores = np.append(np.ones(3), np.zeros(57))
        assert control.decide(scores, "score", AT_ROOT).sum() == found


def test_matching_works_out_levels_for_the_locals_below_each_deciding_node():
    scores = scores_with(*range(6), 20, 21, *range(40, 52))
    p = np.where(scores == 9.0, 1 / 200_000, 0.0)
    p[scores < 9] = (1 + (scores[scores < 9][:, np.newaxis] <= NORMAL).sum(axis=1)) / 200_000
    expected = proportion_matching(p[:40], 0.1, starts=np.array([0, 20, 40]))
    alone = proportion_matching(p[40:], 0.1, starts=np.array([0, 20]))
    found = decide("proportion_matching", scores, np.array([0, 40, 60]))
    assert found == np.flatnonzero(np.append(expected, alone)).tolist()
    assert set(range(6)) <= set(found)


def test_matching_estimates_from_all_agents_and_not_from_those_within_the_quota():
    """With a quota of 1 counted first, 19 of 20 agents would look null, and none be found."""
    scores = scores_with(*range(12), *range(20, 32), *range(40, 52))
    assert decide("proportion_matching", scores, quota=1) == [0, 20, 40]


def test_a_quota_below_one_is_refused():
    with pytest.raises(ValueError, match="1 or more, not 0"):
        make_control("bh", {"quota": 0}, LOCALS)


# QuTE


def qute(known=None, scores=None):
    control = Qute(Claims(), alpha=0.1)
    control.calibrate(np.zeros(999))
    if known is not None:
        control.known = np.asarray(known, dtype=bool)
    return np.flatnonzero(control.decide(scores, "score", np.array([0, 20, 40, 60]))).tolist()


def test_qute_finds_with_neighbours_what_nobody_finds_alone():
    """p = 0.001 each: alone a node needs 0.1 k / 60, fine; among 600 agents it would not do."""
    control = Qute(Claims(), alpha=0.05)
    control.calibrate(np.zeros(999))
    scores = np.full(600, -1.0)
    scores[[0, 1, 2, 3, 200, 201, 202, 203, 400, 401, 402, 403]] = 1.0
    starts = np.array([0, 200, 400, 600])
    assert not control.decide(scores, "score", starts).any()
    control.known = np.ones((3, 3), dtype=bool)
    assert control.decide(scores, "score", starts).sum() == 12


def test_qute_that_hears_nothing_tests_each_node_at_its_part_of_the_level():
    scores = np.full(60, -1.0)
    scores[[0, 20]] = 1.0
    scores[5] = math.nan
    assert qute(scores=scores) == [0, 20]
