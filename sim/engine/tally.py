"""Counts of messages by part and kind, and the law that they have to keep.

Of each part and kind, sent = delivered + dropped + in flight, at any time.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sim.engine.flight import Flight
from sim.errors import InvariantViolated


class Traffic(NamedTuple):
    """What became of the messages of one kind that one part sent; `dropped` is by reason."""

    kind: str
    messages: int
    bytes: int
    delivered: int
    dropped: dict[str, int]
    in_flight: int
    part: str = ""


class Tally:
    """The messages of one kind and part; `delivered` has those of flights that have ended.

    `number` is that of the kind in the log.
    """

    __slots__ = ("bytes", "delivered", "dropped", "kind", "messages", "number", "part")

    def __init__(self, kind: str, number: int, part: str = "") -> None:
        self.kind, self.number, self.part = kind, number, part
        self.messages = self.bytes = self.delivered = 0
        self.dropped: dict[str, int] = {}

    def drop(self, reason: str) -> None:
        """One more was lost."""
        self.dropped[reason] = self.dropped.get(reason, 0) + 1

    def traffic(self, flights: Iterable[Flight]) -> Traffic:
        """The counts as of now; `flights` are those counted here that are under way."""
        delivered, in_flight = self.delivered, 0
        for flight in flights:
            delivered += flight.arrivals - len(flight.missed)
            in_flight += len(flight.times_ns) - flight.arrivals
        return Traffic(
            kind=self.kind,
            messages=self.messages,
            bytes=self.bytes,
            delivered=delivered,
            dropped=dict(self.dropped),
            in_flight=in_flight,
            part=self.part,
        )


def check_conserved(traffic: Traffic) -> None:
    """Raises InvariantViolated, with the counts, if messages came from nowhere or went there."""
    dropped = sum(traffic.dropped.values())
    if traffic.messages != traffic.delivered + dropped + traffic.in_flight:
        raise InvariantViolated(
            f"{traffic.kind}: {traffic.messages} sent, but {traffic.delivered} delivered + "
            f"{dropped} dropped + {traffic.in_flight} in flight"
        )
