"""What is wrong with a statement or an opening: everything, as a list; nothing if it is empty.

All of it can be recomputed by whoever holds the keys and the registry, with no memory of its own.
So every watcher comes to the same list, and so does the court.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sim.protocol.merkle.bounds import Reason, broken
from sim.protocol.merkle.encoding import HASH_BYTES, NOTHING, Name, decode, row_bytes
from sim.protocol.merkle.hashes import leaf_hash, merge, node_hash
from sim.protocol.merkle.keys import Keys
from sim.protocol.merkle.registry import Registry
from sim.protocol.merkle.statements import Opening, Statement, absent


class Violation(NamedTuple):
    """One thing that is wrong, and in whose statement."""

    where: Name
    reason: Reason


def check_statements(
    statements: Sequence[Statement], keys: Keys, registry: Registry
) -> list[Violation]:
    """What is wrong with statements, each by itself: signature, bounds, version, leaf hash."""
    found, known = [], []
    for one in statements:
        if registry.seat_of(one.author) is None:
            found.append(Violation(one.author, Reason.UNKNOWN))
            continue
        known.append(one)
        found += [Violation(one.author, reason) for reason in _wrong_form(one, keys, registry)]
    return found + _out_of_bounds(known, registry)


def check_opening(opening: Opening, keys: Keys, registry: Registry) -> list[Violation]:
    """What is wrong with what an aggregator did: its signatures, its children, its merge, its hash.

    An honest aggregator lists exactly its children, in the order of their seats, and as absent
    whoever sent nothing or nothing that can be true. So whatever is found is its own fault.
    """
    author = opening.statement.author
    found = check_statements([opening.statement], keys, registry)
    if not keys.verify(author, opening.message, opening.signature):
        found.append(Violation(author, Reason.SIGNATURE))
    present = [child for child in opening.children if not is_absent(child, registry.features)]
    found += check_statements(present, keys, registry)
    found += _wrong_children(opening, registry)
    return found + [Violation(author, reason) for reason in _wrong_merge(opening, registry)]


def is_absent(statement: Statement, features: int) -> bool:
    """Whether it says that nothing was heard of its author."""
    return statement == absent(statement.author, statement.epoch, features)


def _wrong_form(statement: Statement, keys: Keys, registry: Registry) -> list[Reason]:
    """What is wrong beside the numbers."""
    epoch, version, (hash_, row) = statement.epoch, statement.version, statement.commitment
    found = [] if statement.is_signed(keys) else [Reason.SIGNATURE]
    if len(hash_) != HASH_BYTES:
        found.append(Reason.ENCODING)
    if hash_ == NOTHING:
        found.append(Reason.HASH)
    if epoch < 0:
        found.append(Reason.EPOCH)
    if statement.author.tier > 0:
        return found + ([Reason.VERSION] if version != 0 else [])
    if not registry.version_possible(epoch, version):
        found.append(Reason.VERSION)
    if hash_ != leaf_hash(statement.author.number, epoch, version, row):
        found.append(Reason.HASH)
    return found


def _out_of_bounds(statements: Sequence[Statement], registry: Registry) -> list[Violation]:
    """Which summaries cannot be true, tier by tier."""
    length = row_bytes(registry.features)
    odd = [one for one in statements if len(one.commitment.row) != length]
    found = [Violation(one.author, Reason.ENCODING) for one in odd]
    even = [one for one in statements if len(one.commitment.row) == length]
    for tier in sorted({one.author.tier for one in even}):
        whole = [one for one in even if one.author.tier == tier]
        seats = registry.seats_of(tier, [one.author.number for one in whole])
        masks = broken(
            decode([one.commitment.row for one in whole], registry.features),
            registry.counts_max[tier][seats],
            registry.sources_max[tier][seats],
            registry.features,
        )
        for reason, mask in masks.items():
            found += [Violation(whole[index].author, reason) for index in mask.nonzero()[0]]
    return found


def _wrong_children(opening: Opening, registry: Registry) -> list[Violation]:
    """Whether the children are the registered ones, once each, in order, and of this round."""
    expected = dict.fromkeys(registry.children_of(opening.statement.author))
    listed = Counter(child.author for child in opening.children)
    found = [Violation(name, Reason.MISSING) for name in expected if name not in listed]
    found += [Violation(name, Reason.UNKNOWN) for name in listed if name not in expected]
    found += [Violation(name, Reason.TWICE) for name, times in listed.items() if times > 1]
    if not found and list(listed) != list(expected):
        found.append(Violation(opening.statement.author, Reason.ORDER))
    epoch = opening.statement.epoch
    stale = [child.author for child in opening.children if child.epoch != epoch]
    return found + [Violation(name, Reason.EPOCH) for name in stale]


def _wrong_merge(opening: Opening, registry: Registry) -> list[Reason]:
    """Recompute, bit by bit, what the aggregator claims to have computed."""
    statement, features = opening.statement, registry.features
    children = [child.commitment for child in opening.children]
    rows = [child.row for child in children]
    if not rows or any(len(row) != row_bytes(features) for row in rows):
        return [Reason.ENCODING]
    found = [] if merge(rows, features) == statement.commitment.row else [Reason.MERGE]
    claimed = node_hash(statement.author, statement.epoch, children, statement.commitment.row)
    return found if claimed == statement.commitment.hash else [*found, Reason.HASH]
