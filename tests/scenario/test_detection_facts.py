"""What is legitimate but worth knowing about a detection is said."""

import pytest

from sim.scenario.detection_facts import detection_facts
from sim.units import NS_PER_S
from tests.scenario.texts import GOOD, plan_of


def facts_of(detection: str, anomaly: str = "agents: 2%, kind: zero, at: 30s"):
    return detection_facts(
        plan_of(GOOD + f"detection: {{{detection}}}\nanomalies: [{{{anomaly}}}]\n")
    )


def test_without_detection_there_are_no_facts():
    assert detection_facts(plan_of(GOOD)) is None


@pytest.mark.parametrize(("decide", "deciding"), [("local", 50), ("region", 8), ("root", 1)])
def test_nodes_are_counted(decide, deciding):
    facts = facts_of(f"detector: z, decide: {decide}")
    assert (facts.watching, facts.deciding) == (50, deciding)


def test_decisions_begin_when_scores_are_calibrated():
    facts = facts_of("detector: z, learn: 10s, calibrate: 5s, every: 500ms")
    assert facts.begin_ns == 15 * NS_PER_S
    assert facts.decisions == 2 * (60 - 15)


def test_a_plain_detection_has_no_notes():
    assert facts_of("detector: z").notes == ()


@pytest.mark.parametrize(
    ("scope", "note"),
    [
        ("own", "during learning (to 10s) or calibrating: its values count as normal"),
        ("population", "at 5s, during calibrating: its values count as normal"),
    ],
)
def test_an_anomaly_before_the_first_decision_spoils_what_is_normal(scope, note):
    (found,) = facts_of(f"detector: z, scope: {scope}", "agents: 2%, kind: zero, at: 5s").notes
    assert found.startswith("anomalies[0] begins at 5s")
    assert note in found


def test_an_anomaly_that_is_over_before_the_first_decision_is_never_scored():
    notes = facts_of("detector: z", "agents: 2%, kind: zero, at: 5s, for: 10s").notes
    assert "anomalies[0] is over before decisions begin, at 15s: it is never scored" in notes


@pytest.mark.parametrize(
    ("options", "notes"),
    [("restart: 10s", 0), ("restart: none", 1)],
)
def test_evidence_that_never_begins_anew_is_told(options, notes):
    facts = facts_of(f"detector: {{kind: lr_e_process, {options}}}, control: e_bh")
    assert len(facts.notes) == notes


def test_an_e_value_against_an_estimated_normal_is_called_nearly_one():
    detector = "detector: {kind: lr_e_process, restart: 10s}, scope: own, control: e_bh"
    (note,) = facts_of(detector).notes
    assert "only nearly one" in note
