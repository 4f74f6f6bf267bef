"""What telling the order of events adds to a message, in bytes.

The size of exact causality is one entry for each writer, and no encoding does better in the worst
case (Charron-Bost, Information Processing Letters 39(1), 1991). A number that each source writes
alone, beside a hybrid stamp, costs the same whatever the number of sources.
"""

from typing import Final

from sim.protocol.clocks.hlc import STAMP_BYTES
from sim.protocol.clocks.version_vector import ENTRY_BYTES

VERSION_BYTES: Final = 16
"""The epoch of a source and its version in it."""


def vector_bytes(writers: int) -> int:
    """A clock with an entry for each writer.

    >>> vector_bytes(1000), vector_bytes(50)
    (16000, 800)
    """
    return ENTRY_BYTES * writers


def versioned_bytes() -> int:
    """A version of the source and a hybrid stamp, for any number of sources.

    >>> versioned_bytes()
    24
    """
    return VERSION_BYTES + STAMP_BYTES


def overhead(added_bytes: int, message_bytes: int) -> float:
    """By how many times its own size a message grows.

    >>> round(overhead(vector_bytes(1000), 528), 1), round(overhead(versioned_bytes(), 528), 3)
    (30.3, 0.045)
    """
    return added_bytes / message_bytes
