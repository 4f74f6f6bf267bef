"""What lying aggregators say upwards, downwards, in commitments and in alarms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.adversary import STRATEGIES
from sim.adversary.shares import picked
from sim.adversary.sums import quanta, shifted
from sim.stats.fixed_point import QUANTUM
from sim.stats.moments import COUNT, SOURCES, moments
from tests.adversary.drive import make_liars
from tests.adversary.rows import TWO, of_agents, wide_rows
from tests.reference import sums as reference

SD = np.array([0.5, 2.0])
CHILDREN = np.stack(
    [
        of_agents(np.rint(np.random.default_rng(seed).normal(0, 2**20, (5, 10, 2))).astype(int))
        for seed in range(4)
    ]
)
MERGED = CHILDREN.sum(axis=0)


def liar(kind, children=4, **options):
    mine = make_liars(tier=1, layout=TWO, scale_sd=SD, children=children)
    return STRATEGIES[kind](mine, {"begin_ns": 0, "end_ns": None} | options)


def tell(strategy, row):
    return strategy.tell(0, np.zeros(1), np.zeros(1, np.int64), row[None])[0]


def commitments(strategy):
    """To its parent, and to everybody else."""
    return [
        make(0, CHILDREN.copy(), MERGED.copy())
        for make in (strategy.commit, strategy.commit_to_others)
    ]


# Shares


@given(st.integers(0, 300), st.floats(0, 1))
def test_a_share_is_picked_evenly_and_rounded_up(count, share):
    mask = picked(count, share)
    assert mask.sum() in (math.ceil(share * count * (1 - 1e-12)), math.ceil(share * count))
    gaps = np.diff(np.flatnonzero(mask))
    assert gaps.max(initial=0) - gaps.min(initial=count) <= 1


def test_a_share_of_a_tenth_of_ten_is_one():
    assert picked(10, 0.1).sum() == 1
    assert picked(10, 0.3).sum() == 3
    assert picked(1, 0.01).tolist() == [True]


# Forge


def test_a_forger_moves_its_subtree_by_as_many_deviations():
    true, said = moments(MERGED, 2), moments(tell(liar("forge", by=3.0), MERGED), 2)
    np.testing.assert_allclose(said.mean - true.mean, 3 * SD, atol=QUANTUM)
    np.testing.assert_allclose(said.sd, true.sd, rtol=1e-9)
    np.testing.assert_allclose(said.between_sd, true.between_sd, rtol=1e-9)
    assert (said.count, said.sources) == (true.count, true.sources)


def test_a_forger_says_the_same_in_sums_digest_and_commitment():
    forger = liar("forge", by=-2.0)
    told = tell(forger, MERGED)
    for committed in commitments(forger):
        np.testing.assert_array_equal(committed, told)
    means = moments(MERGED, 2).mean[None]
    digest = forger.digest(np.zeros(1, np.int64), means)
    np.testing.assert_allclose(digest[0], moments(told, 2).mean, atol=QUANTUM)


def test_a_forger_moves_the_root_by_its_share_of_the_agents():
    forger = liar("forge", by=5.0)
    root = tell(forger, CHILDREN[0]) + CHILDREN[1:].sum(axis=0)
    moved = moments(root, 2).mean - moments(MERGED, 2).mean
    np.testing.assert_allclose(moved, 5 * SD / 4, atol=QUANTUM)


# Drop


@pytest.mark.parametrize(("of", "left"), [(0.1, 9), (0.5, 5), (1.0, 0)])
def test_dropped_children_are_a_share_of_all(of, left):
    omitted = liar("drop", of=of).omits(np.arange(40, 50))
    assert (~omitted).sum() == left


def test_who_drops_children_says_the_truth_of_the_others():
    dropper = liar("drop", of=0.5)
    np.testing.assert_array_equal(tell(dropper, MERGED), MERGED)
    for committed in commitments(dropper):
        np.testing.assert_array_equal(committed, MERGED)


# Max for sum


@settings(max_examples=40)
@given(st.lists(wide_rows(), min_size=1, max_size=6))
def test_max_for_sum_commits_to_the_largest_of_every_sum_and_to_the_true_counts(rows):
    children, merged = np.stack(rows), sum(rows)
    row = liar("max_for_sum").commit(0, children, merged)
    assert row[[COUNT, SOURCES]].tolist() == merged[[COUNT, SOURCES]].tolist()
    each = [reference.read(child, TWO) for child in rows]
    for feature, (values, means) in enumerate(reference.read(row, TWO)):
        largest, of_means = reference.largest([halves[feature] for halves in each])
        assert ((values.S, values.Q), (means.S, means.Q)) == (
            (largest.S, largest.Q),
            (of_means.S, of_means.Q),
        )


def test_no_child_is_above_what_max_for_sum_commits_to():
    # So a check that only compares totals lets it pass, and only recomputing the sum does not.
    row, _ = commitments(liar("max_for_sum"))
    for feature, (values, _) in enumerate(reference.read(row, TWO)):
        assert all(reference.read(child, TWO)[feature][0].Q <= values.Q for child in CHILDREN)
    assert not np.array_equal(row, MERGED)


def test_of_equal_children_the_largest_is_a_part_of_the_sum():
    liar_of_four, same = liar("max_for_sum"), np.repeat(CHILDREN[:1], 4, axis=0)
    running = tell(liar_of_four, same.sum(axis=0))
    committed = liar_of_four.commit(0, same, same.sum(axis=0))
    for told, bound in zip(
        reference.read(running, TWO), reference.read(committed, TWO), strict=True
    ):
        assert told == bound


def test_max_for_sum_draws_the_mean_towards_nothing():
    far = shifted(MERGED[None], TWO, quanta(np.array([3.0, -6.0])))[0]
    drawn = moments(tell(liar("max_for_sum"), far), 2)
    np.testing.assert_allclose(drawn.mean, moments(far, 2).mean / 4, atol=QUANTUM)
    assert drawn.count == moments(far, 2).count
    np.testing.assert_allclose(
        liar("max_for_sum").digest(np.zeros(1, np.int64), np.array([[3.0, -6.0]])), [[0.75, -1.5]]
    )


# Equivocate


def test_who_equivocates_tells_its_parent_the_truth_and_others_something_else():
    two_faced = liar("equivocate", by=2.0)
    np.testing.assert_array_equal(tell(two_faced, MERGED), MERGED)
    to_parent, to_others = commitments(two_faced)
    np.testing.assert_array_equal(to_parent, MERGED)
    moved = moments(to_others, 2).mean - moments(MERGED, 2).mean
    np.testing.assert_allclose(moved, 2 * SD, atol=QUANTUM)


def test_each_child_is_told_a_baseline_of_its_own_within_the_size():
    children, truth = np.arange(100, 120), np.tile([1.0, -1.0], (20, 1))
    told = liar("equivocate", by=2.0).down(truth, children)
    off = (told - truth) / SD
    assert len({*off[:, 0].round(9).tolist()}) == 20
    assert np.abs(off).max() <= 2
    assert off[:, 0].min() < -1
    assert off[:, 0].max() > 1


def test_a_child_is_told_the_same_whoever_is_told_with_it():
    two_faced, truth = liar("equivocate", by=2.0), np.zeros((5, 2))
    together = two_faced.down(truth, np.arange(5))
    for child in range(5):
        alone = two_faced.down(truth[:1], np.array([child]))
        np.testing.assert_array_equal(alone[0], together[child])


# Alarms


def test_a_flood_of_alarms_is_infinite_for_a_share_and_leaves_the_others():
    scores = np.array([0.5, np.nan, 2.0, 0.1])
    flooded = liar("flood_alarms", of=0.5).scores(scores)
    assert np.isinf(flooded).sum() == 2
    kept = ~np.isinf(flooded)
    np.testing.assert_array_equal(flooded[kept], scores[kept])


def test_a_flood_of_all_alarms_invents_them_for_the_unheard_too():
    assert np.isinf(liar("flood_alarms", of=1.0).scores(np.full(3, np.nan))).all()
