"""What some agents truly measured, whatever they say: sums of the newest two panes."""

import numpy as np
from numpy.typing import NDArray

from sim.stats.fixed_point import QUANTUM

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Memory:
    """Sums of the true values of some agents: of the running pane and of the one before."""

    def __init__(self, agents: int, features: int) -> None:
        self.count = np.zeros(agents)
        self.total = np.zeros((agents, features))
        self._last_count = self.count.copy()
        self._last_total = self.total.copy()

    def add(self, who: Ints, quanta: Floats) -> None:
        """One value each, (k, features), in whole quanta."""
        self.count[who] += 1
        self.total[who] += quanta

    def roll(self) -> None:
        """A pane is over."""
        self._last_count, self._last_total = self.count, self.total
        self.count, self.total = np.zeros_like(self.count), np.zeros_like(self.total)

    def means(self) -> Floats:
        """In scales; NaN before the first value; (agents, features)."""
        count = self.count + self._last_count
        total = self.total + self._last_total
        return total * QUANTUM / np.where(count > 0, count, np.nan)[:, None]
