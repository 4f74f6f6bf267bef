"""Commitments of whole tiers, in columns: one call of the hash a node, all else vectorised.

The same bytes as `hashes` computes one by one. A tier is worked off in pieces, so that what is
hashed is never in memory all at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.protocol.merkle.encoding import HASH_BYTES, IntArray, Tag
from sim.protocol.merkle.hashes import Commitment
from sim.stats.moments import canonical

ByteArray = NDArray[np.uint8]
Bools = NDArray[np.bool_]
_PIECE: Final = 8192
"""Children that are hashed at a time: a few MB, which stay in the cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Commitments:
    """One row a member: its hash (n, 32) and its canonical wide summary (n, wide)."""

    hashes: ByteArray
    rows: IntArray

    def at(self, seat: int) -> Commitment:
        """The commitment of one seat."""
        return Commitment(self.hashes[seat].tobytes(), self.rows[seat].astype("<i8").tobytes())

    def without(self, absent: Bools) -> "Commitments":
        """The same with nothing where `absent` (n,) is true."""
        if not absent.any():
            return self
        keep = ~absent[:, None]
        return Commitments(self.hashes * keep, self.rows * keep)

    @property
    def absent(self) -> Bools:
        """Where there is nothing; (n,)."""
        return np.asarray(~self.hashes.any(axis=1))

    def differs(self, other: "Commitments") -> Bools:
        """Which seats are not the same in both; (n,)."""
        if self is other:
            return np.zeros(len(self.rows), np.bool_)
        hashes = (self.hashes != other.hashes).any(axis=1)
        return np.asarray(hashes | (self.rows != other.rows).any(axis=1))


def commit_agents(
    numbers: IntArray, epoch: int, versions: IntArray, rows: IntArray, features: int
) -> Commitments:
    """The leaves: numbers and versions (n,), wide rows (n, wide)."""
    rows = canonical(rows, features)
    header = np.stack([numbers, np.full_like(numbers, epoch), versions], axis=1)
    digests = []
    for first in range(0, len(rows), _PIECE):
        piece = slice(first, first + _PIECE)
        digests += _hash_records(_records(_tags(rows[piece], Tag.LEAF), header[piece], rows[piece]))
    return Commitments(_hashes(digests), rows)


def merge_groups(rows: IntArray, starts: IntArray, features: int) -> IntArray:
    """The canonical sums of the rows of each group; (groups, wide)."""
    return canonical(np.add.reduceat(rows, starts[:-1], axis=0), features)


def commit_parents(
    tier: int,
    numbers: IntArray,
    epoch: int,
    starts: IntArray,
    listed: Commitments,
    merged: IntArray,
) -> Commitments:
    """What the members of `tier` commit to: their lists of children, and their summaries.

    `numbers` (m,) and `merged` (m, wide) by seat; `starts` (m + 1,) as in `Registry`. An honest
    `merged` is `merge_groups(listed.rows, starts, features)`.
    """
    sizes = np.diff(starts)
    header = np.stack([np.full_like(sizes, tier), numbers, np.full_like(sizes, epoch), sizes], 1)
    heads = _records(_tags(header, Tag.NODE), header)
    digests = []
    for first, last in _pieces(starts):
        children = slice(int(starts[first]), int(starts[last]))
        entries = _records(listed.hashes[children], listed.rows[children])
        width = entries.shape[1]
        cuts = ((starts[first : last + 1] - starts[first]) * width).tolist()
        data = entries.reshape(-1).data
        tails = merged[first:last].astype("<i8")
        for index in range(last - first):
            digest = sha256(heads[first + index].tobytes())
            digest.update(data[cuts[index] : cuts[index + 1]])
            digest.update(tails[index].tobytes())
            digests.append(digest.digest())
    return Commitments(_hashes(digests), merged)


def _pieces(starts: IntArray) -> Iterator[tuple[int, int]]:
    """Ranges of parents with about `_PIECE` children, at least one parent each."""
    first, parents = 0, len(starts) - 1
    while first < parents:
        last = int(np.searchsorted(starts, starts[first] + _PIECE, side="right")) - 1
        last = min(max(last, first + 1), parents)
        yield first, last
        first = last


def _tags(like: IntArray, tag: Tag) -> ByteArray:
    """A column of one byte."""
    return np.full((len(like), 1), tag[0], np.uint8)


def _records(*columns: ByteArray | IntArray) -> ByteArray:
    """Columns side by side as bytes; (n, width)."""
    return np.concatenate([_bytes(column) for column in columns], axis=1)


def _bytes(column: ByteArray | IntArray) -> ByteArray:
    if column.dtype == np.uint8:
        return np.asarray(column, np.uint8)
    return np.ascontiguousarray(column, "<i8").view(np.uint8).reshape(len(column), -1)


def _hash_records(records: ByteArray) -> list[bytes]:
    width = records.shape[1]
    data = records.reshape(-1).data
    return [sha256(data[at : at + width]).digest() for at in range(0, len(data), width)]


def _hashes(digests: list[bytes]) -> ByteArray:
    return np.frombuffer(b"".join(digests), np.uint8).reshape(-1, HASH_BYTES)
