"""What a member knows of one slot: the votes of the present view, and what outlives views.

Votes are counted as they come: one bit for each member that voted (a second vote of a member, for
the same value or another, does not count) and a counter for each digest. So no member can take
more room than one counter. Nearly always all vote for one digest, so the first has its counter
outside the dictionary.
"""

from dataclasses import dataclass, field
from typing import Final

from sim.protocol.agreement.contract import Value
from sim.protocol.agreement.pbft.messages import Outcome, Prepared, PrePrepared

DIGESTS_MAX: Final = 16
"""For how many values of one slot a member remembers that it accepted them, the latest views
first. Every view can add one; forgetting can delay a view change, and never makes one unsafe."""


class Votes:
    """Who voted in one phase of one slot and view, and for what."""

    __slots__ = ("count", "digest", "others", "voters")

    def __init__(self) -> None:
        self.voters = 0
        self.digest = b""
        """What the first vote was for, if there was one; `count` is how many were."""
        self.count = 0
        self.others: dict[bytes, int] | None = None

    def add(self, member: int, digest: bytes) -> int:
        """Count a vote; how many votes the digest has now, or 0 if the member had voted before."""
        bit = 1 << member
        if self.voters & bit:
            return 0
        self.voters |= bit
        if not self.count:
            self.digest = digest
        if digest == self.digest:
            self.count += 1
            return self.count
        if self.others is None:
            self.others = {}
        self.others[digest] = count = self.others.get(digest, 0) + 1
        return count

    def of(self, digest: bytes) -> int:
        """How many voted for it."""
        if digest == self.digest:
            return self.count
        return 0 if self.others is None else self.others.get(digest, 0)


@dataclass(slots=True)
class Slot:
    """One slot of the log at one member."""

    number: int
    value: Value | None = None
    """What the leader of the view proposed, as this member heard it."""
    is_accepted: bool = False
    """The member voted for it in this view."""
    is_prepared: bool = False
    """A quorum did, and the member sent its commit."""
    prepares: Votes = field(default_factory=Votes)
    commits: Votes = field(default_factory=Votes)
    decision: Outcome | None = None
    """Outlives views; put out as soon as all slots before it are."""
    prepared: tuple[int, Value] | None = None
    """The latest view in which a value was prepared, and that value; outlives views."""
    preprepared: tuple[tuple[int, bytes], ...] = ()
    """Digests that were accepted, each after the latest view in which it was; outlives views."""

    def renew(self) -> None:
        """A new view begins: votes count from nothing."""
        self.value, self.is_accepted, self.is_prepared = None, False, False
        self.prepares, self.commits = Votes(), Votes()

    def accept(self, view: int, digest: bytes) -> None:
        """The member votes for a digest in a view."""
        self.is_accepted = True
        earlier = [pair for pair in self.preprepared if pair[1] != digest]
        self.preprepared = (*earlier[1 - DIGESTS_MAX :], (view, digest))

    def prepared_claims(self) -> tuple[Prepared, ...]:
        """What a view change says of the value that was prepared here, if one was."""
        return () if self.prepared is None else (Prepared(self.number, *self.prepared),)

    def preprepared_claims(self) -> tuple[PrePrepared, ...]:
        """What a view change says of the values that the member accepted."""
        return tuple(PrePrepared(self.number, view, digest) for view, digest in self.preprepared)
