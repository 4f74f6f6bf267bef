"""Which single messages a run keeps: all, or those sent in a window of time, or of some nodes.

What is not asked for is not stored, so a short window of a large run costs next to nothing.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.roster import Nodes, Roster
from sim.engine.rules import Ends
from sim.scenario.plan import MessagesPlan

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kept:
    """Messages sent in [from_ns, until_ns) from or to one of these nodes (None = of anybody)."""

    from_ns: float = 0.0
    until_ns: float = math.inf
    nodes: Nodes | None = None

    @classmethod
    def of(cls, plan: MessagesPlan, roster: Roster) -> "Kept":
        """What a plan asks for. A random share is drawn from a stream of its own."""
        nodes = roster.select(plan.nodes, "journal/messages") if plan.nodes else None
        until_ns = math.inf if plan.until_ns is None else float(plan.until_ns)
        return cls(float(plan.from_ns), until_ns, nodes)

    def is_due(self, sent_ns: float) -> bool:
        """Whether messages of this instant are kept."""
        return self.from_ns <= sent_ns < self.until_ns

    def is_of(self, row: int, node: int) -> bool:
        """Whether messages from or to a node of a row are kept."""
        return self.nodes is None or bool(self.nodes[row][node])

    def among(
        self, sent_ns: Floats, sent: Bools | None, source: Ends, target: Ends, first: int
    ) -> Bools | None:
        """Which of these messages are kept, (ticks, ways); None if none is.

        `sent` says which were sent at all (None = all); the ways are those from number `first` on.
        """
        inside = (sent_ns >= self.from_ns) & (sent_ns < self.until_ns)
        if not inside.any():
            return None
        if sent is not None:
            inside &= sent
        if self.nodes is not None:
            ways = slice(first, first + sent_ns.shape[1])
            here, there = self.nodes[source.tier], self.nodes[target.tier]
            inside &= here[source.node[ways]] | there[target.node[ways]]
        return inside
