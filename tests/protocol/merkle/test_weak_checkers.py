"""Checkers with a hole, planted: an attack that finds none of them would be no test of ours."""

from hashlib import sha256

import pytest

from sim.protocol.merkle.bounds import Reason
from sim.protocol.merkle.checks import check_opening
from sim.protocol.merkle.encoding import encode, pack
from sim.protocol.merkle.hashes import leaf_hash, merge, node_hash
from sim.protocol.merkle.statements import absent
from sim.stats.moments import COUNT
from tests.protocol.merkle.attacks import ATTACKS
from tests.protocol.merkle.small import EPOCH, FEATURES, KEYS, forge, opening, registry, row_of

KNOWN = registry()
HONEST = opening()


def signed(shown):
    return shown.is_signed(KEYS) and all(child.is_signed(KEYS) for child in shown.children)


def seated(shown):
    names = [child.author for child in shown.children]
    return names == KNOWN.children_of(shown.statement.author)


def leaves(shown):
    return all(
        child.commitment.hash
        == leaf_hash(child.author.number, child.epoch, child.version, child.commitment.row)
        for child in shown.children
    )


def hashed(shown):
    children = [child.commitment for child in shown.children]
    name, epoch = shown.statement.author, shown.statement.epoch
    hash_, row = shown.statement.commitment
    return hash_ == node_hash(name, epoch, children, row)


def merged(shown):
    rows = [child.commitment.row for child in shown.children]
    same_length = len({len(row) for row in rows}) == 1
    return same_length and merge(rows, FEATURES) == shown.statement.commitment.row


def real(shown):
    return not check_opening(shown, KEYS, KNOWN)


def without_recomputing(shown):
    """Checks everything but the sum."""
    found = check_opening(shown, KEYS, KNOWN)
    return all(violation.reason is Reason.MERGE for violation in found)


def only_the_hash(shown):
    """Takes a hash of the total for a proof of the total."""
    return shown.is_signed(KEYS) and hashed(shown)


def without_signatures_of_children(shown):
    return shown.is_signed(KEYS) and seated(shown) and leaves(shown) and merged(shown)


def without_the_registry(shown):
    """Recomputes everything, but believes any count and any list of children."""
    return signed(shown) and leaves(shown) and hashed(shown) and merged(shown)


def without_the_round(shown):
    found = check_opening(shown, KEYS, KNOWN)
    return all(violation.reason is Reason.EPOCH for violation in found)


def only_a_part_of_the_children(shown):
    """Looks at the first child alone."""
    return shown.is_signed(KEYS) and shown.children[0].is_signed(KEYS)


WEAK = (
    without_recomputing,
    only_the_hash,
    without_signatures_of_children,
    without_the_registry,
    without_the_round,
    only_a_part_of_the_children,
)


@pytest.mark.parametrize("checker", [real, *WEAK], ids=lambda one: one.__name__)
def test_every_checker_takes_what_is_honest(checker):
    assert checker(HONEST)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.__name__)
def test_the_real_checker_refuses_every_attack(attack):
    assert not real(attack(HONEST))


@pytest.mark.parametrize("checker", WEAK, ids=lambda one: one.__name__)
def test_a_weak_checker_is_found_out_by_some_attack(checker):
    assert any(checker(attack(HONEST)) for attack in ATTACKS)


def naive_node(children, total):
    """A summation tree whose nodes hash the children's hashes and the total, and no more."""
    return sha256(b"".join(child.commitment.hash for child in children) + pack(total)).digest()


def naive_check(root, children, own_count, count_of_others, total):
    """How an agent checks itself in such a tree: the others' sum is what it is told."""
    return own_count + count_of_others == total and naive_node(children, total) == root


def test_where_only_the_total_is_hashed_everybody_accepts_a_maximum_for_the_sum():
    """ePrint 2018/1139: each child is told that the others have what is left of the claim."""
    counts = [int(row_of(child.commitment)[COUNT]) for child in HONEST.children]
    claim = max(counts)
    root = naive_node(HONEST.children, claim)
    told = [claim - count for count in counts]
    assert claim < sum(counts)
    for own, others in zip(counts, told, strict=True):
        assert naive_check(root, HONEST.children, own, others, claim)


def test_where_each_summary_is_hashed_no_two_children_can_be_told_different_lists():
    first, second, third = HONEST.children
    claim = encode(row_of(first.commitment), FEATURES)
    blank = [absent(child.author, EPOCH, FEATURES) for child in HONEST.children]
    to_first = forge([first, blank[1], blank[2]], claim)
    to_second = forge([blank[0], second, third], claim)
    assert to_first.statement.commitment.hash != to_second.statement.commitment.hash
    assert real(to_first)
    assert not real(to_second)


def untagged(*parts):
    return sha256(b"".join(parts)).digest()


def test_without_tags_an_inner_node_passes_for_a_leaf():
    """The second preimage that RFC 9162 section 2.1 forbids, made and refused.

    Without tags the bytes of node (1, 0) of round 0 *are* the bytes of agent 1 with a summary that
    begins with the number of children; a colluding agent only needs to say so.
    """
    children = [child.commitment for child in HONEST.children]
    entries = b"".join(part for child in children for part in child)
    merged_row = HONEST.statement.commitment.row
    name, epoch = HONEST.statement.author, HONEST.statement.epoch
    fake_summary = pack(len(children)) + entries + merged_row
    node = untagged(name.encoded(), pack(epoch, len(children)), entries, merged_row)
    agent, round_, version = name.tier, name.number, epoch
    assert untagged(pack(agent, round_, version), fake_summary) == node
    assert leaf_hash(agent, round_, version, fake_summary) != HONEST.statement.commitment.hash
