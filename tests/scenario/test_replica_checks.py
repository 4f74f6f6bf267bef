"""Replicas of the upper tiers: how they resolve, what is refused, and how they are written."""

import pytest

from sim.scenario import resolved_yaml
from sim.scenario.facts import tier_facts
from sim.scenario.plan import ReplicasPlan
from tests.data import ROOT
from tests.scenario.texts import GOOD, mistakes_in, plan_of

FOUR = "[Denver, Seattle, Houston, Chicago]"


def tree(block: str) -> str:
    """The good scenario (agents, locals, regionals, a root) with a tree in line 6."""
    return GOOD + f"tree: {{{block}}}\n"


@pytest.mark.parametrize(
    ("block", "replicas"),
    [
        ("replicas: {root: 4}", ReplicasPlan(4, 3, None)),
        ("replicas: {regional: 3, root: 3}", ReplicasPlan(3, 2, None)),
        ("levels: 2, replicas: {root: 2}", ReplicasPlan(2, 2, None)),
        (
            f"replicas: {{root: 4}}, replica_sites: {FOUR}",
            ReplicasPlan(4, 3, ("Denver", "Seattle", "Houston", "Chicago")),
        ),
        (
            "replicas: {root: 3}, replica_sites: [Denver, Denver, Seattle]",
            ReplicasPlan(3, 3, ("Denver", "Denver", "Seattle")),
        ),
    ],
)
def test_replicas_begin_at_the_lowest_tier_that_is_named(block, replicas):
    assert plan_of(tree(block)).replicas == replicas


def test_without_replicas_nothing_is_said_of_them():
    plan = plan_of(GOOD)
    assert plan.replicas is None
    assert "replicas" not in resolved_yaml(plan)


@pytest.mark.parametrize(
    "block", ["replicas: {regional: 3, root: 3}", f"replicas: {{root: 4}}, replica_sites: {FOUR}"]
)
def test_what_is_written_back_has_the_same_replicas(block):
    plan = plan_of(tree(block))
    assert plan_of(resolved_yaml(plan)).replicas == plan.replicas


def test_every_child_reports_to_every_replica():
    alone, four = (tier_facts(plan_of(text)) for text in (GOOD, tree("replicas: {root: 4}")))
    assert [tier.nodes for tier in four] == [1000, 50, 8, 4]
    assert four[1].messages_per_s == alone[1].messages_per_s
    assert four[2].messages_per_s == 4 * alone[2].messages_per_s


@pytest.mark.parametrize(
    ("block", "mistake"),
    [
        ("replicas: {root: 1}", "6:19: tree.replicas.root: a single replica is none"),
        ("replicas: {root: 101}", "tree.replicas.root: at most 100"),
        ("replicas: {rot: 4}", "tree.replicas.rot: this tree has no tier 'rot', did you mean root"),
        ("replicas: {agent: 2, root: 2}", "replicas.agent: an agent is what is measured"),
        ("replicas: {local: 2, root: 2}", "replicas.local: an agent reports to one node"),
        ("levels: 1, replicas: {root: 4}", "replicas.root: an agent reports to one node"),
        ("replicas: {regional: 4}", "regional has 4 replicas and root, above it, none"),
        ("replicas: {regional: 4, root: 3}", "has 4 replicas and root, above it, 3 replicas"),
        ("replicas: {}", "tree.replicas: names no tier"),
        ("replica_sites: [Denver]", "6:8: tree.replica_sites: there are no replicas to place"),
        ("replicas: {root: 3}, replica_sites: [Denver, Seattle]", "names 2 sites for 3 replicas"),
        ("replicas: {root: 2}, replica_sites: [Denver, Denver]", "stand at 'Denver', one failure"),
        (
            "replicas: {root: 2}, replica_sites: [Denver, Seatle]",
            "replica_sites[1]: there is no site 'Seatle', did you mean Seattle",
        ),
    ],
)
def test_replicas_that_cannot_be_are_refused(block, mistake):
    (found,) = mistakes_in(tree(block))
    assert mistake in found


def test_the_example_in_the_guide_is_a_good_scenario():
    page = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    example = page.partition("## Replicas\n")[2].partition("```yaml\n")[2].partition("```")[0]
    assert plan_of(GOOD + example).replicas.count == 4


def test_replicas_on_a_map_with_one_site_are_one_failure_domain():
    (found,) = mistakes_in(tree("replicas: {root: 2}"), "topology={kind: point}")
    assert "all would stand at" in found


def test_all_mistakes_are_told_at_once():
    found = mistakes_in(tree("replicas: {rot: 2, root: 1}, replica_sites: [Denver]"))
    assert len(found) == 2
