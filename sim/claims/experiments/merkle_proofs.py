"""How long a proof is that an agent is counted, and how long it takes to check.

Trees with the same number of children everywhere. The proof of one agent has, at each tier, the
hashes and summaries of its siblings; whoever checks it makes every merge on the way again. The time
is that of this machine, and the least of several, for what disturbs a machine only adds to it.
"""

from time import process_time
from typing import Final

import numpy as np

from sim.claims.experiments.merkle_tampering import EPOCH, FEATURES, VALUES, rows
from sim.protocol.merkle.inclusion import Proof, prove, verify
from sim.protocol.merkle.registry import Registry
from sim.protocol.merkle.tree import CommittedTree, commit_tree

UNITS: Final = {"size": "B", "check": "s"}
TIMES: Final = 5


def run(seed: int, children: int, tiers: int) -> dict[str, float]:
    """Bytes of the proof of one agent, and seconds to check it."""
    agents = children**tiers
    starts = [np.arange(0, agents // children**tier + 1, children) for tier in range(tiers)]
    known = Registry.of(FEATURES, starts, VALUES, versions_per_epoch=10)
    tree = commit_tree(known, EPOCH, np.full(agents, 10 * EPOCH + 5), rows(seed, agents))
    proof = prove(tree, agents // 2)
    return {"size": proof.size_bytes, "check": min(_check_s(tree, proof) for _ in range(TIMES))}


def _check_s(tree: CommittedTree, proof: Proof) -> float:
    registry, seat = tree.registry, len(tree.registry.seated[0]) // 2
    own = tree.listed[0].at(seat)
    started = process_time()
    reason = verify(tree.root, proof, registry.name(0, seat), own, EPOCH, registry)
    took = process_time() - started
    if reason is not None:
        raise AssertionError(f"an honest proof is refused: {reason}")
    return took
