"""Which messages a scenario keeps: read, checked, written back and explained."""

import pytest

from sim.errors import ScenarioError
from sim.scenario import resolved_yaml
from sim.scenario.plan import MessagesPlan
from sim.units import NS_PER_S
from tests.scenario.texts import GOOD, plan_of

SOME = "{from: 20s, until: 21s, nodes: [region-1, root]}"


def kept(written):
    return plan_of(GOOD + f"journal: {{messages: {written}}}\n").journal.messages


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("false", None),
        ("true", MessagesPlan()),
        ("{}", MessagesPlan()),
        ("{from: 20s}", MessagesPlan(20 * NS_PER_S)),
        ("{nodes: root}", MessagesPlan(nodes=("root",))),
        (SOME, MessagesPlan(20 * NS_PER_S, 21 * NS_PER_S, ("region-1", "root"))),
    ],
)
def test_what_is_kept_is_read_and_written_back(written, expected):
    assert kept(written) == expected
    again = plan_of(resolved_yaml(plan_of(GOOD + f"journal: {{messages: {written}}}\n")))
    assert again.journal.messages == expected


def test_all_and_nothing_are_written_in_one_word():
    for word in ("true", "false"):
        text = resolved_yaml(plan_of(GOOD + f"journal: {{messages: {word}}}\n"))
        assert f"messages: {word}" in text


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("{from: 1min}", "journal.messages.from: 1min is not before the end of the run, 1min"),
        ("{from: 2s, until: 2s}", "journal.messages.until: 2s is not after the start, 2s"),
        ("{nodes: [local-999]}", "journal.messages.nodes[0]: there is no local-999"),
        ("{nodes: [rest]}", "journal.messages.nodes[0]: 'rest' stands only in the groups"),
        ("{untl: 2s}", "journal.messages.untl: unknown key, did you mean until?"),
        ("3", "must be true, false, or a map with from, until and nodes, not 3"),
    ],
)
def test_what_cannot_be_kept_is_refused(written, complaint):
    with pytest.raises(ScenarioError) as caught:
        kept(written)
    assert complaint in str(caught.value)
