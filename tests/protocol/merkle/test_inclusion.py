"""Members find themselves in the root, and nobody else does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.merkle.bounds import Reason
from sim.protocol.merkle.encoding import NOTHING, Name
from sim.protocol.merkle.hashes import Commitment, commit
from sim.protocol.merkle.inclusion import Proof, Step, prove, verify
from sim.protocol.merkle.tree import Lie, complaints
from sim.stats.moments import COUNT
from tests.protocol.merkle.small import (
    COUNTS,
    EPOCH,
    FEATURES,
    KEYS,
    agent_rows,
    changed_row,
    registry,
    row_of,
    tree,
)

KNOWN = registry()
TREE = tree()
SEAT = 4
NAME = Name(0, SEAT)
PROOF = prove(TREE, SEAT)
OWN = TREE.own[0].at(SEAT)


def check(proof, own=OWN, name=NAME, committed=TREE, epoch=EPOCH):
    return verify(committed.root, proof, name, own, epoch, committed.registry)


def found_by(committed, seat):
    """Whether the member of a seat finds what it said in the root."""
    name = committed.registry.name(0, seat)
    own = committed.statement(0, seat, KEYS).commitment
    return check(prove(committed, seat), own, name, committed) is None


def with_sibling(level, sibling):
    """The proof with its first sibling of one level changed."""
    steps = list(PROOF.steps)
    steps[level] = Step((sibling, *steps[level].siblings[1:]))
    return Proof(tuple(steps))


@pytest.mark.parametrize("seat", range(COUNTS[0]))
def test_every_agent_finds_itself_in_an_honest_root(seat):
    assert found_by(TREE, seat)


@pytest.mark.parametrize(("tier", "seat"), [(1, 2), (2, 1), (3, 0)])
def test_aggregators_find_themselves_too(tier, seat):
    own, name = TREE.own[tier].at(seat), Name(tier, seat)
    assert check(prove(TREE, seat, tier), own, name) is None


def test_what_an_agent_did_not_say_is_not_in_the_root():
    other = Commitment(OWN.hash, changed_row(OWN, COUNT + 2, by=1))
    assert check(PROOF, other) is Reason.MERGE
    assert check(PROOF, Commitment(TREE.own[0].at(5).hash, OWN.row)) is Reason.HASH


def test_a_proof_is_for_one_member_and_one_round():
    assert check(PROOF, name=Name(0, SEAT + 1)) is Reason.HASH
    assert check(PROOF, epoch=EPOCH + 1) is Reason.HASH


@pytest.mark.parametrize("level", range(len(COUNTS) - 1))
@given(bit=st.integers(0, 255))
def test_every_bit_of_every_siblings_hash_counts(level, bit):
    hash_, row = PROOF.steps[level].siblings[0]
    flipped = (int.from_bytes(hash_, "little") ^ 1 << bit).to_bytes(32, "little")
    assert check(with_sibling(level, Commitment(flipped, row))) is Reason.HASH


@pytest.mark.parametrize("level", range(len(COUNTS) - 1))
@given(bit=st.integers(0, 8 * len(OWN.row) - 1))
def test_every_bit_of_every_siblings_summary_counts(level, bit):
    hash_, row = PROOF.steps[level].siblings[0]
    flipped = (int.from_bytes(row, "little") ^ 1 << bit).to_bytes(len(row), "little")
    assert check(with_sibling(level, Commitment(hash_, flipped))) is not None


def test_a_negative_sibling_is_refused_though_the_sum_is_right():
    group = registry((3, 1))
    more, less = (
        Commitment(bytes([1] * 32), changed_row(TREE.own[0].at(seat), COUNT, by))
        for seat, by in ((0, 1), (2, -6))
    )
    own = TREE.own[0].at(1)
    root = commit(Name(1, 0), EPOCH, [more, own, less], FEATURES)
    proof = Proof((Step((more, less)),))
    assert row_of(root)[COUNT] == 10
    assert verify(root, proof, Name(0, 1), own, EPOCH, group) is Reason.COUNT


def test_a_sibling_that_is_absent_and_summed_up_is_refused():
    group = registry((3, 1))
    hollow = Commitment(NOTHING, TREE.own[0].at(0).row)
    own, other = TREE.own[0].at(1), TREE.own[0].at(2)
    root = commit(Name(1, 0), EPOCH, [hollow, own, other], FEATURES)
    proof = Proof((Step((hollow, other)),))
    assert verify(root, proof, Name(0, 1), own, EPOCH, group) is Reason.HASH


def test_a_sibling_of_another_length_is_refused():
    hash_, row = PROOF.steps[1].siblings[0]
    assert check(with_sibling(1, Commitment(hash_, row[8:]))) is Reason.ENCODING


def test_a_proof_with_a_step_or_a_sibling_less_is_refused():
    assert check(Proof(PROOF.steps[:-1])) is Reason.MISSING
    shorter = Step(PROOF.steps[0].siblings[1:])
    assert check(Proof((shorter, *PROOF.steps[1:]))) is Reason.MISSING


def test_a_member_without_a_seat_has_no_proof():
    with pytest.raises(KeyError):
        check(PROOF, name=Name(0, 99))


LIES = st.builds(
    Lie,
    st.just(1),
    st.integers(0, 3),
    dropped=st.sampled_from([(), (0,), (2,), (0, 1, 2)]),
    invented=st.sampled_from([{}, {1: agent_rows(seed=2)[0]}]),
    claim=st.sampled_from([None, agent_rows(seed=3)[0]]),
)
HIGHER = st.builds(
    Lie,
    st.sampled_from([2, 3]),
    st.just(0),
    dropped=st.sampled_from([(), (1,)]),
    invented=st.sampled_from([{}, {0: agent_rows(seed=2)[0]}]),
    claim=st.sampled_from([None, agent_rows(seed=3)[0]]),
)


@pytest.mark.slow
@settings(max_examples=50)
@given(st.lists(LIES, max_size=2), st.lists(HIGHER, max_size=1), st.integers(0, 2**12 - 1))
def test_the_complaints_of_all_at_once_are_those_of_each_agent(lies, higher, away):
    absent = np.array([away >> seat & 1 for seat in range(COUNTS[0])], bool) & (away % 3 == 0)
    committed = tree(lies=[*lies, *higher], absent=absent)
    one_by_one = [not absent[seat] and not found_by(committed, seat) for seat in range(COUNTS[0])]
    assert complaints(committed).tolist() == one_by_one


def test_an_agent_that_counts_too_much_is_refused_by_its_parent_and_not_found():
    rows = agent_rows()
    rows[4, COUNT] = 10**9
    committed = tree(rows)
    assert np.flatnonzero(complaints(committed)).tolist() == [4]
    assert row_of(committed.root)[COUNT] == 11 * 5


def test_a_proof_in_the_tree_of_50_10_2_has_the_size_that_theory_says():
    sibling = Commitment(bytes(32), bytes(528))
    proof = Proof(tuple(Step((sibling,) * others) for others in (49, 9, 1)))
    assert proof.size_bytes == 33_040


def test_a_proof_with_eight_features_needs_25_kilobytes():
    known = registry((1000, 20, 2, 1), features=8)
    rows = np.zeros((1000, 50), np.int64)
    rows[:, :2] = 1
    committed = tree(rows, known=known)
    assert prove(committed, 123).size_bytes == 59 * (32 + 400) == 25_488


def test_a_replaced_name_is_found_in_the_same_seat():
    known = KNOWN.replaced(Name(1, 1))
    committed = tree(known=known)
    assert committed.registry.name(1, 1) == Name(1, 4)
    assert committed.root.hash != TREE.root.hash
    assert committed.root.row == TREE.root.row
    assert found_by(committed, SEAT)
