"""The sound part of a wrong document is still checked."""

from tests.scenario.texts import GOOD, mistakes_in, with_fault

ABSENT = "kind: crash, nodes: local-99, at: 1s"


def test_an_absent_node_is_told_beside_an_unknown_key():
    found = mistakes_in(with_fault(ABSENT) + "sede: 1\ntree: {}\n")
    assert [line.split(": ")[1] for line in found] == ["faults[0].nodes[0]", "sede"]


def test_faults_keep_their_numbers_when_one_before_them_is_wrong():
    found = mistakes_in(with_fault("kind: crush, at: 1s", ABSENT))
    assert found == [
        "scenario.yaml:7:6: faults[0].kind: unknown kind 'crush', did you mean crash?",
        "scenario.yaml:8:19: faults[1].nodes[0]: there is no local-99, "
        "they are local-0 to local-49",
    ]


def test_a_wrong_name_of_the_scenario_does_not_hide_an_absent_node():
    found = mistakes_in(with_fault(ABSENT).replace("name: good", "name: Not Good"))
    assert [line.split(":")[1] for line in found] == ["2", "7"]


def test_nodes_are_not_judged_by_a_tree_that_is_wrong_itself():
    found = mistakes_in(with_fault(ABSENT) + "tree: {local: some}\n")
    assert [line.split(": ")[1] for line in found] == ["tree.local"]


def test_nodes_are_not_judged_when_an_unknown_block_may_be_the_tree():
    found = mistakes_in(with_fault(ABSENT) + "tre: {local: 5}\n")
    assert [line.split(": ")[1] for line in found] == ["tre"]


def test_a_wrong_value_that_is_required_hides_only_the_block_around_it():
    wrong = "kind: corrupt, nodes: agents, share: 500%, at: 1s"
    found = mistakes_in(with_fault(wrong, ABSENT))
    assert [line.split(": ")[1] for line in found] == ["faults[0].share", "faults[1].nodes[0]"]


def test_without_the_agents_there_is_nothing_more_to_check():
    assert len(mistakes_in(with_fault(ABSENT).replace("count: 1000", "count: few"))) == 1


def test_a_fault_that_lost_its_end_is_not_held_against_the_next_one():
    lasting = "kind: crash, nodes: root, at: 1s, untill: 2s"
    found = mistakes_in(with_fault(lasting, "kind: crash, nodes: root, at: 3s"))
    assert [line.split(": ")[1] for line in found] == ["faults[0].untill"]


def test_an_unknown_topology_is_told_beside_a_wrong_loss_of_it():
    topology = "topology: {kind: topohub, name: topozoo/Abilen, loss: 3}"
    found = mistakes_in(GOOD.replace("topology: {kind: topohub, name: topozoo/Abilene}", topology))
    assert [line.split(": ")[1] for line in found] == ["topology", "topology.loss"]


def test_a_good_document_is_checked_once():
    assert len(mistakes_in(with_fault(ABSENT))) == 1
    assert mistakes_in(GOOD) == []
