"""What the books of a changing tree hold of operations and shapes, without a run."""

from types import SimpleNamespace

import pytest

from sim.engine.evolution.books import Books
from sim.protocol.topology.limits import Limits
from sim.protocol.topology.operations import OUT, Refused
from sim.protocol.topology.state import founded
from sim.scenario.blocks.evolution.plan import FanIn

ONE = FanIn(4, 10, 1)


def books():
    return Books(SimpleNamespace(telemetry=None), [ONE])


def state(agents, locals_):
    return founded([agents, locals_], [40, 4], [Limits(4, 10, 1, 20)])


def test_the_same_wish_of_a_node_is_refused_again_and_that_of_another_node_is_not():
    kept, tree = books(), state(12, 2)
    wishes = [Refused(1, node, OUT, (), "Split") for node in (0, 0, 1)]
    wishes += [Refused(1, OUT, OUT, (agent,), "Join") for agent in (20, 21, 20)]
    for second, wish in enumerate(wishes):
        kept.done(second, tree, tree, (wish,))
    again = [row["again"] for row in kept.rows()["operations"]]
    assert again == [False, True, False, False, False, True]


@pytest.mark.parametrize(
    ("agents", "locals_", "wrong"),
    [(2, 1, 0), (12, 1, 1), (5, 2, 2), (12, 2, 0)],
    ids=["small and last", "full and last", "both small", "both as wanted"],
)
def test_the_last_node_of_a_tier_may_be_small_but_not_too_full(agents, locals_, wrong):
    kept = books()
    kept.shape(0, state(agents, locals_))
    assert kept.rows()["shapes"][0]["out_of_range"] == wrong
