"""Replicas of the root that lie: how a scenario says so, and what it may not say."""

import pytest

from sim.scenario import resolved_yaml
from sim.scenario.members import candidates, chosen
from sim.scenario.selectors import tree_shape
from tests.scenario.texts import GOOD, mistakes_in, plan_of

TREE = GOOD + "tree: {replicas: {root: 4}}\n"


def with_liars(*entries):
    return TREE + f"adversaries: [{', '.join('{' + entry + '}' for entry in entries)}]\n"


def test_a_replica_lies_as_a_member_and_not_in_reports():
    plan = plan_of(with_liars("where: root-0/1, kind: forge, by: 2sd, from: 10s, for: 5s"))
    assert plan.adversaries == ()
    (liar,) = plan.control.liars
    assert (liar.kind, liar.nodes, liar.options["by"]) == ("forge", ("root-0/1",), 2.0)
    assert (liar.at_ns, liar.until_ns) == (10_000_000_000, 15_000_000_000)


@pytest.mark.parametrize(
    ("where", "replicas", "count"),
    [
        ("root-0/*", (0, 1, 2, 3), 4),
        ("[root-0/3, root/1]", (1, 3), 2),
        ("root-0/*, share: 50%", (0, 1, 2, 3), 2),
        ("root-0/*, budget: 1", (0, 1, 2, 3), 1),
    ],
)
def test_some_of_the_named_replicas_lie(where, replicas, count):
    plan = plan_of(with_liars(f"kind: silence, where: {where}"))
    (liar,) = plan.control.liars
    assert candidates(liar, tree_shape(plan)) == replicas
    assert chosen(liar, tree_shape(plan)) == count


def test_a_share_of_nothing_is_nobody():
    plan = plan_of(with_liars("where: root-0/*, share: 0%, kind: silence"))
    assert plan.control.liars == ()


def test_liars_of_both_kinds_are_written_back_in_their_places():
    text = with_liars(
        "where: root-0/1, kind: stale_replay, by: 3s",
        "where: agents, share: 5%, kind: push",
        "where: [root-0/2, root-0/3], budget: 1, kind: delay_to_bound, until: 9s",
    )
    plan = plan_of(text)
    again = plan_of(resolved_yaml(plan))
    assert [one.path for one in plan.control.liars] == ["adversaries[0]", "adversaries[2]"]
    assert (again.adversaries, again.control) == (plan.adversaries, plan.control)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("where: root-0/7, kind: silence", "there is no root-0/7"),
        ("where: [root-0/1, local-3], kind: silence", "'local-3' is not a replica of the root"),
        ("where: root-0/1, kind: push", "replicas of the root cannot do this"),
        ("where: root-0/1, kind: silence, under: region-0", "says nothing of replicas"),
        ("where: root-0/1, kind: silence, knows: all", "says nothing of replicas"),
        ("where: root-0/1, kind: silence, from: 60s", "is not before the end of the run"),
        ("where: root-0/1, kind: silence, from: 9s, until: 8s", "is not after `from`"),
        ("where: root-0/*, share: 10%, kind: silence", "of 4 replicas is nobody"),
    ],
)
def test_what_cannot_be_is_refused(entry, words):
    (mistake,) = mistakes_in(with_liars(entry))
    assert words in mistake


def test_what_replicas_can_do_is_listed_once():
    (mistake,) = mistakes_in(with_liars("where: root-0/1, kind: push"))
    assert mistake.count("stale_replay") == 1


def test_no_replica_has_two_parts():
    (mistake,) = mistakes_in(
        with_liars("where: root-0/1, kind: silence", "where: root-0/*, budget: 1, kind: forge")
    )
    assert "root-0/1 may lie for adversaries[0] already" in mistake


@pytest.mark.parametrize(("written", "tolerance"), [("2sd", 2.0), ("none", None)])
def test_how_near_a_snapshot_must_be_is_a_line(written, tolerance):
    plan = plan_of(TREE + f"agreement: {{protocol: pbft, tolerance: {written}}}\n")
    assert plan.control.agreement.tolerance == tolerance
    assert plan_of(resolved_yaml(plan)).control == plan.control


def test_a_tolerance_is_positive():
    (mistake,) = mistakes_in(TREE + "agreement: {protocol: pbft, tolerance: -1sd}\n")
    assert "agreement.tolerance" in mistake
