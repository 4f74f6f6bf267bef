"""Columns against nested lists: the same bytes for any tree."""

import hashlib
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.merkle.commitments import commit_agents, commit_parents, merge_groups
from sim.protocol.merkle.encoding import Name, Tag, decode, encode, framed
from sim.protocol.merkle.hashes import commit, leaf_hash, merge, node_hash
from sim.stats.fixed_point import join
from sim.stats.moments import Layout
from tests.protocol.merkle.small import EPOCH, FEATURES, agent_rows, registry, tree
from tests.reference import merkle as reference

SHAPES = [(5, 1), (12, 4, 2, 1), (7, 3, 1), (9, 9, 2, 1)]


def nested(row, number, version):
    """An agent as the reference knows it."""
    layout = Layout(FEATURES)
    S, Qh, Ql, M, Rh, Rl = (row[layout.block(index)] for index in range(6))
    numbers = {"count": int(row[0]), "sources": int(row[1])}
    sums = {"S": S.tolist(), "Q": join(Qh, Ql), "M": M.tolist(), "R": join(Rh, Rl)}
    return number, version, numbers | sums


def as_lists(committed):
    """The tree as nested lists of agents."""
    known, versions = committed.registry, committed.versions
    nodes = [
        nested(row, int(number), int(version))
        for row, number, version in zip(
            committed.own[0].rows, known.seated[0], versions, strict=True
        )
    ]
    for starts in known.starts:
        nodes = [nodes[a:b] for a, b in itertools.pairwise(starts)]
    return nodes[0]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_whole_tree_has_the_root_that_nested_lists_have(shape):
    committed = tree(known=registry(shape))
    known = committed.registry
    hash_, summary = reference.commitment(
        as_lists(committed),
        len(shape) - 1,
        0,
        EPOCH,
        lambda tier, number, place: int(known.starts[tier - 1][number]) + place,
    )
    assert committed.root.hash == hash_
    assert committed.root.row == reference.row_bytes(summary)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32))
def test_columns_commit_to_the_same_bytes_as_one_by_one(agents, parents, seed):
    parents = min(agents, parents)
    known = registry((agents, parents, 1))
    committed = tree(agent_rows(agents, seed=seed), known=known)
    for seat in range(parents):
        children = [committed.own[0].at(child) for child in known.child_seats(1, seat)]
        assert committed.own[1].at(seat) == commit(Name(1, seat), EPOCH, children, FEATURES)


def test_groups_larger_than_a_piece_are_hashed_whole():
    agents = 20_000
    rows = np.zeros((agents, Layout(1).wide), np.int64)
    rows[:, 0] = 1
    numbers, starts = np.arange(agents), np.array([0, 9_000, 9_001, agents])
    leaves = commit_agents(numbers, 0, numbers, rows, 1)
    nodes = commit_parents(1, np.arange(3), 0, starts, leaves, merge_groups(rows, starts, 1))
    for seat, (first, last) in enumerate(itertools.pairwise(starts)):
        listed = [leaves.at(index) for index in range(first, last)]
        merged = merge([one.row for one in listed], 1)
        assert nodes.at(seat).hash == node_hash(Name(1, seat), 0, listed, merged)


def test_equal_numbers_in_other_limbs_have_the_same_bytes():
    row = agent_rows(1)[0]
    carried = row.copy()
    carried[Layout(FEATURES).block(1)] -= 1
    carried[Layout(FEATURES).block(2)] += 2**32
    assert encode(carried, FEATURES) == encode(row, FEATURES)


@given(st.permutations(range(8)))
def test_a_merge_has_the_same_bits_in_any_order(order):
    rows = [row.astype("<i8").tobytes() for row in agent_rows(8)]
    assert merge([rows[index] for index in order], FEATURES) == merge(rows, FEATURES)


def test_a_merge_of_merges_has_the_same_bits_as_one_merge():
    rows = [row.astype("<i8").tobytes() for row in agent_rows(8)]
    halves = [merge(rows[:3], FEATURES), merge(rows[3:], FEATURES)]
    assert merge(halves, FEATURES) == merge(rows, FEATURES)


def test_a_leaf_is_hashed_as_the_theory_says():
    row = bytes(range(16))
    numbers = (7).to_bytes(8, "little") + (3).to_bytes(8, "little") + (40).to_bytes(8, "little")
    assert leaf_hash(7, 3, 40, row) == hashlib.sha256(b"\x00" + numbers + row).digest()


def test_every_tag_is_another():
    assert len({tag.value for tag in Tag}) == len(Tag) == len(list(Tag.__members__))


def test_two_lists_of_parts_are_never_framed_alike():
    assert framed(Tag.LEAF, b"ab", b"c") != framed(Tag.LEAF, b"a", b"bc")
    assert framed(Tag.LEAF, b"abc") != framed(Tag.LEAF, b"abc", b"")


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="a summary of 2 features has 112 bytes"):
        decode([bytes(104)], FEATURES)


def test_what_was_decoded_is_encoded_as_it_was():
    row = agent_rows(1)[0]
    assert decode([encode(row, FEATURES)], FEATURES)[0].tolist() == row.tolist()
