"""Bytes of state that the protocol makes a node keep, by its role; not those of the simulator.

A parent keeps, of each child, the newest version: (epoch, version, born_ns) and the sums of the
running pane and of the one before, narrow of agents and wide of aggregators. An aggregator folds
them anew for each report; the root keeps the sums of all panes that baselines read. An agent keeps
its own running and last pane. What waits in a queue is a message each.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.stats.moments import Layout
from sim.telemetry.tree import Groups

Ints = NDArray[np.int64]

NUMBER: Final = 8
"""Bytes of a number."""
VERSION: Final = 3
"""Numbers of a version: epoch, number, birth."""
PANES: Final = 2
"""The running one, and the one before."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Of a tree in which each summary has this layout and baselines read so many panes."""

    layout: Layout
    panes_read: int

    def agent(self) -> int:
        """Bytes of an agent."""
        return NUMBER * (VERSION + PANES * self.layout.narrow)

    def parents(self, groups: Groups, tier: int, *, is_root: bool) -> Ints:
        """Bytes of each node of a tier, queues left out; (parents,)."""
        width = self.layout.narrow if tier == 1 else self.layout.wide
        of_child = NUMBER * (VERSION + PANES * width)
        own = self.panes_read * self.layout.wide if is_root else VERSION
        return np.diff(groups.starts) * of_child + NUMBER * own
