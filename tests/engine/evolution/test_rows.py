"""Nodes take rows under the row of their parent, and stay where they can."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.evolution.residence import Residence
from sim.engine.evolution.rows import rows_of_nodes
from sim.telemetry.tree import Groups

LEVELS = (Groups(24, 6), Groups(6, 2), Groups(2, 1))
START = tuple(np.arange(level.children) for level in LEVELS)


def a_tree(seed: int) -> list[np.ndarray]:
    """Parents of a random tree that has room: at most 4 agents a local, 3 locals a regional."""
    draw = np.random.default_rng(seed)
    regional = np.array([0, 0]) if draw.random() < 0.7 else np.array([0, -1])
    used = np.flatnonzero(regional >= 0)
    local = np.full(6, -1)
    for node in draw.permutation(6)[: draw.integers(1, 3 * len(used) + 1)]:
        open_ones = [one for one in used if np.count_nonzero(local == one) < 3]
        local[node] = draw.choice(open_ones)
    agent = np.full(24, -1)
    places = np.repeat(np.flatnonzero(local >= 0), 4)
    agent[draw.permutation(24)[: len(places)]] = draw.permutation(places)
    agent[draw.random(24) < 0.3] = -1
    return [agent, local, regional]


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=5))
def test_everybody_has_a_row_of_its_own_under_the_row_of_its_parent(seeds):
    rows = START
    for seed in seeds:
        parents = a_tree(seed)
        rows = rows_of_nodes(parents, LEVELS, rows)
        for tier, (mine, level) in enumerate(zip(rows, LEVELS, strict=True)):
            assert np.array_equal(np.sort(mine), np.arange(level.children))
            above = rows[tier + 1] if tier + 1 < len(rows) else np.zeros(1, np.int64)
            used = np.flatnonzero(parents[tier] >= 0)
            assert (level.parent_of[mine[used]] == above[parents[tier][used]]).all()


@given(st.integers(0, 10_000))
def test_who_keeps_its_parent_keeps_its_row(seed):
    parents = a_tree(seed)
    rows = rows_of_nodes(parents, LEVELS, START)
    assert all(map(np.array_equal, rows_of_nodes(parents, LEVELS, rows), rows))


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_nobody_moves_into_a_row_that_is_down_while_there_is_another(seed, fault):
    parents = a_tree(seed)
    down = [np.random.default_rng(fault).random(len(rows)) < 0.4 for rows in START]
    rows = rows_of_nodes(parents, LEVELS, START, down)
    for mine, start, parent, level, bad in zip(rows, START, parents, LEVELS, down, strict=True):
        moved = np.flatnonzero((parent >= 0) & (mine != start))
        used = np.zeros(len(mine), bool)
        used[mine[parent >= 0]] = True
        for row in mine[moved][bad[mine[moved]]].tolist():
            beside = level.parent_of == level.parent_of[row]
            assert used[beside & ~bad].all()


def test_all_below_a_node_that_moves_go_with_it():
    agent = np.full(24, -1)
    agent[:4] = 0
    before = rows_of_nodes(
        [agent, np.array([0, 0, -1, -1, -1, -1]), np.array([0, 0])], LEVELS, START
    )
    after = rows_of_nodes(
        [agent, np.array([1, 0, -1, -1, -1, -1]), np.array([0, 0])], LEVELS, before
    )
    assert before[1][0] == 0
    assert before[0][:4].tolist() == [0, 1, 2, 3]
    assert after[1][0] == 3
    assert after[0][:4].tolist() == [12, 13, 14, 15]


def test_who_sat_where_is_remembered_for_the_last_epochs():
    home = Residence(LEVELS)
    parents = [LEVELS[0].parent_of.astype(np.int64), np.array([0] * 3 + [1] * 3), np.array([0, 0])]
    home.settle(0, parents)
    swapped = parents[0].copy()
    swapped[[0, 23]] = swapped[[23, 0]]
    home.settle(1, [swapped, *parents[1:]])
    assert home.agent_at(0)[[0, 23]].tolist() == [0, 23]
    assert home.agent_at(1)[[0, 23]].tolist() == [23, 0]
    assert home.nodes_in(1).tolist() == [0, 1, 2, 3, 4, 5]
