"""What members of a SWIM group say to each other: probes, and claims that ride on them.

A claim of an incarnation is beaten by another as in SWIM, section 4.2: a member alone raises its
incarnation, and does it to refute (Das, Gupta and Motivala, "SWIM", DSN 2002). Unlike there, a
failure can be refuted as well (memberlist): a member that was cut off comes back by itself.
Members trust each other; SWIM does not tolerate liars.
"""

from dataclasses import dataclass
from enum import IntEnum
from math import ceil, log10
from typing import Final

from sim.protocol.messages import HEADER_BYTES, Message

INCARNATION_MAX: Final = 2**62
"""No correct member gets there; larger ones are not believed."""


class Status(IntEnum):
    """At equal incarnation the larger one wins."""

    ALIVE = 0
    SUSPECTED = 1
    FAILED = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """`by` says that this incarnation of a member is in this state."""

    status: Status
    member: str
    incarnation: int
    by: str

    @property
    def size_bytes(self) -> int:
        """Two names, a number of 8 bytes and the state."""
        return len(self.member) + len(self.by) + 9

    def beats(self, other: "Claim") -> bool:
        """Whether this one is to be believed, of two about the same member.

        Who has failed is not merely suspected later on, whatever the incarnation.
        """
        if other.status is Status.FAILED and self.status is Status.SUSPECTED:
            return False
        return (self.incarnation, self.status) > (other.incarnation, other.status)


@dataclass(frozen=True, slots=True)
class Probe(Message):
    """`source` is the sender; `number` is the sender's own, and comes back in the answer."""

    source: str
    number: int
    claims: tuple[Claim, ...] = ()

    @property
    def size_bytes(self) -> int:
        """Header, number and claims."""
        return HEADER_BYTES + 8 + sum(claim.size_bytes for claim in self.claims)


@dataclass(frozen=True, slots=True)
class Ping(Probe):
    """Are you there?"""


@dataclass(frozen=True, slots=True)
class Ack(Probe):
    """The one you asked for is there: the sender, or the one it was to ask."""


@dataclass(frozen=True, slots=True)
class Nack(Probe):
    """I am here, but have heard nothing yet of the one I was to ask (Lifeguard)."""


@dataclass(frozen=True, slots=True)
class PingRequest(Probe):
    """Ask this one for me."""

    target: str = ""


class Gossip:
    """Claims that are to be spread: each rides on so many messages, the least spread ones first.

    One claim about each member, the newest: never more than there are members. `members` times are
    logarithmic in their number (SWIM, section 4.1).
    """

    def __init__(self, members: int, per_message: int, factor: int = 4) -> None:
        self._per_message = per_message
        self._times = factor * max(1, ceil(log10(members + 1)))
        self._sent: dict[str, tuple[int, Claim]] = {}

    def add(self, claim: Claim) -> None:
        """Spread it, in place of what was spread about the same member."""
        self._sent.pop(claim.member, None)
        self._sent[claim.member] = (0, claim)

    def take(self, first: Claim | None = None) -> tuple[Claim, ...]:
        """Claims for one message, `first` in any case."""
        about = None if first is None else first.member
        waiting = sorted(self._sent.values(), key=lambda entry: entry[0])
        room = self._per_message - (first is not None)
        taken = [entry for entry in waiting if entry[1].member != about][: max(0, room)]
        for sent, claim in taken:
            self._count(sent + 1, claim)
        claims = tuple(claim for _, claim in taken)
        return claims if first is None else (first, *claims)

    def _count(self, sent: int, claim: Claim) -> None:
        if sent < self._times:
            self._sent[claim.member] = (sent, claim)
        else:
            del self._sent[claim.member]
