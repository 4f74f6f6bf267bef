"""One round of the whole tree: who commits to what, who lies about it, and where it shows.

Honest nodes list what their children said and refuse what cannot be true; a `Lie` says what a lying
aggregator does instead. Signatures are made when a statement is asked for: those of honest members
are always good, so only what differs is ever worth checking one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np

from sim.protocol.merkle.bounds import within
from sim.protocol.merkle.commitments import (
    Bools,
    Commitments,
    commit_agents,
    commit_parents,
    merge_groups,
)
from sim.protocol.merkle.encoding import SIGNATURE_BYTES, IntArray, encode
from sim.protocol.merkle.hashes import Commitment, leaf_hash
from sim.protocol.merkle.keys import Keys
from sim.protocol.merkle.registry import Registry
from sim.protocol.merkle.statements import Opening, Statement, absent, show, state
from sim.stats.moments import canonical


@dataclass(frozen=True, slots=True)
class Lie:
    """What one aggregator does wrong in a round. Positions count its children from 0."""

    tier: int
    seat: int
    dropped: tuple[int, ...] = ()
    """Children that it lists as absent though they are not."""
    invented: Mapping[int, IntArray] = field(default_factory=dict)
    """Summaries (wide,) that it lists in place of its children's own."""
    claim: IntArray | None = None
    """The summary (wide,) that it gives for the sum of its list; None: the sum."""


@dataclass(frozen=True, slots=True, eq=False)
class CommittedTree:
    """A round, tier by tier from the agents."""

    registry: Registry
    epoch: int
    versions: IntArray
    """Number of the report that each agent's summary is of; (n,)."""
    own: tuple[Commitments, ...]
    """What each seat commits to."""
    listed: tuple[Commitments, ...]
    """What its parent lists for each seat of the tiers below the root."""

    @property
    def root(self) -> Commitment:
        """What the whole network is bound to."""
        return self.own[-1].at(0)

    def statement(self, tier: int, seat: int, keys: Keys) -> Statement:
        """What a member really says."""
        version = int(self.versions[seat]) if tier == 0 else 0
        signer = keys.signer(self.registry.name(tier, seat))
        return state(signer, self.epoch, version, self.own[tier].at(seat))

    def opening(self, tier: int, seat: int, keys: Keys) -> Opening:
        """What an aggregator can show: its children's statements, and what it forged instead."""
        children = [
            self._held(tier - 1, child, keys) for child in self.registry.child_seats(tier, seat)
        ]
        signer = keys.signer(self.registry.name(tier, seat))
        return show(signer, self.statement(tier, seat, keys), children)

    def _held(self, tier: int, seat: int, keys: Keys) -> Statement:
        """The statement that a parent holds, or pretends to hold, of a child."""
        name = self.registry.name(tier, seat)
        genuine = self.statement(tier, seat, keys)
        listed = self.listed[tier].at(seat)
        if listed == genuine.commitment:
            return genuine
        if not any(listed.hash):
            return absent(name, self.epoch, self.registry.features)
        # No key of the child, so no signature of it: the liar can only hope not to be asked.
        return Statement(name, self.epoch, genuine.version, listed, bytes(SIGNATURE_BYTES))


def commit_tree(
    registry: Registry,
    epoch: int,
    versions: IntArray,
    rows: IntArray,
    *,
    lies: Sequence[Lie] = (),
    absent: Bools | None = None,
) -> CommittedTree:
    """Commit from the agents to the root.

    `versions` (n,) and wide `rows` (n, wide) by seat; `absent` (n,): agents of which nothing was
    heard. Aggregators without a lie are honest.
    """
    agents = commit_agents(registry.seated[0], epoch, versions, rows, registry.features)
    own, listed = [agents if absent is None else agents.without(absent)], []
    for tier, starts in enumerate(registry.starts, start=1):
        mine = [lie for lie in lies if lie.tier == tier]
        listed.append(_listed(registry, tier, epoch, versions, own[-1], mine))
        merged = merge_groups(listed[-1].rows, starts, registry.features)
        for lie in mine:
            if lie.claim is not None:
                merged[lie.seat] = canonical(lie.claim, registry.features)
        numbers = registry.seated[tier]
        own.append(commit_parents(tier, numbers, epoch, starts, listed[-1], merged))
    return CommittedTree(registry, epoch, versions, tuple(own), tuple(listed))


