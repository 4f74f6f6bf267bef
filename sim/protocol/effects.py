"""What a node can ask for: the whole interface from logic to the world.

A node returns effects and touches nothing; a host carries them out, in their order. Delays are
counted on the node's own clock, which may drift.
"""

from dataclasses import dataclass

from sim.protocol.messages import Message


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message to one node. To itself: it arrives at once and is not counted."""

    to: str
    message: Message


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Send a message to every peer of the node and, as in the papers, to itself."""

    message: Message


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Call `on_timer` with this name after `delay_ns`; replaces a timer of the same name."""

    name: str
    delay_ns: int


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Make the timer of this name not fire; no harm if there is none."""

    name: str


@dataclass(frozen=True, slots=True)
class Output:
    """Hand a result to the application on the same machine (in the papers: deliver, decide)."""

    event: object
    """Of a type that the node's module defines; never changed."""


@dataclass(frozen=True, slots=True)
class Record:
    """Write a row down for measuring; it changes nothing."""

    row: tuple[object, ...]
    """A NamedTuple: its type names the table, its fields the columns."""


Effect = Send | Broadcast | SetTimer | CancelTimer | Output | Record
