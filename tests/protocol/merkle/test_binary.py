"""Proofs of logarithmic size, for comparison."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.merkle.binary import pair, path_length, prove, top, verify
from sim.protocol.merkle.hashes import Commitment, merge
from tests.protocol.merkle.small import FEATURES, changed_row, tree

AGENTS = [tree().own[0].at(seat) for seat in range(12)]
SIZES = range(1, 13)


def check(size, position, path, own):
    return verify(top(AGENTS[:size], FEATURES), path, own, size, position, FEATURES)


@pytest.mark.parametrize("size", SIZES)
def test_every_child_is_below_the_top_and_only_at_its_place(size):
    for position in range(size):
        path = prove(AGENTS[:size], position, FEATURES)
        places = [place for place in range(size) if check(size, place, path, AGENTS[position])]
        assert places == [position]


@pytest.mark.parametrize("size", SIZES)
def test_the_top_holds_the_sum_of_all(size):
    rows = [child.row for child in AGENTS[:size]]
    assert top(AGENTS[:size], FEATURES).row == merge(rows, FEATURES)


@pytest.mark.parametrize("size", SIZES)
def test_no_path_is_longer_than_said_and_some_path_is_as_long(size):
    paths = [prove(AGENTS[:size], position, FEATURES) for position in range(size)]
    assert max(len(path) for path in paths) == path_length(size)


@given(st.data())
def test_a_changed_sibling_is_refused(data):
    position = data.draw(st.integers(0, 11))
    path = list(prove(AGENTS, position, FEATURES))
    step = data.draw(st.integers(0, len(path) - 1))
    side, sibling = path[step]
    column = data.draw(st.integers(0, 13))
    path[step] = side, Commitment(sibling.hash, changed_row(sibling, column))
    assert not check(12, position, tuple(path), AGENTS[position])


def test_the_number_of_children_is_in_the_top():
    assert top([AGENTS[0]], FEATURES).hash != AGENTS[0].hash
    joined = pair(AGENTS[0], AGENTS[1], FEATURES)
    assert top([joined], FEATURES).hash != top(AGENTS[:2], FEATURES).hash


def test_a_proof_in_the_tree_of_50_10_2_has_the_size_that_theory_says():
    siblings = sum(path_length(size) for size in (50, 10, 2))
    assert siblings * (32 + 528) == 6_160
    assert siblings * (32 + 400) == 4_752
