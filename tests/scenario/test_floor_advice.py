"""Levels that calibration cannot reach, against controls that are given the best there is."""

import numpy as np
import pytest

from sim.detection.controls import make_control
from tests.scenario.advised import told


def anomalous(agents: int) -> str:
    names = ", ".join(f"agent-{20 * number}" for number in range(agents))
    return f"anomalies: [{{agents: [{names}], kind: shift, size: 9sd, at: 30s}}]\n"


def alarms(kind: str, at_once: int, scores: int, agents: int = 1000) -> int:
    """What a control makes of so many agents beyond all that was calibrated."""
    control = make_control(kind, {"alpha": 0.05})
    control.calibrate(np.arange(float(scores)))
    extreme = np.where(np.arange(agents) < at_once, np.inf, -1.0)
    return int(control.decide(extreme, "score", np.array([0, agents])).sum())


# Online


def test_an_online_rule_is_told_when_its_level_is_out_of_reach():
    (found,) = told("detector: z, scope: own, control: {kind: lord, alpha: 10%}, every: 500ms")
    assert (
        "once a node has made 20 tests without an alarm (it makes 1,000 a decision) lord" in found
    )
    assert "no p-value is below 1/10,001, with 10,000 scores of calibration" in found
    assert "lr_e_process gives e-values" in found


@pytest.mark.parametrize(
    ("alpha", "when"), [("2%", "has made 1 test without an alarm"), ("0.1%", "from the start")]
)
def test_few_tests_are_told_in_words(alpha, when):
    control = f"control: {{kind: lord, alpha: {alpha}}}, calibrate: 1s"
    (found,) = told(f"detector: z, scope: own, {control}")
    assert when in found


def test_e_lond_without_e_values_is_told_that_it_finds_nothing():
    (found,) = told("detector: z, control: e_lond")
    assert "e_lond finds nothing at all: z gives no e-values, those made of its p" in found
    assert "lr_e_process gives e-values that grow without end" in found
    assert alarms("e_lond", 1000, 10_000) == 0


def test_e_values_that_are_some_have_no_floor():
    assert told("detector: lr_e_process, scope: own, control: e_lond") == []


# All at once


@pytest.mark.parametrize(("calibrate", "remarks"), [("9500ms", 1), ("10s", 0)])
def test_bonferroni_is_told_when_no_alarm_is_possible(calibrate, remarks):
    """1000 agents at 5 %: p <= 5e-5, so 19,999 scores; each instant gives 1000."""
    found = told(f"detector: z, control: bonferroni, calibrate: {calibrate}")
    assert ["1,000 agents need p <= 5e-05" in one for one in found] == [True] * remarks


def test_evidence_counts_as_any_score_where_p_values_are_tested():
    (found,) = told("detector: lr_e_process, scope: own, control: bonferroni, calibrate: 5s")
    assert "1,000 agents need p <= 5e-05" in found


@pytest.mark.parametrize(
    ("kind", "calibrate", "scores", "needed"),
    [("bh", "1s", 2000, 10), ("by", "5s", 10_000, 15), ("e_bh", "5s", 10_000, 400)],
)
def test_so_many_as_are_told_must_stand_out_and_with_one_less_nothing_is_found(
    kind, calibrate, scores, needed
):
    found = told(f"detector: z, control: {kind}, calibrate: {calibrate}", more=anomalous(10))
    expected = f"{kind} finds nothing unless {needed} of 1,000 agents stand out at once"
    assert [expected in one for one in found] == [True]
    assert alarms(kind, needed, scores) == needed
    assert alarms(kind, needed - 1, scores) == 0


@pytest.mark.parametrize(("agents", "remarks"), [(18, 1), (19, 0)])
def test_half_of_the_anomalous_agents_may_be_hoped_to_stand_out(agents, remarks):
    found = told("detector: z, control: bh, calibrate: 1s", more=anomalous(agents))
    assert ["unless 10 of 1,000" in one for one in found] == [True] * remarks


@pytest.mark.parametrize(("agents", "remarks"), [(1, 1), (2, 0)])
def test_of_two_anomalous_agents_both_may_be_hoped_to_stand_out(agents, remarks):
    found = told("detector: z, control: bh", more=anomalous(agents))
    assert ["unless 2 of 1,000" in one for one in found] == [True] * remarks


@pytest.mark.parametrize("control", ["{kind: bh, alpha: 0.01%}", "{kind: by, alpha: 0.1%}"])
def test_a_level_that_all_agents_together_cannot_reach_is_told_never_to_find_any(control):
    found = "".join(told(f"detector: z, control: {control}, calibrate: 1s"))
    assert "can find nothing: " in found
    assert "agents must stand out at once, as no p-value is below 1/2,001" in found


@pytest.mark.parametrize(("graph", "remarks"), [("siblings", 1), ("all", 0)])
def test_who_hears_few_is_told_that_they_are_too_few(graph, remarks):
    """A level for 1000 agents, of which siblings know 140: 200 must stand out at once."""
    control = f"{{kind: qute, alpha: 0.25%, graph: {graph}}}"
    block = f"detector: z, control: {control}, decide: local, calibrate: 1s"
    found = told(block, more=anomalous(50).replace("agent-0,", "50%, agent-0,"))
    assert ["qute can find nothing: 200 of 1,000" in one for one in found] == [True] * remarks
