"""Bottom-k samples, against a sorted list; and what a seed that is known too early would cost."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.sketches.bottom_k import (
    EVERYBODY,
    commit,
    derive,
    lying_sample_tail,
    merge,
    omitted,
    opens,
    priorities,
    thresholds,
    truncate,
)
from tests.reference import sketches as reference

SEED = bytes(range(32))
AGENTS = np.arange(60)
PRIORITY = priorities(SEED, AGENTS)
CROWDED = np.array([0, 2**64 - 1, 7], np.uint64)[AGENTS % 3]
"""Priorities with ties at the ends of their range; real ones never tie."""

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 59)), max_size=80)


def columns(rows):
    table = np.array(rows, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def sample(rows, k, priority=PRIORITY):
    """The rows that `truncate` keeps, as a list."""
    node, agent = columns(rows)
    kept = truncate(node, agent, priority[agent], k)
    return list(zip(node[kept].tolist(), agent[kept].tolist(), strict=True))


# Seeds and priorities


def test_a_commitment_opens_with_its_seed_alone():
    assert opens(commit(SEED), SEED)
    assert not opens(commit(SEED), SEED[::-1])
    assert not opens(commit(SEED), SEED[:-1])


def test_a_seed_that_could_be_guessed_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        commit(b"monday")
    assert not opens(b"", b"monday")


def test_a_commitment_is_no_priority_and_no_other_seed():
    # The same hash with other prefixes: what is public before the seed is must not contain it.
    plain = hashlib.sha256(SEED).digest()
    assert len({commit(SEED), derive(SEED, ""), derive(SEED, "seats"), SEED, plain}) == 5


@given(st.binary(min_size=16, max_size=40), st.lists(st.integers(0, 2**62), max_size=5))
def test_priorities_are_the_first_bytes_of_the_hash(seed, agents):
    expected = [reference.priority(seed, agent) for agent in agents]
    assert priorities(seed, np.array(agents, np.int64)).tolist() == expected


def test_an_agents_priority_does_not_depend_on_who_else_is_there():
    assert priorities(SEED, AGENTS[7:9]).tolist() == PRIORITY[7:9].tolist()


def test_priorities_are_uniform():
    # The mean of 10,000 uniform numbers has a standard error of 1 / sqrt(12 * 10,000).
    share = priorities(SEED, np.arange(10_000)) / 2.0**64
    assert share.mean() == pytest.approx(0.5, abs=4 / np.sqrt(120_000))
    assert (share**2).mean() == pytest.approx(1 / 3, abs=4 * np.sqrt(4 / 45 / 10_000))


# Truncating and merging


@given(ROWS, st.integers(1, 9), st.sampled_from([PRIORITY, CROWDED]))
def test_each_node_keeps_what_a_sorted_list_keeps(rows, k, priority):
    expected = [
        (node, agent)
        for node in range(5)
        for agent in reference.bottom_k([a for n, a in rows if n == node], priority, k)
    ]
    assert sample(rows, k, priority) == expected


@given(ROWS, st.integers(1, 9))
def test_truncating_again_changes_nothing(rows, k):
    assert sample(sample(rows, k), k) == sample(rows, k)


@given(ROWS, ROWS, ROWS, st.integers(1, 9))
def test_samples_join_in_any_order_and_grouping(a, b, c, k):
    left = sample(sample(a + b, k) + c, k)
    right = sample(sample(c + b, k) + a + a, k)
    assert left == right == sample(a + b + c, k)


@given(ROWS, st.lists(st.integers(0, 2), min_size=5, max_size=5), st.integers(1, 9))
def test_any_tree_gives_the_sample_of_all_at_once(rows, parents, k):
    node, agent = columns(rows)
    priority, parent = PRIORITY[agent], np.array(parents)
    local = truncate(node, agent, priority, k)
    region = local[merge(parent, node[local], agent[local], priority[local], k)]
    root = region[
        merge(np.zeros(3, np.int64), parent[node[region]], agent[region], priority[region], k)
    ]
    assert agent[root].tolist() == reference.bottom_k(agent.tolist(), PRIORITY, k)


def test_the_newest_version_of_an_agent_stays():
    node, agent = np.zeros(4, np.int64), np.array([3, 3, 5, 3])
    kept = truncate(node, agent, PRIORITY[agent], 2, version=np.array([1, 8, 2, 4]))
    assert sorted(kept.tolist()) == [1, 2]


def test_a_sample_without_seats_is_refused():
    with pytest.raises(ValueError, match="at least 1 seat"):
        sample([(0, 1)], 0)


# Omission


def published(agents, k):
    agents = np.asarray(agents)
    node = np.zeros(len(agents), np.int64)
    kept = truncate(node, agents, PRIORITY[agents], k)
    return agents[kept], thresholds(node[kept], PRIORITY[agents[kept]], k, 1)[0]


def test_nobody_can_accuse_a_complete_sample():
    sampled, threshold = published(AGENTS, 10)
    assert not omitted(AGENTS, PRIORITY, sampled, threshold).any()


@given(st.sets(st.integers(0, 59), max_size=30))
def test_whoever_belongs_into_the_sample_and_is_not_there_can_prove_it(dropped):
    sampled, threshold = published(np.array(sorted(set(range(60)) - dropped)), 10)
    accusers = AGENTS[omitted(AGENTS, PRIORITY, sampled, threshold)]
    assert set(accusers.tolist()) <= dropped
    missing = set(reference.bottom_k(range(60), PRIORITY, 10)) - set(sampled.tolist())
    assert missing <= set(accusers.tolist())


def test_who_ties_with_the_last_of_a_sample_accuses_nobody():
    priority, threshold = np.array([3, 8, 8, 9], np.uint64), np.uint64(8)
    assert not omitted(np.arange(4), priority, np.array([0, 1]), threshold).any()


def test_a_sample_with_seats_left_leaves_out_everybody_who_is_missing():
    sampled, threshold = published(AGENTS[:5], 10)
    assert threshold == EVERYBODY
    assert omitted(AGENTS, PRIORITY, sampled, threshold).tolist() == [False] * 5 + [True] * 55


def test_each_node_publishes_its_own_threshold():
    node, priority = np.array([0, 0, 2]), np.array([4, 9, 5], np.uint64)
    assert thresholds(node, priority, 2, 3).tolist() == [9, EVERYBODY, EVERYBODY]


# How many liars are sampled


@pytest.mark.parametrize(
    ("k", "share", "expected"),
    [(400, 0.2, 1.8e-10), (400, 0.25, 8.7e-5), (1000, 0.25, 1.7e-9), (1000, 0.3, 0.011)],
)
def test_a_third_of_a_sample_rarely_lies(k, share, expected):
    # The figures of the theory, for very many agents, to the two digits that it states.
    tail = lying_sample_tail(10**6, round(share * 10**6), k, 1 / 3)
    assert float(f"{tail:.1e}") == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("share", "fewest"), [(0.07, 7), (0.29, 29), (1 / 3, 34), (0.295, 30)])
def test_a_share_of_the_sample_is_counted_in_whole_agents(share, fewest):
    exact = reference.hypergeometric_sf(fewest - 1, 300, 60, 100)
    assert lying_sample_tail(300, 60, 100, share) == pytest.approx(float(exact), rel=1e-9)


def test_samples_of_many_epochs_have_the_computed_tail():
    # At least 8 of 20 sampled lie, where 30 of 100 do.
    liars, agents = np.arange(30), np.arange(100)
    expected = lying_sample_tail(100, 30, 20, 0.4)
    hits = []
    for epoch in range(1500):
        priority = priorities(epoch.to_bytes(16, "big"), agents)
        sampled = truncate(np.zeros(100, np.int64), agents, priority, 20)
        hits.append(np.isin(sampled, liars).sum() >= 8)
    error = np.sqrt(expected * (1 - expected) / len(hits))
    assert np.mean(hits) == pytest.approx(expected, abs=4 * error)


def test_ids_chosen_after_the_seed_is_known_fill_the_sample():
    """Why the seed is committed to: 20 liars who may pick from 2000 ids own a sample of 20."""
    honest, candidates = np.arange(1000), np.arange(10_000, 110_000, 50)
    priority = priorities(SEED, candidates)
    liars = candidates[np.argsort(priority)[:20]]
    agents = np.concatenate((honest, liars))
    sampled = agents[truncate(np.zeros(1020, np.int64), agents, priorities(SEED, agents), 20)]
    fair = priorities(derive(SEED, "next epoch"), agents)
    drawn = agents[truncate(np.zeros(1020, np.int64), agents, fair, 20)]
    assert np.isin(sampled, liars).mean() > 0.6
    assert np.isin(drawn, liars).mean() < 0.2
