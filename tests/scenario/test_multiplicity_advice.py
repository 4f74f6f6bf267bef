"""Who keeps a level for whom, and what liars and quotas make of it."""

import pytest

from tests.scenario.advised import scenario, told
from tests.scenario.texts import mistakes_in

FLOOD = "adversaries: [{where: [local-3, local-7], kind: flood_alarms, from: 20s}]\n"


def anomalies(*agents: str, at="20s") -> str:
    return f"anomalies: [{{agents: [{', '.join(agents)}], kind: shift, size: 9sd, at: {at}}}]\n"


# Levels of many nodes


@pytest.mark.parametrize(("decide", "who"), [("local", "50 locals"), ("region", "8 regionals")])
def test_a_level_that_each_node_keeps_by_itself_is_told(decide, who):
    (found,) = told(f"detector: z, control: bh, decide: {decide}")
    assert f"detection.decide: each of {who} keeps 5% by itself: of all alarms together" in found
    assert "detection.fdr is of all" in found


def test_a_probability_that_each_node_keeps_by_itself_is_told_as_one():
    (found,) = told("detector: z, control: bonferroni, decide: local")
    assert "a false alarm somewhere is likelier, and detection.any_false is of all" in found


@pytest.mark.parametrize("control", ["qute", "{kind: threshold, quantile: 99%}"])
def test_who_keeps_a_level_for_all_or_none_is_told_nothing(control):
    assert told(f"detector: z, control: {control}, decide: local") == []


def test_levels_are_not_matched_on_few_agents():
    (found,) = told("detector: z, control: proportion_matching")
    assert "the largest has 20: many will take themselves for without anomalies" in found


def test_matching_where_there_is_nothing_to_match_is_refused():
    (found,) = mistakes_in(scenario("detector: z, control: proportion_matching, decide: local"))
    assert (
        "detection.decide: proportion_matching matches locals to each other, and a local" in found
    )


# Locals that flood


def test_floods_of_alarms_without_a_quota_are_told():
    (found,) = told("detector: z, control: bh", more=FLOOD)
    assert "detection.control: 2 locals may claim every agent below: nothing that bh prom" in found
    assert "a quota caps what a local can do, and witnesses outvote it" in found


@pytest.mark.parametrize(
    "detection",
    [
        "control: {kind: bh, quota: 5}",
        "control: bh, witnesses: 3",
        "control: {kind: threshold, quantile: 99%}",
    ],
)
def test_floods_that_are_held_back_and_promises_that_are_none_are_not_told(detection):
    assert told(f"detector: z, {detection}", more=FLOOD) == []


# Quotas


def test_a_quota_that_never_binds_is_told_at_its_place():
    control = "control: {kind: bh, quota: QUOTA}"
    assert told("detector: z, " + control.replace("QUOTA", "19")) == []
    (found,) = told("detector: z, " + control.replace("QUOTA", "20"))
    assert "6:46: detection.control.quota: no local has more than 20 agents" in found


@pytest.mark.parametrize(
    ("agents", "together"),
    [
        (["agent-0", "agent-1"], 2),
        (["agent-18", "agent-19", "agent-20"], 2),
        (["local-3"], 20),
        (["region-1"], 20),
        (["25%"], 5),
        (["agent-0", "10%"], 3),
    ],
)
def test_a_quota_that_holds_back_true_alarms_is_told(agents, together):
    (found,) = told("detector: z, control: {kind: bh, quota: 1}", more=anomalies(*agents))
    assert f"detection.control.quota: {together} agents of one local are anomalous at" in found
    assert "at most 1 of them can be found in a decision" in found


@pytest.mark.parametrize("agents", [["agent-0", "agent-20"], ["site:Atlanta"], ["5%"]])
def test_a_quota_that_holds_back_nobody_or_nobody_knows_whom_is_not_told(agents):
    assert told("detector: z, control: {kind: bh, quota: 1}", more=anomalies(*agents)) == []


def test_anomalies_one_after_the_other_do_not_add_up():
    both = "anomalies:\n" + "".join(
        f"  - {{agents: [agent-{agent}], kind: shift, size: 9sd, at: {at}, for: 5s}}\n"
        for agent, at in ((0, "20s"), (1, "25s"))
    )
    control = "detector: z, control: {kind: bh, quota: 1}, calibrate: 10s"
    assert told(control, more=both) == []
    (found,) = told(control, more=both.replace("25s", "24s"))
    assert "2 agents of one local" in found


def test_a_quota_under_an_online_rule_is_told_what_it_costs():
    (found,) = told("detector: lr_e_process, scope: own, control: {kind: e_lond, quota: 3}")
    assert "what e_lond promises is not known to hold under a quota" in found


# Rounds


@pytest.mark.parametrize(
    ("graph", "rounds", "remarks"),
    [("siblings", 4, 0), ("siblings", 5, 1), ("all", 5, 1), ("ring", 100, 0), ("ring", 101, 1)],
)
def test_rounds_that_only_repeat_are_told(graph, rounds, remarks):
    """Fifty locals: from one to the other side of the ring it takes 25."""
    control = f"{{kind: qute, graph: {graph}, rounds: {rounds}}}"
    found = told(f"detector: z, control: {control}, decide: local, calibrate: 20s")
    assert ["more only repeat it" in one for one in found] == [True] * remarks
