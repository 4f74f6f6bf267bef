"""Faults on absent nodes, after the end, or against each other are refused."""

import pytest

from tests.scenario.texts import mistakes_in, with_fault

CUT = "kind: partition, groups: [{}, rest], at: {}s, until: {}s"


def cut(group: str, at_s: int = 1, until_s: int = 9) -> str:
    return CUT.format(group, at_s, until_s)


@pytest.mark.parametrize(
    ("fault", "mistake"),
    [
        ("kind: crash, nodes: agent-1000, at: 1s", "no agent-1000, they are agent-0 to agent-999"),
        ("kind: crash, nodes: region-8, at: 1s", "no region-8, they are region-0 to region-7"),
        ("kind: crash, nodes: regoin-2, at: 1s", "no node 'regoin-2', did you mean region-2?"),
        ("kind: crash, nodes: lokals, at: 1s", "no node 'lokals', did you mean locals?"),
        ("kind: crash, nodes: root-1, at: 1s", "no node 'root-1', did you mean root?"),
        ("kind: crash, nodes: rest, at: 1s", "'rest' stands only in the groups of a partition"),
        ("kind: crash, nodes: 0%, at: 1s", "selects none of 1000 agents"),
        ("kind: crash, nodes: 0.04%, at: 1s", "selects none of 1000 agents"),
        ("kind: crash, nodes: 300%, at: 1s", "must be from 0% to 100%, not 300%"),
        ("kind: crash, nodes: 'site:Denvr', at: 1s", "no site 'Denvr', did you mean Denver?"),
        ("kind: site_down, site: Denvr, at: 1s", "no site 'Denvr', did you mean Denver?"),
        ("kind: link_down, link: [Denvr, Seattle], at: 1s", "link[0]: there is no site 'Denvr'"),
        ("kind: link_down, link: [Seattle, Houston], at: 1s", "no link joins Seattle and Houston"),
        ("kind: crash, nodes: root, at: 60s", "1min is not before the end of the run, 1min"),
        ("kind: crash, nodes: root, at: 3s, until: 3s", "until: 3s is not after the start, 3s"),
        ("kind: crash, nodes: root, at: 3s, until: 2s", "until: 2s is not after the start, 3s"),
        ("kind: partition, groups: [rest, rest], at: 1s", "'rest' can stand only once"),
        (
            "kind: partition, groups: [region-0, local-3], at: 1s",
            "faults[0].groups: local-3 is in two groups, by 'region-0' and by 'local-3'",
        ),
    ],
)
def test_a_fault_that_cannot_be_is_refused(fault, mistake):
    (found,) = mistakes_in(with_fault(fault))
    assert mistake in found


@pytest.mark.parametrize(
    "fault",
    [
        "kind: crash, nodes: [agent-999, local-49, regional-7, root, 5%], at: 1s",
        "kind: crash, nodes: [agents, locals, regionals, 'site:Denver'], at: 59s",
        "kind: link_down, link: [Seattle, Denver], at: 1s",
        "kind: partition, groups: [[region-0, region-1], local-49, rest], at: 1s, until: 200s",
        "kind: partition, shape: halves, at: 1s",
        "kind: partition, shape: {kind: isolate, target: [region-3, 'site:Denver']}, at: 1s",
    ],
)
def test_a_fault_on_what_exists_is_accepted(fault):
    assert mistakes_in(with_fault(fault)) == []


@pytest.mark.parametrize(
    ("one", "other", "mistake"),
    [
        (
            "kind: crash, nodes: local-0, at: 1s, until: 5s",
            "kind: crash, nodes: [local-1, local-0], at: 4s",
            "faults[1]: takes down local-0 at the same time as faults[0] (line 7) does",
        ),
        (
            "kind: churn, nodes: region-0, at: 1s",
            "kind: crash, nodes: agent-3, at: 30s",
            "faults[1]: takes down agent-3 at the same time as faults[0] (line 7) does",
        ),
        (
            "kind: link_down, link: [Seattle, Denver], at: 1s",
            "kind: link_down, link: [Denver, Seattle], at: 2s",
            "faults[1]: cuts the link Denver - Seattle at the same time as faults[0] (line 7) does",
        ),
        (
            "kind: site_down, site: Denver, at: 1s",
            "kind: site_down, site: Denver, at: 2s",
            "faults[1]: takes down Denver at the same time as faults[0] (line 7) does",
        ),
        (
            cut("[region-0, region-1]"),
            cut("[region-1, region-2]", 8, 20),
            "faults[1]: cuts through a group, not around it, at the same time as faults[0]",
        ),
    ],
)
def test_faults_that_contradict_each_other_are_refused(one, other, mistake):
    (found,) = mistakes_in(with_fault(one, other))
    assert found.startswith(f"scenario.yaml:8:5: {mistake}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "kind: crash, nodes: local-0, at: 1s, until: 5s",
            "kind: crash, nodes: local-0, at: 5s",
        ),
        (
            "kind: crash, nodes: local-0, at: 5s",
            "kind: crash, nodes: local-0, at: 1s, until: 5s",
        ),
        (cut("region-0"), cut("region-1")),
        (cut("region-0"), cut("region-0")),
        (cut("[region-0, region-1]"), cut("local-3")),
        (cut("[region-0, region-1]"), cut("[region-1, region-2]", 9, 20)),
        (cut("5%"), cut("region-0")),
        (
            "kind: crash, nodes: region-0, at: 1s",
            "kind: clock, nodes: region-0, at: 1s, offset: -5ms",
        ),
    ],
)
def test_faults_that_can_hold_together_are_accepted(one, other):
    assert mistakes_in(with_fault(one, other)) == []


@pytest.mark.parametrize(
    ("tree", "problem"),
    [
        ("{levels: 2, local: 1000}", "too few regions (1)"),
        ("{levels: 1}", "too many regions (20000)"),
    ],
)
def test_a_shape_needs_regions_to_cut(tree, problem):
    text = with_fault("kind: partition, shape: halves, at: 1s") + f"tree: {tree}\n"
    (found,) = mistakes_in(text.replace("count: 1000", "count: 20000").replace("1000}", "20000}"))
    assert f"faults[0].shape: cuts nobody off: {problem}" in found
