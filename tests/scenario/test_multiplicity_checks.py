"""Controls and witnesses where they cannot be, and how they are written down."""

import pytest

from sim.errors import ScenarioError
from sim.scenario import parse_scenario
from sim.scenario.writer import resolved_yaml

GOOD = """\
schema: 1
name: many-at-once
duration: 60s
agents: {count: 1000, features: 2, rate: 10Hz}
topology: {kind: point}
tree: {local: 50, regional: 5}
"""


def parsed(detection, scope="own"):
    text = f"detection: {{detector: z, scope: {scope}, {detection}}}\n"
    return parse_scenario(GOOD + text, "s.yaml")


REFUSED = [
    ("control: qute", "a root is told it all"),
    ("control: qute, decide: region", "a region is told it all"),
    ("control: proportion_matching, decide: local", "a local has only itself"),
    ("control: qute, decide: local, wait: 0ms", "needs time between scores and decisions"),
    ("control: {kind: qute, rounds: 100000000}, decide: local", "must be at most 2048"),
    (
        "control: {kind: qute, rounds: 2048}, decide: local, wait: 100ms",
        "leaves 24414ns for each of 4,096 messages in turn, and none is there in less than 50us",
    ),
    ("control: {kind: qute, rounds: 0}, decide: local", "rounds"),
    ("control: {kind: qute, graph: star}, decide: local", "graph"),
    ("witnesses: 2", "of 2 no more may lie than of 1: say an odd number"),
    ("witnesses: 7", "must be different locals below one regional, and some have 5"),
    ("witnesses: 0", "witnesses"),
    ("witnesses: 3, decide: local", "each local decides on its own agents alone"),
]


@pytest.mark.parametrize(("detection", "message"), REFUSED)
def test_what_cannot_be_is_refused_with_a_reason(detection, message):
    with pytest.raises(ScenarioError) as caught:
        parsed(detection)
    assert any(message in str(mistake) for mistake in caught.value.mistakes)


def test_witnesses_cannot_judge_by_what_is_normal_for_a_group():
    with pytest.raises(ScenarioError, match="know nothing of what is normal for the region"):
        parsed("witnesses: 3", scope="region")


def test_ten_thousand_locals_are_too_many_to_tell_each_other():
    text = GOOD.replace("1000", "500000") + "detection: {detector: z, control: qute, decide: local}"
    with pytest.raises(ScenarioError, match=r"of 10,000 locals .* at most 4,096"):
        parse_scenario(text, "s.yaml")


@pytest.mark.parametrize(
    "detection",
    [
        "control: {kind: qute, alpha: 10%, graph: ring, rounds: 3, quota: 5}, decide: local",
        "witnesses: 5, decide: region",
    ],
)
def test_what_is_written_back_is_the_same_plan(detection):
    plan = parsed(detection)
    assert parse_scenario(resolved_yaml(plan), "s.yaml").detection == plan.detection


def test_an_agent_has_one_witness_unless_said_otherwise():
    assert parsed("decide: root").detection.witnesses == 1


def test_a_quota_of_none_is_no_limit():
    limited, without = (f"control: {{kind: bh, quota: {quota}}}" for quota in (5, "none"))
    assert parsed(limited).detection.control.options["quota"] == 5
    assert parsed(without).detection == parsed("control: bh").detection


def test_time_of_an_exchange_is_not_cut_finer_than_a_microsecond_where_messages_take_none():
    text = GOOD.replace("{kind: point}", "{kind: point, within: 0ms}")
    for rounds, good in ((50, True), (51, False)):
        control = f"control: {{kind: qute, rounds: {rounds}}}, decide: local, wait: 100us"
        block = f"detection: {{detector: z, scope: own, {control}}}\n"
        if good:
            parse_scenario(text + block, "s.yaml")
        else:
            with pytest.raises(ScenarioError, match="none is there in less than 1us"):
                parse_scenario(text + block, "s.yaml")
