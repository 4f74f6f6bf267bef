"""The contract of all methods of comparison: the end that asks, and the end that is asked.

The initiator opens with a `Compare`; the peer answers, and the comparison asks on until it knows
the difference. `pending` is what it still waits for an answer to, so that a timer can ask again.
Nothing here ships an item, and nothing a peer says here is believed about an item: at worst the
initiator wants what the peer has not, or offers what the peer has.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

from sim.protocol.antientropy.messages import Compare, InSession
from sim.protocol.antientropy.siphash import KEY_BYTES, Words, siphash
from sim.protocol.antientropy.store import Rows, Store
from sim.units import NS_PER_S


@dataclass(frozen=True, slots=True)
class Options:
    """What a scenario sets. Raises ValueError for what cannot work."""

    method: str = "merkle"
    every_ns: int = NS_PER_S
    """Each pair is compared that often from each side."""
    fan_out: int = 16
    chunk_bytes: int = 64 * 1024
    """No message is larger, unless a single item is."""
    window: int = 4096
    """So many chunks may be under way, so many requests unanswered."""
    retry_ns: int = NS_PER_S // 2
    """Without any progress for that long, ask again; then after twice as long, and so on up to
    `every_ns`. It should be longer than a round trip and what a chunk takes on the link."""
    retries: int = 6
    """Then give up. Before that, a session that did not move after two is replaced by a new one."""
    portion: int = 128
    """So many coded symbols are asked for before anything is known."""
    symbols_max: int = 1 << 21
    """A difference that needs more is not worth coding: then everything is sent."""
    nodes_max: int = 1 << 20
    """The same for nodes of one level of a tree that differ."""

    def __post_init__(self) -> None:
        counts = (self.window, self.retries, self.symbols_max, self.nodes_max)
        if (
            min(self.every_ns, self.retry_ns, *counts) <= 0
            or self.chunk_bytes < 512
            or self.portion < 2
        ):
            raise ValueError(f"{self} has a number that is too small")
        if not 2 <= self.fan_out <= 4096:
            raise ValueError(f"a fan-out of {self.fan_out} is not within 2 to 4096")


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks whom; what every message of a session begins with is `said_by(member)`."""

    initiator: int
    number: int
    key: bytes = field(repr=False)
    """32 bytes, of this session alone: nobody can have aimed at collisions."""

    def said_by(self, member: int) -> tuple[int, int, int]:
        """Sender, initiator, session."""
        return member, self.initiator, self.number

    def ids(self, store: Store, rows: Rows | None = None) -> Words:
        """(n,) 64-bit ids of what these rows (all) hold, which mean nothing outside the session."""
        return siphash(self.key[:KEY_BYTES], store.records(rows))

    @property
    def check_key(self) -> bytes:
        """For the hashes of ids."""
        return self.key[KEY_BYTES:]


EVERYTHING: Final = None


@dataclass(frozen=True, slots=True)
class Difference:
    """`wanted` (k,): ids, as the peer knows them, of what to ship here; EVERYTHING: all it has.

    `offered` (m,): own rows that the peer lacks, unless what it ships is newer.
    """

    wanted: Words | None = EVERYTHING
    offered: Rows = field(default_factory=lambda: np.zeros(0, np.int64))


class Comparison(Protocol):
    """The end that asks."""

    difference: Difference | None
    """Known at the end."""
    round_trips: int
    answers: int
    """How many messages have told something."""

    def take(self, message: InSession) -> Sequence[InSession]:
        """The peer says something; what to ask next."""
        ...

    def pending(self) -> Sequence[InSession]:
        """What has been asked, after the opening, and not been answered."""
        ...


class Answering(Protocol):
    """The end that is asked. It is made, of its store as it is then, when a session opens."""

    ships_unasked: bool
    """Whether everything is shipped as the answer to `Compare`."""

    def take(self, message: InSession) -> Sequence[InSession]:
        """The initiator asks something; the answer."""
        ...

    def rows(self, ids: Words) -> Rows:
        """Own rows that the initiator calls by these ids; what is not an id of any is left out."""
        ...


def opening(session: Session, store: Store) -> Compare:
    """What opens a session, whatever the method."""
    said = session.said_by(session.initiator)
    return Compare(*said, session.key, store.digest(), len(store))
