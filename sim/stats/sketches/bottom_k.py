"""A bottom-k sample: the k agents of smallest priority, the same whatever the tree above them.

An agent's priority is a hash of its id and of an epoch's seed, so nobody can choose it: the seed is
committed to while ids may still join, and revealed once they cannot. Keeping the k smallest of a
union is idempotent, commutative and associative, so any tree, order and repetition of messages
gives the sample of all agents at once (Cohen & Kaplan 2007; theory section 4).

Samples of many nodes are one table of columns: row i says that `node[i]` holds `agent[i]`. Payloads
stay outside; functions return the indices of the rows that are kept. Whoever receives rows works
out their priorities afresh: a claimed one is worth nothing.
"""

import hashlib
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.stats.tails import hypergeometric_sf

Ints = NDArray[np.int64]
Priorities = NDArray[np.uint64]
Bools = NDArray[np.bool_]

SEED_BYTES_MIN: Final = 16
"""A shorter seed could be found from its commitment by trying all."""

EVERYBODY: Final = np.uint64(2**64 - 1)
"""Threshold of a sample with seats left: whoever is missing was left out."""

_COMMITMENT: Final = b"\x10epoch seed\x00"
_PURPOSE: Final = b"\x11epoch seed for\x00"


def commit(seed: bytes) -> bytes:
    """32 bytes that bind to `seed` without telling it. Raises ValueError for a short seed."""
    if len(seed) < SEED_BYTES_MIN:
        raise ValueError(f"an epoch's seed has at least {SEED_BYTES_MIN} bytes, not {len(seed)}")
    return hashlib.sha256(_COMMITMENT + seed).digest()


def opens(commitment: bytes, seed: bytes) -> bool:
    """Whether `seed` is the one that was committed to."""
    return len(seed) >= SEED_BYTES_MIN and commit(seed) == commitment


def derive(seed: bytes, purpose: str) -> bytes:
    """A seed of its own for each purpose: who is sampled must not say where one is seated."""
    return hashlib.sha256(_PURPOSE + purpose.encode() + b"\x00" + seed).digest()


def priorities(seed: bytes, agents: Ints) -> Priorities:
    """Priority of each agent, uniform on 64 bits; shape (agents,).

    The first 8 bytes of SHA-256(seed || id), both numbers big-endian, the id in 8 bytes.
    """
    raw, sha256 = agents.astype(">i8").tobytes(), hashlib.sha256
    digests = [sha256(seed + raw[at : at + 8]).digest()[:8] for at in range(0, len(raw), 8)]
    return np.frombuffer(b"".join(digests), ">u8").astype(np.uint64)


def truncate(
    node: Ints, agent: Ints, priority: Priorities, k: int, version: Ints | None = None
) -> Ints:
    """Which rows stay: of each node the k of smallest priority, ties by id, each agent once.

    Columns have shape (rows,). Of rows of one node and agent the newest `version` stays; rows that
    agree in that too must be one message (else their signer equivocates and is left out before).
    Returns indices into the rows, ordered by node, then priority. Raises ValueError for k < 1.
    """
    if k < 1:
        raise ValueError(f"a sample has at least 1 seat, not {k}")
    keys = (agent, priority, node) if version is None else (-version, agent, priority, node)
    order = np.lexsort(keys)
    node, agent = node[order], agent[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (node[1:] != node[:-1]) | (agent[1:] != agent[:-1])
    order, node = order[first], node[first]
    rank = np.arange(len(node)) - np.searchsorted(node, node)
    return order[rank < k]


def merge(
    parent: Ints,
    node: Ints,
    agent: Ints,
    priority: Priorities,
    k: int,
    version: Ints | None = None,
) -> Ints:
    """The samples of parents from those of their children: relabel, then `truncate`.

    `parent` (nodes,) is the parent of each node; a kept row i belongs to ``parent[node[i]]``.
    """
    return truncate(parent[node], agent, priority, k, version)


def thresholds(node: Ints, priority: Priorities, k: int, nodes: int) -> Priorities:
    """The priority that each of `nodes` nodes publishes with its sample; shape (nodes,).

    The largest in a full sample. A sample with seats left must hold everybody below the node.
    """
    largest = np.zeros(nodes, np.uint64)
    np.maximum.at(largest, node, priority)
    return np.where(np.bincount(node, minlength=nodes) >= k, largest, EVERYBODY)


def omitted(agent: Ints, priority: Priorities, sample: Ints, threshold: np.uint64) -> Bools:
    """Which agents can prove that a published sample of agents left them out; shape (agents,).

    A smaller priority than the threshold belongs into the sample, and anybody can recompute it. The
    proof is against the aggregators on the way if the agent's summary reached them, which the
    links may have prevented. The one at the threshold itself proves nothing, so a tie accuses
    nobody.
    """
    return np.asarray((priority < threshold) & ~np.isin(agent, sample))


def lying_sample_tail(population: int, liars: int, k: int, share: float) -> float:
    """P(at least this share of the k sampled lie), exactly, when ids cannot be chosen.

    Raises ValueError if there are more liars or sampled than agents.

    >>> f"{lying_sample_tail(10**6, 200_000, 400, 1 / 3):.1e}"
    '1.8e-10'
    """
    # Less a hair: a share of 0.07 of 100 is 7, not the 8 that 7.000000000000001 would round up to.
    fewest = math.ceil(share * k - 1e-9)
    return hypergeometric_sf(fewest - 1, population, liars, k)
