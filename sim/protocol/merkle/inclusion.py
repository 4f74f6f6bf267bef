"""Proof that one member's summary is in the root, checked by that member.

A proof has, for each aggregator on the way up, what it listed for all its other children. The
checker starts with its own commitment, puts it in its place, merges and hashes, and so carries one
commitment up to the root: memory does not grow with the tree.

It also refuses a sibling that cannot be true. Else an aggregator could list a negative count
beside an inflated one, and every merge would still add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.protocol.merkle.bounds import Reason, broken
from sim.protocol.merkle.encoding import HASH_BYTES, Name, decode, row_bytes
from sim.protocol.merkle.hashes import Commitment, commit, nothing
from sim.protocol.merkle.registry import Registry
from sim.protocol.merkle.tree import CommittedTree


@dataclass(frozen=True, slots=True)
class Step:
    """One aggregator on the way: what it listed for its other children, by seat."""

    siblings: tuple[Commitment, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """The steps from a member to the root."""

    steps: tuple[Step, ...]

    @property
    def size_bytes(self) -> int:
        """On the wire; who is who follows from the registry."""
        return sum(sibling.size_bytes for step in self.steps for sibling in step.siblings)


def prove(tree: CommittedTree, seat: int, tier: int = 0) -> Proof:
    """The proof for the member in a seat, as the aggregators above it would give it."""
    steps = []
    for level in range(tier, len(tree.registry.starts)):
        parent = tree.registry.parent_seat(level, seat)
        others = [one for one in tree.registry.child_seats(level + 1, parent) if one != seat]
        steps.append(Step(tuple(tree.listed[level].at(other) for other in others)))
        seat = parent
    return Proof(tuple(steps))


def verify(
    root: Commitment, proof: Proof, name: Name, own: Commitment, epoch: int, registry: Registry
) -> Reason | None:
    """Why `own` is not in this root; None if it is, and all its siblings on the way can be true.

    Raises KeyError for a member without a seat.
    """
    seat, carried = int(registry.seats_of(name.tier, [name.number])[0]), own
    if len(proof.steps) != len(registry.starts) - name.tier:
        return Reason.MISSING
    for level, step in enumerate(proof.steps, start=name.tier):
        parent = registry.parent_seat(level, seat)
        seats = list(registry.child_seats(level + 1, parent))
        position = seats.index(seat)
        children = [*step.siblings[:position], carried, *step.siblings[position:]]
        reason = _wrong_list(children, level, seats, registry)
        if reason is not None:
            return reason
        carried = commit(registry.name(level + 1, parent), epoch, children, registry.features)
        seat = parent
    if carried.row != root.row:
        return Reason.MERGE
    return None if carried.hash == root.hash else Reason.HASH


def _wrong_list(
    children: Sequence[Commitment], tier: int, seats: list[int], registry: Registry
) -> Reason | None:
    """Why these cannot be what the members of these seats commit to; None if they can."""
    if len(children) != len(seats):
        return Reason.MISSING
    length = row_bytes(registry.features)
    if any(len(child.hash) != HASH_BYTES or len(child.row) != length for child in children):
        return Reason.ENCODING
    blank = nothing(registry.features)
    if any(child.hash == blank.hash and child != blank for child in children):
        return Reason.HASH
    rows = decode([child.row for child in children], registry.features)
    counts, sources = registry.counts_max[tier][seats], registry.sources_max[tier][seats]
    masks = broken(rows, counts, sources, registry.features)
    return next((reason for reason, mask in masks.items() if mask.any()), None)
