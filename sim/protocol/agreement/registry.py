"""All agreement protocols by name, with what theory says of each; quick to import.

`PROTOCOLS[name].make(membership)` imports the protocol and builds its node. Message counts are
those of the good case: no faults, constant delay, without what a member sends to itself. For
approximate agreement they and the delays are those of one round.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from sim.protocol.agreement.contract import Membership, NodeMaker
    from sim.protocol.node import Node


Author = Literal["itself", "writer", "everybody", "leader"]
"""Each member (consensus-free), one writer, all of them (an average), or who leads the view."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol: needs n > liars_cost * f."""

    name: str
    target: str
    """Where the node is, as ``module:class``."""
    liars_cost: int
    messages: Callable[[int], int]
    """For a committee of n: how many messages a slot (or round) takes in the good case."""
    delays: int
    """After how many message delays everybody has decided (or the round is over)."""
    author: Author
    """Whose candidate is decided."""
    hops: int
    """Message delays before the first member can decide; of averaging, those of a round."""
    has_certificate: bool = False

    @property
    def in_rounds(self) -> bool:
        """Values are averaged in rounds: members end near each other and not with one value."""
        return self.author == "everybody"

    def most_liars(self, n: int) -> int:
        """The largest f that n members tolerate."""
        return (n - 1) // self.liars_cost

    def check(self, n: int, f: int) -> None:
        """Raise ValueError, with the bound, if n members do not tolerate f liars."""
        if not 0 <= f <= self.most_liars(n):
            raise ValueError(
                f"{self.name} needs n > {self.liars_cost}f: "
                f"{n} members tolerate {self.most_liars(n)}, not {f}"
            )

    def make(self, membership: "Membership") -> "Node":
        """Build the node of one member. Raises ValueError for f too large or bad options."""
        self.check(membership.committee.n, membership.committee.f)
        module, name = self.target.split(":")
        maker = cast("NodeMaker", getattr(import_module(module), name))
        return maker(membership)

    def make_certified(self, membership: "Membership") -> "Node":
        """The same, with decisions that carry a certificate whichever protocol it is."""
        if self.has_certificate:
            return self.make(membership)
        from sim.protocol.agreement.certify import Certified

        return Certified(self.make, membership)


def bracha_messages(n: int) -> int:
    """Messages of one reliable broadcast: SEND to n - 1, ECHO and READY from all to all.

    >>> bracha_messages(4), bracha_messages(31)
    (27, 1890)
    """
    return 2 * n * n - n - 1


_HERE = "sim.protocol.agreement"

_ALL = (
    Protocol(
        "versions", f"{_HERE}.versions:Versions", 1, lambda n: n - 1, 1, author="itself", hops=0
    ),
    Protocol(
        "consistent_broadcast",
        f"{_HERE}.consistent_broadcast:ConsistentBroadcast",
        3,
        lambda n: 3 * (n - 1),
        3,
        author="writer",
        hops=2,
        has_certificate=True,
    ),
    Protocol("bracha", f"{_HERE}.bracha:Bracha", 3, bracha_messages, 3, author="writer", hops=3),
    Protocol(
        "imbs_raynal",
        f"{_HERE}.imbs_raynal:ImbsRaynal",
        5,
        lambda n: n * n - 1,
        2,
        author="writer",
        hops=2,
    ),
    Protocol(
        "approximate",
        f"{_HERE}.approximate:Approximate",
        3,
        lambda n: n * (n - 1),
        1,
        author="everybody",
        hops=1,
    ),
    Protocol(
        "witness",
        f"{_HERE}.witness:WitnessAgreement",
        3,
        lambda n: n * bracha_messages(n) + n * (n - 1),
        4,
        author="everybody",
        hops=4,
    ),
    Protocol(
        "pbft", f"{_HERE}.pbft.node:PBFT", 3, lambda n: 2 * n * (n - 1), 3, author="leader", hops=3
    ),
    # Seven delays from the leader's proposal; before it come the new-views.
    Protocol(
        "hotstuff",
        f"{_HERE}.hotstuff.node:HotStuff",
        3,
        lambda n: 8 * (n - 1),
        8,
        author="leader",
        hops=6,
    ),
)

PROTOCOLS = {protocol.name: protocol for protocol in _ALL}
