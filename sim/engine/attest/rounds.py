"""One round of attestation: what was committed, who could prove what, and what came of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.protocol.merkle.encoding import Name
from sim.protocol.merkle.fraud import Contradiction, FraudProof
from sim.protocol.merkle.hashes import Commitment, node_hash
from sim.protocol.merkle.keys import Keys
from sim.protocol.merkle.statements import state
from sim.protocol.merkle.tree import CommittedTree, complaints
from sim.protocol.merkle.watchers import proofs_in
from sim.stats.moments import Moments, moments

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(slots=True)
class Round:
    """A round that is going on, or over."""

    number: int
    committed_ns: int
    tree: CommittedTree
    agrees: Bools
    """Which agents find themselves in the root; (agents,)."""
    proofs: dict[Name, FraudProof]
    """What a correct watcher of each who is guilty finds in its opening."""
    contradictions: dict[Name, FraudProof]
    """What one finds of others who also sees what their parents were told."""

    def estimate(self) -> Moments:
        """What the root committed to, as a baseline."""
        return moments(self.tree.own[-1].rows[0], self.tree.registry.features)


def hold(
    number: int, committed_ns: int, tree: CommittedTree, keys: Keys, other: dict[Name, Ints]
) -> Round:
    """A round in which `other` have said other rows (wide,) than they have committed to."""
    agrees, proofs = ~complaints(tree) & ~tree.own[0].absent, proofs_in(tree, keys)
    contradictions = {
        name: _contradiction(tree, name, row, keys)
        for name, row in other.items()
        # A wrong sum is proof enough, and who commits to one can make its reports agree with it.
        if name not in proofs
    }
    return Round(number, committed_ns, tree, agrees, proofs, contradictions)


def _contradiction(tree: CommittedTree, name: Name, row: Ints, keys: Keys) -> FraudProof:
    """Both statements of one who tells two things."""
    seat = tree.registry.seat_of(name)
    assert seat is not None
    children = tree.registry.child_seats(name.tier, seat)
    listed = [tree.listed[name.tier - 1].at(child) for child in children]
    encoded = row.astype("<i8").tobytes()
    told = Commitment(node_hash(name, tree.epoch, listed, encoded), encoded)
    said = tree.statement(name.tier, seat, keys)
    return Contradiction(said, state(keys.signer(name), tree.epoch, 0, told))
