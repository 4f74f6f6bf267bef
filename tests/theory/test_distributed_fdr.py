"""1000 hypotheses at 20 nodes of 50: what nodes find that hear little, send little, or lie.

The setting is that of `test_multiplicity`: alpha = 0.1, 100 signals of 3 sd, five at every node.
Powers of procedures without a closed form were measured here; the assertions are what theory says.
"""

import math

import numpy as np
import pytest
from scipy.special import ndtr

from sim.stats import e_values
from sim.stats.multiplicity import (
    benjamini_hochberg,
    e_benjamini_hochberg,
    heard,
    proportion_matching,
    qute,
    union_of_sides,
    within_quota,
)

REPETITIONS, TESTS, NODES, ALPHA = 200, 1000, 20, 0.1
NODE = np.repeat(np.arange(NODES), TESTS // NODES)
NULL = np.arange(TESTS) % (TESTS // NODES) >= 5
VALUES = np.random.default_rng(2).normal(size=(REPETITIONS, TESTS)) + 3.0 * ~NULL
P = ndtr(-VALUES)
OWN = np.searchsorted(NODE, np.arange(NODES + 1))
EACH = np.arange(REPETITIONS + 1) * TESTS
RING = np.roll(np.eye(NODES, dtype=bool), 1, axis=0) | np.roll(
    np.eye(NODES, dtype=bool), -1, axis=0
)


def false_share(rejected, null=NULL):
    rejected = np.reshape(rejected, (-1, len(null)))
    return (rejected & null).sum(axis=1) / np.maximum(rejected.sum(axis=1), 1)


def power(rejected, null=NULL):
    return np.reshape(rejected, (-1, len(null)))[:, ~null].mean(axis=1)


def error(figures):
    return figures.std(ddof=1) / math.sqrt(len(figures))


def assert_mean(figures, expected):
    assert figures.mean() == pytest.approx(expected, abs=4 * error(figures))


def assert_at_most(figures, bound):
    assert figures.mean() <= bound + 4 * error(figures)


def bh(p=P, alpha=ALPHA):
    return benjamini_hochberg(p.ravel(), alpha, starts=EACH)


# QuTE


def talking(rounds, arrives=None, p=P):
    known = heard(RING, rounds, arrives)
    return np.array([qute(row, ALPHA, known, starts=OWN) for row in p])


def test_every_round_of_talking_finds_more_and_keeps_the_rate():
    """Power 0.30, 0.44, 0.57 after 0, 1 and 3 rounds on a ring; 0.72 after 10, which is BH."""
    found = {rounds: talking(rounds) for rounds in (0, 1, 3, 10)}
    for rejected in found.values():
        assert_at_most(false_share(rejected), 0.9 * ALPHA)
    powers = [power(rejected).mean() for rejected in found.values()]
    assert powers == pytest.approx([0.30, 0.44, 0.57, 0.72], abs=0.012)
    assert (found[10].ravel() == bh()).all()


def test_lost_queries_cost_discoveries_and_no_control():
    arrives = np.random.default_rng(3).random((3, NODES, NODES)) < 0.5
    lossy = talking(3, arrives)
    assert_at_most(false_share(lossy), 0.9 * ALPHA)
    assert power(talking(0)).mean() < power(lossy).mean() < power(talking(3)).mean()


# Partition


def test_sides_of_a_partition_keep_the_rate_together_however_they_depend():
    """The second side sees exactly what the first does: all that is false is so twice."""
    twice = np.concatenate([P[:, : TESTS // 2]] * 2, axis=1)
    side = NODE >= NODES // 2
    together = np.array([union_of_sides(row, ALPHA, side) for row in twice])
    assert_at_most(false_share(together), 0.9 * ALPHA)
    missing = np.where(side, math.nan, twice)
    assert (together[:, ~side] == bh(missing).reshape(P.shape)[:, ~side]).all()


# Proportion matching


def matching(shares, per_node, repetitions):
    """Rejections of matching, those of BH, and who is null; nodes with these shares of signals."""
    null = np.concatenate([np.arange(per_node) >= share * per_node for share in shares])
    noise = np.random.default_rng(4).normal(size=(repetitions, len(null)))
    p, own = ndtr(-noise - 3.0 * ~null), np.arange(len(shares) + 1) * per_node
    matched = np.array([proportion_matching(row, ALPHA, starts=own) for row in p])
    return matched, np.array([benjamini_hochberg(row, ALPHA) for row in p]), null


@pytest.mark.parametrize("shares", [(0.1, 0.1), (0.05, 0.15)])
def test_with_many_hypotheses_a_node_matching_is_bh_on_all(shares):
    matched, of_all, null = matching(shares, 10_000, 40)
    for measure in (false_share, power):
        difference = measure(matched, null) - measure(of_all, null)
        assert abs(difference.mean()) < max(4 * error(difference), 0.005)


@pytest.mark.parametrize(("nodes", "per_node", "power_kept"), [(20, 50, 0.59), (4, 500, 1)])
def test_with_few_hypotheses_a_node_matching_misses_the_rate(nodes, per_node, power_kept):
    """FDR 0.11 for 0.09; of 50 nulls half see no signals at all: power 0.42 for 0.72."""
    matched, of_all, null = matching((0.1,) * nodes, per_node, 400)
    kept = power(matched, null) / power(of_all, null).mean()
    assert kept.mean() == pytest.approx(power_kept, abs=4 * error(kept))
    shares = false_share(matched, null)
    assert shares.mean() > 0.9 * ALPHA + 4 * error(shares)


# Lies


def lies_of(liars):
    """p = 0 on all nulls of the first nodes."""
    return np.where((liars > NODE) & NULL, 0.0, P)


def limited(p, quota):
    nodes = (np.arange(REPETITIONS)[:, np.newaxis] * NODES + NODE).ravel()
    return np.where(within_quota(-p.ravel(), quota, nodes), p.ravel(), math.nan)


@pytest.mark.parametrize(("liars", "plain", "capped"), [(1, 0.419, 0.137), (2, 0.562, 0.194)])
def test_a_quota_caps_what_lying_nodes_do(liars, plain, capped):
    """Five discoveries a node: as many as there are. Bound: alpha m0 / m + E[min(1, f q / R)]."""
    lies, quota = lies_of(liars), 5
    assert_mean(false_share(bh(lies)), plain)
    rejected = bh(limited(lies, quota)).reshape(P.shape)
    assert_mean(false_share(rejected), capped)
    honest_nulls = NULL.sum() - 45 * liars
    claims = np.minimum(liars * quota / np.maximum(rejected.sum(axis=1), 1), 1)
    assert_at_most(false_share(rejected) - claims, ALPHA * honest_nulls / TESTS)


def test_a_quota_costs_power_only_where_it_binds():
    """Of five signals a node: quotas of 1, 5, 10 leave a power of 0.195, 0.71 and all of 0.72."""
    powers = [power(bh(limited(P, quota))).mean() for quota in (1, 5, 10)]
    assert powers == pytest.approx([0.195, 0.71, 0.72], abs=0.012)
    for quota in (1, 5, 10):
        assert_at_most(false_share(bh(limited(P, quota))), 0.9 * ALPHA)


def witnessed(liars, size=3.0, k=4):
    """Values (repetitions, tests, k) of k nodes that watch each hypothesis, and which are lies."""
    draw = np.random.default_rng(6)
    values = draw.normal(size=(REPETITIONS // 2, TESTS, k)) + size * ~NULL[:, np.newaxis]
    watcher = (NODE[:, np.newaxis] + np.arange(k)) % NODES
    return values, (watcher < liars) & NULL[:, np.newaxis]


def test_with_four_witnesses_one_lying_node_proves_nothing(figure):
    """A node that lies alone makes 0.419; one of four witnesses, merged f-robustly, below 0.09."""
    values, lie = witnessed(liars=1)
    each = EACH[: len(values) + 1]
    p = np.where(lie, 0.0, ndtr(-values))
    log_e = np.where(lie, math.inf, 3.0 * values - 4.5)
    alone = benjamini_hochberg(p[..., 0].ravel(), ALPHA, starts=each)
    assert_mean(false_share(alone), 0.419)
    by_p = benjamini_hochberg(e_values.robust_p_value(p, 1).ravel(), ALPHA, starts=each)
    by_e = e_benjamini_hochberg(e_values.robust_product(log_e, 1).ravel(), ALPHA, starts=each)
    for rejected, least in ((by_p, 0.78), (by_e, 0.86)):
        assert_at_most(false_share(rejected), 0.9 * ALPHA)
        assert power(rejected).mean() > least
    found = false_share(alone)
    figure("10", "BH, one node lies alone about its nulls: FDR", 0.419, found.mean(), error(found))


def test_more_liars_at_one_hypothesis_than_the_merge_bears_break_it():
    """Two neighbours that lie share the hypotheses of three nodes: f = 1 is too few there."""
    values, lie = witnessed(liars=2)
    p = np.where(lie, 0.0, ndtr(-values))
    for f, holds in ((1, False), (2, True)):
        merged = e_values.robust_p_value(p, f).ravel()
        shares = false_share(benjamini_hochberg(merged, ALPHA, starts=EACH[: len(values) + 1]))
        assert (shares.mean() < ALPHA) == holds
