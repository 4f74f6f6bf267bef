"""The bytes that are hashed and signed: one and only one encoding for each thing.

A summary is its canonical wide row in little-endian int64, a name two int64. Whatever is hashed
or signed starts with a tag of its own, so that a leaf can never pass for a node, nor an
acknowledgement for a statement (domain separation, RFC 9162 section 2.1).
"""

import struct
from collections.abc import Sequence
from enum import Enum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.stats.moments import Layout, canonical

IntArray = NDArray[np.int64]

HASH_BYTES: Final = 32
SIGNATURE_BYTES: Final = 32
NOTHING: Final = bytes(HASH_BYTES)
"""Stands for the hash of a child of which nothing was heard. No known input hashes to it."""


class Tag(bytes, Enum):
    """First byte of everything that is hashed or signed."""

    LEAF = b"\x00"
    NODE = b"\x01"
    STATEMENT = b"\x02"
    OPENING = b"\x03"
    ACKNOWLEDGEMENT = b"\x04"
    DRAW = b"\x05"
    PAIR = b"\x06"
    GROUP = b"\x07"


class Name(NamedTuple):
    """A member of the network. Tier 0 are the agents.

    A name is of somebody, not of a place: who replaces a convicted aggregator has a new number.
    """

    tier: int
    number: int

    def encoded(self) -> bytes:
        """16 bytes."""
        return pack(self.tier, self.number)


def pack(*numbers: int) -> bytes:
    """Whole numbers of 64 bits, 8 bytes each. Raises struct.error for larger ones."""
    return struct.pack(f"<{len(numbers)}q", *numbers)


def framed(tag: Tag, *parts: bytes) -> bytes:
    """What is signed: every part behind its length.

    Without lengths, a signature on one list of parts would be one on every list that runs together
    to the same bytes, and an honest member could be convicted of what it never said.
    """
    return b"".join([tag, *(piece for part in parts for piece in (pack(len(part)), part))])


def row_bytes(features: int) -> int:
    """Size of an encoded summary."""
    return 8 * Layout(features).wide


def encode(row: IntArray, features: int) -> bytes:
    """The bytes of a wide row; equal exactly when the numbers are."""
    return canonical(row, features).astype("<i8").tobytes()


def decode(rows: Sequence[bytes], features: int) -> IntArray:
    """The wide rows of encoded ones; (n, wide). Raises ValueError if one has another length."""
    wide = Layout(features).wide
    if any(len(row) != 8 * wide for row in rows):
        raise ValueError(f"a summary of {features} features has {8 * wide} bytes")
    return np.frombuffer(b"".join(rows), "<i8").astype(np.int64).reshape(len(rows), wide)
