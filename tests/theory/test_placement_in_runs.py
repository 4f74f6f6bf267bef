"""What re-placement is worth in runs: how often liars capture groups and trees, as computed.

The simulator deals; the theory says how often a group of 50 then holds more than 16 liars, and how
often nested thresholds of 16, 3 and 0 then give the root of a tree of 50, 10 and 2 away.
"""

import math
from functools import cache

import numpy as np
import pytest

from sim.engine.reseating import Dealing, captures
from sim.engine.streams import Streams
from sim.protocol.placement import captured_group
from sim.stats.tails import hypergeometric_sf
from sim.telemetry.tree import Tree
from tests.engine.scenarios import run

AGENTS, F = 1000, 0.33
LEVELS = Tree((AGENTS, 20, 2, 1)).levels


@cache
def deals():
    """Who sits in each seat in 20 epochs of 20 runs; (deals, seats)."""
    runs = [Dealing(AGENTS, Streams(seed)) for seed in range(20)]
    return np.array([run.agent_at(epoch) for run in runs for epoch in range(1, 21)])


def standings(liars):
    """Largest number of liars in a group, and captured groups, for every tier; (deals, 3, 2)."""
    above = [np.zeros(groups.parents, np.bool_) for groups in LEVELS[:-1]]
    return np.array([list(captures(LEVELS, [deal < liars, *above], F)) for deal in deals()])


def assert_chance(hits, chance):
    """`hits`, a number from 0 to 1 a deal, against a chance; deals are independent."""
    error = hits.std(ddof=1) / math.sqrt(len(hits))
    print(f"{hits.mean():.4f} +- {error:.4f}, computed {chance:.4f}")
    assert hits.mean() == pytest.approx(chance, abs=3 * error)


@pytest.mark.parametrize("liars", [200, 250, 300, 333])
def test_groups_are_captured_as_often_as_computed(liars):
    captured = standings(liars)[:, 0, 1]
    assert_chance(captured / 20, captured_group(AGENTS, liars, 50))


@pytest.mark.parametrize("liars", [180, 200, 230])
def test_some_group_of_a_tree_is_captured_as_often_as_computed(liars):
    safe = root_is_kept(liars, groups=20, allowed=0, regions=1)
    assert_chance(standings(liars)[:, 0, 1] > 0, 1 - safe)


@pytest.mark.parametrize("liars", [270, 300, 320])
def test_the_root_is_captured_as_often_as_computed(figure, liars):
    safe = root_is_kept(liars, groups=10, allowed=3, regions=2)
    assert_chance(standings(liars)[:, 2, 1], 1 - safe)
    hits = standings(liars)[:, 2, 1]
    error = hits.std(ddof=1) / math.sqrt(len(hits))
    figure(
        "4",
        f"{liars} liars of 1,000, dealt by the simulator: the root is theirs",
        1 - safe,
        hits.mean(),
        error,
    )


def root_is_kept(liars, groups, allowed, regions):
    """P(no region has more than `allowed` captured groups of 50), exactly, by counting.

    Ways to seat liars are coefficients: a group is sum of C(50, j) x^j, up to 16 kept, from 17 on
    captured; groups and regions multiply.
    """
    ways = [math.comb(50, j) for j in range(51)]
    kept, lost = ways[:17], [0] * 17 + ways[17:]
    region = [0]
    for captured in range(allowed + 1):
        chosen = power(lost, captured)
        term = times(chosen, power(kept, groups - captured))
        region = plus(region, [math.comb(groups, captured) * way for way in term])
    whole = power(region, regions)
    good = whole[liars] if liars < len(whole) else 0
    return good / math.comb(AGENTS, liars)


def power(polynomial, exponent):
    result = [1]
    for _ in range(exponent):
        result = times(result, polynomial)
    return result


def times(one, other):
    """Coefficients of a product; whole numbers of any size."""
    product = np.convolve(np.array(one, object), np.array(other, object))
    return product.tolist()


def plus(one, other):
    size = max(len(one), len(other))
    one, other = one + [0] * (size - len(one)), other + [0] * (size - len(other))
    return [a + b for a, b in zip(one, other, strict=True)]


def test_the_ways_that_are_counted_are_all_there_are():
    assert root_is_kept(300, groups=10, allowed=10, regions=2) == 1
    # 16 in each of 20 groups are the most that leave every group in order.
    assert root_is_kept(320, groups=20, allowed=0, regions=1) > 0
    assert root_is_kept(321, groups=20, allowed=0, regions=1) == 0


RULE = {"kind": "robust", "estimator": {"kind": "trimmed_mean"}, "f": "33%", "over": "nested"}
CAPTURE = {"where": "agents", "share": "6.8%", "kind": "group_capture", "to": "300sd"}
BEHAVIOUR = {"kind": "synthetic", "spread": 0.05, "noise": 0.05, "drift": "none"}


def captured_run(**tree):
    """68 of 1000 agents take the best seats for their lie; deals are every 4 s, if at all."""
    return run(
        duration="12s",
        agents={"count": AGENTS, "features": 1, "rate": "5Hz", "behaviour": BEHAVIOUR},
        tree={"local": 50, "regional": 10, **tree},
        baseline={"publish": "500ms", "pane": "2s", "rule": RULE},
        adversaries=[CAPTURE],
        measure={"every": "1s"},
    ).tables


def bias(tables, first_s, last_s):
    """Biases of what was published in (first, last]; in deviations between agents."""
    time_s = tables["integrity"]["published_ns"] / 1e9
    return tables["integrity"]["bias"][(time_s > first_s) & (time_s <= last_s)]


def test_without_deals_68_of_1000_own_the_root_to_the_end():
    """A lie of 300 sd moves it by far more than the 0.10 that a share of 6.8 % is worth."""
    tables = captured_run()
    assert bias(tables, 1, 12).min() > 0.5
    assert "placement" not in tables


def test_with_deals_their_capture_ends_with_the_first():
    """One publication after the deal nothing is left but what their share is worth: 0.10 sd.

    The trimmed mean of 1000 windows, of which the first hold two noisy reports each (1.2 sd), has a
    standard error of 0.02 sd against the correct mean, and chance placements as much again.
    """
    tables = captured_run(reseat="4s")
    still = captured_run()
    assert np.array_equal(bias(tables, 1, 4), bias(still, 1, 4))
    print(
        "before the deal", bias(tables, 1, 4).round(2), "after it", bias(tables, 4.5, 12).round(2)
    )
    assert bias(tables, 4.5, 12) == pytest.approx(0.10, abs=3 * 0.03)


def test_the_run_itself_writes_down_that_nothing_stays_captured():
    table = captured_run(reseat="4s")["placement"]
    captured = table["captured"].reshape(3, 3)
    assert captured.tolist() == [[4, 1, 1], [0, 0, 0], [0, 0, 0]]
    assert hypergeometric_sf(16, AGENTS, 68, 50) < 1e-8
    assert table["largest"].reshape(3, 3)[0].tolist() == [17, 4, 1]
