"""Who lies: as many as the scenario says, nobody twice, and named nodes before random ones."""

import itertools

import numpy as np
import pytest

from sim.engine.lies.casting import cast
from sim.engine.parts import prepare
from sim.scenario.liars import chosen
from sim.scenario.selectors import tree_shape
from tests.engine.scenarios import RING, plan_of

NAMED = {"where": ["agent-1", "agent-5"], "kind": "silence"}
ENTRIES = [
    {"where": "agents", "share": "50%", "kind": "push"},
    {"where": "agents", "share": "50%", "under": "region-1", "kind": "push"},
    NAMED,
    {"where": "agents", "budget": 3, "under": "local-1", "kind": "push", "placement": "clustered"},
    {"where": "locals", "share": "50%", "kind": "drop"},
]
"""Of 24 agents, 6 locals and 3 regionals: 12, 4 of 8, 2, 3 of 4, and 3 of 6."""


def parts_of(entries, seed=1):
    plan = plan_of(topology=RING, adversaries=entries)
    return plan, cast(plan.adversaries, prepare(plan, seed).roster, f=0.2)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::4])
def test_everybody_finds_as_many_nodes_as_were_asked_for_in_any_order(order):
    plan, parts = parts_of([ENTRIES[number] for number in order])
    shape = tree_shape(plan)
    assert [len(nodes) for nodes in parts] == [chosen(one, shape) for one in plan.adversaries]
    together = np.concatenate(parts)
    assert len(np.unique(together)) == len(together)


@pytest.mark.parametrize("seed", range(5))
def test_a_named_node_is_not_given_away_by_chance(seed):
    _, parts = parts_of([{"where": "agents", "share": "90%", "kind": "push"}, NAMED], seed)
    assert parts[1].tolist() == [1, 5]


def test_another_tier_is_another_cast():
    _, parts = parts_of(ENTRIES)
    assert [len(nodes) for nodes in parts] == [12, 4, 2, 3, 3]


def test_a_larger_share_keeps_the_liars_of_a_smaller_one():
    few, many = (parts_of([{**ENTRIES[0], "share": share}])[1][0] for share in ("25%", "75%"))
    assert (len(few), len(many)) == (6, 18)
    assert np.isin(few, many).all()


def test_the_worst_places_are_bought_where_the_larger_of_uneven_groups_is_not_needed():
    """Locals of 12 and 11 agents, a third of liars: 4 and 3 are tolerated, and one is enough."""
    liar = {"where": "agents", "budget": 4, "kind": "push", "placement": "worst"}
    plan = plan_of(
        agents={"count": 23}, tree={"local": 12, "regional": 3}, topology=RING, adversaries=[liar]
    )
    parts = prepare(plan, 1)
    (nodes,) = cast(plan.adversaries, parts.roster, f=0.334)
    assert (parts.levels[0].parent_of[nodes] == 1).all()
