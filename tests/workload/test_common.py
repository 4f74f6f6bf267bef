"""Agents that have something in common: shocks at every report, of all or of each group."""

import math
from itertools import pairwise

import numpy as np
import pytest

from sim.engine.streams import Streams
from sim.workload import Synthetic

GROUP_OF = {"locals": np.repeat(np.arange(10), 5), "regions": np.repeat(np.arange(2), 25)}
TICKS = 400


def stream_at(purpose: str, tick: int) -> np.random.Generator:
    return Streams(3).at(purpose, tick=tick)


def values(ticks=TICKS, cuts=(0, 50), **parts):
    """What 50 agents measure in two features, asked in blocks; (ticks, agents, features)."""
    behaviour = Synthetic(50, 2, stream_at, group_of=GROUP_OF, **parts)
    out = np.empty((ticks, 50, 2))
    for tick in range(ticks):
        for first, last in pairwise(cuts):
            behaviour.fill(tick, np.zeros(last - first), first, out[tick, first:last])
    return out


def correlation(x, one, other):
    return np.corrcoef(x[:, one, 0], x[:, other, 0])[0, 1]


def test_two_agents_correlate_as_their_shares_of_variance_say():
    x = values(common={"sd": 0.5, "among": "all"}, noise=1.0, drift=None)
    expected = 0.25 / 1.25
    pairs = np.corrcoef(x[:, :, 0].T)[np.triu_indices(50, 1)]
    # All pairs share one factor: their mean is as uncertain as the variance of its 400 shocks.
    assert abs(pairs.mean() - expected) <= 4 * expected * (1 - expected) * math.sqrt(2 / TICKS)


@pytest.mark.parametrize("among", ["locals", "regions"])
def test_agents_of_one_group_share_its_shocks_and_others_do_not(among):
    x = values(common={"sd": 1.0, "among": among}, noise=0.0, spread=0.0)
    group = GROUP_OF[among]
    inside, outside = np.flatnonzero(group == 0)[-1], np.flatnonzero(group == 1)[0]
    assert np.array_equal(x[:, 0], x[:, inside])
    assert abs(correlation(x, 0, outside)) <= 4 / math.sqrt(TICKS)


def test_shocks_of_two_features_are_independent():
    x = values(common={"sd": 1.0, "among": "all"}, noise=0.0, spread=0.0)
    assert abs(np.corrcoef(x[:, 0].T)[0, 1]) <= 4 / math.sqrt(TICKS)


def test_how_agents_are_cut_into_blocks_changes_no_shock():
    common = {"sd": 1.0, "among": "locals"}
    whole, cut = (values(3, cuts, common=common) for cuts in ((0, 50), (0, 7, 31, 50)))
    assert np.array_equal(whole, cut)


def test_shocks_move_no_other_part():
    common = {"sd": 1.0, "among": "all"}
    shocks = values(3, common=common, noise=0.0, spread=0.0)
    assert np.allclose(values(3, common=common) - shocks, values(3))


def test_the_deviation_of_an_agent_holds_its_shocks():
    parts = {"noise": 0.3, "common": {"sd": 0.4, "among": "all"}}
    assert np.allclose(Synthetic(5, 2, stream_at, **parts).deviation(), 0.5)
