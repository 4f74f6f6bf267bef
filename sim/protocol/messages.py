"""What travels between nodes: one frozen dataclass for each kind of message.

Receivers share the object that was sent, so nothing in a message may change.
"""

from dataclasses import dataclass
from typing import Final

HEADER_BYTES: Final = 64
"""What every message has around its content: addresses, kind, numbers, a MAC."""


@dataclass(frozen=True, slots=True)
class Message:
    """Anything that travels; the name of its class is its kind in every table."""

    @property
    def size_bytes(self) -> int:
        """On the wire; kinds that carry more than a few numbers say how much."""
        return HEADER_BYTES

    @property
    def signatures(self) -> int:
        """How many signatures the receiver has to verify before it believes the message.

        A MAC of the link is not one: it is part of handling any message.
        """
        return 0


@dataclass(frozen=True, slots=True)
class Local(Message):
    """What an application tells the node on its own machine. The network carries none of it."""


@dataclass(frozen=True, slots=True)
class Said(Message):
    """A message of one member of a group to others of it, over authenticated links.

    `sender` is the number of the member. The network lets nobody send in another's name, so a
    receiver may believe it (but nothing else that a member says of others).
    """

    sender: int


@dataclass(frozen=True, slots=True)
class Update(Message):
    """The state of a source as of `born_ns`, on the source's clock.

    A source writes its own state alone and numbers it: within an epoch (one life of the source,
    from start to crash) a higher version is newer, and a later epoch is newer than any version of
    an earlier one.
    """

    source: str
    epoch: int
    version: int
    born_ns: int
    state: object = None
    """Hashable or at least never changed; the protocol does not look inside."""

    def is_newer_than(self, other: "Update | None") -> bool:
        """Whether this is a later state of the same source; anything is newer than nothing."""
        return other is None or (self.epoch, self.version) > (other.epoch, other.version)
