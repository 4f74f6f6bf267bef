"""What travels up through routers, and what a queueing discipline has to do.

A source sends `Ranked` updates about itself and, every so often, a `Pulse`: nothing new, but alive.
Routers read the rank and never the content. What a message says of itself is a claim; a router goes
by what it sees: who sent it, when it arrived, and how large it is.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol

from sim.protocol.messages import HEADER_BYTES, Message, Update
from sim.protocol.routing.importance import Importance
from sim.units import NS_PER_S

NUMBER_BYTES: Final = 8
RANK_BYTES: Final = 24
"""Source, epoch, version, birth and class, packed; in every message on its way up."""

TransmissionTime = Callable[[Message], int]
"""How long a message takes the outgoing line, in ns; of one message always the same."""


@dataclass(frozen=True, slots=True)
class Ranked(Update):
    """A source's state as of `born_ns`, with its rank. `version` counts what the source sent."""

    state: tuple[float, ...] = ()
    importance: Importance = Importance.ROUTINE
    score: float = 0.0
    """What the class was made of; for whoever reads it at the root."""
    silence: float = math.inf
    """Until the next update no component is further than this from `state`: what silence means."""
    padding_bytes: int = 0
    """Content that nobody spells out."""

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + RANK_BYTES + NUMBER_BYTES * len(self.state) + self.padding_bytes

    def is_newer_than(self, other: Update | None) -> bool:
        """As for any update; of two with one version the one born later, which only pulses are."""
        if other is None:
            return True
        mine, theirs = ((one.epoch, one.version, one.born_ns) for one in (self, other))
        return mine > theirs


@dataclass(frozen=True, slots=True)
class Pulse(Ranked):
    """Alive at `born_ns`, and `version` is the newest update that was sent: one may be missing."""


class Passed(NamedTuple):
    """A router puts a message on its line."""

    node: str
    source: str
    child: str
    epoch: int
    version: int
    importance: int
    """As served, which may be less than was claimed."""
    size_bytes: int
    waited_ns: int
    line_ns: int


class Shed(NamedTuple):
    """A router parts with a message; nothing goes missing without one of these reasons."""

    node: str
    source: str
    epoch: int
    version: int
    importance: int
    why: str
    """replaced (by a newer one of its source), full, stranger (no child's source), malformed."""


@dataclass(slots=True, eq=False)
class Waiting:
    """A message in a queue, with what the router knows of it."""

    message: Ranked
    child: str
    """Through whom it came."""
    importance: Importance
    """As it is served."""
    arrived_ns: int
    number: int
    """In the order of arrival."""


class Discipline(Protocol):
    """Where messages wait, and which goes next. It bounds nothing: the router does, with `shed`."""

    def __len__(self) -> int: ...

    def put(self, entry: Waiting) -> None:
        """Take in a message, now (at its `arrived_ns`)."""

    def take(self, now_ns: int) -> Waiting:
        """Give out the next message; there is one."""
        ...

    def shed(self, now_ns: int) -> Waiting:
        """Give out the one that goes because there is one too many; often the newest."""
        ...

    def give_way(self, span_ns: int) -> None:
        """The line works for others, for so long: it is not idle though nothing is taken."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a discipline may know of its router."""

    line: TransmissionTime
    children: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


DisciplineMaker = Callable[[Setting], Discipline]


def at_bit_rate(bits_per_s: int) -> TransmissionTime:
    """The time of all bits of a message, rounded up. Raises ValueError for a rate of 0 or less.

    >>> at_bit_rate(1_000_000)(Message())
    512000
    """
    if bits_per_s <= 0:
        raise ValueError(f"a line needs a rate above 0, not {bits_per_s}")
    return lambda message: -(-8 * message.size_bytes * NS_PER_S // bits_per_s)
