"""A hash tree over the items of a store, of which only what is not empty exists.

Leaves are equal ranges of a 64-bit hash of the key (in a log: of key and number), so two stores
have trees of one shape whatever they hold; fan-out and depth fix it. A node's hash is SHA-256 over
the records (leaf) or the places and hashes of the children (above); that of an empty node is zero.
A tree takes 45 (fan-out 16) to 80 bytes (fan-out 2) an item.
"""

from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.protocol.antientropy.messages import HASH_BYTES
from sim.protocol.antientropy.siphash import Words, siphash
from sim.protocol.antientropy.store import Rows, Store

Bytes = NDArray[np.uint8]

_PUBLIC: Final = b"place in a tree."
"""Both ends must put an item in the same leaf, so this key is no secret."""
LEAVES_MAX: Final = 1 << 32


def depth_of(items: int, fan_out: int) -> int:
    """Levels below the root: ceil(log_b N), at least 1, and no more than 2^32 leaves have.

    >>> depth_of(1_000_000, 2), depth_of(1_000_000, 100), depth_of(1, 16)
    (20, 3, 1)
    """
    depth = 1
    while fan_out**depth < items and fan_out ** (depth + 1) <= LEAVES_MAX:
        depth += 1
    return depth


@dataclass(frozen=True, slots=True)
class _Level:
    """`places` (k,) of the nodes that are not empty, in order, and their hashes (k, 32)."""

    places: Rows
    hashes: Bytes


class HashTree:
    """Of a store as it is now; later changes of the store do not show."""

    def __init__(self, store: Store, fan_out: int, depth: int) -> None:
        self.fan_out, self.depth = fan_out, depth
        records = store.records()
        leaves = _leaves(store, fan_out**depth)
        order = np.lexsort((records[:, 2], records[:, 1], records[:, 0], leaves))
        self._rows, self._leaves = order, leaves[order]
        level = _hashed(self._leaves, records[order])
        self._levels = [level]
        for _ in range(depth):
            entries = np.empty((len(level.places), 8 + HASH_BYTES), np.uint8)
            entries[:, :8] = level.places.astype("<i8")[:, None].view(np.uint8)
            entries[:, 8:] = level.hashes
            level = _hashed(level.places // fan_out, entries)
            self._levels.append(level)
        self._levels.reverse()

    @property
    def root(self) -> bytes:
        """Equal for equal stores."""
        return self.hashes(0, np.zeros(1, np.int64)).tobytes()

    def hashes(self, level: int, places: Rows) -> Bytes:
        """(k, 32) of the nodes at these places (k,) of a level; the root is level 0."""
        known = self._levels[level]
        result = np.zeros((len(places), HASH_BYTES), np.uint8)
        if len(known.places):
            found = np.minimum(np.searchsorted(known.places, places), len(known.places) - 1)
            hit = known.places[found] == places
            result[hit] = known.hashes[found[hit]]
        return result

    def children(self, places: Rows) -> Rows:
        """(k * fan_out,) places, one level down, of all children of nodes (k,)."""
        return (places[:, None] * self.fan_out + np.arange(self.fan_out)).ravel()

    def rows(self, level: int, places: Rows) -> Rows:
        """Rows of the store that were below these nodes when the tree was made."""
        width = self.fan_out ** (self.depth - level)
        firsts = np.searchsorted(self._leaves, places * width)
        lasts = np.searchsorted(self._leaves, (places + 1) * width)
        parts = [self._rows[first:last] for first, last in zip(firsts, lasts, strict=True)]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _leaves(store: Store, leaves: int) -> Rows:
    """The leaf of every row."""
    records = store.records()
    words = records[:, :1] if store.flavour == "snapshots" else records[:, :3]
    high: Words = siphash(_PUBLIC, words) >> np.uint64(32)
    return ((high * np.uint64(leaves)) >> np.uint64(32)).astype(np.int64)


def _hashed(places: Rows, entries: NDArray[np.generic]) -> _Level:
    """One hash for each run of equal places (sorted), over all entries of the run."""
    if len(places) == 0:
        return _Level(places, np.zeros((0, HASH_BYTES), np.uint8))
    starts = np.flatnonzero(np.diff(places, prepend=-1))
    width = entries.strides[0]
    text = memoryview(entries.tobytes())
    bounds = [*(starts * width).tolist(), len(text)]
    raw = b"".join([sha256(text[first:last]).digest() for first, last in pairwise(bounds)])
    return _Level(places[starts], np.frombuffer(raw, np.uint8).reshape(-1, HASH_BYTES))
