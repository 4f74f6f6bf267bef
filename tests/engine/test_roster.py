"""Who is hit by an anomaly: agents by their own names, by those of nodes above them, by site."""

import pytest

from sim.engine.parts import prepare
from tests.engine.scenarios import RING, plan_of

ROSTER = prepare(plan_of(topology=RING), 1).roster
"""24 agents, 6 locals, 3 regionals and a root, dealt over four sites."""


@pytest.mark.parametrize(
    ("selectors", "agents"),
    [
        (["agent-3"], [3]),
        (["local-1"], [4, 5, 6, 7]),
        (["region-2"], list(range(16, 24))),
        (["regional-0", "agent-9"], [*range(8), 9]),
        (["agents"], list(range(24))),
        (["root"], list(range(24))),
    ],
)
def test_a_node_stands_for_the_agents_below_it(selectors, agents):
    assert ROSTER.agents(selectors, "test").nonzero()[0].tolist() == agents


def test_a_site_stands_for_the_agents_that_are_there():
    chosen = ROSTER.agents(["site:site-1"], "test")
    assert chosen.tolist() == (ROSTER.sites[0] == 1).tolist()
    assert 0 < chosen.sum() < 24


def test_a_share_is_of_the_agents():
    assert ROSTER.agents(["25%"], "test").sum() == 6
