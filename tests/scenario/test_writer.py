"""What is written back is the same scenario."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

from sim.scenario import resolved_yaml
from tests.scenario.strategies import reacting_scenarios, scenarios
from tests.scenario.texts import GOOD, plan_of, with_fault

pytestmark = pytest.mark.usefixtures("outages_without_end")


def without_lines(plan):
    thresholds = tuple(replace(threshold, line=0) for threshold in plan.thresholds)
    gate = tuple(replace(tolerance, line=0) for tolerance in plan.gate)
    return replace(plan, thresholds=thresholds, gate=gate)


@settings(max_examples=25, deadline=None)
@given(scenarios())
def test_reading_what_was_written_gives_the_same_plan(values):
    plan = plan_of(json.dumps(values))
    again = plan_of(resolved_yaml(plan))
    assert without_lines(again) == without_lines(plan)


@settings(max_examples=25, deadline=None)
@given(reacting_scenarios())
def test_reading_what_was_written_of_a_control_plane_gives_the_same_plan(values):
    plan = plan_of(json.dumps(values))
    again = plan_of(resolved_yaml(plan))
    assert without_lines(again) == without_lines(plan)


def test_writing_twice_gives_the_same_text():
    text = resolved_yaml(plan_of(GOOD))
    assert resolved_yaml(plan_of(text)) == text


def test_every_default_is_visible_with_its_unit():
    text = resolved_yaml(plan_of(GOOD))
    for line in ("publish: 1s", "per_hop: 50us", "rate: 10Hz", "anomaly: 1s", "every: 200ms"):
        assert line in text


def test_a_share_is_written_in_percent():
    text = with_fault("kind: duplicate, nodes: all, share: 0.05, at: 1s")
    assert "share: 5%" in resolved_yaml(plan_of(text))


def test_a_bound_on_time_is_written_as_a_duration():
    text = resolved_yaml(plan_of(GOOD, "thresholds.recovery.time.max.max=1500ms"))
    assert "recovery.time.max: {max: 1500ms}" in text


def test_a_scenario_without_lies_is_written_as_if_nobody_had_thought_of_them():
    text = resolved_yaml(plan_of(GOOD + "baseline: {rule: mean}\nregistry: {refuse: true}\n"))
    for word in ("rule", "adversaries", "registry", "attest", "evidence", "reseat"):
        assert f"{word}:" not in text


def test_an_adversary_keeps_its_place_behind_one_that_is_nobody():
    liars = "[{where: agents, share: 0%, kind: push}, {where: local-1, kind: forge}]"
    plan = plan_of(GOOD + f"adversaries: {liars}\n")
    assert [one.path for one in plan.adversaries] == ["adversaries[1]"]
    assert plan_of(resolved_yaml(plan)).adversaries == plan.adversaries


def test_options_of_liars_are_written_with_their_units():
    liars = "[{where: agents, share: 20%, kind: slow_poison}, {where: local-1, kind: drop}]"
    text = resolved_yaml(plan_of(GOOD + f"adversaries: {liars}\n"))
    for line in ("rate: 0.03sd/s", "of: 50%", "share: 20%", "from: 0s"):
        assert line in text
