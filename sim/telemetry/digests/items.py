"""Items: what each agent says of its own window, read from the sums that its local knows of it.

A count sets no weight by itself: it is capped by the number of reports that the registry knows to
be possible. A variance below nothing counts as the smallest there is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.stats.fixed_point import QUANTUM
from sim.stats.moments import COUNT, Layout

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Items:
    """The windows of some agents; means and variances in scales, (agents, features)."""

    agent: Ints
    """Ascending, (agents,)."""
    count: Floats
    """Values in the window, capped; 0 = nothing is known of this agent; (agents,)."""
    mean: Floats
    variance: Floats
    """NaN with fewer than two values."""


def items_of(narrow: Ints, layout: Layout, cap: int) -> Items:
    """The items of all agents from the sums known of them, (agents, narrow)."""
    claimed = narrow[:, COUNT].astype(np.float64)
    n = np.where(claimed > 0, claimed, np.nan)[:, None]
    sums = narrow[:, layout.block(0)].astype(np.float64)
    squares = narrow[:, layout.block(1)].astype(np.float64)
    mean = sums / n
    spread = np.maximum(squares - sums * mean, 0.0) / np.where(n > 1, n - 1, np.nan)
    count = np.clip(claimed, 0, cap)
    return Items(np.arange(len(narrow)), count, mean * QUANTUM, spread * QUANTUM**2)
