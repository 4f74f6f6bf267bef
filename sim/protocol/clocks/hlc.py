"""Hybrid logical clocks: stamps that respect causality and stay close to physical time.

Of two events of which one can have caused the other the earlier has the smaller stamp, whatever
the clocks say, and a stamp is never further ahead of its node's clock than clocks are apart. What
a stamp cannot tell is that two events are concurrent.

Source: Kulkarni, Demirbas, Madappa, Avva and Leone, "Logical Physical Clocks", OPODIS 2014,
figure 5; the bound on what is taken in is their section 4 ("stabilizing" stamps).
"""

from dataclasses import dataclass
from typing import Final

COUNT_MAX: Final = (1 << 16) - 1
"""A stamp is 48 bits of time and 16 of count, as in the paper."""
STAMP_BYTES: Final = 8


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """Ordered by time, then count, then (arbitrarily, but the same everywhere) by node."""

    time_ns: int
    """The largest physical time that the event can know of."""
    count: int
    """Events since that time was first known."""
    node: str = ""


class HybridClock:
    """The clock of one node; `skew_ns_max` is how far apart correct clocks are at most.

    >>> fast, slow = HybridClock("fast", 10), HybridClock("slow", 10)
    >>> sent = fast.now(1007)
    >>> slow.receive(sent, 1000)
    Stamp(time_ns=1007, count=1, node='slow')
    >>> slow.receive(Stamp(999_999, 0, "liar"), 1001) is None, slow.refused
    (True, 1)
    """

    def __init__(self, node: str, skew_ns_max: int) -> None:
        assert skew_ns_max >= 0, skew_ns_max
        self.node, self.skew_ns_max = node, skew_ns_max
        self.refused = 0
        self._last = Stamp(-1 << 63, 0, node)

    def now(self, physical_ns: int) -> Stamp:
        """The stamp of a local event or a send, larger than all before it."""
        return self._advance(self._last, physical_ns)

    def receive(self, stamp: Stamp, physical_ns: int) -> Stamp | None:
        """The stamp of taking in a message, larger than the message's; None if that is refused.

        A stamp from further ahead than clocks can be apart is a lie or a fault, and would drag
        everybody's time along: it changes nothing but the count of `refused`. A lie that stays
        within the bound does get in and adds up to `skew_ns_max` to what this node sends, so a
        network with liars should allow for twice the skew of its clocks.
        """
        if stamp.time_ns - physical_ns > self.skew_ns_max or not 0 <= stamp.count <= COUNT_MAX:
            self.refused += 1
            return None
        return self._advance(max(self._last, stamp), physical_ns)

    def _advance(self, past: Stamp, physical_ns: int) -> Stamp:
        if physical_ns > past.time_ns:
            self._last = Stamp(physical_ns, 0, self.node)
        elif past.count < COUNT_MAX:
            self._last = Stamp(past.time_ns, past.count + 1, self.node)
        else:
            # 65536 events in one instant: the next nanosecond begins early rather than twice.
            self._last = Stamp(past.time_ns + 1, 0, self.node)
        return self._last
