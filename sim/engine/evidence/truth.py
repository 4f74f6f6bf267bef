"""The windows that agents really have: what a centralised observer would judge evidence by.

The plane keeps the sums of the running pane at each agent; here they are remembered when it ends.
Liars' rows are what they *say* they measured, so who asks must leave them out.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.stats.fixed_point import QUANTUM
from sim.telemetry.leaves import Leaves

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(slots=True)
class TrueWindows:
    """The last `panes_kept` finished panes of all agents, and the running one."""

    leaves: Leaves
    pane_ns: int
    panes_kept: int
    _closed: dict[int, tuple[Ints, Floats]] = field(default_factory=dict)

    def close(self, pane: int) -> None:
        """Remember a pane at the instant of its end, before its agents start new sums."""
        self._closed[pane] = self.leaves.count.copy(), self.leaves.total.copy()
        self._closed.pop(pane - self.panes_kept, None)

    def window(self, first: int, now_ns: int) -> tuple[Ints, Floats]:
        """Counts (agents,) and means (agents, features) from pane `first` to now; NaN of nothing.

        The plane must have been advanced to `now_ns`, and no further.
        """
        # At the very end of a pane the agents still hold the sums of that one.
        running = (now_ns - 1) // self.pane_ns
        count, total = np.zeros_like(self.leaves.count), np.zeros_like(self.leaves.total)
        for pane, (pane_count, pane_total) in self._closed.items():
            if first <= pane < running:
                count += pane_count
                total += pane_total
        if first <= running:
            count += self.leaves.count
            total += self.leaves.total
        return count, means(count, total)

    def forget(self, agents: Bools) -> None:
        """Agents that start from nothing take back what panes that are open hold of them."""
        for count, total in [self._closed[pane] for pane in sorted(self._closed)[-1:]]:
            count[agents] = 0
            total[agents] = 0


def means(count: Ints, total: Ints | Floats) -> Floats:
    """Means in scales of sums in quanta (agents, features); NaN without values."""
    n = np.where(count > 0, count, np.nan)
    return np.asarray(total * QUANTUM / n[:, None])