def acceptable(
    registry: Registry, tier: int, epoch: int, versions: IntArray, own: Commitments
) -> Bools:
    """Which statements of a tier an honest parent takes in; (n,)."""
    good = _possible(registry, tier, own)
    if tier == 0:
        good &= (versions >= 0) & (versions < registry.versions_per_epoch * (epoch + 1))
    return good


def _listed(
    registry: Registry,
    tier: int,
    epoch: int,
    versions: IntArray,
    own: Commitments,
    lies: Sequence[Lie],
) -> Commitments:
    """What the parents of `tier` list for their children."""
    refused = ~acceptable(registry, tier - 1, epoch, versions, own)
    for lie in lies:
        first = registry.child_seats(tier, lie.seat).start
        refused[[first + position for position in lie.dropped]] = True
    listed = own.without(refused)
    if not any(lie.invented for lie in lies):
        return listed
    listed = Commitments(listed.hashes.copy(), listed.rows.copy())
    for lie in lies:
        first = registry.child_seats(tier, lie.seat).start
        for position, row in lie.invented.items():
            _invent(registry, tier - 1, first + position, epoch, versions, row, listed)
    return listed


def _invent(
    registry: Registry,
    tier: int,
    seat: int,
    epoch: int,
    versions: IntArray,
    row: IntArray,
    listed: Commitments,
) -> None:
    """List a summary that the child never sent, under the best hash there is for it."""
    encoded = encode(row, registry.features)
    number = registry.name(tier, seat).number
    agents = leaf_hash(number, epoch, int(versions[seat]), encoded) if tier == 0 else b""
    listed.hashes[seat] = np.frombuffer(agents or sha256(encoded).digest(), np.uint8)
    listed.rows[seat] = np.frombuffer(encoded, "<i8")


def guilty(tree: CommittedTree) -> tuple[Bools, ...]:
    """For each tier which seats said what cannot be true or did not do what an aggregator must.

    By recomputing everything. Who is guilty can be convicted by its statement or its opening, who
    is not, cannot. Children that were dropped leave no trace here (see `complaints`).
    """
    registry = tree.registry
    possible = acceptable(registry, 0, tree.epoch, tree.versions, tree.own[0])
    found = [~possible & ~tree.own[0].absent]
    for tier, starts in enumerate(registry.starts, start=1):
        below, listed = tree.own[tier - 1], tree.listed[tier - 1]
        good = acceptable(registry, tier - 1, tree.epoch, tree.versions, listed)
        forged = (listed.differs(below) | ~good) & ~listed.absent
        merged = merge_groups(listed.rows, starts, registry.features)
        wrong = (merged != tree.own[tier].rows).any(axis=1)
        found.append(np.logical_or.reduceat(forged, starts[:-1]) | wrong)
    return tuple(found)


def complaints(tree: CommittedTree) -> Bools:
    """Which agents do not find themselves in the root and so do not acknowledge it; (n,).

    The same as `inclusion.verify` of each agent's proof, for all at once. Agents that said nothing
    have nothing to find.
    """
    registry, wrong = tree.registry, np.zeros(1, np.bool_)
    for tier in range(len(registry.starts), 0, -1):
        starts, listed = registry.starts[tier - 1], tree.listed[tier - 1]
        impossible = ~_possible(registry, tier - 1, listed)
        merged = merge_groups(listed.rows, starts, registry.features)
        bad = np.logical_or.reduceat(impossible, starts[:-1])
        bad |= (merged != tree.own[tier].rows).any(axis=1)
        wrong = np.repeat(wrong | bad, np.diff(starts)) | listed.differs(tree.own[tier - 1])
    return np.asarray(wrong & ~tree.own[0].absent)


def _possible(registry: Registry, tier: int, claimed: Commitments) -> Bools:
    """Which summaries of a tier are within the bounds; (n,)."""
    counts, sources = registry.counts_max[tier], registry.sources_max[tier]
    return within(claimed.rows, counts, sources, registry.features)
