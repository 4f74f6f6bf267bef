"""One round of the whole tree: who commits to what, who lies about it, and where it shows.

Honest nodes list what their children said and refuse what cannot be true; a `Lie` says what a lying
aggregator does instead. Signatures are made when a statement is asked for: those of honest members
are always good, so only what differs is ever worth checking one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType

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
    lost: Mapping[int, Bools] = MappingProxyType({}),
) -> CommittedTree:
    """Commit from the agents to the root.

    `versions` (n,) and wide `rows` (n, wide) by seat; `absent` (n,): agents that say nothing;
    `lost`: for some tiers whose statements did not reach the parent. Aggregators without a lie are
    honest.
    """
    agents = commit_agents(registry.seated[0], epoch, versions, rows, registry.features)
    own, listed = [agents if absent is None else agents.without(absent)], []
    for tier, starts in enumerate(registry.starts, start=1):
        mine = [lie for lie in lies if lie.tier == tier]
        refused = ~acceptable(registry, tier - 1, epoch, versions, own[-1])
        if tier - 1 in lost:
            refused |= lost[tier - 1]
        listed.append(_listed(registry, tier, epoch, versions, own[-1].without(refused), mine))
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
    good = _possible(registry, tier, own.rows, slice(None))
    if tier == 0:
        good &= (versions >= 0) & (versions < registry.versions_per_epoch * (epoch + 1))
    return good


def _listed(
    registry: Registry,
    tier: int,
    epoch: int,
    versions: IntArray,
    honest: Commitments,
    lies: Sequence[Lie],
) -> Commitments:
    """What the parents of `tier` list for their children; `honest` is what they should."""
    if not any(lie.dropped or lie.invented for lie in lies):
        return honest
    listed = Commitments(honest.hashes.copy(), honest.rows.copy())
    for lie in lies:
        first = registry.child_seats(tier, lie.seat).start
        dropped = [first + position for position in lie.dropped]
        listed.hashes[dropped], listed.rows[dropped] = 0, 0
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
    if tier == 0:
        number = registry.name(tier, seat).number
        hash_ = leaf_hash(number, epoch, int(versions[seat]), encoded)
    else:
        hash_ = sha256(encoded).digest()
    listed.hashes[seat] = np.frombuffer(hash_, np.uint8)
    listed.rows[seat] = np.frombuffer(encoded, "<i8")


def guilty(tree: CommittedTree) -> tuple[Bools, ...]:
    """For each tier which seats said what cannot be true or did not do what an aggregator must.

    By recomputing all merges. Who is guilty can be convicted by its statement or its opening, who
    is not, cannot. Children that were dropped leave no trace here (see `complaints`).
    """
    agents = acceptable(tree.registry, 0, tree.epoch, tree.versions, tree.own[0])
    found = [~agents & ~tree.own[0].absent]
    for tier in range(1, len(tree.own)):
        listed = tree.listed[tier - 1]
        forged = listed.differs(tree.own[tier - 1]) & ~listed.absent
        found.append(_any_child(tree.registry, tier, forged) | _wrong_merges(tree, tier))
    return tuple(found)


def complaints(tree: CommittedTree) -> Bools:
    """Which agents do not find themselves in the root and so do not acknowledge it; (n,).

    The same as `inclusion.verify` of each agent's proof, for all at once. Agents that said nothing
    have nothing to find.
    """
    wrong = np.zeros(1, np.bool_)
    for tier in range(len(tree.own) - 1, 0, -1):
        differs = tree.listed[tier - 1].differs(tree.own[tier - 1])
        impossible = _any_child(tree.registry, tier, _impossible(tree, tier - 1, differs))
        wrong = wrong | impossible | _wrong_merges(tree, tier)
        wrong = np.repeat(wrong, np.diff(tree.registry.starts[tier - 1])) | differs
    return np.asarray(wrong & ~tree.own[0].absent)


def _any_child(registry: Registry, tier: int, mask: Bools) -> Bools:
    """Which members of `tier` have a child where `mask` is true."""
    return np.asarray(np.logical_or.reduceat(mask, registry.starts[tier - 1][:-1]))


def _wrong_merges(tree: CommittedTree, tier: int) -> Bools:
    """Which members of `tier` give something else than the sum of their list for it."""
    starts, rows = tree.registry.starts[tier - 1], tree.listed[tier - 1].rows
    merged = merge_groups(rows, starts, tree.registry.features)
    return np.asarray((merged != tree.own[tier].rows).any(axis=1))


def _impossible(tree: CommittedTree, tier: int, differs: Bools) -> Bools:
    """Which members of `tier` are listed with what cannot be true.

    What a member said itself was refused if it cannot be true, so only the rest is looked at.
    """
    mask, seats = differs.copy(), np.flatnonzero(differs)
    mask[seats] = ~_possible(tree.registry, tier, tree.listed[tier].rows[seats], seats)
    return mask


def _possible(registry: Registry, tier: int, rows: IntArray, seats: IntArray | slice) -> Bools:
    """Which summaries of some seats are within the bounds."""
    counts, sources = registry.counts_max[tier][seats], registry.sources_max[tier][seats]
    return within(rows, counts, sources, registry.features)
