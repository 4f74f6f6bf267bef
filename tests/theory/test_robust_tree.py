"""The tree theorem: few well-placed liars own a tree of robust aggregators.

Groups of 50, 10 and 2 tolerate 16, 3 and 0 liars, so 17 * 4 * 1 = 68 of 1000 agents take the root,
and a lie of A moves it by A / 144: one of 18 kept values, of 4 kept groups, of 2 regions.
"""

import numpy as np
import pytest

from sim.stats.robust.nested import nested
from sim.stats.robust.registry import make_rule

SHAPE, SHARE = (50, 10, 2), 1 / 3
RULE = make_rule("trimmed_mean")
AGENTS = np.random.default_rng(17).normal(size=(1000, 1))
WELL_PLACED = np.array([50 * local + agent for local in range(4) for agent in range(17)])


def root(liars, size, rule=RULE):
    items = AGENTS.copy()
    items[liars] = size
    return float(nested(items, SHAPE, rule, SHARE)[0, 0])


def test_a_lie_of_68_well_placed_agents_moves_the_root_by_a_144th(figure):
    slope = (root(WELL_PLACED, 3000.0) - root(WELL_PLACED, 1000.0)) / 2000
    print(f"slope 1 / {1 / slope:.2f}, root at A = 1000: {root(WELL_PLACED, 1000.0):.2f}")
    assert slope == pytest.approx(1 / 144, rel=0.01)
    figure(
        "4", "68 of 1,000 in the worst seats say A: A over the bias", 144, 1 / slope, allowed=1.44
    )


def test_the_root_is_then_off_by_seven_sigma_at_a_thousand():
    assert root(WELL_PLACED, 1000.0) == pytest.approx(7.06, abs=0.3)


def test_one_agent_fewer_has_no_such_power():
    """Every liar is needed: without any one of them the root is bounded."""
    for missing in (0, 16, 17, 67):
        few = np.delete(WELL_PLACED, missing)
        assert root(few, 1e6) == pytest.approx(root(few, 1e3), abs=1e-9)
        assert abs(root(few, 1e6)) < 1


def test_the_same_number_at_random_has_the_power_of_its_share():
    """Mean over placements 0.10 as in a flat tree, since no group has too many."""
    rng = np.random.default_rng(18)
    roots = [root(rng.permutation(1000)[:68], 1000.0) for _ in range(50)]
    shift = np.mean(roots) - root([], 0.0)
    print(f"at random: {np.mean(roots):.3f} +- {np.std(roots, ddof=1):.3f} a placement")
    assert shift == pytest.approx(0.10, abs=0.03)


def test_a_flat_trimmed_mean_counts_agents():
    items = AGENTS.copy()
    items[WELL_PLACED] = 1000.0
    honest = RULE.centre(AGENTS[None], np.ones((1, 1000)), 333)[0, 0]
    flat = RULE.centre(items[None], np.ones((1, 1000)), 333)[0, 0]
    print(f"flat: {flat:.3f}, without liars {honest:.3f}")
    assert flat - honest == pytest.approx(0.10, abs=0.03)


@pytest.mark.parametrize(("shape", "captors"), [((50, 10, 2), 68), ((50, 10, 10), 272)])
def test_the_product_of_thresholds_takes_the_root(figure, shape, captors):
    needed = 1
    placed = np.zeros(1, np.int64)
    for size in reversed(shape):
        f = size // 3
        needed *= f + 1
        placed = (placed[:, None] * size + np.arange(f + 1)).ravel()
    items = np.zeros((int(np.prod(shape)), 1))
    items[placed] = 1e9
    assert needed == len(placed) == captors
    assert nested(items, shape, RULE, SHARE)[0, 0] > 1e5
    items[placed[-1]] = 0.0
    assert nested(items, shape, RULE, SHARE)[0, 0] == 0.0
    figure("4", f"tree of {shape}: agents that own the root", captors, len(placed))


def test_medians_give_the_root_away_too():
    """Thresholds of 25 and 6 of 50 and 10: 26 * 6 agents, and the root is wholly theirs by half."""
    liars = np.array([50 * local + agent for local in range(6) for agent in range(26)])
    assert root(liars, 1e6, make_rule("median")) == pytest.approx(5e5, rel=1e-3)
