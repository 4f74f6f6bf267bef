"""``mute``: entries that do nothing keep their place, in the plan and in the file."""

import pytest

from sim.errors import ScenarioError
from sim.scenario import parse_scenario
from sim.scenario.mute import entries, mute
from sim.scenario.writer import resolved_yaml
from tests.small import SMALL

MANY = (
    SMALL.replace("faults: [", "faults: [{kind: crash, nodes: [agent-3], at: 500ms}, ")
    + """\
adversaries:
- {where: agents, share: 20%, kind: push, to: 3sd}
- {where: [local-1], kind: silence}
anomalies: [{agents: 10%, kind: shift, size: 3sd, at: 1s}, {agents: 10%, kind: zero, at: 2s}]
"""
)
FIRST = ("faults[0]", "adversaries[0]", "anomalies[0]")


def plan(*more):
    return parse_scenario(MANY + "".join(more), "many.yaml")


def paths(found):
    return [entry.path for entry in entries(found)]


def test_what_is_muted_acts_no_more_and_the_rest_keeps_its_place():
    muted = mute(plan(), FIRST)
    assert paths(muted) == ["faults[1]", "adversaries[1]", "anomalies[1]"]
    assert muted.muted.paths == FIRST
    assert muted.anomalies[0].number == 2


def test_a_plan_is_muted_as_its_file_would_be():
    assert plan("mute: ['faults[0]', 'adversaries[0]', 'anomalies[0]']\n") == mute(plan(), FIRST)


def test_muting_one_after_the_other_is_muting_both():
    assert mute(mute(plan(), FIRST[1:]), FIRST[:1]) == mute(plan(), FIRST)


@pytest.mark.parametrize("which", [(), FIRST, ("adversaries[1]",), ("faults[1]", "anomalies[1]")])
def test_a_muted_plan_written_and_read_again_is_the_same(which):
    muted = mute(plan(), which)
    assert parse_scenario(resolved_yaml(muted), "many.yaml") == muted


def test_a_scenario_without_anything_muted_is_written_as_before():
    assert "mute" not in resolved_yaml(plan())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("['faults[2]']", "there is no entry 'faults[2]' to mute"),
        ("['alerts[0]']", "there is no entry 'alerts[0]' to mute"),
        ("['faults[0]', 'faults[0]']", "faults[0] is there twice"),
    ],
)
def test_a_name_of_no_entry_is_refused_with_its_place(text, problem):
    with pytest.raises(ScenarioError) as refused:
        plan(f"mute: {text}\n")
    assert problem in str(refused.value)
    assert "mute[" in str(refused.value)
