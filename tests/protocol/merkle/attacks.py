"""Everything that an aggregator may try, each as well made as the liar can make it.

An attack takes the honest opening of `small.LOCAL` and gives the liar's: hashed and signed anew by
the liar itself, and by nobody else. `ATTACKS` is what a checker has to refuse.
"""

from dataclasses import replace

import numpy as np

from sim.protocol.merkle.encoding import NOTHING, Name, encode
from sim.protocol.merkle.hashes import Commitment, leaf_hash, merge
from sim.protocol.merkle.statements import report
from sim.stats.moments import COUNT
from tests.protocol.merkle.small import (
    EPOCH,
    FEATURES,
    KEYS,
    changed_row,
    forge,
    inflated,
    row_of,
    with_row,
)


def max_for_sum(honest):
    """The largest child is passed off as the sum (ePrint 2018/1139)."""
    rows = [row_of(child.commitment) for child in honest.children]
    return forge(honest.children, encode(np.max(rows, axis=0), FEATURES))


def scaled_sums(honest):
    return forge(honest.children, inflated(honest.statement.commitment.row))


def inflated_count(honest):
    return forge(honest.children, changed_row(honest.statement.commitment, COUNT))


def omitted_child(honest):
    return forge(honest.children[1:])


def omitted_from_the_sum_only(honest):
    kept = [child.commitment.row for child in honest.children[1:]]
    return forge(honest.children, merge(kept, FEATURES))


def duplicated_child(honest):
    return forge([*honest.children, honest.children[0]])


def one_child_for_another(honest):
    return forge([honest.children[1], *honest.children[1:]])


def swapped_children(honest):
    first, second, *rest = honest.children
    return forge([second, first, *rest])


def swapped_summaries(honest):
    first, second, *rest = honest.children
    swapped = with_row(first, second.commitment.row), with_row(second, first.commitment.row)
    return forge([*swapped, *rest])


def unknown_child(honest):
    stranger = report(KEYS.signer(Name(0, 0)), EPOCH, 25, row_of(honest.children[0].commitment), 2)
    return forge([stranger, *honest.children[1:]])


def changed_summary(honest):
    """A child's summary is changed, and its leaf hash with it."""
    first, *rest = honest.children
    row = changed_row(first.commitment, COUNT + 2)
    hash_ = leaf_hash(first.author.number, first.epoch, first.version, row)
    return forge([replace(first, commitment=Commitment(hash_, row)), *rest])


def negative_count(honest):
    """One child is inflated and another made negative, so that the sum is still the sum."""
    first, second, *rest = honest.children
    more = with_row(first, changed_row(first.commitment, COUNT, 99))
    return forge([more, with_row(second, changed_row(second.commitment, COUNT, -99)), *rest])


def stale_child(honest):
    """A child's old statement, rightly signed, in place of its new one."""
    first, *rest = honest.children
    row = row_of(first.commitment)
    return forge([report(KEYS.signer(first.author), EPOCH - 1, 15, row, FEATURES), *rest])


def jumped_version(honest):
    """A child that is a liar, too, claims a version that blocks all later ones."""
    first, *rest = honest.children
    row = row_of(first.commitment)
    return forge([report(KEYS.signer(first.author), EPOCH, 2**63 - 1, row, FEATURES), *rest])


def impossible_child(honest):
    """A child that is a liar, too, counts a thousand million values, and signs it."""
    first, *rest = honest.children
    row = row_of(first.commitment)
    row[COUNT] = 10**9
    return forge([report(KEYS.signer(first.author), EPOCH, 25, row, FEATURES), *rest])


def hollow_child(honest):
    """A child is listed as absent, but summed up."""
    first, *rest = honest.children
    return forge([replace(first, commitment=Commitment(NOTHING, first.commitment.row)), *rest])


def inner_node_as_leaf(honest):
    """A child passes off the bytes of an inner node as its summary, and signs that."""
    first, *rest = honest.children
    entries = b"".join(part for child in honest.children for part in child.commitment)
    row = first.commitment.row + entries
    hash_ = leaf_hash(first.author.number, EPOCH, 25, row)
    statement = replace(first, version=25, commitment=Commitment(hash_, row))
    signature = KEYS.signer(first.author).sign(statement.message)
    return forge([replace(statement, signature=signature), *rest], honest.statement.commitment.row)


ATTACKS = (
    max_for_sum,
    scaled_sums,
    inflated_count,
    omitted_child,
    omitted_from_the_sum_only,
    duplicated_child,
    one_child_for_another,
    swapped_children,
    swapped_summaries,
    unknown_child,
    changed_summary,
    negative_count,
    stale_child,
    jumped_version,
    impossible_child,
    hollow_child,
    inner_node_as_leaf,
)
