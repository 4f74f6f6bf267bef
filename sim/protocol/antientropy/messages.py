"""What the two ends of a session say to each other; arrays travel as bytes in little-endian order.

A session is named by its initiator and that member's own number for it. Whoever is asked keeps at
most one session for each member, so nobody can fill its memory by opening many.
"""

from dataclasses import dataclass
from typing import Final

from sim.protocol.antientropy.items import Item
from sim.protocol.messages import HEADER_BYTES, Local, Said

HASH_BYTES: Final = 32
ID_BYTES: Final = 8
HEAD_BYTES: Final = 32
"""Key 8, version 8, tag 8, epoch 4, place 4."""
SYMBOL_BYTES: Final = 24
"""Sum of ids 8, sum of their hashes 8, count 8."""
OPENING_BYTES: Final = 72
"""What a `Compare` has beside the header: a key, a digest, a count."""


@dataclass(frozen=True, slots=True)
class Reconnect(Local):
    """The application tells: this node can be reached again. Compare with it at once."""

    peer: str


@dataclass(frozen=True, slots=True)
class Write(Local):
    """The application tells: these are new. It never leaves the machine."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class InSession(Said):
    """Anything said in a session."""

    initiator: int
    session: int


@dataclass(frozen=True, slots=True)
class Compare(InSession):
    """Opens a session: this is what I hold. `key`: 32 bytes of this session alone."""

    key: bytes
    digest: bytes
    count: int

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + OPENING_BYTES


@dataclass(frozen=True, slots=True)
class Same(InSession):
    """I hold the same as you."""


@dataclass(frozen=True, slots=True)
class Ask(InSession):
    """Show what is below these nodes of the tree. `nodes`: 8 bytes each; `ask` is echoed."""

    ask: int
    level: int
    nodes: bytes

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + len(self.nodes)


@dataclass(frozen=True, slots=True)
class Hashes(InSession):
    """The hashes of all children of the nodes that were asked for, in their order; 32 bytes each.

    `depth`: how many levels the tree has below its root.
    """

    ask: int
    depth: int
    hashes: bytes

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + len(self.hashes)


@dataclass(frozen=True, slots=True)
class Heads(InSession):
    """Number and tag of every item below the nodes that were asked for; 32 bytes each."""

    ask: int
    depth: int
    heads: bytes

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + len(self.heads)


@dataclass(frozen=True, slots=True)
class More(InSession):
    """Go on with the stream of coded symbols, from `start` up to (not including) `upto`."""

    start: int
    upto: int


@dataclass(frozen=True, slots=True)
class Symbols(InSession):
    """Coded symbols from number `start` on; 24 bytes each."""

    start: int
    cells: bytes

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + len(self.cells)


@dataclass(frozen=True, slots=True)
class Want(InSession):
    """Ship these: 8-byte ids, in `parts` messages; or everything."""

    part: int
    parts: int
    ids: bytes
    everything: bool = False

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + len(self.ids)


@dataclass(frozen=True, slots=True)
class Items(InSession):
    """Chunk `number` of `total` of a shipment."""

    number: int
    total: int
    items: tuple[Item, ...]

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + sum(item.size_bytes for item in self.items)

    @property
    def signatures(self) -> int:
        """Each item has its writer's."""
        return sum(item.signature is not None for item in self.items)


@dataclass(frozen=True, slots=True)
class Taken(InSession):
    """Chunk `number` has arrived."""

    number: int


@dataclass(frozen=True, slots=True)
class Learnt:
    """Put out: these items of a peer were news, and genuine."""

    peer: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Synced:
    """Put out by the initiator: a session is over, each end has what the other had at its start.

    `bytes` counts both directions; `round_trips` how often the initiator waited for an answer.
    """

    peer: str
    bytes: int
    round_trips: int
    items_in: int
    items_out: int
    comparison_bytes: int = 0
    """Of `bytes`, what it took to find out what is missing."""
    comparison_trips: int = 0
