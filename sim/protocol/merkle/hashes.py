"""The two hashes of the tree, and what an honest node commits to.

    leaf = H(0x00, agent, epoch, version, summary)
    node = H(0x01, name, epoch, k, (hash, summary) of each child, merged summary)

Each child's summary is in the hash by itself. A node that hashed only the total could claim the
largest of its children for their sum and nobody could tell (ePrint 2018/1139).
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from sim.protocol.merkle.encoding import (
    HASH_BYTES,
    NOTHING,
    Name,
    Tag,
    decode,
    encode,
    pack,
    row_bytes,
)


class Commitment(NamedTuple):
    """What somebody is bound to: the hash of everything below, and the summary of it."""

    hash: bytes
    row: bytes

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HASH_BYTES + len(self.row)


def nothing(features: int) -> Commitment:
    """How a node lists a child of which it heard nothing, or nothing that can be true."""
    return Commitment(NOTHING, bytes(row_bytes(features)))


def leaf_hash(agent: int, epoch: int, version: int, row: bytes) -> bytes:
    """The hash of an agent's own summary; `version` numbers its reports."""
    return sha256(Tag.LEAF + pack(agent, epoch, version) + row).digest()


def node_hash(name: Name, epoch: int, children: Sequence[Commitment], merged: bytes) -> bytes:
    """The hash of an aggregator's summary and of all it was made from, in the order of seats.

    `k` and the length of the whole fix where each child begins, so no two lists encode alike.
    """
    entries = b"".join(part for child in children for part in child)
    header = Tag.NODE + name.encoded() + pack(epoch, len(children))
    return sha256(header + entries + merged).digest()


def merge(rows: Sequence[bytes], features: int) -> bytes:
    """The exact sum of encoded summaries: the same bits in any order."""
    return encode(np.add.reduce(decode(rows, features), axis=0), features)


def commit(name: Name, epoch: int, children: Sequence[Commitment], features: int) -> Commitment:
    """What an honest aggregator commits to."""
    merged = merge([child.row for child in children], features)
    return Commitment(node_hash(name, epoch, children, merged), merged)
