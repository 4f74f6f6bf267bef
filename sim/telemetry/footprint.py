"""Bytes of state that the protocol makes a node keep, by its role; not those of the simulator.

A parent keeps the newest version of each child: its number, its births and ages, and the sums of
the running pane and of the one before, narrow of agents and wide of aggregators; it folds them anew
for each report. An aggregator also keeps its own version and the newest baseline; the root keeps
the sums of all panes that baselines read. An agent keeps its own running and last pane.

What blocks beyond the tree itself keep (detectors, digests, sketches, logs of agreement, stores of
anti-entropy) is not in it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.stats.moments import Layout
from sim.telemetry import holdings

Ints = NDArray[np.int64]

NUMBER: Final = 8
"""Bytes of a number."""
VERSION: Final = 2
"""Numbers that name a version: epoch and number."""
BIRTH: Final = 1
"""What an agent's report says of its age."""
PANES: Final = 2
"""The running one, and the one before."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Of a tree in which each summary has this layout and baselines read so many panes."""

    layout: Layout
    panes_read: int
    """By a baseline, the running one included."""

    def agent(self) -> int:
        """Bytes of an agent."""
        return NUMBER * (VERSION + BIRTH + PANES * self.layout.narrow)

    def child(self, tier: int) -> int:
        """Bytes that a node of a tier keeps of each of its children."""
        if tier == 1:
            return self.agent()
        return NUMBER * (VERSION + holdings.COLUMNS + PANES * self.layout.wide)

    def own(self, *, is_root: bool) -> int:
        """Bytes that a parent keeps whatever children it has."""
        return NUMBER * (VERSION + (self.panes_read if is_root else 1) * self.layout.wide)

    def parents(self, children: Ints, tier: int, *, is_root: bool) -> Ints:
        """Bytes of nodes of a tier with so many children each, queues left out; (nodes,).

        Who has no child is not there and keeps nothing.
        """
        kept = children * self.child(tier) + self.own(is_root=is_root)
        return np.asarray(np.where(children > 0, kept, 0))
