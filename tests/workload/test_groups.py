"""Agents whose groups differ: a level for each local and each region, beside the agents' own."""

import math

import numpy as np

from sim.engine.streams import Streams
from sim.workload import Synthetic
from sim.workload.synthetic import group_levels

GROUP_OF = {"locals": np.repeat(np.arange(200), 5), "regions": np.repeat(np.arange(10), 100)}


def stream_at(purpose: str, tick: int) -> np.random.Generator:
    return Streams(5).at(purpose, tick=tick)


def values(features=4, **parts):
    """What 1000 agents in 200 locals and 10 regions measure first; (agents, features)."""
    behaviour = Synthetic(1000, features, stream_at, noise=0.0, group_of=GROUP_OF, **parts)
    out = np.empty((1000, features))
    behaviour.fill(0, np.zeros(1000), 0, out)
    return out


def test_agents_of_one_group_share_its_level():
    x = values(spread=0.0, groups={"locals": 0.3, "regions": 0.0}).reshape(200, 5, 4)
    assert np.array_equal(x, np.broadcast_to(x[:, :1], x.shape))


def test_groups_are_apart_by_their_standard_deviation():
    x = values(features=20, spread=0.0, groups={"locals": 0.3})[::5]
    assert abs(x.var() / 0.09 - 1) <= 4 * math.sqrt(2 / x.size)


def test_the_levels_of_groups_are_those_that_anybody_can_ask_for():
    x = values(spread=0.0, groups={"regions": 0.7})
    levels = group_levels("regions", 0.7, 10, 4, stream_at)
    assert np.array_equal(x, levels[GROUP_OF["regions"]])


def test_groups_move_no_other_part():
    alone, apart = values(), values(groups={"locals": 0.3, "regions": 0.7})
    moved = values(spread=0.0, groups={"locals": 0.3, "regions": 0.7})
    assert np.allclose(apart - moved, alone)


def test_the_spread_between_agents_holds_that_of_their_groups():
    parts = {"spread": 0.3, "groups": {"locals": 0.4, "regions": 1.2}}
    assert np.allclose(Synthetic(1000, 2, stream_at, group_of=GROUP_OF, **parts).spread(), 1.3)
