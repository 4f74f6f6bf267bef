"""Who reports to whom: groups, runs and pieces, against dealing children out one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.telemetry.tree import Groups, Run, Tree

PAIRS = st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n)))
TREE = Tree((11, 4, 2, 1))
"""Locals have agents 0-2, 3-5, 6-8, 9-10; regionals have locals 0-1 and 2-3."""


@given(PAIRS)
def test_groups_are_adjacent_and_differ_by_at_most_one_the_larger_first(pair):
    children, parents = pair
    sizes = np.diff(Groups(*pair).starts)
    assert (sizes.sum(), len(sizes)) == (children, parents)
    assert sizes.max() - sizes.min() <= 1
    assert (np.diff(sizes) <= 0).all()


@given(PAIRS)
def test_the_parent_of_a_child_is_the_one_whose_range_it_is_in(pair):
    groups = Groups(*pair)
    starts = groups.starts
    for child, parent in enumerate(groups.parent_of):
        assert starts[parent] <= child < starts[parent + 1]


@given(PAIRS, st.integers(1, 70))
def test_runs_and_their_pieces_cover_every_child_once_in_whole_groups(pair, children_max):
    groups = Groups(*pair)
    pieces = [piece for run in groups.runs for piece in run.pieces(children_max)]
    covered = [child for piece in pieces for child in range(piece.first_child, piece.last_child)]
    assert covered == list(range(groups.children))
    for piece in pieces:
        for parent in range(piece.parents):
            first = piece.first_child + parent * piece.size
            assert groups.starts[piece.first_parent + parent] == first


@given(PAIRS, st.integers(1, 70))
def test_a_piece_has_at_most_so_many_children_or_one_group(pair, children_max):
    for run in Groups(*pair).runs:
        for piece in run.pieces(children_max):
            assert piece.last_child - piece.first_child <= max(children_max, run.size)


def test_groups_of_equal_size_are_one_run():
    assert Groups(12, 4).runs == (Run(0, 4, 0, 3),)


@pytest.mark.parametrize("pair", [(3, 4), (3, 0)])
def test_a_parent_without_children_is_refused(pair):
    with pytest.raises(ValueError, match="cannot be dealt"):
        Groups(*pair)


def test_descendants_are_ranges_of_every_tier_below():
    assert TREE.descendants(2, 1) == [slice(6, 11), slice(2, 4), slice(1, 2)]
    assert TREE.descendants(0, 5) == [slice(5, 6)]


@pytest.mark.parametrize("tier", [0, 1, 2])
def test_the_region_of_a_node_is_the_child_of_the_root_above_it(tier):
    region = TREE.region_of(tier)
    for number in range(2):
        below = TREE.descendants(2, number)[tier]
        assert region[below].tolist() == [number] * (below.stop - below.start)
    assert len(region) == TREE.counts[tier]
